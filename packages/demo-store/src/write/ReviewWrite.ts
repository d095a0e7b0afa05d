import type { JsonObject } from "../Json.ts"
import type { Review } from "../Review.ts"
import { WooError } from "../rest/WooError.ts"
import type { Shop } from "../Shop.ts"
import { boolean, number, string } from "./Stored.ts"

export const createReview = (shop: Shop, body: JsonObject): Review => {
  const product = number(body, "product_id", 0)
  if (shop.product(product) === undefined) {
    throw new WooError("woocommerce_rest_product_invalid_id", "Invalid product ID.", 404)
  }
  const blank: Review = {
    id: shop.newReviewId(),
    product_id: product,
    created: shop.now,
    status: "approved",
    reviewer: "",
    reviewer_email: "",
    review: "",
    rating: 0,
    verified: false
  }
  return rated(shop, shop.putReview(merged(blank, body), "created"))
}

export const updateReview = (shop: Shop, held: Review, body: JsonObject): Review =>
  rated(shop, shop.putReview(merged(held, body), "updated"))

export const deleteReview = (shop: Shop, held: Review): void => {
  shop.removeReview(held.id)
  rated(shop, held)
}

export const trashReview = (shop: Shop, held: Review): Review =>
  rated(shop, shop.putReview({ ...held, status: "trash" }, "trashed"))

const merged = (held: Review, body: JsonObject): Review => {
  const status = body.status
  return {
    ...held,
    product_id: number(body, "product_id", held.product_id),
    review: string(body, "review", held.review),
    reviewer: string(body, "reviewer", held.reviewer),
    reviewer_email: string(body, "reviewer_email", held.reviewer_email),
    rating: Math.max(0, Math.min(5, number(body, "rating", held.rating))),
    status:
      status === "approved" || status === "hold" || status === "spam" || status === "trash"
        ? status
        : status === "unspam" || status === "untrash"
          ? "approved"
          : held.status,
    verified: boolean(body, "verified", held.verified)
  }
}

/** A review moves the product's average, count and date (fact 6). */
const rated = (shop: Shop, row: Review): Review => {
  const product = shop.product(row.product_id)
  if (product === undefined) return row
  const counted = shop.reviewIds(product.id).flatMap((id) => {
    const review = shop.review(id)
    return review?.status === "approved" && review.rating > 0 ? [review.rating] : []
  })
  const sum = counted.reduce((total, rating) => total + rating, 0)
  shop.putProduct(
    {
      ...product,
      average_rating: counted.length === 0 ? "0.00" : (sum / counted.length).toFixed(2),
      rating_count: counted.length,
      modified: shop.now
    },
    "updated"
  )
  return row
}
