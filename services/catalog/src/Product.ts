import { toBinary } from "@bufbuild/protobuf"
import { ProductSchema } from "@optica/contracts/optica/catalog/v1/product_pb"
import type { Product } from "@optica/woocommerce/Product"
import { toUtc } from "@optica/woocommerce/WooDate"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { int32, type MetaAllow, publicMessage } from "./ProductMessage.ts"
import { sortable, titleKey } from "./TitleKey.ts"

/** A product or variation in the shape that reads are made from: a row of the table `products`. */
export interface ProductRow {
  readonly id: number
  readonly isVariation: boolean
  /** The product of a variation; 0 otherwise. */
  readonly parentId: number
  readonly isPublic: boolean
  readonly isListed: boolean
  readonly featured: boolean
  readonly onSale: boolean
  readonly stockStatus: string
  readonly sku: string
  readonly slug: string
  readonly titleKey: string
  /** An exact decimal; null where the shop has no price. */
  readonly price: string | null
  readonly menuOrder: number
  readonly dateCreated: string
  readonly dateModified: string
  readonly categoryIds: ReadonlyArray<number>
  readonly tagIds: ReadonlyArray<number>
  readonly referenceIds: ReadonlyArray<number>
  /** The public product message. */
  readonly document: Uint8Array
  readonly source: string
}

/** Makes the read model of one thing. `parentId` is the product that a variation belongs to, 0 for a product. */
export const productRow = (
  product: Product,
  isVariation: boolean,
  parentId: number,
  source: string,
  allow: MetaAllow
): ProductRow => {
  const isPublic = product.status === "publish" && product.post_password === ""
  const shown = product.catalog_visibility === "visible" || product.catalog_visibility === "catalog"
  return {
    id: product.id,
    isVariation,
    parentId,
    isPublic,
    isListed: isPublic && shown && !isVariation,
    featured: product.featured,
    onSale: product.on_sale,
    stockStatus: sortable(product.stock_status),
    sku: sortable(product.sku),
    slug: sortable(product.slug),
    titleKey: titleKey(product.name),
    price: decimal(product.price),
    menuOrder: int32(product.menu_order),
    dateCreated: timestamp(product.date_created_gmt),
    dateModified: timestamp(product.date_modified_gmt),
    categoryIds: [...new Set(product.categories.map((category) => category.id))],
    tagIds: [...new Set(product.tags.map((tag) => tag.id))],
    referenceIds: referencesOf(product),
    document: toBinary(ProductSchema, publicMessage({ ...product, parent_id: parentId }, allow)),
    source
  }
}

const referencesOf = (product: Product): ReadonlyArray<number> => [
  ...new Set([
    ...product.variations,
    ...product.grouped_products,
    ...product.upsell_ids,
    ...product.cross_sell_ids,
    ...product.related_ids
  ])
]

/** A number that `numeric` takes; a price longer than any money is for ordering as good as none. */
const decimal = (price: string): string | null => (/\d/.test(price) && price.length <= 40 ? price : null)

/** A moment that `timestamp` takes. Where the shop has none, or one that is no date, it is older than everything. */
const timestamp = (gmt: string | null): string =>
  toUtc(gmt).pipe(
    Option.map(DateTime.formatIso),
    Option.filter((text) => /^(?!0000)\d{4}-/.test(text)),
    Option.getOrElse(() => "-infinity")
  )
