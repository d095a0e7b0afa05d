/** What the routes that read the catalogue have in common. */
import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt"
import type { RpcError } from "@optica/connect/ConnectError"
import * as Effect from "effect/Effect"
import * as Answers from "./Answers.ts"
import type * as Exchange from "./Exchange.ts"
import type * as Problems from "./Problems.ts"
import * as Refusals from "./Refusals.ts"

/** How long caches may keep answers, by kind of data. */
export interface Freshnesses {
  readonly product: Answers.Freshness
  /** Lists, categories, counts and figures. */
  readonly list: Answers.Freshness
  readonly stock: Answers.Freshness
  readonly reviews: Answers.Freshness
  readonly search: Answers.Freshness
}

/** Fields of the proto requests, as the REST requests call them. */
const parameters: Record<string, string> = {
  product_id: "id",
  "page.page": "page",
  "page.per_page": "per_page",
  "page.cursor": "cursor",
  "filter.category_ids": "categories",
  "filter.tag_ids": "tag",
  "filter.skus": "sku",
  "filter.include_ids": "include",
  "filter.min_price": "min_price",
  "filter.max_price": "max_price",
  "filter.on_sale": "on_sale",
  "filter.featured": "featured",
  "filter.stock_status": "stock_status",
  "filter.attributes": "attributes",
  "filter.attributes.attribute": "attributes",
  "filter.attributes.terms": "attributes",
  "filter.brand_ids": "brand",
  "filter.ratings": "rating",
  "filter.search": "search",
  order_by: "orderby"
}

/** The same of a search, whose text is `q`. */
export const searchParameters: Record<string, string> = { ...parameters, "filter.search": "q", search: "q" }

/** A call of the catalogue: timed, and its failure told in the words of the REST request. */
export const fromCatalog =
  (exchange: Exchange.Exchange, names = parameters) =>
  <A>(call: Effect.Effect<A, RpcError>): Effect.Effect<A, Problems.Problem> =>
    call.pipe(
      Answers.timed(exchange, "catalog"),
      Effect.mapError((error) => Refusals.fromRpc(error, names))
    )

/** When a thing was last changed, in milliseconds since the epoch. */
export const millis = (timestamp: Timestamp | undefined): number | undefined =>
  timestamp === undefined ? undefined : timestampMs(timestamp)
