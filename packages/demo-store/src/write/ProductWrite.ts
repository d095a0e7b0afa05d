import { isArray, isObject, type Json, type JsonObject } from "../Json.ts"
import type { AttributeChoice, AttributeUse, Image, Product, Status } from "../Product.ts"
import { encodeName, strip } from "../rest/Html.ts"
import type { Shop } from "../Shop.ts"
import { attributeOf, termOf } from "./AttributeWrite.ts"
import { imageOf, sellable, stockOf } from "./SellableWrite.ts"
import { boolean, idsOf, number, seconds, slugOfName, string, uniqueSlug } from "./Stored.ts"

/** A product of which nothing was said yet. */
const blank = (id: number, now: number): Product => ({
  id,
  parent_id: 0,
  created: now,
  modified: now,
  type: "simple",
  name: "Product",
  slug: "",
  status: "publish",
  featured: false,
  catalog_visibility: "visible",
  description: "",
  short_description: "",
  sku: "",
  global_unique_id: "",
  regular_price: "",
  sale_price: "",
  sale_from: null,
  sale_to: null,
  total_sales: 0,
  virtual: false,
  downloadable: false,
  downloads: [],
  download_limit: -1,
  download_expiry: -1,
  external_url: "",
  button_text: "",
  tax_status: "taxable",
  tax_class: "",
  manage_stock: false,
  stock_quantity: null,
  stock_status: "instock",
  backorders: "no",
  low_stock_amount: null,
  sold_individually: false,
  weight: "",
  dimensions: { length: "", width: "", height: "" },
  shipping_class: "",
  reviews_allowed: true,
  average_rating: "0.00",
  rating_count: 0,
  upsell_ids: [],
  cross_sell_ids: [],
  purchase_note: "",
  category_ids: [],
  brand_ids: [],
  tag_ids: [],
  images: [],
  attributes: [],
  default_attributes: [],
  grouped_products: [],
  menu_order: 0,
  meta_data: [],
  post_password: ""
})

export const createProduct = (shop: Shop, body: JsonObject): Product => {
  // Checked and converted in full before an id is taken: a refused product leaves nothing behind.
  const draft = merged(shop, blank(0, shop.now), body)
  const row = { ...draft, id: shop.newId() }
  return shop.putProduct({ ...row, slug: slugFor(shop, row, body) }, "created")
}

/** Every update moves date_modified, even one that changes nothing (fact 6). */
export const updateProduct = (shop: Shop, held: Product, body: JsonObject): Product => {
  const changed = { ...merged(shop, held, body), modified: shop.now }
  const row = held.status === "trash" && changed.status !== "trash" ? untrashed(changed) : changed
  const action =
    held.status === "trash" && row.status !== "trash"
      ? "restored"
      : row.status === "trash"
        ? "trashed"
        : "updated"
  return shop.putProduct({ ...row, slug: slugFor(shop, row, body) }, action)
}

/** Meta that the trash adds, and the restore takes away; the API shows it. */
const trashMeta = ["_wp_trash_meta_status", "_wp_trash_meta_time", "_wp_desired_post_slug"]

/** Moves to the trash, the variations along; the slug gives way (fact 9). */
export const trashProduct = (shop: Shop, held: Product): Product => {
  for (const variation of shop.variationsOf(held.id)) {
    shop.putVariation({ ...variation, status: "trash" }, "silent")
  }
  const values = [held.status, String(shop.now), held.slug]
  const noted = trashMeta.map((key, at) => ({ id: shop.newMetaId(), key, value: values[at] ?? "" }))
  return shop.putProduct(
    {
      ...held,
      status: "trash",
      slug: `${held.slug}__trashed`,
      modified: shop.now,
      meta_data: [...held.meta_data, ...noted]
    },
    "trashed"
  )
}

/** What wp-admin's "Restore" does: back to the status of before. */
export const restoreProduct = (shop: Shop, held: Product): Product => {
  for (const id of shop.variationIds(held.id)) {
    const variation = shop.variation(id)
    if (variation?.status === "trash") shop.putVariation({ ...variation, status: "publish" }, "silent")
  }
  const before = held.meta_data.find((entry) => entry.key === "_wp_trash_meta_status")?.value
  const status = statuses.find((entry) => entry === before) ?? "draft"
  return shop.putProduct(
    { ...untrashed(held), status, slug: held.slug.replace(/__trashed$/, ""), modified: shop.now },
    "restored"
  )
}

const untrashed = (held: Product): Product => ({
  ...held,
  meta_data: held.meta_data.filter((entry) => !trashMeta.includes(entry.key))
})

const statuses: ReadonlyArray<Status> = ["publish", "draft", "pending", "private", "future", "trash"]

const merged = (shop: Shop, held: Product, body: JsonObject): Product => {
  const type = body.type
  const kind =
    type === "simple" || type === "variable" || type === "grouped" || type === "external" ? type : held.type
  const managed =
    boolean(body, "manage_stock", held.manage_stock) && kind !== "external" && kind !== "grouped"
  const visibility = body.catalog_visibility
  const wanted = statuses.find((status) => status === body.status)
  const created =
    seconds(body.date_created_gmt, shop.timezone, "utc") ??
    seconds(body.date_created, shop.timezone, "utc") ??
    held.created
  const status =
    (wanted ?? held.status) === "publish" && created > shop.now ? "future" : (wanted ?? held.status)
  const attributes = attributesOf(shop, held, body.attributes)
  return {
    ...held,
    ...sellable(shop, held, body),
    ...stockOf(held, managed, body),
    created,
    type: kind,
    name: encodeName(string(body, "name", held.name)),
    status,
    featured: boolean(body, "featured", held.featured),
    catalog_visibility:
      visibility === "visible" ||
      visibility === "catalog" ||
      visibility === "search" ||
      visibility === "hidden"
        ? visibility
        : held.catalog_visibility,
    short_description: strip(string(body, "short_description", held.short_description)),
    external_url: string(body, "external_url", held.external_url),
    button_text: string(body, "button_text", held.button_text),
    manage_stock: managed,
    sold_individually: boolean(body, "sold_individually", held.sold_individually),
    reviews_allowed: boolean(body, "reviews_allowed", held.reviews_allowed),
    upsell_ids: integersOf(body.upsell_ids) ?? held.upsell_ids,
    cross_sell_ids: integersOf(body.cross_sell_ids) ?? held.cross_sell_ids,
    parent_id: number(body, "parent_id", held.parent_id),
    purchase_note: string(body, "purchase_note", held.purchase_note),
    category_ids: categoriesOf(shop, held, body.categories),
    brand_ids: known(shop, "product_brand", idsOf(body.brands)) ?? held.brand_ids,
    tag_ids: known(shop, "product_tag", idsOf(body.tags)) ?? held.tag_ids,
    images: imagesOf(shop, held, body.images),
    attributes,
    default_attributes: defaultsOf(shop, held, body.default_attributes),
    grouped_products: integersOf(body.grouped_products) ?? held.grouped_products,
    post_password: string(body, "post_password", held.post_password)
  }
}

/** Published things need a slug, drafts have one only when it was given. */
const slugFor = (shop: Shop, row: Product, body: JsonObject): string => {
  const sent = string(body, "slug", "")
  const base = sent === "" ? row.slug.replace(/__trashed$/, "") : slugOfName(sent)
  if (row.status === "trash") return `${base}__trashed`
  if (base === "" && (row.status === "draft" || row.status === "pending")) return ""
  if (base !== "" && base === row.slug) return base
  return uniqueSlug(base === "" ? slugOfName(row.name) : base, (slug) => {
    const owner = shop.bySlug(slug)
    return owner !== undefined && owner !== row.id
  })
}

const integersOf = (value: Json | undefined): ReadonlyArray<number> | undefined =>
  isArray(value) ? value.filter((entry) => typeof entry === "number") : undefined

const known = (
  shop: Shop,
  taxonomy: "product_cat" | "product_brand" | "product_tag",
  ids: ReadonlyArray<number> | undefined
) => ids?.filter((id) => shop.taxonomies.term(taxonomy, id) !== undefined)

/** A product without a category is put into the default one. */
const categoriesOf = (shop: Shop, held: Product, sent: Json | undefined): ReadonlyArray<number> => {
  const ids = known(shop, "product_cat", idsOf(sent)) ?? held.category_ids
  return ids.length === 0 ? [shop.taxonomies.defaultCategory] : ids
}

const imagesOf = (shop: Shop, held: Product, sent: Json | undefined): ReadonlyArray<Image> =>
  isArray(sent) ? sent.flatMap((entry) => imageOf(shop, held.images, entry) ?? []) : held.images

const attributesOf = (shop: Shop, held: Product, sent: Json | undefined): ReadonlyArray<AttributeUse> => {
  if (!isArray(sent)) return held.attributes
  return sent.flatMap((entry, position) => {
    if (!isObject(entry)) return []
    const attribute = attributeOf(shop, entry)
    const name = strip(string(entry, "name", "")).replace(/<[^>]*>/g, "")
    if (attribute === undefined && name === "") return []
    const options = isArray(entry.options) ? entry.options.filter((option) => typeof option === "string") : []
    return [
      {
        id: attribute?.id ?? 0,
        name: attribute?.name ?? name,
        position: number(entry, "position", position),
        visible: boolean(entry, "visible", false),
        variation: boolean(entry, "variation", false),
        termIds: attribute === undefined ? [] : options.map((option) => termOf(shop, attribute.id, option)),
        // A custom option with "|" is split in two (fact 16).
        options:
          attribute === undefined
            ? options.flatMap((option) => option.split("|").map((part) => part.trim()))
            : []
      }
    ]
  })
}

const defaultsOf = (shop: Shop, held: Product, sent: Json | undefined): ReadonlyArray<AttributeChoice> => {
  if (!isArray(sent)) return held.default_attributes
  return sent.flatMap((entry) => {
    if (!isObject(entry)) return []
    const attribute = attributeOf(shop, entry)
    const option = string(entry, "option", "")
    return [
      {
        id: attribute?.id ?? 0,
        name: attribute?.name ?? string(entry, "name", ""),
        termId: attribute === undefined ? 0 : termOf(shop, attribute.id, option),
        option
      }
    ]
  })
}
