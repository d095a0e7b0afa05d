import { addressOf } from "../Customer.ts"
import { isArray, isObject, type JsonObject } from "../Json.ts"
import type { Order } from "../Order.ts"
import { WooError } from "../rest/WooError.ts"
import type { Shop } from "../Shop.ts"
import { mix } from "../seed/Dice.ts"
import { type LineIds, orderLine, requested, shippingLine, totalsOf } from "./OrderLines.ts"
import { boolean, mergeMeta, number, string } from "./Stored.ts"

const paidStatuses = ["processing", "completed"]
const stockTaken = ["processing", "completed", "on-hold"]

export const createOrder = (shop: Shop, body: JsonObject): Order => {
  const ids: LineIds = { item: () => shop.ledger.newItemId(), meta: () => shop.newMetaId() }
  const customer = number(body, "customer_id", 0)
  if (customer !== 0 && shop.ledger.customer(customer) === undefined) {
    throw new WooError("woocommerce_rest_invalid_customer_id", "Customer ID is invalid.", 400)
  }
  const lines = requested(body.line_items).map((request) => orderLine(shop, request, ids))
  const shipping = isArray(body.shipping_lines)
    ? body.shipping_lines.flatMap((entry) => (isObject(entry) ? [shippingLine(entry, ids.item())] : []))
    : []
  const id = shop.newId()
  const { now } = shop
  const blank: Order = {
    id,
    status: "pending",
    currency: "INR",
    created: now,
    modified: now,
    completed: null,
    paid: null,
    ...totalsOf(lines, shipping, ids.item()),
    customer_id: customer,
    order_key: `wc_order_${mix(id, 1).toString(36)}${mix(id, 2).toString(36)}`.slice(0, 22),
    billing: addressOf({}, {}, true),
    shipping: addressOf({}, {}, false),
    payment_method: "",
    payment_method_title: "",
    transaction_id: "",
    created_via: "rest-api",
    customer_note: "",
    meta_data: [],
    line_items: lines,
    shipping_lines: shipping,
    fee_lines: [],
    coupon_lines: [],
    refunds: [],
    reduced: false
  }
  return put(shop, merged(shop, blank, body), "created")
}

/** Every update moves the date, as with products (fact 6). */
export const updateOrder = (shop: Shop, held: Order, body: JsonObject): Order =>
  put(shop, { ...merged(shop, held, body), modified: shop.now }, "updated")

/** Into the trash; what it was before stays with it, as meta that the API shows. */
export const trashOrder = (shop: Shop, held: Order): Order =>
  put(
    shop,
    {
      ...held,
      status: "trash",
      modified: shop.now,
      meta_data: [
        ...held.meta_data,
        { id: shop.newMetaId(), key: "_wp_trash_meta_status", value: `wc-${held.status}` },
        { id: shop.newMetaId(), key: "_wp_trash_meta_time", value: String(shop.now) }
      ]
    },
    "trashed"
  )

export const deleteOrder = (shop: Shop, held: Order): void => {
  shop.ledger.removeOrder(held.id)
  shop.commit({ kind: "order", action: "deleted", id: held.id })
}

const merged = (shop: Shop, held: Order, body: JsonObject): Order => {
  const asked = string(body, "status", held.status)
  const status = boolean(body, "set_paid", false) && !paidStatuses.includes(asked) ? "processing" : asked
  const { now } = shop
  return {
    ...held,
    status,
    currency: string(body, "currency", held.currency),
    customer_id: number(body, "customer_id", held.customer_id),
    customer_note: string(body, "customer_note", held.customer_note),
    billing: isObject(body.billing) ? addressOf(body.billing, held.billing, true) : held.billing,
    shipping: isObject(body.shipping) ? addressOf(body.shipping, held.shipping, false) : held.shipping,
    payment_method: string(body, "payment_method", held.payment_method),
    payment_method_title: string(body, "payment_method_title", held.payment_method_title),
    transaction_id: string(body, "transaction_id", held.transaction_id),
    meta_data: mergeMeta(held.meta_data, body.meta_data, () => shop.newMetaId()),
    paid: held.paid ?? (paidStatuses.includes(status) ? now : null),
    completed: status === "completed" ? (held.completed ?? now) : held.completed
  }
}

/** Stores the order and moves the stock with its status: the products change along (fact 6). */
const put = (shop: Shop, row: Order, action: "created" | "updated" | "trashed"): Order => {
  const takes = !row.reduced && stockTaken.includes(row.status)
  const gives = row.reduced && ["cancelled", "pending", "failed"].includes(row.status)
  const stored = takes || gives ? { ...row, reduced: takes } : row
  shop.ledger.putOrder(stored)
  shop.commit({ kind: "order", action, id: row.id })
  if (takes || gives)
    for (const line of row.line_items) move(shop, line, takes ? line.quantity : -line.quantity)
  return stored
}

const move = (shop: Shop, line: Order["line_items"][number], taken: number): void => {
  const variation = line.variation_id === 0 ? undefined : shop.variation(line.variation_id)
  if (variation?.manage_stock === true) {
    const quantity = (variation.stock_quantity ?? 0) - taken
    shop.putVariation(
      { ...variation, ...level(quantity, variation.backorders), modified: shop.now },
      "updated"
    )
  }
  const product = shop.product(line.product_id)
  if (product === undefined) return
  const managed = variation === undefined && product.manage_stock
  shop.putProduct(
    {
      ...product,
      ...(managed ? level((product.stock_quantity ?? 0) - taken, product.backorders) : {}),
      total_sales: product.total_sales + taken,
      modified: shop.now
    },
    "updated"
  )
}

const level = (quantity: number, backorders: string) => ({
  stock_quantity: quantity,
  stock_status:
    quantity > 0
      ? ("instock" as const)
      : backorders === "no"
        ? ("outofstock" as const)
        : ("onbackorder" as const)
})
