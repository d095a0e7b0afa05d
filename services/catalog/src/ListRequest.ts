import type { ListProductsRequest } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import {
  ProductOrderBy,
  type ProductFilter as ProtoFilter,
  SortOrder
} from "@optica/contracts/optica/catalog/v1/product_filter_pb"
import type { PageRequest } from "@optica/contracts/optica/type/v1/page_pb"
import * as Effect from "effect/Effect"
import { RequestInvalid, type Violation } from "./CatalogFailure.ts"
import { areCrossed } from "./PriceRange.ts"
import type { PageQuery, ProductFilter, ProductOrder } from "./ProductQuery.ts"
import { storedSlug } from "./Slug.ts"
import { storable } from "./TitleKey.ts"

/** What a request for a page of a list asks. Everything that is wrong with it is named at once. */
export const listQuery = (request: {
  readonly page?: PageRequest | undefined
  readonly filter?: ProtoFilter | undefined
}): Effect.Effect<{ readonly page: PageQuery; readonly filter: ProductFilter }, RequestInvalid> => {
  const { filter, page } = request
  const violations = [...repeatedAttributes(filter), ...crossedPrices(filter), ...pageBesideCursor(page)]
  return violations.length > 0
    ? Effect.fail(new RequestInvalid({ violations }))
    : Effect.succeed({ page: pageQuery(page), filter: toFilter(filter) })
}

/** Two choices of one attribute would be a list that nobody means: its terms stand in one entry. */
const repeatedAttributes = (filter: ProtoFilter | undefined): ReadonlyArray<Violation> => {
  const names = filter?.attributes.map((it) => it.attribute) ?? []
  return names.flatMap((name, position) =>
    names.indexOf(name) === position
      ? []
      : [{ field: `filter.attributes[${position}].attribute`, message: "must not be repeated" }]
  )
}

/** Bounds that no price lies between are a slip, and not a list that is empty. */
const crossedPrices = (filter: ProtoFilter | undefined): ReadonlyArray<Violation> =>
  filter !== undefined && areCrossed(filter.minPrice, filter.maxPrice)
    ? [
        { field: "filter.min_price", message: "must not be above max_price" },
        { field: "filter.max_price", message: "must not be below min_price" }
      ]
    : []

const pageBesideCursor = (page: PageRequest | undefined): ReadonlyArray<Violation> =>
  page !== undefined && page.cursor !== "" && page.page > 1
    ? [{ field: "page.page", message: "must be left out where there is a cursor" }]
    : []

/** 0 is not set: page 1, 20 a page. */
const pageQuery = (page: PageRequest | undefined): PageQuery => ({
  page: page?.page || 1,
  perPage: page?.perPage || 20,
  cursor: page?.cursor ?? ""
})

/** What is a set is put in one order: a cursor is bound to what was meant, not to how it was written. */
const toFilter = (filter: ProtoFilter | undefined): ProductFilter => ({
  categoryIds: set(filter?.categoryIds ?? []),
  tagIds: set(filter?.tagIds ?? []),
  brandIds: set(filter?.brandIds ?? []),
  attributes: (filter?.attributes ?? [])
    .map(({ attribute, terms }) => ({ attribute: comparable(attribute), terms: set(terms.map(termSlug)) }))
    .sort((a, b) => ascending(a.attribute, b.attribute)),
  skus: set(filter?.skus.map(storable) ?? []),
  includeIds: filter?.includeIds ?? [],
  minPrice: filter?.minPrice ?? "",
  maxPrice: filter?.maxPrice ?? "",
  onSale: filter?.onSale,
  featured: filter?.featured,
  stockStatus: comparable(filter?.stockStatus ?? ""),
  ratings: set(filter?.ratings ?? []),
  search: (filter?.search ?? "").replaceAll("\0", " ")
})

const ascending = <A extends bigint | number | string>(a: A, b: A): number => (a < b ? -1 : a > b ? 1 : 0)

const set = <A extends bigint | number | string>(values: ReadonlyArray<A>): ReadonlyArray<A> =>
  [...new Set(values)].sort(ascending)

/** Text to compare with: a NUL, which nothing stored has, is not taken out: what is left may be "", which is no filter at all. Nothing has the character in its place. */
export const comparable = (text: string): string => text.replaceAll("\0", "\uFFFD")

/** Facets tell slugs as WordPress stores them, addresses and people say them decoded: both are one. */
const termSlug = (slug: string): string => comparable(storedSlug(slug))

/** The order of a list; that of a search is by relevance where nothing else is said. */
export const orderOf = (request: ListProductsRequest): ProductOrder => ({
  by:
    request.orderBy === ProductOrderBy.UNSPECIFIED && (request.filter?.search ?? "") !== ""
      ? "relevance"
      : orders[request.orderBy],
  direction: request.order === SortOrder.ASC ? "asc" : "desc"
})

const orders: Record<ProductOrderBy, ProductOrder["by"]> = {
  [ProductOrderBy.UNSPECIFIED]: "date",
  [ProductOrderBy.DATE]: "date",
  [ProductOrderBy.ID]: "id",
  [ProductOrderBy.INCLUDE]: "include",
  [ProductOrderBy.TITLE]: "title",
  [ProductOrderBy.SLUG]: "slug",
  [ProductOrderBy.MODIFIED]: "modified",
  [ProductOrderBy.MENU_ORDER]: "menu_order",
  [ProductOrderBy.PRICE]: "price",
  [ProductOrderBy.POPULARITY]: "popularity",
  [ProductOrderBy.RATING]: "rating",
  [ProductOrderBy.RELEVANCE]: "relevance"
}
