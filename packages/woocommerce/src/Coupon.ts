/** Coupons, as `/coupons` sends them. */
import * as Schema from "effect/Schema"
import { MetaData } from "./Product.ts"
import { Bool, Id, Int, IntItem, list, NumberOrNull, Price, RequiredText, Text, TextItem } from "./Scalars.ts"
import { WooDate } from "./WooDate.ts"

/** A coupon. WooCommerce lower-cases `code`; `date_expires_gmt` falls on the day before east of UTC (fact 15). */
export const Coupon = Schema.Struct({
  id: Id,
  code: RequiredText,
  /** Per cent or an amount, by `discount_type`. */
  amount: Price,
  status: Text,
  date_created: WooDate,
  date_created_gmt: WooDate,
  date_modified: WooDate,
  date_modified_gmt: WooDate,
  /** `percent`, `fixed_cart`, `fixed_product`, or what a plugin adds. */
  discount_type: Text,
  description: Text,
  date_expires: WooDate,
  date_expires_gmt: WooDate,
  usage_count: Int,
  individual_use: Bool,
  product_ids: list(IntItem),
  excluded_product_ids: list(IntItem),
  usage_limit: NumberOrNull,
  usage_limit_per_user: NumberOrNull,
  limit_usage_to_x_items: NumberOrNull,
  free_shipping: Bool,
  product_categories: list(IntItem),
  excluded_product_categories: list(IntItem),
  exclude_sale_items: Bool,
  minimum_amount: Price,
  maximum_amount: Price,
  email_restrictions: list(TextItem),
  /** Customer ids, or e-mail addresses of guests: personal data. */
  used_by: list(TextItem),
  meta_data: list(MetaData)
})
export type Coupon = typeof Coupon.Type
