import type { MessageInitShape } from "@bufbuild/protobuf"
import { type Timestamp, timestampFromDate } from "@bufbuild/protobuf/wkt"
import * as ConnectRoutes from "@optica/connect/ConnectRoutes"
import { requireOperator } from "@optica/connect/OperatorToken"
import { CatalogService, ProductView } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import type { Change as ProtoChange } from "@optica/contracts/optica/catalog/v1/change_pb"
import type { PageInfoSchema } from "@optica/contracts/optica/type/v1/page_pb"
import * as Effect from "effect/Effect"
import { Catalog } from "./Catalog.ts"
import type { Change } from "./Change.ts"
import { comparable, listQuery, orderOf } from "./ListRequest.ts"
import type { Page } from "./ProductLists.ts"
import type { PageQuery } from "./ProductQuery.ts"
import { storable } from "./TitleKey.ts"

/** CatalogService on top of the Catalog. */
export const routes = Effect.gen(function* () {
  const catalog = yield* Catalog
  return yield* ConnectRoutes.make(
    CatalogService,
    {
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
        Effect.map(catalog.getProductBySlug(comparable(request.slug)), ({ lastModified, value }) => ({
          product: value,
          lastModified: timestampFromDate(lastModified)
        })),

      batchGetProducts: Effect.fnUntraced(function* (request) {
        const { lastModified, products } = yield* catalog.batchGetProducts(request.ids)
        return { products: [...products], lastModified: timestampFromDate(lastModified) }
      }),

      listProducts: Effect.fnUntraced(function* (request) {
        const { filter, page } = yield* listQuery(request)
        const found = yield* catalog.listProducts(filter, orderOf(request), page)
        return {
          products: [...found.items],
          correctedSearch: found.correctedSearch,
          ...pageOf(page, found)
        }
      }),

      searchProducts: Effect.fnUntraced(function* (request) {
        const { filter, page } = yield* listQuery(request)
        const found = yield* catalog.searchProducts(filter, page)
        return { hits: [...found.items], correctedSearch: found.correctedSearch, ...pageOf(page, found) }
      }),

      suggestProducts: (request) => catalog.suggestProducts(storable(request.search), request.limit || 5),

      getFacets: Effect.fnUntraced(function* (request) {
        const { filter } = yield* listQuery({ filter: request.filter })
        const { correctedSearch, facets, lastModified, total } = yield* catalog.getFacets(filter)
        return {
          facets,
          total: BigInt(total),
          correctedSearch,
          lastModified: timestampFromDate(lastModified)
        }
      }),

      listVariations: Effect.fnUntraced(function* (request) {
        const { page } = yield* listQuery({ page: request.page })
        const found = yield* catalog.listVariations(request.productId, page)
        return { variations: [...found.items], ...pageOf(page, found) }
      }),

      listReviews: Effect.fnUntraced(function* (request) {
        const { page } = yield* listQuery({ page: request.page })
        const found = yield* catalog.listReviews(request.productId, page)
        return { reviews: [...found.items], ...pageOf(page, found) }
      }),

      getStock: (request) =>
        Effect.map(catalog.getStock(request.id), ({ lastModified, value }) => ({
          stock: value,
          lastModified: timestampFromDate(lastModified)
        })),

      getCatalogStats: () =>
        Effect.map(catalog.getCatalogStats, ({ lastModified, stats }) => ({
          stats,
          lastModified: timestampFromDate(lastModified)
        })),

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
    },
    { large: ["applyChanges"] }
  )
})

const fromProto = (change: ProtoChange): Change => ({
  kind: change.kind,
  id: Number(change.id),
  observation: change.observation,
  parentId: Number(change.parentId),
  source: change.state.case === "sourceJson" ? change.state.value : null
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
