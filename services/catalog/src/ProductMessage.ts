import { create, type MessageInitShape } from "@bufbuild/protobuf"
import {
  type ImageSchema,
  ManageStock,
  type MetaDataSchema,
  type Product,
  ProductSchema
} from "@optica/contracts/optica/catalog/v1/product_pb"
import type { Image, Product as WooProduct } from "@optica/woocommerce/Product"
import { plainText, sanitize, webAddress, webAddresses } from "./Html.ts"

/** The whole product as the contract writes it: PRODUCT_VIEW_FULL. */
export const fullMessage = (product: WooProduct): Product =>
  create(ProductSchema, init(product, asSent, product.meta_data))

/** Which keys of meta_data the public may see. A key that begins with `_` is private in WordPress and never is one. */
export type MetaAllow = ReadonlySet<string>

/** The same as text, in whatever order the keys were set. */
export const allowText = (allow: MetaAllow): string => [...allow].sort().join()

export const isPublicKey = (allow: MetaAllow, key: string): boolean => allow.has(key) && !key.startsWith("_")

/**
 * What an anonymous visitor may see of the product: no string holds markup but the HTML fields, which are sanitized, and
 * meta_data holds the allowed keys only; its values are data and stay as they are. Ids of products that are not public
 * themselves are taken out when it is read, because that changes without this product.
 */
export const publicMessage = (product: WooProduct, allow: MetaAllow): Product =>
  create(
    ProductSchema,
    init(
      product,
      forEveryone,
      product.meta_data.filter((row) => isPublicKey(allow, row.key))
    )
  )

/** How strings are written, by what they hold. */
interface Strings {
  readonly text: (text: string) => string
  readonly html: (html: string) => string
  /** One address. */
  readonly address: (url: string) => string
  /** Addresses by width. */
  readonly addresses: (srcset: string) => string
}

const same = (text: string) => text
const asSent: Strings = { text: same, html: same, address: same, addresses: same }

/** For pages that anyone may open. */
export const forEveryone: Strings = {
  text: plainText,
  html: sanitize,
  address: webAddress,
  addresses: webAddresses
}

const init = (product: WooProduct, strings: Strings, meta: WooProduct["meta_data"]) => {
  const { address, html, text } = strings
  const term = termWith(text)
  return {
    id: BigInt(product.id),
    name: text(product.name),
    slug: text(product.slug),
    permalink: address(product.permalink),
    dateCreated: product.date_created ?? "",
    dateCreatedGmt: product.date_created_gmt ?? "",
    dateModified: product.date_modified ?? "",
    dateModifiedGmt: product.date_modified_gmt ?? "",
    type: text(product.type),
    status: text(product.status),
    featured: product.featured,
    catalogVisibility: text(product.catalog_visibility),
    description: html(product.description),
    shortDescription: html(product.short_description),
    sku: text(product.sku),
    globalUniqueId: text(product.global_unique_id),
    price: product.price,
    regularPrice: product.regular_price,
    salePrice: product.sale_price,
    dateOnSaleFrom: product.date_on_sale_from ?? "",
    dateOnSaleFromGmt: product.date_on_sale_from_gmt ?? "",
    dateOnSaleTo: product.date_on_sale_to ?? "",
    dateOnSaleToGmt: product.date_on_sale_to_gmt ?? "",
    priceHtml: html(product.price_html),
    onSale: product.on_sale,
    purchasable: product.purchasable,
    totalSales: BigInt(product.total_sales),
    virtual: product.virtual,
    downloadable: product.downloadable,
    externalUrl: address(product.external_url),
    buttonText: text(product.button_text),
    taxStatus: text(product.tax_status),
    taxClass: text(product.tax_class),
    manageStock:
      product.manage_stock === "parent"
        ? ManageStock.PARENT
        : product.manage_stock
          ? ManageStock.YES
          : ManageStock.NO,
    ...(product.stock_quantity === null ? {} : { stockQuantity: product.stock_quantity }),
    stockStatus: text(product.stock_status),
    backorders: text(product.backorders),
    backordersAllowed: product.backorders_allowed,
    backordered: product.backordered,
    ...(product.low_stock_amount === null ? {} : { lowStockAmount: product.low_stock_amount }),
    soldIndividually: product.sold_individually,
    weight: text(product.weight),
    ...(product.dimensions === null
      ? {}
      : {
          dimensions: {
            length: text(product.dimensions.length),
            width: text(product.dimensions.width),
            height: text(product.dimensions.height)
          }
        }),
    shippingRequired: product.shipping_required,
    shippingTaxable: product.shipping_taxable,
    shippingClass: text(product.shipping_class),
    shippingClassId: BigInt(product.shipping_class_id),
    reviewsAllowed: product.reviews_allowed,
    averageRating: text(product.average_rating),
    ratingCount: BigInt(product.rating_count),
    relatedIds: product.related_ids.map(BigInt),
    upsellIds: product.upsell_ids.map(BigInt),
    crossSellIds: product.cross_sell_ids.map(BigInt),
    parentId: BigInt(product.parent_id),
    categories: product.categories.map(term),
    tags: product.tags.map(term),
    brands: product.brands.map(term),
    images: (product.image === null ? product.images : [product.image, ...product.images]).map((image) =>
      imageMessage(image, strings)
    ),
    attributes: product.attributes.map((attribute) => ({
      id: BigInt(attribute.id),
      name: text(attribute.name),
      slug: text(attribute.slug),
      position: int32(attribute.position),
      visible: attribute.visible,
      variation: attribute.variation,
      options: attribute.options.map(text),
      ...(attribute.option === null ? {} : { option: text(attribute.option) })
    })),
    defaultAttributes: product.default_attributes.map((choice) => ({
      id: BigInt(choice.id),
      name: text(choice.name),
      option: text(choice.option)
    })),
    variations: product.variations.map(BigInt),
    groupedProducts: product.grouped_products.map(BigInt),
    menuOrder: int32(product.menu_order),
    hasOptions: product.has_options,
    metaData: meta.map(metaData)
  }
}

const termWith =
  (text: Strings["text"]) =>
  ({ id, name, slug }: WooProduct["categories"][number]) => ({
    id: BigInt(id),
    name: text(name),
    slug: text(slug)
  })

const metaData = (row: WooProduct["meta_data"][number]): MessageInitShape<typeof MetaDataSchema> => ({
  id: BigInt(row.id),
  key: row.key,
  valueJson: JSON.stringify(row.value)
})

/** A picture of a product or category. */
export const imageMessage = (
  image: Image,
  { address, addresses, text }: Strings
): MessageInitShape<typeof ImageSchema> => ({
  id: BigInt(image.id),
  dateCreated: image.date_created ?? "",
  dateCreatedGmt: image.date_created_gmt ?? "",
  dateModified: image.date_modified ?? "",
  dateModifiedGmt: image.date_modified_gmt ?? "",
  src: address(image.src),
  name: text(image.name),
  alt: text(image.alt),
  srcset: addresses(image.srcset),
  sizes: text(image.sizes),
  thumbnail: address(image.thumbnail)
})

/** Positions are 32 bits wide in WordPress and in the contract; a plugin's wild number stops at the end. */
export const int32 = (value: number): number => Math.max(-2147483648, Math.min(2147483647, value))
