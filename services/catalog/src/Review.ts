import { create, toBinary } from "@bufbuild/protobuf"
import { ReviewSchema } from "@optica/contracts/optica/catalog/v1/review_pb"
import type { Review } from "@optica/woocommerce/Review"
import { plainText, sanitize } from "./Html.ts"
import { timestamp } from "./Product.ts"
import { int32 } from "./ProductMessage.ts"

/** A review as it is stored: a row of the table `reviews`. */
export interface ReviewRow {
  readonly id: number
  readonly productId: number
  readonly isApproved: boolean
  readonly dateCreated: string
  /** The review message: the reviewer's name and nothing else that tells who it was. */
  readonly document: Uint8Array
  readonly source: string
}

export const reviewRow = (review: Review, productId: number, source: string): ReviewRow => ({
  id: review.id,
  productId,
  isApproved: review.status === "approved",
  dateCreated: timestamp(review.date_created_gmt),
  document: toBinary(
    ReviewSchema,
    create(ReviewSchema, {
      id: BigInt(review.id),
      productId: BigInt(productId),
      dateCreated: review.date_created ?? "",
      dateCreatedGmt: review.date_created_gmt ?? "",
      reviewer: plainText(review.reviewer),
      review: sanitize(review.review),
      rating: int32(review.rating),
      verified: review.verified
    })
  ),
  source
})
