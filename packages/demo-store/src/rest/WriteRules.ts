import { orderStatuses } from "./ListRules.ts"
import type { Rule, Rules } from "./Params.ts"

/** What may be written, in the order in which the recorded shop names its complaints. */
const text: Rule = { type: "string" }
const yesNo: Rule = { type: "boolean" }
const whole: Rule = { type: "integer" }
const date: Rule = { type: "string", format: "date-time", nullable: true }
const object: Rule = { type: "object" }
const objects: Rule = { type: "array", items: object }
const ids: Rule = { type: "array", items: whole }
const choice = (...values: ReadonlyArray<string>): Rule => ({ type: "string", enum: values })

export const force: Rules = { force: { type: "boolean", default: false } }

const sellable: Rules = {
  description: text,
  sku: text,
  global_unique_id: text,
  regular_price: text,
  sale_price: text,
  date_on_sale_from: date,
  date_on_sale_from_gmt: date,
  date_on_sale_to: date,
  date_on_sale_to_gmt: date,
  virtual: yesNo,
  downloadable: yesNo,
  downloads: objects,
  download_limit: whole,
  download_expiry: whole,
  tax_status: choice("taxable", "shipping", "none"),
  tax_class: text,
  manage_stock: yesNo,
  stock_quantity: { type: "integer", nullable: true },
  stock_status: choice("instock", "outofstock", "onbackorder"),
  backorders: choice("no", "notify", "yes"),
  low_stock_amount: { type: "integer", nullable: true },
  weight: text,
  dimensions: object,
  shipping_class: text,
  menu_order: whole,
  meta_data: objects
}

export const productBody: Rules = {
  name: text,
  slug: text,
  date_created: date,
  date_created_gmt: date,
  type: choice("simple", "grouped", "external", "variable"),
  status: choice("draft", "pending", "private", "publish", "future", "auto-draft", "trash"),
  featured: yesNo,
  catalog_visibility: choice("visible", "catalog", "search", "hidden"),
  short_description: text,
  ...sellable,
  external_url: text,
  button_text: text,
  sold_individually: yesNo,
  reviews_allowed: yesNo,
  post_password: text,
  upsell_ids: ids,
  cross_sell_ids: ids,
  parent_id: whole,
  purchase_note: text,
  categories: objects,
  brands: objects,
  tags: objects,
  images: objects,
  attributes: objects,
  default_attributes: objects,
  grouped_products: ids
}

export const variationBody: Rules = {
  ...sellable,
  status: choice("draft", "pending", "private", "publish"),
  // "parent" is a value here (fact 13).
  manage_stock: { type: "mixed" },
  image: { type: "object", nullable: true },
  attributes: objects
}

export const termBody: Rules = {
  name: text,
  slug: text,
  parent: whole,
  description: text,
  display: choice("default", "products", "subcategories", "both"),
  image: { type: "object", nullable: true },
  menu_order: whole
}

export const attributeBody: Rules = {
  name: text,
  slug: text,
  type: choice("select"),
  order_by: choice("menu_order", "name", "name_num", "id"),
  has_archives: yesNo
}

export const reviewBody: Rules = {
  product_id: whole,
  review: text,
  reviewer: text,
  reviewer_email: { type: "string", format: "email" },
  rating: whole,
  status: choice("approved", "hold", "spam", "unspam", "trash", "untrash"),
  verified: yesNo
}

export const customerBody: Rules = {
  email: { type: "string", format: "email" },
  first_name: text,
  last_name: text,
  username: text,
  password: text,
  billing: object,
  shipping: object,
  meta_data: objects
}

export const orderBody: Rules = {
  status: choice("auto-draft", ...orderStatuses),
  currency: text,
  customer_id: whole,
  customer_note: text,
  billing: object,
  shipping: object,
  payment_method: text,
  payment_method_title: text,
  transaction_id: text,
  meta_data: objects,
  line_items: objects,
  shipping_lines: objects,
  fee_lines: objects,
  coupon_lines: objects,
  set_paid: yesNo
}

/** The same rules where a name must be sent. */
export const required = (rules: Rules, ...names: ReadonlyArray<string>): Rules =>
  Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [
      name,
      names.includes(name) ? { ...rule, required: true } : rule
    ])
  )
