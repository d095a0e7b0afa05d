/** Terms of a shop-wide attribute, as `/products/attributes/{id}/terms` sends them; the attribute's id is in the path only. */
import * as Schema from "effect/Schema"
import { Id, Int, RequiredText, Text } from "./Scalars.ts"

/** A term such as Black; slugs of names outside ASCII are percent-encoded (fact 16). */
export const Term = Schema.Struct({
  id: Id,
  name: RequiredText,
  slug: RequiredText,
  description: Text,
  menu_order: Int,
  count: Int
})
export type Term = typeof Term.Type
