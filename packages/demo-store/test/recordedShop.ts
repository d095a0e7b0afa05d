/** Puts the recorded shop's rows into a demo store, under their recorded ids. */
import type { Customer } from "../src/Customer.ts"
import { isArray, isObject, type Json, type JsonObject } from "../src/Json.ts"
import type { Order } from "../src/Order.ts"
import type { AttributeChoice, AttributeUse, Image, Product, Status, Variation } from "../src/Product.ts"
import type { Review } from "../src/Review.ts"
import type { Shop } from "../src/Shop.ts"
import type { Taxonomy } from "../src/Taxonomies.ts"
import type { Term } from "../src/Term.ts"
import { termOf } from "../src/write/AttributeWrite.ts"

export const site = "https://127.0.0.1:8443"

const text = (row: JsonObject, name: string): string => (typeof row[name] === "string" ? row[name] : "")
const number = (row: JsonObject, name: string): number => (typeof row[name] === "number" ? row[name] : 0)
const maybe = (row: JsonObject, name: string): number | null =>
  typeof row[name] === "number" ? row[name] : null
const yes = (row: JsonObject, name: string): boolean => row[name] === true
const rows = (row: JsonObject, name: string): ReadonlyArray<JsonObject> =>
  isArray(row[name]) ? row[name].filter(isObject) : []
const object = (row: JsonObject, name: string): JsonObject => (isObject(row[name]) ? row[name] : {})
const numbers = (row: JsonObject, name: string): ReadonlyArray<number> =>
  isArray(row[name]) ? row[name].filter((entry) => typeof entry === "number") : []
const seconds = (row: JsonObject, name: string): number => Date.parse(`${text(row, name)}Z`) / 1000
const maybeSeconds = (row: JsonObject, name: string): number | null =>
  typeof row[name] === "string" ? seconds(row, name) : null
const below = (url: string): string => (url.startsWith(site) ? url.slice(site.length) : url)

const one = <A extends string>(value: string, allowed: ReadonlyArray<A>, fallback: A): A =>
  allowed.find((entry) => entry === value) ?? fallback

const image = (row: JsonObject): Image => ({
  id: number(row, "id"),
  created: seconds(row, "date_created_gmt"),
  modified: seconds(row, "date_modified_gmt"),
  src: below(text(row, "src")),
  name: text(row, "name"),
  alt: text(row, "alt")
})

const statuses: ReadonlyArray<Status> = ["publish", "draft", "pending", "private", "future", "trash"]

const common = (row: JsonObject) => ({
  id: number(row, "id"),
  parent_id: number(row, "parent_id"),
  created: seconds(row, "date_created_gmt"),
  modified: seconds(row, "date_modified_gmt"),
  status: one(text(row, "status"), statuses, "publish"),
  description: text(row, "description"),
  sku: text(row, "sku"),
  global_unique_id: text(row, "global_unique_id"),
  regular_price: text(row, "regular_price"),
  sale_price:
    text(row, "sale_price") === "" && yes(row, "on_sale") && text(row, "price") === "0"
      ? "0"
      : text(row, "sale_price"),
  sale_from: maybeSeconds(row, "date_on_sale_from_gmt"),
  sale_to: maybeSeconds(row, "date_on_sale_to_gmt"),
  virtual: yes(row, "virtual"),
  downloadable: yes(row, "downloadable"),
  downloads: rows(row, "downloads").map((file) => ({
    id: text(file, "id"),
    name: text(file, "name"),
    file: below(text(file, "file"))
  })),
  download_limit: number(row, "download_limit"),
  download_expiry: number(row, "download_expiry"),
  tax_status: text(row, "tax_status"),
  tax_class: text(row, "tax_class"),
  stock_quantity: maybe(row, "stock_quantity"),
  stock_status: one(text(row, "stock_status"), ["instock", "outofstock", "onbackorder"], "instock"),
  backorders: one(text(row, "backorders"), ["no", "notify", "yes"], "no"),
  low_stock_amount: maybe(row, "low_stock_amount"),
  weight: text(row, "weight"),
  dimensions: {
    length: text(object(row, "dimensions"), "length"),
    width: text(object(row, "dimensions"), "width"),
    height: text(object(row, "dimensions"), "height")
  },
  shipping_class: text(row, "shipping_class"),
  menu_order: number(row, "menu_order"),
  meta_data: rows(row, "meta_data").map((entry) => ({
    id: number(entry, "id"),
    key: text(entry, "key"),
    value: entry.value ?? null
  }))
})

const use = (shop: Shop, row: JsonObject): AttributeUse => {
  const id = number(row, "id")
  const options = isArray(row.options) ? row.options.filter((entry) => typeof entry === "string") : []
  return {
    id,
    name: text(row, "name"),
    position: number(row, "position"),
    visible: yes(row, "visible"),
    variation: yes(row, "variation"),
    termIds: id === 0 ? [] : options.map((option) => termOf(shop, id, option)),
    options: id === 0 ? options : []
  }
}

const choice = (shop: Shop, row: JsonObject): AttributeChoice => {
  const id = number(row, "id")
  const option = text(row, "option")
  return { id, name: text(row, "name"), option, termId: id === 0 ? 0 : termOf(shop, id, option) }
}

export const productOf = (shop: Shop, row: JsonObject): Product => ({
  ...common(row),
  type: one(text(row, "type"), ["simple", "variable", "grouped", "external"], "simple"),
  name: text(row, "name"),
  slug: text(row, "slug"),
  featured: yes(row, "featured"),
  catalog_visibility: one(
    text(row, "catalog_visibility"),
    ["visible", "catalog", "search", "hidden"],
    "visible"
  ),
  short_description: text(row, "short_description"),
  total_sales: number(row, "total_sales"),
  external_url: text(row, "external_url"),
  button_text: text(row, "button_text"),
  manage_stock: yes(row, "manage_stock"),
  sold_individually: yes(row, "sold_individually"),
  reviews_allowed: yes(row, "reviews_allowed"),
  average_rating: text(row, "average_rating"),
  rating_count: number(row, "rating_count"),
  upsell_ids: numbers(row, "upsell_ids"),
  cross_sell_ids: numbers(row, "cross_sell_ids"),
  purchase_note: text(row, "purchase_note"),
  category_ids: rows(row, "categories").map((entry) => number(entry, "id")),
  brand_ids: [],
  tag_ids: rows(row, "tags").map((entry) => number(entry, "id")),
  images: rows(row, "images").map(image),
  attributes: rows(row, "attributes").map((entry) => use(shop, entry)),
  default_attributes: rows(row, "default_attributes").map((entry) => choice(shop, entry)),
  grouped_products: numbers(row, "grouped_products"),
  post_password: text(row, "post_password")
})

const variationOf = (shop: Shop, row: JsonObject): Variation => ({
  ...common(row),
  manage_stock: row.manage_stock === "parent" ? "parent" : yes(row, "manage_stock"),
  image: isObject(row.image) ? image(row.image) : null,
  attributes: rows(row, "attributes").map((entry) => choice(shop, entry))
})

const termRow = (row: JsonObject): Term => ({
  id: number(row, "id"),
  name: text(row, "name"),
  slug: text(row, "slug"),
  description: text(row, "description"),
  parent: number(row, "parent"),
  menu_order: number(row, "menu_order"),
  display: text(row, "display"),
  image: isObject(row.image) ? image(row.image) : null
})

const reviewOf = (row: JsonObject): Review => ({
  id: number(row, "id"),
  product_id: number(row, "product_id"),
  created: seconds(row, "date_created_gmt"),
  status: one(text(row, "status"), ["approved", "hold", "spam", "trash"], "approved"),
  reviewer: text(row, "reviewer"),
  reviewer_email: text(row, "reviewer_email"),
  review: text(row, "review"),
  rating: number(row, "rating"),
  verified: yes(row, "verified")
})

const customerOf = (row: JsonObject): Customer => ({
  id: number(row, "id"),
  created: seconds(row, "date_created_gmt"),
  modified: maybeSeconds(row, "date_modified_gmt"),
  email: text(row, "email"),
  first_name: text(row, "first_name"),
  last_name: text(row, "last_name"),
  role: text(row, "role"),
  username: text(row, "username"),
  billing: object(row, "billing"),
  shipping: object(row, "shipping"),
  is_paying_customer: yes(row, "is_paying_customer"),
  meta_data: common({ meta_data: row.meta_data ?? [] }).meta_data
})

export const orderOf = (row: JsonObject): Order => ({
  id: number(row, "id"),
  status: text(row, "status"),
  currency: text(row, "currency"),
  created: seconds(row, "date_created_gmt"),
  modified: seconds(row, "date_modified_gmt"),
  completed: maybeSeconds(row, "date_completed_gmt"),
  paid: maybeSeconds(row, "date_paid_gmt"),
  discount_total: text(row, "discount_total"),
  discount_tax: text(row, "discount_tax"),
  shipping_total: text(row, "shipping_total"),
  shipping_tax: text(row, "shipping_tax"),
  cart_tax: text(row, "cart_tax"),
  total: text(row, "total"),
  total_tax: text(row, "total_tax"),
  customer_id: number(row, "customer_id"),
  order_key: text(row, "order_key"),
  billing: object(row, "billing"),
  shipping: object(row, "shipping"),
  payment_method: text(row, "payment_method"),
  payment_method_title: text(row, "payment_method_title"),
  transaction_id: text(row, "transaction_id"),
  created_via: text(row, "created_via"),
  customer_note: text(row, "customer_note"),
  meta_data: common({ meta_data: row.meta_data ?? [] }).meta_data,
  line_items: rows(row, "line_items").map((line) => ({
    id: number(line, "id"),
    name: text(line, "name"),
    product_id: number(line, "product_id"),
    variation_id: number(line, "variation_id"),
    quantity: number(line, "quantity"),
    tax_class: text(line, "tax_class"),
    subtotal: text(line, "subtotal"),
    subtotal_tax: text(line, "subtotal_tax"),
    total: text(line, "total"),
    total_tax: text(line, "total_tax"),
    taxes: rows(line, "taxes"),
    meta_data: rows(line, "meta_data"),
    sku: text(line, "sku"),
    global_unique_id: text(line, "global_unique_id"),
    price: number(line, "price"),
    image: { id: imageId(object(line, "image")), src: below(text(object(line, "image"), "src")) },
    parent_name: typeof line.parent_name === "string" ? line.parent_name : null
  })),
  tax_lines: rows(row, "tax_lines"),
  shipping_lines: rows(row, "shipping_lines"),
  fee_lines: rows(row, "fee_lines"),
  coupon_lines: rows(row, "coupon_lines"),
  refunds: rows(row, "refunds"),
  reduced: true
})

const imageId = (row: JsonObject): number | string => {
  const id = row.id
  return typeof id === "number" || typeof id === "string" ? id : ""
}

export interface Recorded {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly response: Json
}

const isWhole = (row: Json): row is JsonObject => isObject(row) && row._links !== undefined

/** Everything that GET records show in full; a single, being taken later, wins over a list. */
export const load = (shop: Shop, records: ReadonlyArray<Recorded>): void => {
  shop.taxonomies.clear()
  const found = (test: (record: Recorded) => boolean): ReadonlyArray<JsonObject> =>
    [...records]
      .filter((record) => record.method === "GET" && test(record))
      .sort((a, b) => Number(isArray(b.response)) - Number(isArray(a.response)))
      .flatMap((record) => (isArray(record.response) ? record.response : [record.response]))
      .filter(isObject)
  const terms = (taxonomy: Taxonomy, path: RegExp) => {
    const all = found((record) => path.test(record.path))
    for (const row of [...all].sort((a, b) => Number(isWhole(a)) - Number(isWhole(b)))) {
      if (typeof row.slug === "string") shop.taxonomies.putTerm(taxonomy, termRow(row))
    }
  }
  terms("product_cat", /\/products\/categories(\?|\/\d+$)/)
  terms("product_tag", /\/products\/tags(\?|\/\d+$)/)
  for (const row of found((record) => /\/products\/attributes(\/\d+)?$/.test(record.path)).filter(isWhole)) {
    const { id, name, slug, type, order_by } = {
      id: number(row, "id"),
      name: text(row, "name"),
      slug: text(row, "slug"),
      type: text(row, "type"),
      order_by: text(row, "order_by")
    }
    shop.taxonomies.putAttribute({ id, name, slug, type, order_by, has_archives: yes(row, "has_archives") })
    terms(`pa:${id}`, new RegExp(`/products/attributes/${id}/terms`))
  }
  const whole = (path: RegExp) =>
    found((record) => path.test(record.path) && !record.path.includes("context=edit")).filter(isWhole)
  for (const row of whole(/\/products(\?|\/\d+$)/)) {
    if (text(row, "type") !== "variation") shop.putProduct(productOf(shop, row), "silent")
  }
  for (const row of [...whole(/\/variations(\?|\/\d+$)/)].sort((a, b) => number(a, "id") - number(b, "id"))) {
    shop.putVariation(variationOf(shop, row), "silent")
  }
  for (const row of whole(/\/products\/reviews(\?|\/\d+$)/)) shop.putReview(reviewOf(row), "silent")
  for (const row of whole(/\/customers(\?|\/\d+$)/)) shop.ledger.putCustomer(customerOf(row))
  for (const row of whole(/\/orders(\?|\/\d+$)/)) shop.ledger.putOrder(orderOf(row))
}
