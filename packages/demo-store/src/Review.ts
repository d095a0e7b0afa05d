/** A product review: a WordPress comment, with an id space of its own. */
export interface Review {
  readonly id: number
  readonly product_id: number
  /** Seconds since 1970 UTC. */
  readonly created: number
  readonly status: "approved" | "hold" | "spam" | "trash"
  readonly reviewer: string
  readonly reviewer_email: string
  /** As typed; the view context wraps it in paragraphs. */
  readonly review: string
  readonly rating: number
  readonly verified: boolean
}
