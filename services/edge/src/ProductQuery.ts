/** Parameters of the product lists, searches and facets, and what the catalogue is asked for them. */
import type { MessageInitShape } from "@bufbuild/protobuf"
import {
  type ProductFilterSchema,
  ProductOrderBy,
  SortOrder
} from "@optica/contracts/optica/catalog/v1/product_filter_pb"
import type { PageRequestSchema } from "@optica/contracts/optica/type/v1/page_pb"
import * as Schema from "effect/Schema"
import * as Combinations from "./Combinations.ts"
import * as Parameters from "./Parameters.ts"
import { productFields, variationFields } from "./ProductView.ts"
import { hitFields } from "./SearchHitView.ts"

const page = {
  page: Schema.optionalKey(Parameters.page),
  per_page: Schema.optionalKey(Parameters.perPage),
  cursor: Schema.optionalKey(Parameters.cursor)
}

const filters = {
  tag: Schema.optionalKey(Parameters.tag),
  brand: Schema.optionalKey(Parameters.brand),
  sku: Schema.optionalKey(Parameters.sku),
  include: Schema.optionalKey(Parameters.include),
  min_price: Schema.optionalKey(Parameters.minPrice),
  max_price: Schema.optionalKey(Parameters.maxPrice),
  on_sale: Schema.optionalKey(Parameters.onSale),
  stock_status: Schema.optionalKey(Parameters.stockStatus),
  rating: Schema.optionalKey(Parameters.rating)
}

const categories = { categories: Schema.optionalKey(Parameters.categories) }
const featured = { featured: Schema.optionalKey(Parameters.featured) }
const search = { search: Schema.optionalKey(Parameters.search) }
const fields = { fields: Schema.optionalKey(Parameters.fields(productFields)) }

const order = {
  orderby: Schema.optionalKey(Parameters.orderby),
  order: Schema.optionalKey(Parameters.order)
}

/** Beside its own parameters, a query by attributes takes `attributes[…]`. */
const byAttributes = <const Fields extends Schema.Struct.Fields>(own: Fields) =>
  Schema.StructWithRest(Schema.Struct(own), [Schema.Record(Parameters.attribute, Parameters.terms)]).check(
    Combinations.check
  )

/** Of a list of products. */
export const ListQuery = byAttributes({
  ...page,
  ...fields,
  ...categories,
  ...filters,
  ...featured,
  ...search,
  ...order
})
export type ListQuery = typeof ListQuery.Type

/** Of the list of featured products. */
export const FeaturedQuery = byAttributes({
  ...page,
  ...fields,
  ...categories,
  ...filters,
  ...search,
  ...order
})

/** Of the list of a category. */
export const CategoryListQuery = byAttributes({
  ...page,
  ...fields,
  ...filters,
  ...featured,
  ...search,
  ...order
})

/** Of a search. */
export const SearchQuery = byAttributes({
  q: Parameters.q,
  ...page,
  fields: Schema.optionalKey(Parameters.fields(hitFields)),
  ...categories,
  ...filters,
  ...featured
})

/** Of counts: of a list or, by another name of the same parameter, of a search. */
export const FacetsQuery = byAttributes({
  q: Schema.optionalKey(Parameters.q),
  ...categories,
  ...filters,
  ...featured,
  ...search
})

/** Of the variations of a product. */
export const VariationsQuery = Schema.Struct({
  ...page,
  fields: Schema.optionalKey(Parameters.fields(variationFields))
}).check(Combinations.check)

/** Of the reviews of a product. */
export const ReviewsQuery = Schema.Struct(page).check(Combinations.check)

/** Everything that any of the queries can say. */
type AnyQuery = ListQuery & { readonly q?: string }

export const DEFAULT_PER_PAGE = 20

/** Which page of a list. */
export const pageRequest = (
  query: Pick<ListQuery, "page" | "per_page" | "cursor">
): MessageInitShape<typeof PageRequestSchema> => ({
  page: query.cursor === undefined ? (query.page ?? 1) : 0,
  perPage: query.per_page ?? DEFAULT_PER_PAGE,
  cursor: query.cursor ?? ""
})

/** Which products. */
export const filter = (query: AnyQuery): MessageInitShape<typeof ProductFilterSchema> => ({
  categoryIds: query.categories?.map(BigInt) ?? [],
  tagIds: query.tag?.map(BigInt) ?? [],
  brandIds: query.brand?.map(BigInt) ?? [],
  attributes: Object.entries(query).flatMap(([name, value]) => {
    const attribute = Parameters.attributeOf(name)
    return attribute === undefined || !Array.isArray(value) ? [] : [{ attribute, terms: value.map(String) }]
  }),
  skus: [...(query.sku ?? [])],
  includeIds: query.include?.map(BigInt) ?? [],
  minPrice: query.min_price ?? "",
  maxPrice: query.max_price ?? "",
  stockStatus: query.stock_status ?? "",
  ratings: [...(query.rating ?? [])],
  search: query.q ?? query.search ?? "",
  ...(query.on_sale === undefined ? {} : { onSale: query.on_sale }),
  ...(query.featured === undefined ? {} : { featured: query.featured })
})

const orderBys: Record<NonNullable<ListQuery["orderby"]>, ProductOrderBy> = {
  date: ProductOrderBy.DATE,
  id: ProductOrderBy.ID,
  include: ProductOrderBy.INCLUDE,
  title: ProductOrderBy.TITLE,
  slug: ProductOrderBy.SLUG,
  modified: ProductOrderBy.MODIFIED,
  menu_order: ProductOrderBy.MENU_ORDER,
  price: ProductOrderBy.PRICE,
  popularity: ProductOrderBy.POPULARITY,
  rating: ProductOrderBy.RATING,
  relevance: ProductOrderBy.RELEVANCE
}

/** What is asked of ListProducts. */
export const listRequest = (query: ListQuery) => ({
  page: pageRequest(query),
  filter: filter(query),
  orderBy: orderBys[query.orderby ?? (query.search === undefined ? "date" : "relevance")],
  order: query.order === "asc" ? SortOrder.ASC : SortOrder.DESC
})
