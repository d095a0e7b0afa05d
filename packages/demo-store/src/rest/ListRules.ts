import type { Rule, Rules } from "./Params.ts"

/** The parameters of every list, as the recorded shop's schema names them. */
const integers: Rule = { type: "array", items: { type: "integer" }, default: [] }
const date: Rule = { type: "string", format: "date-time" }
const text: Rule = { type: "string" }
const yesNo: Rule = { type: "boolean" }
const order = (fallback: string): Rule => ({ type: "string", enum: ["asc", "desc"], default: fallback })
const choice = (values: ReadonlyArray<string>, fallback?: string): Rule =>
  fallback === undefined
    ? { type: "string", enum: values }
    : { type: "string", enum: values, default: fallback }
const many = (values: ReadonlyArray<string>): Rule => ({
  type: "array",
  items: { type: "string", enum: values }
})

export const context: Rule = choice(["view", "edit"], "view")

const paging: Rules = {
  context,
  page: { type: "integer", default: 1, minimum: 1 },
  per_page: { type: "integer", default: 10, minimum: 1, maximum: 100 },
  search: text
}

const postDates: Rules = {
  after: date,
  before: date,
  modified_after: date,
  modified_before: date,
  dates_are_gmt: { type: "boolean", default: false }
}

const sets: Rules = { exclude: integers, include: integers, offset: { type: "integer" } }

const statuses = ["future", "trash", "draft", "pending", "private", "publish"]
const types = ["simple", "grouped", "external", "variable"]
const taxClasses = choice(["standard", "reduced-rate", "zero-rate"])
const stock = choice(["instock", "outofstock", "onbackorder"])
const keys: Rule = { type: "array", items: { type: "string" }, default: [] }

export const productList: Rules = {
  ...paging,
  ...postDates,
  ...sets,
  order: order("desc"),
  // The repetitions are WooCommerce's own, and part of the recorded message.
  orderby: choice(
    [
      "date",
      "id",
      "include",
      "title",
      "slug",
      "modified",
      "popularity",
      "rating",
      "post__in",
      "price",
      "sales",
      "menu_order",
      "random",
      "popularity",
      "rating",
      "menu_order",
      "price",
      "popularity",
      "rating"
    ],
    "date"
  ),
  parent: integers,
  parent_exclude: integers,
  brand: text,
  slug: text,
  status: choice(["any", ...statuses], "any"),
  type: choice(types),
  sku: text,
  featured: yesNo,
  category: text,
  tag: text,
  shipping_class: text,
  attribute: text,
  attribute_term: text,
  tax_class: taxClasses,
  on_sale: yesNo,
  min_price: text,
  max_price: text,
  include_meta: keys,
  exclude_meta: keys,
  image_size: { type: "string", default: "full" },
  stock_status: stock,
  search_sku: text,
  search_name_or_sku: text,
  search_fields: {
    ...many(["name", "global_unique_id", "description", "short_description", "sku"]),
    default: []
  },
  include_status: many(["any", ...statuses]),
  exclude_status: many(statuses),
  include_types: many(types),
  exclude_types: many(types),
  downloadable: yesNo,
  virtual: yesNo,
  pos_products_only: yesNo
}

export const variationList: Rules = {
  ...paging,
  ...postDates,
  ...sets,
  order: order("desc"),
  orderby: choice(["date", "id", "include", "title", "slug", "modified", "menu_order"], "date"),
  parent: integers,
  parent_exclude: integers,
  slug: text,
  status: choice(["any", ...statuses], "any"),
  sku: text,
  tax_class: taxClasses,
  on_sale: yesNo,
  min_price: text,
  max_price: text,
  include_meta: keys,
  exclude_meta: keys,
  image_size: { type: "string", default: "full" },
  stock_status: stock,
  has_price: yesNo,
  virtual: yesNo,
  downloadable: yesNo,
  include_status: many(["any", ...statuses]),
  exclude_status: many(statuses)
}

export const termList: Rules = {
  ...paging,
  exclude: integers,
  include: integers,
  offset: { type: "integer" },
  order: order("asc"),
  orderby: choice(["id", "include", "name", "slug", "term_group", "description", "count"], "name"),
  hide_empty: { type: "boolean", default: false },
  parent: { type: "integer" },
  product: { type: "integer", nullable: true },
  slug: text
}

export const attributeList: Rules = { context }

export const reviewList: Rules = {
  ...paging,
  after: date,
  before: date,
  exclude: integers,
  include: integers,
  offset: { type: "integer" },
  order: order("desc"),
  orderby: choice(["date", "date_gmt", "id", "include", "product"], "date_gmt"),
  reviewer: integers,
  reviewer_exclude: integers,
  reviewer_email: { type: "string", format: "email" },
  product: integers,
  status: choice(["all", "hold", "approved", "spam", "trash"], "approved")
}

export const customerList: Rules = {
  ...paging,
  exclude: integers,
  include: integers,
  offset: { type: "integer" },
  order: order("asc"),
  orderby: choice(["id", "include", "name", "registered_date"], "name"),
  email: { type: "string", format: "email" },
  role: choice(
    ["all", "administrator", "editor", "author", "contributor", "subscriber", "customer", "shop_manager"],
    "customer"
  )
}

export const orderStatuses = [
  "pending",
  "processing",
  "on-hold",
  "completed",
  "cancelled",
  "refunded",
  "failed",
  "checkout-draft"
]

export const orderList: Rules = {
  ...paging,
  ...postDates,
  ...sets,
  order: order("desc"),
  orderby: choice(["date", "id", "include", "title", "slug", "modified"], "date"),
  parent: integers,
  parent_exclude: integers,
  status: {
    type: "array",
    items: { type: "string", enum: ["any", "trash", "auto-draft", ...orderStatuses] },
    default: ["any"]
  },
  customer: { type: "integer" },
  product: { type: "integer" },
  dp: { type: "integer", default: 2 },
  order_item_display_meta: { type: "boolean", default: false },
  include_meta: keys,
  exclude_meta: keys,
  created_via: { type: "array", items: { type: "string" } }
}
