/** Product tags, as `/products/tags` sends them. No date: a change shows only in a full read (facts 3, 4). */
import * as Schema from "effect/Schema"
import { Id, Int, RequiredText, Text } from "./Scalars.ts"

/** A tag; `name` is HTML-encoded (fact 16). */
export const Tag = Schema.Struct({
  id: Id,
  name: RequiredText,
  slug: RequiredText,
  description: Text,
  count: Int
})
export type Tag = typeof Tag.Type
