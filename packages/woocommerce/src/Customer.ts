/** Customers, as `/customers` sends them. Personal data throughout: never in logs, spans or URLs. `modified_after` is silently ignored (fact 3). */
import * as Schema from "effect/Schema"
import { MetaData } from "./Product.ts"
import { Bool, Id, list, Text, whole } from "./Scalars.ts"
import { WooDate } from "./WooDate.ts"

/** A postal address; `email` only in billing addresses. */
export const Address = Schema.Struct({
  first_name: Text,
  last_name: Text,
  company: Text,
  address_1: Text,
  address_2: Text,
  city: Text,
  state: Text,
  postcode: Text,
  country: Text,
  email: Text,
  phone: Text
})
export type Address = typeof Address.Type

/** A customer. `date_modified` is null for accounts that WooCommerce never saved (fact 15). */
export const Customer = Schema.Struct({
  id: Id,
  date_created: WooDate,
  date_created_gmt: WooDate,
  date_modified: WooDate,
  date_modified_gmt: WooDate,
  email: Text,
  first_name: Text,
  last_name: Text,
  role: Text,
  username: Text,
  billing: whole(Address),
  shipping: whole(Address),
  is_paying_customer: Bool,
  avatar_url: Text,
  meta_data: list(MetaData)
})
export type Customer = typeof Customer.Type
