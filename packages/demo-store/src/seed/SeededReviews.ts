import type { Review } from "../Review.ts"
import { at, mix } from "./Dice.ts"
import { type Draw, hasReviews } from "./Draw.ts"
import { productIdAt } from "./Ids.ts"
import { heldReview, type SeededProducts, starsOf } from "./SeededProducts.ts"
import * as Words from "./Vocabulary.ts"

const perProduct = 4
const firstId = 2

export const reviewIdAt = (index: number, position: number): number => firstId + index * perProduct + position
export const afterReviews = (products: number): number => reviewIdAt(products, 0)

/** The seeded review with this id, if there is one. */
export const reviewById = (seeded: SeededProducts, id: number): Review | undefined => {
  const index = Math.floor((id - firstId) / perProduct)
  const position = (id - firstId) % perProduct
  if (id < firstId || index >= seeded.count) return undefined
  const d = seeded.draw(index)
  return hasReviews(d) && position < d.reviews ? review(d, position) : undefined
}

const review = (d: Draw, position: number): Review => {
  const dice = mix(d.index + 31, position)
  const reviewer = at(Words.reviewers, dice)
  return {
    id: reviewIdAt(d.index, position),
    product_id: productIdAt(d.index),
    created: d.created + 86_400 * (3 + position * 11),
    status: heldReview(d, position) ? "hold" : "approved",
    reviewer,
    reviewer_email: `reviewer${dice % 500}@example.com`,
    review: at(Words.reviewTexts, dice >>> 3),
    rating: starsOf(d, position),
    verified: dice % 3 === 0
  }
}
