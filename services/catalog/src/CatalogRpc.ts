import type { MessageInitShape } from "@bufbuild/protobuf"
import { type Timestamp, timestampFromDate } from "@bufbuild/protobuf/wkt"
import * as ConnectRoutes from "@optica/connect/ConnectRoutes"
import { requireOperator } from "@optica/connect/OperatorToken"
import {
  CatalogService,
  type ListProductsRequest,
  ProductOrderBy,
  ProductView,
  type ProductFilter as ProtoFilter,
  SortOrder
} from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import type { Change as ProtoChange } from "@optica/contracts/optica/catalog/v1/change_pb"
import type { PageInfoSchema, PageRequest } from "@optica/contracts/optica/type/v1/page_pb"
import * as Effect from "effect/Effect"
import { Catalog } from "./Catalog.ts"
import type { Change } from "./Change.ts"
import type { Page } from "./ProductLists.ts"
import type { PageQuery, ProductFilter, ProductOrder } from "./ProductQuery.ts"
import { storable } from "./TitleKey.ts"

/** CatalogService on top of the Catalog. */
export const routes = Effect.gen(function* () {
  const catalog = yield* Catalog
  return yield* ConnectRoutes.make(CatalogService, {
    getProduct: Effect.fnUntraced(function* (request, call) {
      if (request.view === ProductView.FULL) {
        yield* requireOperator(call.requestHeader)
        const { lastModified, source, value } = yield* catalog.getSource(request.id)
        return { product: value, lastModified: timestampFromDate(lastModified), sourceJson: source }
      }
      const { lastModified, value } = yield* catalog.getProduct(request.id)
      return { product: value, lastModified: timestampFromDate(lastModified) }
    }),

    getProductBySlug: (request) =>
      Effect.map(catalog.getProductBySlug(noStatus(request.slug)), ({ lastModified, value }) => ({
        product: value,
        lastModified: timestampFromDate(lastModified)
      })),

    batchGetProducts: Effect.fnUntraced(function* (request) {
      const { lastModified, products } = yield* catalog.batchGetProducts(request.ids)
      return { products: [...products], lastModified: timestampFromDate(lastModified) }
    }),

    listProducts: Effect.fnUntraced(function* (request) {
      const page = pageQuery(request.page)
      const found = yield* catalog.listProducts(filterOf(request.filter), orderOf(request), page)
      return { products: [...found.items], ...pageOf(page, found) }
    }),

    searchProducts: Effect.fnUntraced(function* (request) {
      const page = pageQuery(request.page)
      const found = yield* catalog.searchProducts(filterOf(request.filter), page)
      return { hits: [...found.items], correctedSearch: found.correctedSearch, ...pageOf(page, found) }
    }),

    suggestProducts: (request) => catalog.suggestProducts(storable(request.search), request.limit || 5),

    getFacets: (request) =>
      Effect.map(catalog.getFacets(filterOf(request.filter)), ({ facets, lastModified, total }) => ({
        facets,
        total: BigInt(total),
        lastModified: timestampFromDate(lastModified)
      })),

    listVariations: Effect.fnUntraced(function* (request) {
      const page = pageQuery(request.page)
      const found = yield* catalog.listVariations(request.productId, page)
      return { variations: [...found.items], ...pageOf(page, found) }
    }),

    listReviews: Effect.fnUntraced(function* (request) {
      const page = pageQuery(request.page)
      const found = yield* catalog.listReviews(request.productId, page)
      return { reviews: [...found.items], ...pageOf(page, found) }
    }),

    getStock: (request) =>
      Effect.map(catalog.getStock(request.id), ({ lastModified, value }) => ({
        stock: value,
        lastModified: timestampFromDate(lastModified)
      })),

    getCatalogStats: () => Effect.map(catalog.getCatalogStats, (stats) => ({ stats })),

    listCategories: () =>
      Effect.map(catalog.listCategories, ({ categories, lastModified }) => ({
        categories: [...categories],
        lastModified: timestampFromDate(lastModified)
      })),

    getCategory: (request) =>
      Effect.map(catalog.getCategory(request.id), ({ lastModified, value }) => ({
        category: value,
        lastModified: timestampFromDate(lastModified)
      })),

    applyChanges: Effect.fnUntraced(function* (request, call) {
      yield* requireOperator(call.requestHeader)
      const outcomes = yield* catalog.applyChanges(request.changes.map(fromProto))
      return {
        results: request.changes.map(({ id, kind }, position) => ({ kind, id, ...outcomes[position] }))
      }
    }),

    listResourceVersions: Effect.fnUntraced(function* (request, call) {
      yield* requireOperator(call.requestHeader)
      const { afterId, kind, observedBefore } = request
      const limit = request.limit === 0 ? 1000 : request.limit
      return {
        versions: [...(yield* catalog.listResourceVersions({ kind, afterId, observedBefore, limit }))]
      }
    })
  })
})

const fromProto = (change: ProtoChange): Change => ({
  kind: change.kind,
  id: Number(change.id),
  observation: change.observation,
  parentId: Number(change.parentId),
  source: change.state.case === "sourceJson" ? change.state.value : null
})

/** 0 is not set: page 1, 20 a page. */
const pageQuery = (page: PageRequest | undefined): PageQuery => ({
  page: page?.page || 1,
  perPage: page?.perPage || 20,
  cursor: page?.cursor ?? ""
})

const pageOf = (
  query: PageQuery,
  found: Page<unknown>
): { readonly page: MessageInitShape<typeof PageInfoSchema>; readonly lastModified: Timestamp } => ({
  page: {
    page: found.page,
    perPage: query.perPage,
    total: BigInt(found.total),
    totalPages: Math.ceil(found.total / query.perPage),
    nextCursor: found.nextCursor
  },
  lastModified: timestampFromDate(found.lastModified)
})

const filterOf = (filter: ProtoFilter | undefined): ProductFilter => ({
  categoryIds: filter?.categoryIds ?? [],
  tagIds: filter?.tagIds ?? [],
  brandIds: filter?.brandIds ?? [],
  attributes:
    filter?.attributes.map(({ attribute, terms }) => ({
      attribute: noStatus(attribute),
      terms: terms.map(noStatus)
    })) ?? [],
  skus: filter?.skus.map(storable) ?? [],
  includeIds: filter?.includeIds ?? [],
  minPrice: filter?.minPrice ?? "",
  maxPrice: filter?.maxPrice ?? "",
  onSale: filter?.onSale,
  featured: filter?.featured,
  stockStatus: noStatus(filter?.stockStatus ?? ""),
  ratings: filter?.ratings ?? [],
  search: (filter?.search ?? "").replaceAll("\0", " ")
})

/** Not taken out: what is left may be "", which is no filter at all. Nothing has the character in its place. */
const noStatus = (text: string): string => text.replaceAll("\0", "\uFFFD")

const orderOf = (request: ListProductsRequest): ProductOrder => ({
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
