/** What the routes that read the catalogue have in common. */
import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt"
import type { RpcError } from "@optica/connect/ConnectError"
import type { PageInfo } from "@optica/contracts/optica/type/v1/page_pb"
import * as Effect from "effect/Effect"
import * as Answers from "./Answers.ts"
import type * as Exchange from "./Exchange.ts"
import * as Problems from "./Problems.ts"
import * as Refusals from "./Refusals.ts"

/** How long caches may keep answers, by kind of data. */
export interface Freshnesses {
  readonly product: Answers.Freshness
  readonly list: Answers.Freshness
}

/** Fields of the proto requests, as the REST requests call them. */
const parameters = {
  product_id: "id",
  "page.page": "page",
  "page.per_page": "per_page",
  "filter.category_ids": "categories",
  "filter.tag_ids": "tag",
  "filter.skus": "sku",
  "filter.include_ids": "include",
  "filter.min_price": "min_price",
  "filter.max_price": "max_price",
  "filter.on_sale": "on_sale",
  "filter.featured": "featured",
  "filter.stock_status": "stock_status",
  order_by: "orderby"
}

/** A call of the catalogue: timed, and its failure told in the words of the REST request. */
export const fromCatalog =
  (exchange: Exchange.Exchange) =>
  <A>(call: Effect.Effect<A, RpcError>): Effect.Effect<A, Problems.Problem> =>
    call.pipe(
      Answers.timed(exchange, "catalog"),
      Effect.mapError((error) => Refusals.fromRpc(error, parameters))
    )

/** The id, where anything can have it: JSON's numbers, which ids are, end at 2^53. */
export const possibleId = (id: bigint, what: string): Effect.Effect<bigint, Problems.Problem> =>
  id <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Effect.succeed(id)
    : Effect.fail(Problems.notFound(`There is no ${what} with that id`))

/** When a thing was last changed, in milliseconds since the epoch. */
export const millis = (timestamp: Timestamp | undefined): number | undefined =>
  timestamp === undefined ? undefined : timestampMs(timestamp)

export const DEFAULT_PER_PAGE = 20

export const pagination = (info: PageInfo | undefined): Answers.Pagination => {
  const page = info?.page ?? 1
  const totalPages = info?.totalPages ?? 0
  return {
    page,
    per_page: info?.perPage ?? DEFAULT_PER_PAGE,
    total: Number(info?.total ?? 0n),
    total_pages: totalPages,
    has_next: page < totalPages,
    has_prev: page > 1,
    next_cursor: null
  }
}
