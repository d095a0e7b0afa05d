import type { RpcError } from "@optica/connect/ConnectError"
import {
  type GetProductResponse,
  ProductView as View
} from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Answers from "./Answers.ts"
import { Api } from "./Api.ts"
import * as CatalogRead from "./CatalogRead.ts"
import { listMeta } from "./CorrectedSearch.ts"
import type * as Exchange from "./Exchange.ts"
import * as Paging from "./Paging.ts"
import * as Problems from "./Problems.ts"
import * as ProductQuery from "./ProductQuery.ts"
import { productView, project, variationView } from "./ProductView.ts"
import { reviewView } from "./ReviewView.ts"
import { stockView } from "./StockView.ts"
import { CatalogUpstream } from "./Upstreams.ts"

/** Answers the products' routes from the catalogue. */
export const layer = (freshness: CatalogRead.Freshnesses) =>
  HttpApiBuilder.group(
    Api,
    "products",
    Effect.fnUntraced(function* (handlers) {
      const catalog = yield* CatalogUpstream

      const list = Effect.fnUntraced(function* (exchange: Exchange.Exchange, query: ProductQuery.ListQuery) {
        const found = yield* CatalogRead.fromCatalog(exchange)(
          catalog.listProducts(ProductQuery.listRequest(query))
        )
        return yield* Answers.publicRead(exchange, {
          data: found.products.map((product) => project(productView(product), query.fields)),
          place: Paging.of(exchange, found.page, query),
          meta: listMeta(query.search, found.correctedSearch),
          lastModified: CatalogRead.millis(found.lastModified),
          freshness: freshness.list
        })
      })

      const one = Effect.fnUntraced(function* (
        exchange: Exchange.Exchange,
        asked: Effect.Effect<Pick<GetProductResponse, "product" | "lastModified">, RpcError>,
        fields: ReadonlyArray<string> | undefined
      ) {
        const { product, lastModified } = yield* CatalogRead.fromCatalog(exchange)(asked)
        if (product === undefined) return yield* Problems.notFound("There is no such product")
        return yield* Answers.publicRead(exchange, {
          data: project(productView(product), fields),
          lastModified: CatalogRead.millis(lastModified),
          freshness: freshness.product
        })
      })

      return handlers.handleAll({
        listProducts: ({ request, query }) => Answers.respond(request, (exchange) => list(exchange, query)),
        listFeatured: ({ request, query }) =>
          Answers.respond(request, (exchange) => list(exchange, { ...query, featured: true })),
        listByCategory: ({ request, params, query }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              // A list is empty, not missing, for a category that is not there.
              yield* CatalogRead.fromCatalog(exchange)(catalog.getCategory({ id: params.id }))
              return yield* list(exchange, { ...query, categories: [Number(params.id)] })
            })
          ),
        getProduct: ({ request, params, query }) =>
          Answers.respond(request, (exchange) =>
            one(exchange, catalog.getProduct({ id: params.id, view: View.PUBLIC }), query.fields)
          ),
        getProductBySlug: ({ request, params, query }) =>
          Answers.respond(request, (exchange) =>
            one(exchange, catalog.getProductBySlug({ slug: params.slug }), query.fields)
          ),
        listVariations: ({ request, params, query }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              const found = yield* CatalogRead.fromCatalog(exchange)(
                catalog.listVariations({ productId: params.id, page: ProductQuery.pageRequest(query) })
              )
              return yield* Answers.publicRead(exchange, {
                data: found.variations.map((variation) => project(variationView(variation), query.fields)),
                place: Paging.of(exchange, found.page, query),
                lastModified: CatalogRead.millis(found.lastModified),
                freshness: freshness.list
              })
            })
          ),
        getStock: ({ request, params }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              const { stock, lastModified } = yield* CatalogRead.fromCatalog(exchange)(
                catalog.getStock({ id: params.id })
              )
              if (stock === undefined) return yield* Problems.notFound("There is no such product")
              return yield* Answers.publicRead(exchange, {
                data: stockView(stock),
                lastModified: CatalogRead.millis(lastModified),
                freshness: freshness.stock
              })
            })
          ),
        listReviews: ({ request, params, query }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              const found = yield* CatalogRead.fromCatalog(exchange)(
                catalog.listReviews({ productId: params.id, page: ProductQuery.pageRequest(query) })
              )
              return yield* Answers.publicRead(exchange, {
                data: found.reviews.map(reviewView),
                place: Paging.of(exchange, found.page, query),
                lastModified: CatalogRead.millis(found.lastModified),
                freshness: freshness.reviews
              })
            })
          )
      })
    })
  )
