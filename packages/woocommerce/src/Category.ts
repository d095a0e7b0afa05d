/** Product categories, as `/products/categories` sends them. No date: a change shows only in a full read (facts 3, 4). */
import * as Schema from "effect/Schema"
import { Image } from "./Product.ts"
import { Id, Int, orNull, RequiredText, Text } from "./Scalars.ts"

/** A category. `name` and `description` are HTML-encoded (fact 16). */
export const Category = Schema.Struct({
  id: Id,
  name: RequiredText,
  slug: RequiredText,
  /** The category above; 0 at the top. */
  parent: Int,
  description: Text,
  /** `default`, `products`, `subcategories` or `both`. */
  display: Text,
  image: orNull(Image),
  menu_order: Int,
  /** Published products in it and below, as WordPress counts them. */
  count: Int
})
export type Category = typeof Category.Type
