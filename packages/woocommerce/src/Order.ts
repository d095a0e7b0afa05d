/** Orders, as `/orders` sends them. They hold personal data and prescriptions (fact 14): never in logs, spans or URLs. */
import * as Schema from "effect/Schema"
import { Address } from "./Customer.ts"
import { MetaData } from "./Product.ts"
import {
  Anything,
  Bool,
  Id,
  Int,
  list,
  NumberOrNull,
  orNull,
  Price,
  RequiredText,
  Text,
  whole
} from "./Scalars.ts"
import { WooDate } from "./WooDate.ts"

/** A meta row of a line; `display_value` can be an object (fact 14). */
export const LineMetaData = Schema.Struct({
  id: Int,
  key: Text,
  value: Anything,
  display_key: Text,
  display_value: Anything
})
export type LineMetaData = typeof LineMetaData.Type

/** Tax of a line by rate; `subtotal` is `""` on shipping and fees (fact 12). */
export const LineTax = Schema.Struct({ id: Int, total: Price, subtotal: Price })
export type LineTax = typeof LineTax.Type

/** What was bought. A deleted product leaves `product_id` 0, an empty `sku` and its `name` (fact 12). */
export const LineItem = Schema.Struct({
  id: Id,
  name: Text,
  product_id: Int,
  variation_id: Int,
  quantity: NumberOrNull,
  tax_class: Text,
  subtotal: Price,
  subtotal_tax: Price,
  total: Price,
  total_tax: Price,
  taxes: list(LineTax),
  meta_data: list(LineMetaData),
  sku: Text,
  global_unique_id: Text,
  /** Per piece. WooCommerce sends a JSON number here and nowhere else (fact 12): reckon with `total`, not with this. */
  price: Price,
  /** `id` arrives as `"12"`, 14, `""` or 0 (fact 12). */
  image: orNull(Schema.Struct({ id: Int, src: Text })),
  /** The product of a variation's line; `""` elsewhere. */
  parent_name: Text
})
export type LineItem = typeof LineItem.Type

const TaxLine = Schema.Struct({
  id: Id,
  rate_code: Text,
  rate_id: Int,
  label: Text,
  compound: Bool,
  tax_total: Price,
  shipping_tax_total: Price,
  rate_percent: NumberOrNull,
  meta_data: list(LineMetaData)
})

const ShippingLine = Schema.Struct({
  id: Id,
  method_title: Text,
  method_id: Text,
  instance_id: Text,
  total: Price,
  total_tax: Price,
  taxes: list(LineTax),
  tax_status: Text,
  meta_data: list(LineMetaData)
})

const FeeLine = Schema.Struct({
  id: Id,
  name: Text,
  tax_class: Text,
  tax_status: Text,
  amount: Price,
  total: Price,
  total_tax: Price,
  taxes: list(LineTax),
  meta_data: list(LineMetaData)
})

const CouponLine = Schema.Struct({
  id: Id,
  code: Text,
  discount: Price,
  discount_tax: Price,
  discount_type: Text,
  nominal_amount: NumberOrNull,
  free_shipping: Bool,
  meta_data: list(LineMetaData)
})

const Refund = Schema.Struct({ id: Id, reason: Text, total: Price, total_tax: Price })

/** An order; all amounts are decimal strings in `currency`. */
export const Order = Schema.Struct({
  id: Id,
  parent_id: Int,
  /** `pending`, `processing`, `on-hold`, `completed`, `cancelled`, `refunded`, `failed`, `trash`, `checkout-draft` (fact 9), or what a plugin adds. */
  status: RequiredText,
  currency: RequiredText,
  currency_symbol: Text,
  version: Text,
  prices_include_tax: Bool,
  date_created: WooDate,
  date_created_gmt: WooDate,
  date_modified: WooDate,
  date_modified_gmt: WooDate,
  date_completed: WooDate,
  date_completed_gmt: WooDate,
  date_paid: WooDate,
  date_paid_gmt: WooDate,
  discount_total: Price,
  discount_tax: Price,
  shipping_total: Price,
  shipping_tax: Price,
  cart_tax: Price,
  total: Price,
  total_tax: Price,
  /** 0 for a guest. */
  customer_id: Int,
  order_key: Text,
  billing: whole(Address),
  shipping: whole(Address),
  payment_method: Text,
  payment_method_title: Text,
  transaction_id: Text,
  customer_ip_address: Text,
  customer_user_agent: Text,
  created_via: Text,
  customer_note: Text,
  cart_hash: Text,
  /** What the customer reads as the order number; plugins make it differ from the id. */
  number: Text,
  meta_data: list(MetaData),
  line_items: list(LineItem),
  tax_lines: list(TaxLine),
  shipping_lines: list(ShippingLine),
  fee_lines: list(FeeLine),
  coupon_lines: list(CouponLine),
  refunds: list(Refund),
  payment_url: Text,
  is_editable: Bool,
  needs_payment: Bool,
  needs_processing: Bool
})
export type Order = typeof Order.Type
