import { addressOf, type Customer } from "../Customer.ts"
import type { JsonObject } from "../Json.ts"
import type { Order } from "../Order.ts"
import type { Shop } from "../Shop.ts"
import { type LineIds, orderLine, shippingLine, totalsOf } from "../write/OrderLines.ts"
import { at, Dice, mix } from "./Dice.ts"
import { afterProducts, productIdAt } from "./Ids.ts"
import { reviewers } from "./Vocabulary.ts"

type City = readonly [name: string, state: string, postcode: string]

const lastNames = ["Kumar", "Iyer", "Larsen", "Costa", "Singh", "Müller", "Ito", "Shah"] as const
const cities: readonly [City, ...ReadonlyArray<City>] = [
  ["Bengaluru", "KA", "560001"],
  ["Pune", "MH", "411001"],
  ["Kochi", "KL", "682001"],
  ["Chennai", "TN", "600001"]
]
const statuses = [
  "completed",
  "completed",
  "processing",
  "completed",
  "on-hold",
  "pending",
  "cancelled",
  "refunded",
  "failed"
] as const

/** 2025-06-01T00:00:00 UTC */
const summer = 1_748_736_000

/** Invented people and what they bought. `example.com` is nobody's (RFC 2606). */
export const seededLedger = (
  shop: Shop
): { readonly customers: ReadonlyArray<Customer>; readonly orders: ReadonlyArray<Order> } => {
  const count = Math.min(40, 4 + Math.floor(shop.seeded.count / 15))
  const customers = [administrator, ...Array.from({ length: count }, (_, n) => customer(n))]
  const orders =
    shop.seeded.count === 0 ? [] : Array.from({ length: count * 3 }, (_, n) => order(shop, customers, n))
  return { customers, orders: orders.flatMap((row) => row ?? []) }
}

const administrator: Customer = {
  id: 1,
  created: summer - 90_000_000,
  modified: null,
  email: "admin@optica.example",
  first_name: "",
  last_name: "",
  role: "administrator",
  username: "admin",
  billing: addressOf({}, {}, true),
  shipping: addressOf({}, {}, false),
  is_paying_customer: false,
  meta_data: []
}

const customer = (n: number): Customer => {
  const [city, state, postcode] = at(cities, n)
  const first_name = at(reviewers, n)
  const last_name = at(lastNames, n * 3)
  const email = `customer${n}@example.com`
  const home: JsonObject = {
    first_name,
    last_name,
    address_1: `${12 + n} MG Road`,
    city,
    state,
    postcode,
    country: "IN",
    email,
    phone: `+91 98450 ${10_000 + n}`
  }
  return {
    id: 2 + n,
    created: summer + n * 86_400,
    modified: n % 9 === 8 ? null : summer + n * 86_400 + 5,
    email,
    first_name,
    last_name,
    role: n % 13 === 12 ? "subscriber" : "customer",
    username: `customer${n}`,
    billing: addressOf(home, {}, true),
    shipping: addressOf(home, {}, false),
    is_paying_customer: n % 3 !== 0,
    meta_data:
      n % 4 === 0
        ? [
            {
              id: 900_000 + n,
              key: "prescription",
              value: {
                right: { sph: -1.25, cyl: -0.5, axis: 90 },
                left: { sph: -1, cyl: 0, axis: 0 },
                pd: 62
              }
            }
          ]
        : []
  }
}

const order = (shop: Shop, customers: ReadonlyArray<Customer>, n: number): Order | undefined => {
  const dice = new Dice(mix(n, 0x0bde))
  let last = n * 20
  const next = () => {
    last += 1
    return last
  }
  const ids: LineIds = { item: next, meta: () => next() + 700_000 }
  const lines = Array.from({ length: dice.between(1, 3) }, () => {
    const product = productIdAt(dice.below(shop.seeded.count))
    const [variation = 0] = shop.variationIds(product)
    return orderLine(shop, { product, variation, quantity: dice.between(1, 2), meta: undefined }, ids)
  })
  const shipping = [shippingLine({ total: "50.00" }, ids.item())]
  const buyer = n % 7 === 6 ? undefined : customers[1 + dice.below(customers.length - 1)]
  const status = at(statuses, dice.below(statuses.length))
  const created = summer + 86_400 * 30 + n * 40_000
  const done = status === "completed" || status === "refunded"
  const id = afterProducts(shop.seeded.count) + n
  return {
    id,
    status,
    currency: "INR",
    created,
    modified: created + dice.below(86_400),
    completed: done ? created + 7_200 : null,
    paid: done || status === "processing" ? created + 60 : null,
    ...totalsOf(lines, shipping, ids.item()),
    customer_id: buyer?.id ?? 0,
    order_key: `wc_order_${mix(n, 5).toString(36)}${mix(n, 6).toString(36)}`.slice(0, 22),
    billing: buyer?.billing ?? addressOf({ first_name: "Guest", country: "IN" }, {}, true),
    shipping: buyer?.shipping ?? addressOf({}, {}, false),
    payment_method: n % 2 === 0 ? "bacs" : "cod",
    payment_method_title: n % 2 === 0 ? "Direct bank transfer" : "Cash on delivery",
    transaction_id: "",
    created_via: "checkout",
    customer_note: n % 11 === 3 ? "Please ring twice." : "",
    meta_data: [],
    line_items: lines,
    shipping_lines: shipping,
    fee_lines: [],
    coupon_lines: [],
    refunds: [],
    reduced: done || status === "processing" || status === "on-hold"
  }
}
