/** Answers of success: the envelope, its validators, and what caches are told. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import * as Exchange from "./Exchange.ts"
import { Pagination, type Place } from "./Paging.ts"
import * as Problems from "./Problems.ts"
import * as Validators from "./Validators.ts"

const Performance = Schema.Struct({
  response_time: Schema.String.annotate({ examples: ["12.3ms"] }),
  cache_status: Schema.Literals(["hit", "stale", "miss"]),
  source: Schema.Literals(["l0", "l1", "l2", "redis", "service"])
})

/** The envelope of one thing whose `meta` says more. */
export const EnvelopeWith = <S extends Schema.Top, const More extends Schema.Struct.Fields>(
  data: S,
  more: More
) =>
  Schema.Struct({
    success: Schema.Literal(true),
    data,
    meta: Schema.Struct({ ...more, performance: Performance })
  })

/** The envelope of one thing. */
export const Envelope = <S extends Schema.Top>(data: S) => EnvelopeWith(data, {})

/** The envelope of a page whose `meta` says more. */
export const PageEnvelopeWith = <S extends Schema.Top, const More extends Schema.Struct.Fields>(
  item: S,
  more: More
) => EnvelopeWith(Schema.Array(item), { pagination: Pagination, ...more })

/** The envelope of a page. */
export const PageEnvelope = <S extends Schema.Top>(item: S) => PageEnvelopeWith(item, {})

/** For how many seconds an answer may be kept. */
export interface Freshness {
  /** Fresh in any cache. */
  readonly maxAge: number
}

/** Seconds after that in which a cache may answer with it while it asks again. */
const STALE_WHILE_REVALIDATE = 60
/** Seconds after that in which a cache may answer with it when the edge fails. */
const STALE_IF_ERROR = 3600

const cacheControl = ({ maxAge }: Freshness): string =>
  `public, max-age=${maxAge}, s-maxage=${maxAge}, stale-while-revalidate=${STALE_WHILE_REVALIDATE}, stale-if-error=${STALE_IF_ERROR}`

/** `meta` is what stands in it before the performance: members of a JSON object, as text. */
const envelope = (exchange: Exchange.Exchange, data: string, meta: ReadonlyArray<string>): string => {
  const performance = `{"response_time":"${Exchange.elapsed(exchange).toFixed(1)}ms","cache_status":"miss","source":"service"}`
  return `{"success":true,"data":${data},"meta":{${[...meta, `"performance":${performance}`].join(",")}}}`
}

const members = (meta: Readonly<Record<string, unknown>> = {}): ReadonlyArray<string> =>
  Object.entries(meta).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)

/**
 * The answer to a public read, or 304 where the caller holds it, or 412. `lastModified` is in milliseconds since the
 * epoch.
 */
export const publicRead = (
  exchange: Exchange.Exchange,
  answer: {
    readonly data: unknown
    /** Of a page. */
    readonly place?: Place
    /** What `meta` says of the data, as much a part of the answer as they are. */
    readonly meta?: Readonly<Record<string, unknown>>
    /** What `meta` says of this answer alone, which no validator covers. */
    readonly aside?: Readonly<Record<string, unknown>>
    readonly lastModified: number | undefined
    readonly freshness: Freshness
  }
): Effect.Effect<HttpServerResponse.HttpServerResponse, Problems.Problem> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    // When the request came in: what was read since may have changed again before this answer leaves.
    const asOf = now - Exchange.elapsed(exchange)
    const data = JSON.stringify(answer.data)
    const pagination = answer.place === undefined ? "" : JSON.stringify(answer.place.pagination)
    const meta = members(answer.meta)
    const etag = Validators.entityTag(data, pagination, ...meta)
    const headers: Record<string, string> = {
      ...answer.place?.headers,
      etag,
      "cache-control": cacheControl(answer.freshness),
      "x-cache-status": "miss",
      "x-cache-source": "service",
      "cache-status": "optica; fwd=uri-miss"
    }
    const date = Validators.dateToGive(answer.lastModified, asOf)
    if (date !== undefined) headers["last-modified"] = date
    switch (Validators.evaluate(exchange.request.headers, etag, answer.lastModified, asOf)) {
      case "failed":
        return Effect.fail(
          Problems.make("PRECONDITION_FAILED", "What is here is not what the request's conditions ask for")
        )
      case "not-modified":
        return Effect.succeed(HttpServerResponse.empty({ status: 304, headers }))
      case "proceed":
        return Effect.succeed(
          HttpServerResponse.text(
            envelope(exchange, data, [
              ...(pagination === "" ? [] : [`"pagination":${pagination}`]),
              ...meta,
              ...members(answer.aside)
            ]),
            { headers, contentType: "application/json" }
          )
        )
    }
  })

/** Answers with what `answer` makes of the request's exchange, or with the problem it fails with. */
export const respond = <R>(
  request: HttpServerRequest,
  answer: (
    exchange: Exchange.Exchange
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, Problems.Problem, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, R> => {
  const exchange = Exchange.of(request)
  return Effect.catch(answer(exchange), (problem) => Effect.succeed(Problems.toResponse(problem, exchange)))
}

/** The answer to one caller, which nobody keeps. */
export const privately = (
  exchange: Exchange.Exchange,
  data: unknown,
  options: { readonly status?: number; readonly headers?: Record<string, string> } = {}
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(envelope(exchange, JSON.stringify(data), []), {
    status: options.status ?? 200,
    headers: { "cache-control": "private, no-store", ...options.headers },
    contentType: "application/json"
  })

/** Notes how long an upstream took, for Server-Timing. */
export const timed =
  (exchange: Exchange.Exchange, upstream: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      const startedAt = performance.now()
      return Effect.onExit(effect, () =>
        Effect.sync(() => {
          exchange.upstreams.push([upstream, performance.now() - startedAt])
        })
      )
    })
