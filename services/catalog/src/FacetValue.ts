/** What products are counted and filtered by: a row of the table `facet_values`. */
export interface FacetValue {
  readonly kind: FacetKind
  /** The taxonomy of an attribute, such as `pa_color`; "" otherwise. */
  readonly scope: string
  /** What tells it from others of its kind and scope; see {@link FacetKind}. */
  readonly key: string
  /** As products say it, HTML-encoded; "" where they do not. */
  readonly name: string
  readonly slug: string
}

/** Kinds of values, by the number that is stored. */
export const FacetKind = {
  /** Shown in lists; key "". */
  listed: 1,
  /** Shown in searches; key "". */
  searchable: 2,
  /** In the category itself; key: its id. */
  category: 3,
  /** In the category or below it; key: its id. Kept from the bits of `category`, not among the keys of a product. */
  subtree: 4,
  /** Key: the id of the tag. */
  tag: 5,
  /** Key: the id of the brand. */
  brand: 6,
  /** An option of a shop-wide attribute; scope: its taxonomy; key: the option's name as the product has it. */
  attribute: 7,
  /** Key: the stock status. */
  stockStatus: 8,
  /** Key: "true" or "false". */
  onSale: 9,
  /** Key: "true" or "false". */
  featured: 10,
  /** Key: the mean rating, rounded, from "1" to "5"; none without ratings. */
  rating: 11,
  /** Key: the lowest price of the range; a product has every range that its prices meet. */
  price: 12
} as const
export type FacetKind = (typeof FacetKind)[keyof typeof FacetKind]

/** Products in a row of `facet_bits`; the migration says the same number. */
export const CHUNK = 8192
