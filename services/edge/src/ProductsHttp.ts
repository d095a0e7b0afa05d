import {
  ProductOrderBy,
  SortOrder,
  ProductView as View
} from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Answers from "./Answers.ts"
import { Api } from "./Api.ts"
import * as CatalogRead from "./CatalogRead.ts"
import * as Problems from "./Problems.ts"
import type { ProductQuery } from "./ProductsApi.ts"
import { productView, project, variationView } from "./ProductView.ts"
import { CatalogUpstream } from "./Upstreams.ts"

const orderBys: Record<NonNullable<ProductQuery["orderby"]>, ProductOrderBy> = {
  date: ProductOrderBy.DATE,
  id: ProductOrderBy.ID,
  include: ProductOrderBy.INCLUDE,
  title: ProductOrderBy.TITLE,
  slug: ProductOrderBy.SLUG,
  modified: ProductOrderBy.MODIFIED,
  menu_order: ProductOrderBy.MENU_ORDER,
  price: ProductOrderBy.PRICE
}

const includeMissing = Problems.make(
  "VALIDATION_ERROR",
  "The request is not valid: see error.details (orderby)",
  {
    details: [{ field: "orderby", message: "include needs the parameter include", received: "include" }]
  }
)

const toRequest = (query: ProductQuery) => ({
  page: { page: query.page ?? 1, perPage: query.per_page ?? CatalogRead.DEFAULT_PER_PAGE },
  filter: {
    categoryIds: query.categories?.map(BigInt) ?? [],
    tagIds: query.tag?.map(BigInt) ?? [],
    skus: [...(query.sku ?? [])],
    includeIds: query.include?.map(BigInt) ?? [],
    minPrice: query.min_price ?? "",
    maxPrice: query.max_price ?? "",
    stockStatus: query.stock_status ?? "",
    ...(query.on_sale === undefined ? {} : { onSale: query.on_sale }),
    ...(query.featured === undefined ? {} : { featured: query.featured })
  },
  orderBy: orderBys[query.orderby ?? "date"],
  order: query.order === "asc" ? SortOrder.ASC : SortOrder.DESC
})

/** Answers the products' routes from the catalogue. */
export const layer = (freshness: CatalogRead.Freshnesses) =>
  HttpApiBuilder.group(
    Api,
    "products",
    Effect.fnUntraced(function* (handlers) {
      const catalog = yield* CatalogUpstream
      return handlers.handleAll({
        listProducts: ({ request, query }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              if (query.orderby === "include" && query.include === undefined) return yield* includeMissing
              const list = yield* CatalogRead.fromCatalog(exchange)(catalog.listProducts(toRequest(query)))
              return yield* Answers.publicRead(exchange, {
                data: list.products.map((product) => project(productView(product), query.fields)),
                pagination: CatalogRead.pagination(list.page),
                lastModified: CatalogRead.millis(list.lastModified),
                freshness: freshness.list
              })
            })
          ),
        getProduct: ({ request, params, query }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              const id = yield* CatalogRead.possibleId(params.id, "product")
              const { product, lastModified } = yield* CatalogRead.fromCatalog(exchange)(
                catalog.getProduct({ id, view: View.PUBLIC })
              )
              if (product === undefined) return yield* Problems.notFound("There is no product with that id")
              return yield* Answers.publicRead(exchange, {
                data: project(productView(product), query.fields),
                lastModified: CatalogRead.millis(lastModified),
                freshness: freshness.product
              })
            })
          ),
        listVariations: ({ request, params, query }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              const productId = yield* CatalogRead.possibleId(params.id, "product")
              const page = { page: query.page ?? 1, perPage: query.per_page ?? CatalogRead.DEFAULT_PER_PAGE }
              const list = yield* CatalogRead.fromCatalog(exchange)(
                catalog.listVariations({ productId, page })
              )
              return yield* Answers.publicRead(exchange, {
                data: list.variations.map((variation) => project(variationView(variation), query.fields)),
                pagination: CatalogRead.pagination(list.page),
                lastModified: CatalogRead.millis(list.lastModified),
                freshness: freshness.list
              })
            })
          )
      })
    })
  )
