import { addressOf, type Customer } from "../Customer.ts"
import { isObject, type JsonObject } from "../Json.ts"
import { WooError } from "../rest/WooError.ts"
import type { Shop } from "../Shop.ts"
import { mergeMeta, string } from "./Stored.ts"

export const createCustomer = (shop: Shop, body: JsonObject): Customer => {
  const email = string(body, "email", "")
  requireFreeEmail(shop, email, 0)
  const blank: Customer = {
    id: shop.ledger.newCustomerId(),
    created: shop.now,
    modified: shop.now,
    email,
    first_name: "",
    last_name: "",
    role: "customer",
    username: string(body, "username", email.split("@")[0] ?? email),
    billing: addressOf({}, {}, true),
    shipping: addressOf({}, {}, false),
    is_paying_customer: false,
    meta_data: []
  }
  return put(shop, merged(shop, blank, body), "created")
}

export const updateCustomer = (shop: Shop, held: Customer, body: JsonObject): Customer => {
  requireFreeEmail(shop, string(body, "email", held.email), held.id)
  return put(shop, { ...merged(shop, held, body), modified: shop.now }, "updated")
}

/** Orders stay and belong to nobody; their date moves. */
export const deleteCustomer = (shop: Shop, held: Customer): void => {
  shop.ledger.removeCustomer(held.id)
  for (const order of shop.ledger.orders()) {
    if (order.customer_id === held.id) shop.ledger.putOrder({ ...order, customer_id: 0, modified: shop.now })
  }
  shop.commit({ kind: "customer", action: "deleted", id: held.id })
}

const requireFreeEmail = (shop: Shop, email: string, id: number): void => {
  if (!shop.ledger.customers().some((row) => row.email === email && row.id !== id)) return
  if (id !== 0)
    throw new WooError("woocommerce_rest_customer_invalid_email", "Email address is invalid.", 400)
  throw new WooError(
    "registration-error-email-exists",
    `An account is already registered with ${email}. Please log in or use a different email address.`,
    400
  )
}

const merged = (shop: Shop, held: Customer, body: JsonObject): Customer => ({
  ...held,
  email: string(body, "email", held.email),
  first_name: string(body, "first_name", held.first_name),
  last_name: string(body, "last_name", held.last_name),
  billing: isObject(body.billing) ? addressOf(body.billing, held.billing, true) : held.billing,
  shipping: isObject(body.shipping) ? addressOf(body.shipping, held.shipping, false) : held.shipping,
  meta_data: mergeMeta(held.meta_data, body.meta_data, () => shop.newMetaId())
})

const put = (shop: Shop, row: Customer, action: "created" | "updated"): Customer => {
  shop.ledger.putCustomer(row)
  shop.commit({ kind: "customer", action, id: row.id })
  return row
}
