import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Envelope, EnvelopeWith, PageEnvelopeWith } from "./Answers.ts"
import { ListMeta, SearchMeta } from "./CorrectedSearch.ts"
import { FacetsView } from "./FacetsView.ts"
import * as Parameters from "./Parameters.ts"
import * as ProductQuery from "./ProductQuery.ts"
import { SearchHitPart, SuggestionsView } from "./SearchHitView.ts"
import { FiguresAge, StatsView } from "./StatsView.ts"

export class SearchApi extends HttpApiGroup.make("search")
  .add(
    HttpApiEndpoint.get("searchProducts", "/api/products/search", {
      query: ProductQuery.SearchQuery,
      success: PageEnvelopeWith(SearchHitPart, SearchMeta)
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Search products",
        description:
          "What a text finds, the best first, with the places marked. An exact SKU or GTIN comes first. Shows what the shop shows in searches, which need not be what it lists."
      })
    ),
    HttpApiEndpoint.get("suggestProducts", "/api/products/autocomplete", {
      query: Schema.Struct({ q: Parameters.q, limit: Schema.optionalKey(Parameters.limit) }),
      success: Envelope(SuggestionsView)
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Suggest while typing",
        description:
          "Products whose name, codes or brand have all the words of `q`, the last one also as a beginning; categories and brands with a word in their name that begins so for each word of `q`."
      })
    ),
    HttpApiEndpoint.get("getFacets", "/api/products/facets", {
      query: ProductQuery.FacetsQuery,
      success: EnvelopeWith(FacetsView, ListMeta)
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Count the products of each filter value",
        description:
          "Takes the filters of `GET /api/products`, and the text of a search as `q` or `search`. Each facet is counted as if it had no filter of its own, so that a choice can be widened; `total` is the list's."
      })
    ),
    HttpApiEndpoint.get("getStats", "/api/products/stats", {
      query: Parameters.nothing,
      success: EnvelopeWith(StatsView, FiguresAge)
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Figures of the catalogue",
        description: "Counted some seconds after a change, not with it: `meta.age_ms` says how old they are."
      })
    )
  )
  .annotateMerge(OpenApi.annotations({ title: "Search" })) {}
