import { create } from "@bufbuild/protobuf"
import { FacetsSchema } from "@optica/contracts/optica/catalog/v1/facet_pb"
import { CatalogStatsSchema } from "@optica/contracts/optica/catalog/v1/stats_pb"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Answers from "./Answers.ts"
import { Api } from "./Api.ts"
import * as CatalogRead from "./CatalogRead.ts"
import { listMeta, searchMeta } from "./CorrectedSearch.ts"
import { facetsView } from "./FacetsView.ts"
import * as Paging from "./Paging.ts"
import * as ProductQuery from "./ProductQuery.ts"
import { project } from "./ProductView.ts"
import { searchHitView, suggestionsView } from "./SearchHitView.ts"
import { statsView } from "./StatsView.ts"
import { CatalogUpstream } from "./Upstreams.ts"

/** Suggestions of each kind where nobody says how many. */
const DEFAULT_LIMIT = 5

/** Answers searches, suggestions, counts and figures from the catalogue. */
export const layer = (freshness: CatalogRead.Freshnesses) =>
  HttpApiBuilder.group(
    Api,
    "search",
    Effect.fnUntraced(function* (handlers) {
      const catalog = yield* CatalogUpstream
      return handlers.handleAll({
        searchProducts: ({ request, query }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              const found = yield* CatalogRead.fromCatalog(
                exchange,
                CatalogRead.searchParameters
              )(
                catalog.searchProducts({
                  page: ProductQuery.pageRequest(query),
                  filter: ProductQuery.filter(query)
                })
              )
              return yield* Answers.publicRead(exchange, {
                data: found.hits.flatMap((hit) => {
                  const view = searchHitView(hit)
                  return view === undefined ? [] : [project(view, query.fields)]
                }),
                place: Paging.of(exchange, found.page, query),
                meta: searchMeta(found.correctedSearch),
                lastModified: CatalogRead.millis(found.lastModified),
                freshness: freshness.search
              })
            })
          ),
        suggestProducts: ({ request, query }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              const found = yield* CatalogRead.fromCatalog(
                exchange,
                CatalogRead.searchParameters
              )(catalog.suggestProducts({ search: query.q, limit: query.limit ?? DEFAULT_LIMIT }))
              return yield* Answers.publicRead(exchange, {
                data: suggestionsView(found),
                lastModified: CatalogRead.millis(found.lastModified),
                freshness: freshness.search
              })
            })
          ),
        getFacets: ({ request, query }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              const found = yield* CatalogRead.fromCatalog(
                exchange,
                query.q === undefined ? undefined : CatalogRead.searchParameters
              )(catalog.getFacets({ filter: ProductQuery.filter(query) }))
              return yield* Answers.publicRead(exchange, {
                data: facetsView(found.facets ?? create(FacetsSchema), found.total),
                meta: listMeta(query.q ?? query.search, found.correctedSearch),
                lastModified: CatalogRead.millis(found.lastModified),
                freshness: freshness.list
              })
            })
          ),
        getStats: ({ request }) =>
          Answers.respond(
            request,
            Effect.fnUntraced(function* (exchange) {
              const { lastModified, stats = create(CatalogStatsSchema) } = yield* CatalogRead.fromCatalog(
                exchange
              )(catalog.getCatalogStats({}))
              return yield* Answers.publicRead(exchange, {
                data: statsView(stats),
                aside: { age_ms: Number(stats.ageMs), outdated: stats.outdated },
                // What has not been counted yet may have changed in the same second, which is all that a date tells.
                lastModified: stats.outdated ? undefined : CatalogRead.millis(lastModified),
                freshness: freshness.list
              })
            })
          )
      })
    })
  )
