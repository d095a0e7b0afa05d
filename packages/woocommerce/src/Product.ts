/**
 * Products and variations as `/products`, `/products/{id}/variations` and `/variations` send them.
 *
 * One schema covers both, because variations also arrive product-shaped (`GET /products/{variation id}`, webhooks,
 * fact 26). A field that a row does not have decodes as not set. Only `id` and `status` are required: without an id
 * there is no product, and without a status nobody can say whether the public may see it.
 */
import * as Schema from "effect/Schema"
import {
  Anything,
  Bool,
  field,
  Id,
  Int,
  IntItem,
  list,
  NumberOrNull,
  orNull,
  Price,
  RequiredText,
  readBool,
  Text,
  TextItem,
  whole
} from "./Scalars.ts"
import { WooDate } from "./WooDate.ts"

/** A picture. `id` is 0 for one that is not in the media library; `src` is an absolute URL. */
export const Image = Schema.Struct({
  id: Int,
  date_created: WooDate,
  date_created_gmt: WooDate,
  date_modified: WooDate,
  date_modified_gmt: WooDate,
  src: Text,
  name: Text,
  alt: Text,
  srcset: Text,
  sizes: Text,
  thumbnail: Text
})
export type Image = typeof Image.Type

/** A category, tag or brand as it is embedded in products; its name may change without the product's date moving (fact 4). */
export const TermReference = Schema.Struct({ id: Int, name: Text, slug: Text })
export type TermReference = typeof TermReference.Type

/**
 * An attribute: of a product with all its `options`, of a variation with its one `option` (`null` on products).
 * `id` is 0 for one that belongs to this product alone. Options are names, HTML-encoded (fact 16).
 */
const OptionName = field(Schema.NullOr(Schema.String), "text or null", (value) =>
  value === null || typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined
)

export const ProductAttribute = Schema.Struct({
  id: Int,
  name: Text,
  slug: Text,
  position: Int,
  visible: Bool,
  variation: Bool,
  options: list(TextItem),
  option: OptionName
})
export type ProductAttribute = typeof ProductAttribute.Type

/** The attribute choice that is made when the page opens; `option` is the term's slug or the plain name (fact 16). */
export const DefaultAttribute = Schema.Struct({ id: Int, name: Text, option: Text })
export type DefaultAttribute = typeof DefaultAttribute.Type

/** One meta row. WordPress turns scalars into strings; arrays and objects keep their types (fact 14). */
export const MetaData = Schema.Struct({ id: Int, key: Text, value: Anything })
export type MetaData = typeof MetaData.Type

/** A file of a downloadable product. */
export const Download = Schema.Struct({ id: Text, name: Text, file: Text })
export type Download = typeof Download.Type

/** Length, width and height in the shop's unit, as decimal strings, `""` where not set. */
export const Dimensions = Schema.Struct({ length: Text, width: Text, height: Text })
export type Dimensions = typeof Dimensions.Type

/** Whether stock is counted; `"parent"` on a variation that shares the stock of its product (fact 13). */
export const ManageStock = field(
  Schema.Union([Schema.Boolean, Schema.Literal("parent")]),
  'true, false or "parent"',
  (value) => (value === "parent" ? value : readBool(value))
)
export type ManageStock = typeof ManageStock.Type

/** A product or a variation. */
export const Product = Schema.Struct({
  id: Id,
  name: Text,
  slug: Text,
  permalink: Text,
  date_created: WooDate,
  date_created_gmt: WooDate,
  date_modified: WooDate,
  /** Second resolution; not moved by every change (fact 4), moved by changes that change nothing (fact 6), in the future for scheduled products (fact 8). */
  date_modified_gmt: WooDate,
  /** `simple`, `variable`, `grouped`, `external`, `variation`, or what a plugin adds; `""` in rows of older shops. */
  type: Text,
  /** `publish`, `draft`, `pending`, `private`, `future`, `trash` (fact 9), or what a plugin adds. */
  status: RequiredText,
  featured: Bool,
  /** `visible`, `catalog`, `search` or `hidden`; `""` on variations. */
  catalog_visibility: Text,
  description: Text,
  short_description: Text,
  sku: Text,
  global_unique_id: Text,
  /** What is asked now: `"0"` for free, `""` where the shop has no price. */
  price: Price,
  regular_price: Price,
  /** `""` while none is set, and also where it is `"0"` (fact 11: then `price` is `"0"` and `on_sale` true). */
  sale_price: Price,
  date_on_sale_from: WooDate,
  date_on_sale_from_gmt: WooDate,
  date_on_sale_to: WooDate,
  date_on_sale_to_gmt: WooDate,
  price_html: Text,
  on_sale: Bool,
  purchasable: Bool,
  /** A number for products, digits for variations read as products. */
  total_sales: Int,
  virtual: Bool,
  downloadable: Bool,
  downloads: list(Download),
  download_limit: Int,
  download_expiry: Int,
  external_url: Text,
  button_text: Text,
  tax_status: Text,
  tax_class: Text,
  /** `"parent"`: the variation shares the stock of its product (fact 13). */
  manage_stock: ManageStock,
  /** Pieces, may be negative (fact 13); `null` where stock is not managed. */
  stock_quantity: NumberOrNull,
  stock_status: Text,
  backorders: Text,
  backorders_allowed: Bool,
  backordered: Bool,
  low_stock_amount: NumberOrNull,
  sold_individually: Bool,
  weight: Text,
  dimensions: whole(Dimensions),
  shipping_required: Bool,
  shipping_taxable: Bool,
  shipping_class: Text,
  shipping_class_id: Int,
  reviews_allowed: Bool,
  /** A decimal string such as `"4.50"`. */
  average_rating: Text,
  rating_count: Int,
  /** A random sample that differs on EVERY read (fact 7): leave it out of hashes and comparisons. */
  related_ids: list(IntItem),
  upsell_ids: list(IntItem),
  cross_sell_ids: list(IntItem),
  /** The product of a variation; 0 elsewhere. */
  parent_id: Int,
  purchase_note: Text,
  categories: list(TermReference),
  tags: list(TermReference),
  brands: list(TermReference),
  /** Of products. Variations have `image`. */
  images: list(Image),
  /** Of variations, `null` where there is none. */
  image: orNull(Image),
  gallery_image_ids: list(IntItem),
  attributes: list(ProductAttribute),
  default_attributes: list(DefaultAttribute),
  variations: list(IntItem),
  grouped_products: list(IntItem),
  menu_order: Int,
  has_options: Bool,
  /** Not `""`: the product is behind a password and no business of the public. */
  post_password: Text,
  meta_data: list(MetaData)
})
export type Product = typeof Product.Type
