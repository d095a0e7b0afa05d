import type { Json, JsonObject } from "../Json.ts"
import type { AttributeChoice, AttributeUse, Product, Variation } from "../Product.ts"
import { activePrice, onSale } from "../Product.ts"
import { gmt, local } from "../SiteTime.ts"
import type { Taxonomy } from "../Taxonomies.ts"
import { slugOfName } from "../write/Stored.ts"
import { autop } from "./Html.ts"
import { productImage, variationImage } from "./ImageJson.ts"
import { priceHtml } from "./PriceHtml.ts"
import { address, link, links, type Site } from "./Site.ts"

/** Which form: `edit` gives stored text, `view` what a page shows. */
export type Context = "view" | "edit"

const termsJson = (site: Site, taxonomy: Taxonomy, ids: ReadonlyArray<number>): Json =>
  ids.flatMap((id) => {
    const term = site.shop.taxonomies.term(taxonomy, id)
    return term === undefined ? [] : [{ id, name: term.name, slug: term.slug }]
  })

const byName = (site: Site, taxonomy: Taxonomy, ids: ReadonlyArray<number>): ReadonlyArray<number> =>
  ids.length < 2
    ? ids
    : [...ids].sort((a, b) => {
        const left = site.shop.taxonomies.term(taxonomy, a)?.name ?? ""
        const right = site.shop.taxonomies.term(taxonomy, b)?.name ?? ""
        return left < right ? -1 : left > right ? 1 : 0
      })

const attributeName = (site: Site, use: { readonly id: number; readonly name: string }) => {
  const global = use.id === 0 ? undefined : site.shop.taxonomies.attribute(use.id)
  return { id: use.id, name: global?.name ?? use.name, slug: global?.slug ?? use.name }
}

/** A custom attribute goes by its name in a product, by the slug of it in a variation. */
const choiceAttribute = (site: Site, choice: AttributeChoice) => {
  const shown = attributeName(site, choice)
  return choice.id === 0 ? { ...shown, slug: slugOfName(shown.name) } : shown
}

const attributeJson = (site: Site, use: AttributeUse): Json => ({
  ...attributeName(site, use),
  position: use.position,
  visible: use.visible,
  variation: use.variation,
  options:
    use.id === 0
      ? use.options
      : use.termIds.flatMap((id) => site.shop.taxonomies.term(`pa:${use.id}`, id)?.name ?? [])
})

const choiceName = (site: Site, choice: AttributeChoice): string =>
  choice.id === 0
    ? choice.option
    : (site.shop.taxonomies.term(`pa:${choice.id}`, choice.termId)?.name ?? choice.option)

const choiceSlug = (site: Site, choice: AttributeChoice): string =>
  choice.id === 0
    ? choice.option
    : (site.shop.taxonomies.term(`pa:${choice.id}`, choice.termId)?.slug ?? choice.option)

export const permalink = (site: Site, row: Product): string => {
  const plain =
    row.status === "draft" || row.status === "pending" || row.status === "trash" || row.status === "future"
  return plain ? `${site.url}/?post_type=product&p=${row.id}` : `${site.url}/product/${row.slug}/`
}

const variationPermalink = (site: Site, row: Variation, parent: Product | undefined): string => {
  const base =
    parent === undefined ? `${site.url}/?post_type=product_variation&p=${row.id}` : permalink(site, parent)
  const query = row.attributes
    .map(
      (choice) =>
        `attribute_${encodeURIComponent(choiceAttribute(site, choice).slug)}=${encodeURIComponent(choiceSlug(site, choice))}`
    )
    .join("&")
  return query === "" ? base : `${base}${base.includes("?") ? "&" : "?"}${query}`
}

const when = (site: Site, seconds: number | null): readonly [string | null, string | null] =>
  seconds === null ? [null, null] : [local(seconds, site.shop.timezone), gmt(seconds)]

const dates = (site: Site, row: Product | Variation): JsonObject => ({
  date_created: local(row.created, site.shop.timezone),
  date_created_gmt: gmt(row.created),
  date_modified: local(row.modified, site.shop.timezone),
  date_modified_gmt: gmt(row.modified)
})

const prices = (site: Site, row: Product | Variation, price: string, sale: boolean): JsonObject => {
  const [from, fromGmt] = when(site, row.sale_from)
  const [to, toGmt] = when(site, row.sale_to)
  return {
    price,
    regular_price: row.regular_price,
    // "0" was stored, "" is shown (fact 11).
    sale_price: row.sale_price === "0" ? "" : row.sale_price,
    date_on_sale_from: from,
    date_on_sale_from_gmt: fromGmt,
    date_on_sale_to: to,
    date_on_sale_to_gmt: toGmt,
    on_sale: sale
  }
}

const downloads = (site: Site, row: Product | Variation): Json =>
  row.downloads.map((file) => ({ id: file.id, name: file.name, file: address(site, file.file) }))

const dimensions = (row: Product | Variation): Json => ({
  length: row.dimensions.length,
  width: row.dimensions.width,
  height: row.dimensions.height
})

const meta = (row: Product | Variation): Json =>
  row.meta_data.map((entry) => ({ id: entry.id, key: entry.key, value: entry.value }))

/** The REST form of a product: WooCommerce 11's fields in its order. */
export const productJson = (
  site: Site,
  row: Product,
  context: Context,
  related: ReadonlyArray<number>
): JsonObject => {
  const range = site.shop.priceRange(row)
  const view = context === "view"
  const group = row.type === "grouped" || row.type === "external"
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    permalink: permalink(site, row),
    ...dates(site, row),
    type: row.type,
    status: row.status,
    featured: row.featured,
    catalog_visibility: row.catalog_visibility,
    description: view ? autop(row.description) : row.description,
    short_description: view ? autop(row.short_description) : row.short_description,
    sku: row.sku,
    ...prices(site, row, range.min, range.onSale),
    purchasable: !group && range.min !== "" && (row.status === "publish" || row.status === "private" || view),
    total_sales: row.total_sales,
    virtual: row.virtual,
    downloadable: row.downloadable,
    downloads: downloads(site, row),
    download_limit: row.download_limit,
    download_expiry: row.download_expiry,
    external_url: row.external_url,
    button_text: row.button_text,
    tax_status: row.tax_status,
    tax_class: row.tax_class,
    manage_stock: row.manage_stock,
    stock_quantity: row.stock_quantity,
    backorders: row.backorders,
    backorders_allowed: row.backorders !== "no",
    backordered: row.stock_status === "onbackorder",
    low_stock_amount: row.low_stock_amount,
    sold_individually: row.sold_individually,
    weight: row.weight,
    dimensions: dimensions(row),
    shipping_required: !row.virtual,
    shipping_taxable: !row.virtual && row.tax_status === "taxable",
    shipping_class: row.shipping_class,
    shipping_class_id: 0,
    reviews_allowed: row.reviews_allowed,
    average_rating: !view && row.rating_count === 0 ? "0" : row.average_rating,
    rating_count: row.rating_count,
    upsell_ids: row.upsell_ids,
    cross_sell_ids: row.cross_sell_ids,
    parent_id: row.parent_id,
    purchase_note: view ? autop(row.purchase_note) : row.purchase_note,
    categories: termsJson(site, "product_cat", byName(site, "product_cat", row.category_ids)),
    brands: termsJson(site, "product_brand", row.brand_ids),
    tags: termsJson(site, "product_tag", byName(site, "product_tag", row.tag_ids)),
    images: row.images.map((image) => productImage(site, image)),
    attributes: row.attributes.map((use) => attributeJson(site, use)),
    // The slug for default attributes, the name for variations: WooCommerce's own inconsistency (fact 16).
    default_attributes: row.default_attributes.map((choice) => {
      const { id, name } = attributeName(site, choice)
      return { id, name, option: choiceSlug(site, choice) }
    }),
    variations:
      row.type === "variable" ? site.shop.variationsOf(row.id).map((variation) => variation.id) : [],
    grouped_products: row.grouped_products,
    menu_order: row.menu_order,
    price_html: priceHtml(row, range),
    related_ids: related,
    meta_data: meta(row),
    stock_status: row.stock_status,
    has_options: row.type === "variable",
    post_password: row.post_password,
    global_unique_id: row.global_unique_id,
    ...(context === "edit"
      ? { permalink_template: `${site.url}/product/%pagename%/`, generated_slug: row.slug }
      : {}),
    _links: links(site, `/products/${row.id}`, "/products")
  }
}

/** The REST form of a variation. `root` is where the list was asked for: its links differ (the global one is odd). */
export const variationJson = (
  site: Site,
  row: Variation,
  context: Context,
  root: "parent" | "global" | "gone"
): JsonObject => {
  const parent = site.shop.product(row.parent_id)
  const price = activePrice(row, site.shop.now)
  return {
    id: row.id,
    type: "variation",
    ...dates(site, row),
    description: context === "view" ? autop(row.description) : row.description,
    permalink: variationPermalink(site, row, parent),
    sku: row.sku,
    global_unique_id: row.global_unique_id,
    ...prices(site, row, price, onSale(row, site.shop.now)),
    status: row.status,
    purchasable: price !== "" && row.status === "publish",
    virtual: row.virtual,
    downloadable: row.downloadable,
    downloads: downloads(site, row),
    download_limit: row.download_limit,
    download_expiry: row.download_expiry,
    tax_status: row.tax_status,
    tax_class: context === "view" && row.tax_class === "parent" ? (parent?.tax_class ?? "") : row.tax_class,
    manage_stock: row.manage_stock,
    stock_quantity: row.manage_stock === "parent" ? (parent?.stock_quantity ?? null) : row.stock_quantity,
    stock_status: row.stock_status,
    backorders: row.backorders,
    backorders_allowed: row.backorders !== "no",
    backordered: row.stock_status === "onbackorder",
    low_stock_amount: row.low_stock_amount,
    weight: row.weight,
    dimensions: dimensions(row),
    shipping_class: row.shipping_class,
    shipping_class_id: 0,
    image: row.image === null ? null : variationImage(site, row.image),
    gallery_image_ids: [],
    attributes: row.attributes.map((choice) => ({
      ...choiceAttribute(site, choice),
      option: choiceName(site, choice)
    })),
    menu_order: row.menu_order,
    meta_data: meta(row),
    name: row.attributes.map((choice) => choiceName(site, choice)).join(", "),
    parent_id: row.parent_id,
    _links: variationLinks(site, row, root)
  }
}

const variationLinks = (site: Site, row: Variation, root: "parent" | "global" | "gone"): Json => {
  const parent = `/products/${row.parent_id}`
  if (root === "global") {
    return links(site, `/variations/${row.id}`, "/variations", { up: link(site, "/products/0") }, null)
  }
  const up = { up: link(site, parent) }
  return root === "gone"
    ? links(site, `${parent}/variations/${row.id}`, `${parent}/variations`, up, null)
    : links(site, `${parent}/variations/${row.id}`, `${parent}/variations`, up)
}

/** `GET /products/{variation id}`: a variation in the shape of a product; total_sales is a string here. */
export const variationAsProduct = (site: Site, row: Variation, parent: Product): JsonObject => {
  const plain = variationJson(site, row, "view", "parent")
  const price = activePrice(row, site.shop.now)
  const shown: Product = {
    ...parent,
    ...row,
    type: "variation",
    images: row.image === null ? [] : [row.image],
    manage_stock: row.manage_stock === true,
    category_ids: [],
    brand_ids: [],
    tag_ids: [],
    attributes: [],
    default_attributes: [],
    grouped_products: [],
    upsell_ids: [],
    cross_sell_ids: [],
    average_rating: "0.00",
    rating_count: 0,
    reviews_allowed: false,
    short_description: "",
    purchase_note: ""
  }
  const base = productJson(site, shown, "view", [])
  return {
    ...base,
    permalink: plain.permalink ?? "",
    manage_stock: plain.manage_stock ?? false,
    tax_class: plain.tax_class ?? "",
    stock_quantity: plain.stock_quantity ?? null,
    purchasable: price !== "",
    total_sales: "0",
    attributes: plain.attributes ?? [],
    _links: links(site, `/products/${row.id}`, "/products", { up: link(site, `/products/${row.parent_id}`) })
  }
}
