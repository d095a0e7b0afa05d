/** One line and one measurement for each request. Synchronous: whoever answers calls it. */
import { HttpServerRequestDuration } from "@optica/telemetry/Metrics"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import * as References from "effect/References"
import * as Exchange from "./Exchange.ts"
import { methodOf } from "./ServerSpan.ts"

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
  const least = Context.get(context, References.MinimumLogLevel)
  const isLogged = {
    Info: LogLevel.isGreaterThanOrEqualTo("Info", least),
    Debug: LogLevel.isGreaterThanOrEqualTo("Debug", least)
  }
  return (exchange, answered, aborted) => {
    const status = aborted ? CLIENT_CLOSED : answered
    const method = methodOf(exchange)
    const route = exchange.route?.template ?? "none"
    const milliseconds = Exchange.elapsed(exchange)
    HttpServerRequestDuration.update(context, milliseconds / 1000, method, route, String(status))
    const level = exchange.route?.probe === true ? "Debug" : "Info"
    if (!isLogged[level]) return
    run(
      Effect.logWithLevel(level)(`${method} ${route} ${status}`).pipe(
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
