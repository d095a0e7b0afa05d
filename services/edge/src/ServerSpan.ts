/** One span for each request, named and described as OpenTelemetry's HTTP conventions say, without personal data. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Headers from "effect/http/Headers"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as HttpTraceContext from "effect/http/HttpTraceContext"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import type { Exchange } from "./Exchange.ts"

/** How a span of a 5xx ends. */
class ServerFailed extends Schema.TaggedError<ServerFailed>()("ServerFailed", { status: Schema.Number }) {
  override get message() {
    return `answered with ${this.status}`
  }
}

/**
 * Runs an answer inside the request's span, below the caller's `traceparent`. The address of the caller, the query, other
 * header values, paths at which nothing is served and paths with other than ids in them are never written. Probes get no span.
 */
export const around = <R>(
  exchange: Exchange,
  request: HttpServerRequest,
  answer: Effect.Effect<HttpServerResponse, never, R>
): Effect.Effect<HttpServerResponse, never, R> => {
  if (exchange.route?.probe === true) return answer
  const { traceparent } = request.headers
  const parent =
    traceparent === undefined
      ? undefined
      : Option.getOrUndefined(HttpTraceContext.fromHeaders(Headers.fromRecordUnsafe({ traceparent })))
  const template = exchange.route?.template
  return Effect.flatMap(
    Effect.makeSpan(template === undefined ? methodOf(exchange) : `${methodOf(exchange)} ${template}`, {
      kind: "server",
      ...(parent === undefined ? { root: true } : { parent }),
      attributes: {
        "http.request.method": methodOf(exchange),
        "url.scheme": exchange.secure ? "https" : "http",
        "http.response.header.x-request-id": [exchange.id],
        ...(template === undefined ? {} : { "http.route": template }),
        ...(template !== undefined && isOfIds(template, exchange.path) ? { "url.path": exchange.path } : {})
      }
    }),
    (span) => {
      exchange.traceId = span.traceId
      exchange.spanId = span.spanId
      return Effect.onExit(Effect.provideService(answer, Tracer.ParentSpan, span), (exit) =>
        Effect.map(Clock.currentTimeNanos, (now) => {
          const status = Exit.isSuccess(exit) ? exit.value.status : 500
          span.attribute("http.response.status_code", status)
          if (status >= 500) span.attribute("error.type", String(status))
          span.end(now, status >= 500 ? Exit.fail(new ServerFailed({ status })) : Exit.void)
        })
      )
    }
  )
}

/** Whether all that a caller chose of a path are ids. What else stands there may be anything, also a name. */
const isOfIds = (template: string, path: string): boolean => {
  if (!template.includes(":")) return true
  const parts = path.split("/")
  return template.split("/").every((part, at) => !part.startsWith(":") || id.test(parts[at] ?? ""))
}

/** A number, or the UUID of a run. */
const id = /^(?:\d{1,20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

const known = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "QUERY"
])

/** The method, or `_OTHER` for one that is not known: names must not grow with what callers make up. */
export const methodOf = (exchange: Pick<Exchange, "method">): string =>
  known.has(exchange.method) ? exchange.method : "_OTHER"
