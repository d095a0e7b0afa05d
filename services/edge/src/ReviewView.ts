/** A review as WooCommerce's REST API v3 shows it, without the reviewer's address and pictures. */
import type { Review } from "@optica/contracts/optica/catalog/v1/review_pb"
import * as Schema from "effect/Schema"

export const ReviewView = Schema.Struct({
  id: Schema.Int,
  date_created: Schema.NullOr(Schema.String),
  date_created_gmt: Schema.NullOr(Schema.String),
  product_id: Schema.Int,
  reviewer: Schema.String.annotate({ description: "The name that the reviewer gave" }),
  review: Schema.String.annotate({ description: "Sanitized HTML" }),
  rating: Schema.Int.annotate({ description: "From 1 to 5; 0 where none was given" }),
  verified: Schema.Boolean.annotate({ description: "Whether the shop knows that the reviewer bought it" })
}).annotate({ identifier: "Review" })
export type ReviewView = typeof ReviewView.Type

export const reviewView = (review: Review): ReviewView => ({
  id: Number(review.id),
  date_created: review.dateCreated === "" ? null : review.dateCreated,
  date_created_gmt: review.dateCreatedGmt === "" ? null : review.dateCreatedGmt,
  product_id: Number(review.productId),
  reviewer: review.reviewer,
  review: review.review,
  rating: review.rating,
  verified: review.verified
})
