import { toBinary } from "@bufbuild/protobuf"
import { ProductSchema } from "@optica/contracts/optica/catalog/v1/product_pb"
import type { Product } from "@optica/woocommerce/Product"
import { toUtc } from "@optica/woocommerce/WooDate"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import type { FacetValue } from "./FacetValue.ts"
import { productFacets } from "./ProductFacets.ts"
import { int32, type MetaAllow, publicMessage } from "./ProductMessage.ts"
import { type SearchText, searchText } from "./SearchText.ts"
import { sortable, titleKey } from "./TitleKey.ts"

/** A product or variation in the shape that reads are made from: a row of the table `products`. */
export interface ProductRow {
  readonly id: number
  readonly isVariation: boolean
  /** The product of a variation; 0 otherwise. */
  readonly parentId: number
  readonly isPublic: boolean
  readonly isListed: boolean
  readonly isSearchable: boolean
  readonly featured: boolean
  readonly onSale: boolean
  readonly stockStatus: string
  readonly sku: string
  readonly gtin: string
  readonly slug: string
  readonly titleKey: string
  /** An exact decimal; null where the shop has no price. */
  readonly price: string | null
  readonly totalSales: number
  /** An exact decimal. */
  readonly averageRating: string
  readonly ratingCount: number
  readonly menuOrder: number
  readonly dateCreated: string
  readonly dateModified: string
  /** What it is counted and filtered by, its prices excepted; none while it is not public, and none of a variation. */
  readonly facets: ReadonlyArray<FacetValue>
  /** What it is found by; null where no search may find it. */
  readonly texts: SearchText | null
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
  const visibility = product.catalog_visibility
  const isOpen = isPublic && !isVariation
  const isListed = isOpen && (visibility === "visible" || visibility === "catalog")
  const isSearchable = isOpen && (visibility === "visible" || visibility === "search")
  return {
    id: product.id,
    isVariation,
    parentId,
    isPublic,
    isListed,
    isSearchable,
    featured: product.featured,
    onSale: product.on_sale,
    stockStatus: sortable(product.stock_status),
    sku: sortable(product.sku),
    gtin: sortable(product.global_unique_id),
    slug: sortable(product.slug),
    titleKey: titleKey(product.name),
    price: decimal(product.price),
    totalSales: product.total_sales,
    averageRating: decimal(product.average_rating) ?? "0",
    ratingCount: product.rating_count,
    menuOrder: int32(product.menu_order),
    dateCreated: timestamp(product.date_created_gmt),
    dateModified: timestamp(product.date_modified_gmt),
    facets: isOpen ? productFacets(product, { isListed, isSearchable }) : [],
    texts: isSearchable ? searchText(product) : null,
    referenceIds: referencesOf(product),
    document: toBinary(ProductSchema, publicMessage({ ...product, parent_id: parentId }, allow)),
    source
  }
}

/** The row of what the public may not see, whatever it says of itself. */
export const hiddenRow = (row: ProductRow): ProductRow => ({
  ...row,
  isPublic: false,
  isListed: false,
  isSearchable: false,
  facets: [],
  texts: null
})

const referencesOf = (product: Product): ReadonlyArray<number> => [
  ...new Set([
    ...product.variations,
    ...product.grouped_products,
    ...product.upsell_ids,
    ...product.cross_sell_ids,
    ...product.related_ids
  ])
]

/** A number that `numeric` takes; one longer than any money is for ordering as good as none. */
const decimal = (text: string): string | null =>
  /^-?(?:\d+\.?\d*|\.\d+)$/.test(text) && text.length <= 40 ? text : null

/** A moment that `timestamp` takes. Where the shop has none, or one that is no date, it is older than everything. */
export const timestamp = (gmt: string | null): string =>
  toUtc(gmt).pipe(
    Option.map(DateTime.formatIso),
    Option.filter((text) => /^(?!0000)\d{4}-/.test(text)),
    Option.getOrElse(() => "-infinity")
  )
