/** Shop-wide attributes, as `/products/attributes` sends them: one list without pages. */
import * as Schema from "effect/Schema"
import { Bool, Id, RequiredText, Text } from "./Scalars.ts"

/** An attribute such as Colour; `slug` begins with `pa_`. */
export const Attribute = Schema.Struct({
  id: Id,
  name: RequiredText,
  slug: RequiredText,
  /** `select`, or what a swatches plugin adds. */
  type: Text,
  /** `menu_order`, `name`, `name_num` or `id`. */
  order_by: Text,
  has_archives: Bool
})
export type Attribute = typeof Attribute.Type
