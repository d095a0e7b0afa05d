import type { Image } from "./Product.ts"

/** A row of wp_terms: a product category, tag, brand, or the term of an attribute. One id space for all. */
export interface Term {
  readonly id: number
  /** HTML-encoded, as stored (fact 16). */
  readonly name: string
  readonly slug: string
  readonly description: string
  readonly parent: number
  readonly menu_order: number
  /** Categories only. */
  readonly display: string
  readonly image: Image | null
}

/** A global product attribute, `pa_…`. */
export interface Attribute {
  readonly id: number
  readonly name: string
  readonly slug: string
  readonly type: string
  readonly order_by: string
  readonly has_archives: boolean
}
