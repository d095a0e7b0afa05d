/** A product as WooCommerce's REST API v3 shows it to a visitor: names, types and nulls are WooCommerce's. */
import { ManageStock, type Product } from "@optica/contracts/optica/catalog/v1/product_pb"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { ImageView, imageFields, imageView } from "./ImageView.ts"

/** Names are shown as they are stored. */
export const encodedName = (what: string) =>
  Schema.String.annotate({ description: `${what}, HTML-encoded as WooCommerce sends it: \`&amp;\` for &` })

const Term = Schema.Struct({
  id: Schema.Int,
  name: encodedName("Name of the category, tag or brand"),
  slug: Schema.String
})

const ProductImage = Schema.Struct({
  ...imageFields,
  srcset: Schema.String,
  sizes: Schema.String,
  thumbnail: Schema.String
})

const ProductAttribute = Schema.Struct({
  id: Schema.Int,
  name: encodedName("Name of the attribute"),
  slug: Schema.String,
  position: Schema.Int,
  visible: Schema.Boolean,
  variation: Schema.Boolean,
  options: Schema.Array(encodedName("Name of a term"))
})

/** The option that a variation takes. */
const ChosenAttribute = Schema.Struct({
  id: Schema.Int,
  name: encodedName("Name of the attribute"),
  slug: Schema.String,
  option: encodedName("Name of the term")
})

const MetaData = Schema.Struct({ id: Schema.Int, key: Schema.String, value: Schema.Json })

/** What products and variations have in common. */
const shared = {
  id: Schema.Int,
  name: encodedName("Name"),
  permalink: Schema.String,
  date_created: Schema.NullOr(Schema.String),
  date_created_gmt: Schema.NullOr(Schema.String),
  date_modified: Schema.NullOr(Schema.String),
  date_modified_gmt: Schema.NullOr(Schema.String),
  type: Schema.String,
  status: Schema.String,
  description: Schema.String,
  sku: Schema.String,
  global_unique_id: Schema.String,
  price: Schema.String.annotate({
    description: 'A decimal string, exactly as the shop sent it; "" when unset'
  }),
  regular_price: Schema.String,
  sale_price: Schema.String,
  date_on_sale_from: Schema.NullOr(Schema.String),
  date_on_sale_from_gmt: Schema.NullOr(Schema.String),
  date_on_sale_to: Schema.NullOr(Schema.String),
  date_on_sale_to_gmt: Schema.NullOr(Schema.String),
  on_sale: Schema.Boolean,
  purchasable: Schema.Boolean,
  virtual: Schema.Boolean,
  downloadable: Schema.Boolean,
  tax_status: Schema.String,
  tax_class: Schema.String,
  manage_stock: Schema.Union([Schema.Boolean, Schema.Literal("parent")]),
  stock_quantity: Schema.NullOr(Schema.Finite),
  stock_status: Schema.String,
  backorders: Schema.String,
  backorders_allowed: Schema.Boolean,
  backordered: Schema.Boolean,
  low_stock_amount: Schema.NullOr(Schema.Finite),
  weight: Schema.String,
  dimensions: Schema.Struct({ length: Schema.String, width: Schema.String, height: Schema.String }),
  shipping_class: Schema.String,
  shipping_class_id: Schema.Int,
  menu_order: Schema.Int,
  parent_id: Schema.Int,
  meta_data: Schema.Array(MetaData)
}

export const ProductView = Schema.Struct({
  ...shared,
  slug: Schema.String,
  featured: Schema.Boolean,
  catalog_visibility: Schema.String,
  short_description: Schema.String,
  price_html: Schema.String,
  total_sales: Schema.Int,
  external_url: Schema.String,
  button_text: Schema.String,
  sold_individually: Schema.Boolean,
  shipping_required: Schema.Boolean,
  shipping_taxable: Schema.Boolean,
  reviews_allowed: Schema.Boolean,
  average_rating: Schema.String,
  rating_count: Schema.Int,
  related_ids: Schema.Array(Schema.Int),
  upsell_ids: Schema.Array(Schema.Int),
  cross_sell_ids: Schema.Array(Schema.Int),
  categories: Schema.Array(Term),
  tags: Schema.Array(Term),
  brands: Schema.Array(Term),
  images: Schema.Array(ProductImage),
  attributes: Schema.Array(Schema.Union([ProductAttribute, ChosenAttribute])),
  default_attributes: Schema.Array(
    Schema.Struct({
      id: Schema.Int,
      name: encodedName("Name of the attribute"),
      option: encodedName("Name of the term")
    })
  ),
  variations: Schema.Array(Schema.Int),
  grouped_products: Schema.Array(Schema.Int),
  has_options: Schema.Boolean
})
export type ProductView = typeof ProductView.Type

export const VariationView = Schema.Struct({
  ...shared,
  image: Schema.NullOr(ImageView),
  gallery_image_ids: Schema.Array(Schema.Int),
  attributes: Schema.Array(ChosenAttribute)
})
export type VariationView = typeof VariationView.Type

/** What an answer holds of one: all of it, unless `fields` names less. */
export const part = <const Fields extends Schema.Struct.Fields>(
  view: Schema.Struct<Fields>,
  identifier: string
) =>
  view
    .mapFields(Struct.map(Schema.optionalKey))
    .annotate({ identifier, description: "All of these, unless the parameter `fields` names some" })

export const ProductPart = part(ProductView, "Product")
export const VariationPart = part(VariationView, "Variation")

export const productFields: ReadonlySet<string> = new Set(Struct.keys(ProductView.fields))
export const variationFields: ReadonlySet<string> = new Set(Struct.keys(VariationView.fields))

/** Only the fields asked for, in WooCommerce's order; all of them where none were named. */
export const project = (view: object, names: ReadonlyArray<string> | undefined): object => {
  if (names === undefined) return view
  const wanted = new Set(names)
  return Object.fromEntries(Object.entries(view).filter(([name]) => wanted.has(name)))
}

const orNull = (text: string): string | null => (text === "" ? null : text)

export const manageStock = (value: ManageStock): boolean | "parent" =>
  value === ManageStock.PARENT ? "parent" : value === ManageStock.YES

const json = (text: string): Schema.Json => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const term = ({ id, name, slug }: { readonly id: bigint; readonly name: string; readonly slug: string }) => ({
  id: Number(id),
  name,
  slug
})

const metaData = (product: Product) =>
  product.metaData.map(({ id, key, valueJson }) => ({ id: Number(id), key, value: json(valueJson) }))

const dimensions = (product: Product) => ({
  length: product.dimensions?.length ?? "",
  width: product.dimensions?.width ?? "",
  height: product.dimensions?.height ?? ""
})

/** A product, or a variation asked for as one. */
export const productView = (product: Product): ProductView => ({
  id: Number(product.id),
  name: product.name,
  slug: product.slug,
  permalink: product.permalink,
  date_created: orNull(product.dateCreated),
  date_created_gmt: orNull(product.dateCreatedGmt),
  date_modified: orNull(product.dateModified),
  date_modified_gmt: orNull(product.dateModifiedGmt),
  type: product.type,
  status: product.status,
  featured: product.featured,
  catalog_visibility: product.catalogVisibility,
  description: product.description,
  short_description: product.shortDescription,
  sku: product.sku,
  global_unique_id: product.globalUniqueId,
  price: product.price,
  regular_price: product.regularPrice,
  sale_price: product.salePrice,
  date_on_sale_from: orNull(product.dateOnSaleFrom),
  date_on_sale_from_gmt: orNull(product.dateOnSaleFromGmt),
  date_on_sale_to: orNull(product.dateOnSaleTo),
  date_on_sale_to_gmt: orNull(product.dateOnSaleToGmt),
  price_html: product.priceHtml,
  on_sale: product.onSale,
  purchasable: product.purchasable,
  total_sales: Number(product.totalSales),
  virtual: product.virtual,
  downloadable: product.downloadable,
  external_url: product.externalUrl,
  button_text: product.buttonText,
  tax_status: product.taxStatus,
  tax_class: product.taxClass,
  manage_stock: manageStock(product.manageStock),
  stock_quantity: product.stockQuantity ?? null,
  stock_status: product.stockStatus,
  backorders: product.backorders,
  backorders_allowed: product.backordersAllowed,
  backordered: product.backordered,
  low_stock_amount: product.lowStockAmount ?? null,
  sold_individually: product.soldIndividually,
  weight: product.weight,
  dimensions: dimensions(product),
  shipping_required: product.shippingRequired,
  shipping_taxable: product.shippingTaxable,
  shipping_class: product.shippingClass,
  shipping_class_id: Number(product.shippingClassId),
  reviews_allowed: product.reviewsAllowed,
  average_rating: product.averageRating,
  rating_count: Number(product.ratingCount),
  related_ids: product.relatedIds.map(Number),
  upsell_ids: product.upsellIds.map(Number),
  cross_sell_ids: product.crossSellIds.map(Number),
  parent_id: Number(product.parentId),
  categories: product.categories.map(term),
  tags: product.tags.map(term),
  brands: product.brands.map(term),
  images: product.images.map((image) => ({
    ...imageView(image),
    srcset: image.srcset,
    sizes: image.sizes,
    thumbnail: image.thumbnail
  })),
  attributes: product.attributes.map((it) =>
    it.option === undefined
      ? {
          id: Number(it.id),
          name: it.name,
          slug: it.slug,
          position: it.position,
          visible: it.visible,
          variation: it.variation,
          options: it.options
        }
      : { id: Number(it.id), name: it.name, slug: it.slug, option: it.option }
  ),
  default_attributes: product.defaultAttributes.map(({ id, name, option }) => ({
    id: Number(id),
    name,
    option
  })),
  variations: product.variations.map(Number),
  grouped_products: product.groupedProducts.map(Number),
  menu_order: product.menuOrder,
  has_options: product.hasOptions,
  meta_data: metaData(product)
})

/** A variation as its parent's list shows it. */
export const variationView = (variation: Product): VariationView => {
  const [image, ...gallery] = variation.images
  return {
    id: Number(variation.id),
    type: variation.type,
    date_created: orNull(variation.dateCreated),
    date_created_gmt: orNull(variation.dateCreatedGmt),
    date_modified: orNull(variation.dateModified),
    date_modified_gmt: orNull(variation.dateModifiedGmt),
    description: variation.description,
    permalink: variation.permalink,
    sku: variation.sku,
    global_unique_id: variation.globalUniqueId,
    price: variation.price,
    regular_price: variation.regularPrice,
    sale_price: variation.salePrice,
    date_on_sale_from: orNull(variation.dateOnSaleFrom),
    date_on_sale_from_gmt: orNull(variation.dateOnSaleFromGmt),
    date_on_sale_to: orNull(variation.dateOnSaleTo),
    date_on_sale_to_gmt: orNull(variation.dateOnSaleToGmt),
    on_sale: variation.onSale,
    status: variation.status,
    purchasable: variation.purchasable,
    virtual: variation.virtual,
    downloadable: variation.downloadable,
    tax_status: variation.taxStatus,
    tax_class: variation.taxClass,
    manage_stock: manageStock(variation.manageStock),
    stock_quantity: variation.stockQuantity ?? null,
    stock_status: variation.stockStatus,
    backorders: variation.backorders,
    backorders_allowed: variation.backordersAllowed,
    backordered: variation.backordered,
    low_stock_amount: variation.lowStockAmount ?? null,
    weight: variation.weight,
    dimensions: dimensions(variation),
    shipping_class: variation.shippingClass,
    shipping_class_id: Number(variation.shippingClassId),
    image: image === undefined ? null : imageView(image),
    gallery_image_ids: gallery.map(({ id }) => Number(id)),
    attributes: variation.attributes.map(({ id, name, slug, option }) => ({
      id: Number(id),
      name,
      slug,
      option: option ?? ""
    })),
    menu_order: variation.menuOrder,
    meta_data: metaData(variation),
    name: variation.name,
    parent_id: Number(variation.parentId)
  }
}
