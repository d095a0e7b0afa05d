import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Answers from "./Answers.ts"
import { Api } from "./Api.ts"
import * as CatalogRead from "./CatalogRead.ts"
import { categoryTree, categoryView } from "./CategoryView.ts"
import * as Problems from "./Problems.ts"
import { CatalogUpstream } from "./Upstreams.ts"

/** Answers the categories' routes from the catalogue. */
export const layer = (freshness: CatalogRead.Freshnesses) =>
  HttpApiBuilder.group(
    Api,
    "categories",
    Effect.fnUntraced(function* (handlers) {
      const catalog = yield* CatalogUpstream
      return handlers.handleAll({
        listCategories: ({ request }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              const list = yield* CatalogRead.fromCatalog(exchange)(catalog.listCategories({}))
              return yield* Answers.publicRead(exchange, {
                data: categoryTree(list.categories),
                lastModified: CatalogRead.millis(list.lastModified),
                freshness: freshness.list
              })
            })
          ),
        getCategory: ({ request, params }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              const { category, lastModified } = yield* CatalogRead.fromCatalog(exchange)(
                catalog.getCategory({ id: params.id })
              )
              if (category === undefined) return yield* Problems.notFound("There is no category with that id")
              return yield* Answers.publicRead(exchange, {
                data: categoryView(category),
                lastModified: CatalogRead.millis(lastModified),
                freshness: freshness.list
              })
            })
          )
      })
    })
  )
