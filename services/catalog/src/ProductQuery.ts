/** Filters of a product list; a product has to match all that are set. "" and [] are not set. */
export interface ProductFilter {
  /** In any of these or one below. */
  readonly categoryIds: ReadonlyArray<bigint>
  readonly tagIds: ReadonlyArray<bigint>
  readonly skus: ReadonlyArray<string>
  readonly includeIds: ReadonlyArray<bigint>
  /** Exact decimals. */
  readonly minPrice: string
  readonly maxPrice: string
  readonly onSale: boolean | undefined
  readonly featured: boolean | undefined
  readonly stockStatus: string
}

export type Order = "asc" | "desc"

/** Every order ends in the id, in the same direction. */
export interface ProductOrder {
  readonly by: "date" | "id" | "include" | "title" | "slug" | "modified" | "menu_order" | "price"
  readonly direction: Order
}

/** A page, from 1. */
export interface PageQuery {
  readonly page: number
  readonly perPage: number
}

/** The same as rows. */
export interface Window {
  readonly limit: number
  readonly offset: number
}

export const windowOf = (query: PageQuery): Window => ({
  limit: query.perPage,
  offset: (query.page - 1) * query.perPage
})
