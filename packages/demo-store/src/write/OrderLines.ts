import { isArray, isObject, type Json, type JsonObject } from "../Json.ts"
import { decimals, gst, paise } from "../Money.ts"
import type { OrderLine } from "../Order.ts"
import { activePrice, type Product, type Variation } from "../Product.ts"
import { WooError } from "../rest/WooError.ts"
import type { Shop } from "../Shop.ts"
import { number, string } from "./Stored.ts"

export interface LineRequest {
  readonly product: number
  readonly variation: number
  readonly quantity: number
  readonly meta: Json | undefined
}

export const requested = (sent: Json | undefined): ReadonlyArray<LineRequest> =>
  isArray(sent)
    ? sent.flatMap((entry) =>
        isObject(entry)
          ? [
              {
                product: number(entry, "product_id", 0),
                variation: number(entry, "variation_id", 0),
                quantity: number(entry, "quantity", 1),
                meta: entry.meta_data
              }
            ]
          : []
      )
    : []

export interface LineIds {
  readonly item: () => number
  readonly meta: () => number
}

/** A line of the order at today's price, 18 % tax on top. */
export const orderLine = (shop: Shop, request: LineRequest, ids: LineIds): OrderLine => {
  const variation = request.variation === 0 ? undefined : shop.variation(request.variation)
  const product = shop.product(variation?.parent_id ?? request.product)
  if (product === undefined) {
    throw new WooError("woocommerce_rest_required_product_reference", "Product ID or SKU is required.", 400)
  }
  const sold: Product | Variation = variation ?? product
  const each = paise(activePrice(sold, shop.now))
  const total = each * BigInt(request.quantity)
  const tax = gst(total)
  const picture = variation?.image ?? product.images[0]
  const names = (variation?.attributes ?? []).map((choice) => ({
    key: shop.taxonomies.attribute(choice.id)?.slug ?? choice.name,
    display_key: shop.taxonomies.attribute(choice.id)?.name ?? choice.name,
    term: shop.taxonomies.term(`pa:${choice.id}`, choice.termId),
    option: choice.option
  }))
  return {
    id: ids.item(),
    name: product.name,
    product_id: product.id,
    variation_id: variation?.id ?? 0,
    quantity: request.quantity,
    tax_class: product.tax_class,
    subtotal: decimals(total),
    subtotal_tax: decimals(tax),
    total: decimals(total),
    total_tax: decimals(tax),
    taxes: [{ id: 1, total: decimals(tax), subtotal: decimals(tax) }],
    meta_data: [
      ...names.map((name) => ({
        id: ids.meta(),
        key: name.key,
        value: name.term?.slug ?? name.option,
        display_key: name.display_key,
        display_value: name.term?.name ?? name.option
      })),
      ...lineMeta(request.meta, ids)
    ],
    sku: sold.sku,
    global_unique_id: sold.global_unique_id,
    price: Number(decimals(each)),
    // A string for products, a number for variations, "" without a picture (fact 12).
    image:
      picture === undefined
        ? { id: "", src: "" }
        : { id: variation?.image == null ? String(picture.id) : picture.id, src: picture.src },
    parent_name: variation === undefined ? null : product.name
  }
}

const lineMeta = (sent: Json | undefined, ids: LineIds): ReadonlyArray<JsonObject> =>
  isArray(sent)
    ? sent.flatMap((entry) => {
        if (!isObject(entry) || typeof entry.key !== "string" || entry.value === undefined) return []
        // Kept whole, nested prescriptions included (fact 14).
        return [
          {
            id: ids.meta(),
            key: entry.key,
            value: entry.value,
            display_key: entry.key,
            display_value: entry.value
          }
        ]
      })
    : []

export const shippingLine = (entry: JsonObject, id: number): JsonObject => {
  const total = paise(string(entry, "total", "0"))
  return {
    id,
    method_title: string(entry, "method_title", "Flat rate"),
    method_id: string(entry, "method_id", "flat_rate"),
    instance_id: "",
    total: decimals(total),
    total_tax: decimals(gst(total)),
    taxes: [{ id: 1, total: decimals(gst(total)), subtotal: "" }],
    tax_status: "taxable",
    meta_data: []
  }
}

/** The totals of an order, from its lines. */
export const totalsOf = (
  lines: ReadonlyArray<OrderLine>,
  shipping: ReadonlyArray<JsonObject>,
  taxLineId: number
) => {
  const sum = (amounts: ReadonlyArray<string>): bigint =>
    amounts.reduce((total, amount) => total + paise(amount), 0n)
  const cartTax = sum(lines.map((line) => line.total_tax))
  const shippingTotal = sum(shipping.map((line) => string(line, "total", "0")))
  const shippingTax = sum(shipping.map((line) => string(line, "total_tax", "0")))
  const goods = sum(lines.map((line) => line.total))
  return {
    discount_total: "0.00",
    discount_tax: "0.00",
    shipping_total: decimals(shippingTotal),
    shipping_tax: decimals(shippingTax),
    cart_tax: decimals(cartTax),
    total: decimals(goods + cartTax + shippingTotal + shippingTax),
    total_tax: decimals(cartTax + shippingTax),
    tax_lines: [
      {
        id: taxLineId,
        rate_code: "IN-GST-1",
        rate_id: 1,
        label: "GST",
        compound: false,
        tax_total: decimals(cartTax),
        shipping_tax_total: decimals(shippingTax),
        rate_percent: 18,
        meta_data: []
      }
    ]
  }
}
