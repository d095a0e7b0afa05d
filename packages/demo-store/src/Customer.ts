import type { JsonObject } from "./Json.ts"
import type { Meta } from "./Product.ts"

/** A user of the shop. */
export interface Customer {
  readonly id: number
  readonly created: number
  /** Null for users that WooCommerce never saved (fact 3). */
  readonly modified: number | null
  readonly email: string
  readonly first_name: string
  readonly last_name: string
  readonly role: string
  readonly username: string
  readonly billing: JsonObject
  readonly shipping: JsonObject
  readonly is_paying_customer: boolean
  readonly meta_data: ReadonlyArray<Meta>
}

const addressFields = [
  "first_name",
  "last_name",
  "company",
  "address_1",
  "address_2",
  "city",
  "postcode",
  "country",
  "state"
] as const

/** An address with all its fields, from whatever was sent; billing has an e-mail as well. */
export const addressOf = (sent: JsonObject, held: JsonObject, billing: boolean): JsonObject => {
  const pick = (name: string) => {
    const value = sent[name] ?? held[name]
    return typeof value === "string" ? value : ""
  }
  return {
    ...Object.fromEntries(addressFields.map((name) => [name, pick(name)])),
    ...(billing ? { email: pick("email") } : {}),
    phone: pick("phone")
  }
}
