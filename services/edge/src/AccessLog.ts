/** One line and one measurement for each request. Synchronous: whoever answers calls it. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Exchange from "./Exchange.ts"
import { methodOf } from "./ServerSpan.ts"

/** As OpenTelemetry's HTTP conventions name it. */
export const REQUEST_DURATION = "http.server.request.duration"

/** Seconds, as those conventions advise. */
const boundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

const duration = Metric.histogram(REQUEST_DURATION, {
  description: "Time from the request's head to the end of its answer",
  boundaries,
  attributes: { unit: "s" }
})

/** Status of an answer that its caller did not wait for. */
const CLIENT_CLOSED = 499

/** Records the end of an exchange: `aborted` when the connection was gone before the answer was written. */
export type Record = (exchange: Exchange.Summary, status: number, aborted: boolean) => void

/**
 * Records with the loggers and the metric registry of a context. The line holds method, route template, status,
 * duration, request id and trace id: no address, no query, no name.
 */
export const make = (context: Context.Context<never>): Record => {
  const run = Effect.runForkWith(context)
  const series = new Map<string, Metric.Metric<number, unknown>>()
  return (exchange, answered, aborted) => {
    const status = aborted ? CLIENT_CLOSED : answered
    const method = methodOf(exchange)
    const route = exchange.route?.template ?? "none"
    const milliseconds = Exchange.elapsed(exchange)
    const key = `${method} ${route} ${status}`
    let metric = series.get(key)
    if (metric === undefined) {
      metric = Metric.withAttributes(duration, {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": String(status)
      })
      series.set(key, metric)
    }
    metric.updateUnsafe(milliseconds / 1000, context)
    run(
      (exchange.route?.probe === true ? Effect.logDebug : Effect.logInfo)(
        `${method} ${route} ${status}`
      ).pipe(
        Effect.annotateLogs({
          method,
          route,
          status,
          duration_ms: Math.round(milliseconds * 10) / 10,
          request_id: exchange.id,
          ...(exchange.traceId === null ? {} : { trace_id: exchange.traceId, span_id: exchange.spanId })
        })
      )
    )
  }
}
