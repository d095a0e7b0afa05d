/** Recorded WooCommerce objects as the messages that a catalogue would make of them. */
import { readFileSync } from "node:fs"
import { create, type MessageInitShape } from "@bufbuild/protobuf"
import { CategorySchema } from "@optica/contracts/optica/catalog/v1/category_pb"
import {
  type ImageSchema,
  ManageStock,
  type Product,
  ProductSchema
} from "@optica/contracts/optica/catalog/v1/product_pb"
import { ReviewSchema } from "@optica/contracts/optica/catalog/v1/review_pb"
import * as Schema from "effect/Schema"

export type Recorded = Readonly<Record<string, Schema.Json>> & { readonly id: number }

const Objects = Schema.Array(
  Schema.StructWithRest(Schema.Struct({ id: Schema.Int }), [Schema.Record(Schema.String, Schema.Json)])
)

const load = (name: string): ReadonlyArray<Recorded> =>
  Schema.decodeUnknownSync(Objects)(
    [JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8"))].flat()
  )

export const products = load("products")
export const variations = load("variations")
export const categories = load("categories")
export const reviews = load("reviews")
export const variationAsProduct = load("variation-as-product")[0] ?? { id: 0 }

const text = (value: unknown): string => (typeof value === "string" ? value : "")
const id = (value: unknown): bigint => BigInt(Number(value ?? 0))
const list = (value: unknown): ReadonlyArray<Record<string, unknown>> =>
  Array.isArray(value) ? value.filter((it) => typeof it === "object" && it !== null) : []
const ids = (value: unknown): Array<bigint> => (Array.isArray(value) ? value.map(id) : [])
const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {}

const term = (it: Record<string, unknown>) => ({ id: id(it.id), name: text(it.name), slug: text(it.slug) })

const image = (it: Record<string, unknown>): MessageInitShape<typeof ImageSchema> => ({
  id: id(it.id),
  dateCreated: text(it.date_created),
  dateCreatedGmt: text(it.date_created_gmt),
  dateModified: text(it.date_modified),
  dateModifiedGmt: text(it.date_modified_gmt),
  src: text(it.src),
  name: text(it.name),
  alt: text(it.alt),
  srcset: text(it.srcset),
  sizes: text(it.sizes),
  thumbnail: text(it.thumbnail)
})

/** A product or variation; keys of meta data that begin with `_` are private, and left out as a catalogue would. */
export const toProduct = (it: Recorded): Product =>
  create(ProductSchema, {
    id: id(it.id),
    name: text(it.name),
    slug: text(it.slug),
    permalink: text(it.permalink),
    dateCreated: text(it.date_created),
    dateCreatedGmt: text(it.date_created_gmt),
    dateModified: text(it.date_modified),
    dateModifiedGmt: text(it.date_modified_gmt),
    type: text(it.type),
    status: text(it.status),
    featured: it.featured === true,
    catalogVisibility: text(it.catalog_visibility),
    description: text(it.description),
    shortDescription: text(it.short_description),
    sku: text(it.sku),
    globalUniqueId: text(it.global_unique_id),
    price: text(it.price),
    regularPrice: text(it.regular_price),
    salePrice: text(it.sale_price),
    dateOnSaleFrom: text(it.date_on_sale_from),
    dateOnSaleFromGmt: text(it.date_on_sale_from_gmt),
    dateOnSaleTo: text(it.date_on_sale_to),
    dateOnSaleToGmt: text(it.date_on_sale_to_gmt),
    priceHtml: text(it.price_html),
    onSale: it.on_sale === true,
    purchasable: it.purchasable === true,
    totalSales: id(it.total_sales),
    virtual: it.virtual === true,
    downloadable: it.downloadable === true,
    externalUrl: text(it.external_url),
    buttonText: text(it.button_text),
    taxStatus: text(it.tax_status),
    taxClass: text(it.tax_class),
    manageStock:
      it.manage_stock === "parent"
        ? ManageStock.PARENT
        : it.manage_stock === true
          ? ManageStock.YES
          : ManageStock.NO,
    ...(typeof it.stock_quantity === "number" ? { stockQuantity: it.stock_quantity } : {}),
    stockStatus: text(it.stock_status),
    backorders: text(it.backorders),
    backordersAllowed: it.backorders_allowed === true,
    backordered: it.backordered === true,
    ...(typeof it.low_stock_amount === "number" ? { lowStockAmount: it.low_stock_amount } : {}),
    soldIndividually: it.sold_individually === true,
    weight: text(it.weight),
    dimensions: {
      length: text(record(it.dimensions).length),
      width: text(record(it.dimensions).width),
      height: text(record(it.dimensions).height)
    },
    shippingRequired: it.shipping_required === true,
    shippingTaxable: it.shipping_taxable === true,
    shippingClass: text(it.shipping_class),
    shippingClassId: id(it.shipping_class_id),
    reviewsAllowed: it.reviews_allowed === true,
    averageRating: text(it.average_rating),
    ratingCount: id(it.rating_count),
    relatedIds: ids(it.related_ids),
    upsellIds: ids(it.upsell_ids),
    crossSellIds: ids(it.cross_sell_ids),
    parentId: id(it.parent_id),
    categories: list(it.categories).map(term),
    tags: list(it.tags).map(term),
    brands: list(it.brands).map(term),
    images: (it.image === undefined ? list(it.images) : list([it.image])).map(image),
    attributes: list(it.attributes).map((attribute) => ({
      id: id(attribute.id),
      name: text(attribute.name),
      slug: text(attribute.slug),
      position: Number(attribute.position ?? 0),
      visible: attribute.visible === true,
      variation: attribute.variation === true,
      options: Array.isArray(attribute.options) ? attribute.options.map(String) : [],
      ...(typeof attribute.option === "string" ? { option: attribute.option } : {})
    })),
    defaultAttributes: list(it.default_attributes).map((attribute) => ({
      id: id(attribute.id),
      name: text(attribute.name),
      option: text(attribute.option)
    })),
    variations: ids(it.variations),
    groupedProducts: ids(it.grouped_products),
    menuOrder: Number(it.menu_order ?? 0),
    hasOptions: it.has_options === true,
    metaData: list(it.meta_data)
      .filter((meta) => !text(meta.key).startsWith("_"))
      .map((meta) => ({ id: id(meta.id), key: text(meta.key), valueJson: JSON.stringify(meta.value) }))
  })

export const toCategory = (it: Recorded) =>
  create(CategorySchema, {
    id: id(it.id),
    name: text(it.name),
    slug: text(it.slug),
    parent: id(it.parent),
    description: text(it.description),
    display: text(it.display),
    ...(it.image === null || it.image === undefined ? {} : { image: image(record(it.image)) }),
    menuOrder: Number(it.menu_order ?? 0),
    count: id(it.count)
  })

export const toReview = (it: Recorded) =>
  create(ReviewSchema, {
    id: id(it.id),
    productId: id(it.product_id),
    dateCreated: text(it.date_created),
    dateCreatedGmt: text(it.date_created_gmt),
    reviewer: text(it.reviewer),
    review: text(it.review),
    rating: Number(it.rating ?? 0),
    verified: it.verified === true
  })
