import type { JsonObject } from "./Json.ts"
import type { Meta } from "./Product.ts"

export interface OrderLine {
  readonly id: number
  readonly name: string
  readonly product_id: number
  readonly variation_id: number
  readonly quantity: number
  readonly tax_class: string
  /** Decimal strings with two places. */
  readonly subtotal: string
  readonly subtotal_tax: string
  readonly total: string
  readonly total_tax: string
  readonly taxes: ReadonlyArray<JsonObject>
  readonly meta_data: ReadonlyArray<JsonObject>
  readonly sku: string
  readonly global_unique_id: string
  /** A number, of all things (fact 12). */
  readonly price: number
  readonly image: { readonly id: number | string; readonly src: string }
  readonly parent_name: string | null
}

/** An order as stored. Totals are decimal strings with two places; lines keep their REST form. */
export interface Order {
  readonly id: number
  readonly status: string
  readonly currency: string
  readonly created: number
  readonly modified: number
  readonly completed: number | null
  readonly paid: number | null
  readonly discount_total: string
  readonly discount_tax: string
  readonly shipping_total: string
  readonly shipping_tax: string
  readonly cart_tax: string
  readonly total: string
  readonly total_tax: string
  readonly customer_id: number
  readonly order_key: string
  readonly billing: JsonObject
  readonly shipping: JsonObject
  readonly payment_method: string
  readonly payment_method_title: string
  readonly transaction_id: string
  readonly created_via: string
  readonly customer_note: string
  readonly meta_data: ReadonlyArray<Meta>
  readonly line_items: ReadonlyArray<OrderLine>
  readonly tax_lines: ReadonlyArray<JsonObject>
  readonly shipping_lines: ReadonlyArray<JsonObject>
  readonly fee_lines: ReadonlyArray<JsonObject>
  readonly coupon_lines: ReadonlyArray<JsonObject>
  readonly refunds: ReadonlyArray<JsonObject>
  /** Whether the stock of its lines was taken. */
  readonly reduced: boolean
}
