/** Filters of a product list; a product has to match all that are set. "" and [] are not set. */
export interface ProductFilter {
  /** In any of these or one below. */
  readonly categoryIds: ReadonlyArray<bigint>
  readonly tagIds: ReadonlyArray<bigint>
  readonly brandIds: ReadonlyArray<bigint>
  /** With any of the terms of each of these. */
  readonly attributes: ReadonlyArray<AttributeChoice>
  readonly skus: ReadonlyArray<string>
  readonly includeIds: ReadonlyArray<bigint>
  /** Exact decimals. */
  readonly minPrice: string
  readonly maxPrice: string
  readonly onSale: boolean | undefined
  readonly featured: boolean | undefined
  readonly stockStatus: string
  /** Mean ratings, rounded: 1 to 5. */
  readonly ratings: ReadonlyArray<number>
  /** Any text; it is only ever text. */
  readonly search: string
}

/** Terms of one attribute: any of them. */
export interface AttributeChoice {
  /** Slug, such as `pa_color`. */
  readonly attribute: string
  /** Slugs. */
  readonly terms: ReadonlyArray<string>
}

export type Order = "asc" | "desc"

/** Every order ends in the id, in the same direction. */
export interface ProductOrder {
  readonly by:
    | "date"
    | "id"
    | "include"
    | "title"
    | "slug"
    | "modified"
    | "menu_order"
    | "price"
    | "popularity"
    | "rating"
    | "relevance"
  readonly direction: Order
}

/** A page, from 1; or the one that a cursor leads to. */
export interface PageQuery {
  readonly page: number
  readonly perPage: number
  /** "" to start at `page`. */
  readonly cursor: string
}
