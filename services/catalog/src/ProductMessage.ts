import { create, type MessageInitShape } from "@bufbuild/protobuf"
import {
  type ImageSchema,
  ManageStock,
  type MetaDataSchema,
  type Product,
  ProductSchema
} from "@optica/contracts/optica/catalog/v1/product_pb"
import type { Image, Product as WooProduct } from "@optica/woocommerce/Product"
import { sanitize, webAddress } from "./Html.ts"

/** The whole product as the contract writes it: PRODUCT_VIEW_FULL. */
export const fullMessage = (product: WooProduct): Product => create(ProductSchema, init(product))

/** Which keys of meta_data the public may see. A key that begins with `_` is private in WordPress and never is one. */
export type MetaAllow = ReadonlySet<string>

export const isPublicKey = (allow: MetaAllow, key: string): boolean => allow.has(key) && !key.startsWith("_")

/**
 * What an anonymous visitor may see of the product: HTML is sanitized, meta_data holds the allowed keys only. Ids of
 * products that are not public themselves are taken out when it is read, because that changes without this product.
 */
export const publicMessage = (product: WooProduct, allow: MetaAllow): Product =>
  create(ProductSchema, {
    ...init(product),
    description: sanitize(product.description),
    shortDescription: sanitize(product.short_description),
    priceHtml: sanitize(product.price_html),
    externalUrl: webAddress(product.external_url),
    metaData: product.meta_data.filter((row) => isPublicKey(allow, row.key)).map(metaData)
  })

const init = (product: WooProduct) => ({
  id: BigInt(product.id),
  name: product.name,
  slug: product.slug,
  permalink: product.permalink,
  dateCreated: product.date_created ?? "",
  dateCreatedGmt: product.date_created_gmt ?? "",
  dateModified: product.date_modified ?? "",
  dateModifiedGmt: product.date_modified_gmt ?? "",
  type: product.type,
  status: product.status,
  featured: product.featured,
  catalogVisibility: product.catalog_visibility,
  description: product.description,
  shortDescription: product.short_description,
  sku: product.sku,
  globalUniqueId: product.global_unique_id,
  price: product.price,
  regularPrice: product.regular_price,
  salePrice: product.sale_price,
  dateOnSaleFrom: product.date_on_sale_from ?? "",
  dateOnSaleFromGmt: product.date_on_sale_from_gmt ?? "",
  dateOnSaleTo: product.date_on_sale_to ?? "",
  dateOnSaleToGmt: product.date_on_sale_to_gmt ?? "",
  priceHtml: product.price_html,
  onSale: product.on_sale,
  purchasable: product.purchasable,
  totalSales: BigInt(product.total_sales),
  virtual: product.virtual,
  downloadable: product.downloadable,
  externalUrl: product.external_url,
  buttonText: product.button_text,
  taxStatus: product.tax_status,
  taxClass: product.tax_class,
  manageStock:
    product.manage_stock === "parent"
      ? ManageStock.PARENT
      : product.manage_stock
        ? ManageStock.YES
        : ManageStock.NO,
  ...(product.stock_quantity === null ? {} : { stockQuantity: product.stock_quantity }),
  stockStatus: product.stock_status,
  backorders: product.backorders,
  backordersAllowed: product.backorders_allowed,
  backordered: product.backordered,
  ...(product.low_stock_amount === null ? {} : { lowStockAmount: product.low_stock_amount }),
  soldIndividually: product.sold_individually,
  weight: product.weight,
  ...(product.dimensions === null ? {} : { dimensions: product.dimensions }),
  shippingRequired: product.shipping_required,
  shippingTaxable: product.shipping_taxable,
  shippingClass: product.shipping_class,
  shippingClassId: BigInt(product.shipping_class_id),
  reviewsAllowed: product.reviews_allowed,
  averageRating: product.average_rating,
  ratingCount: BigInt(product.rating_count),
  relatedIds: product.related_ids.map(BigInt),
  upsellIds: product.upsell_ids.map(BigInt),
  crossSellIds: product.cross_sell_ids.map(BigInt),
  parentId: BigInt(product.parent_id),
  categories: product.categories.map(term),
  tags: product.tags.map(term),
  brands: product.brands.map(term),
  images: (product.image === null ? product.images : [product.image, ...product.images]).map(imageMessage),
  attributes: product.attributes.map(({ id, position, option, options, ...attribute }) => ({
    ...attribute,
    options: [...options],
    id: BigInt(id),
    position: int32(position),
    ...(option === null ? {} : { option })
  })),
  defaultAttributes: product.default_attributes.map(({ id, ...choice }) => ({ ...choice, id: BigInt(id) })),
  variations: product.variations.map(BigInt),
  groupedProducts: product.grouped_products.map(BigInt),
  menuOrder: int32(product.menu_order),
  hasOptions: product.has_options,
  metaData: product.meta_data.map(metaData)
})

const term = ({ id, name, slug }: WooProduct["categories"][number]) => ({ id: BigInt(id), name, slug })

const metaData = (row: WooProduct["meta_data"][number]): MessageInitShape<typeof MetaDataSchema> => ({
  id: BigInt(row.id),
  key: row.key,
  valueJson: JSON.stringify(row.value)
})

/** A picture of a product or category. */
export const imageMessage = (image: Image): MessageInitShape<typeof ImageSchema> => ({
  id: BigInt(image.id),
  dateCreated: image.date_created ?? "",
  dateCreatedGmt: image.date_created_gmt ?? "",
  dateModified: image.date_modified ?? "",
  dateModifiedGmt: image.date_modified_gmt ?? "",
  src: image.src,
  name: image.name,
  alt: image.alt,
  srcset: image.srcset,
  sizes: image.sizes,
  thumbnail: image.thumbnail
})

/** Positions are 32 bits wide in WordPress and in the contract; a plugin's wild number stops at the end. */
export const int32 = (value: number): number => Math.max(-2147483648, Math.min(2147483647, value))
