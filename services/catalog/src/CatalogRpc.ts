import type { MessageInitShape } from "@bufbuild/protobuf"
import { timestampFromDate } from "@bufbuild/protobuf/wkt"
import * as ConnectRoutes from "@optica/connect/ConnectRoutes"
import { requireOperator } from "@optica/connect/OperatorToken"
import {
  CatalogService,
  type ListProductsRequest,
  ProductOrderBy,
  ProductView,
  SortOrder
} from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import type { Change as ProtoChange } from "@optica/contracts/optica/catalog/v1/change_pb"
import type { PageInfoSchema, PageRequest } from "@optica/contracts/optica/type/v1/page_pb"
import * as Effect from "effect/Effect"
import { Catalog } from "./Catalog.ts"
import type { Change } from "./Change.ts"
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

    batchGetProducts: Effect.fnUntraced(function* (request) {
      const { lastModified, products } = yield* catalog.batchGetProducts(request.ids)
      return { products: [...products], lastModified: timestampFromDate(lastModified) }
    }),

    listProducts: Effect.fnUntraced(function* (request) {
      const page = pageQuery(request.page)
      const found = yield* catalog.listProducts(filterOf(request), orderOf(request), page)
      return {
        products: [...found.products],
        page: pageInfo(page, found.total),
        lastModified: timestampFromDate(found.lastModified)
      }
    }),

    listVariations: Effect.fnUntraced(function* (request) {
      const page = pageQuery(request.page)
      const found = yield* catalog.listVariations(request.productId, page)
      return {
        variations: [...found.products],
        page: pageInfo(page, found.total),
        lastModified: timestampFromDate(found.lastModified)
      }
    }),

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
  perPage: page?.perPage || 20
})

const pageInfo = (query: PageQuery, total: number): MessageInitShape<typeof PageInfoSchema> => ({
  ...query,
  total: BigInt(total),
  totalPages: Math.ceil(total / query.perPage)
})

const filterOf = ({ filter }: ListProductsRequest): ProductFilter => ({
  categoryIds: filter?.categoryIds ?? [],
  tagIds: filter?.tagIds ?? [],
  skus: filter?.skus.map(storable) ?? [],
  includeIds: filter?.includeIds ?? [],
  minPrice: filter?.minPrice ?? "",
  maxPrice: filter?.maxPrice ?? "",
  onSale: filter?.onSale,
  featured: filter?.featured,
  // Not taken out: what is left may be "", which is no filter at all. No status has the character in its place.
  stockStatus: (filter?.stockStatus ?? "").replaceAll("\0", "\uFFFD")
})

const orderOf = (request: ListProductsRequest): ProductOrder => ({
  by: orders[request.orderBy],
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
  [ProductOrderBy.PRICE]: "price"
}
