/** Product reviews, as `/products/reviews` sends them. `modified_after` is silently ignored there (fact 3). */
import * as Schema from "effect/Schema"
import { Bool, Id, Int, RequiredText, Text } from "./Scalars.ts"
import { WooDate } from "./WooDate.ts"

/** A review. `reviewer_email` and the avatar addresses are personal data: they stay out of logs, spans and URLs. */
export const Review = Schema.Struct({
  id: Id,
  date_created: WooDate,
  date_created_gmt: WooDate,
  product_id: Int,
  product_name: Text,
  product_permalink: Text,
  /** `approved`, `hold`, `spam`, `unspam`, `trash`, `untrash`. */
  status: RequiredText,
  reviewer: Text,
  reviewer_email: Text,
  /** HTML. */
  review: Text,
  /** 1 to 5; 0 where the reviewer gave none. */
  rating: Int,
  verified: Bool
})
export type Review = typeof Review.Type
