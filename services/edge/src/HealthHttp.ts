import * as MetricsText from "@optica/telemetry/MetricsText"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Answers from "./Answers.ts"
import { Api } from "./Api.ts"
import * as Exchange from "./Exchange.ts"
import { Health } from "./Health.ts"
import * as Problems from "./Problems.ts"
import { statusView } from "./RunView.ts"

/** Answers the probes. */
export const layer = HttpApiBuilder.group(
  Api,
  "health",
  Effect.fnUntraced(function* (handlers) {
    const health = yield* Health
    const notCached = (request: HttpServerRequest, data: unknown) =>
      Answers.privately(Exchange.of(request), data)
    return handlers.handleAll({
      live: ({ request }) => Effect.sync(() => notCached(request, { status: "live" })),
      ready: ({ request }) =>
        Effect.map(health.report, ({ ready, checks }) => {
          if (ready) return notCached(request, { status: "ready", checks })
          const failed = checks.flatMap(({ name, problem }) =>
            problem === null ? [] : [{ field: name, message: problem }]
          )
          const problem = Problems.make("SERVICE_UNAVAILABLE", failed.map((it) => it.message).join("; "), {
            details: failed,
            headers: { "retry-after": "5" }
          })
          return Problems.toResponse(problem, Exchange.of(request))
        }),
      full: ({ request }) =>
        Effect.map(health.report, ({ ready, checks, mirror }) => {
          const { rss, heapUsed } = process.memoryUsage()
          return notCached(request, {
            status: ready ? "ready" : "not-ready",
            checks,
            uptime_seconds: Math.round(process.uptime()),
            node: process.version,
            memory: { rss_bytes: rss, heap_used_bytes: heapUsed },
            mirror: mirror === undefined ? null : statusView(mirror)
          })
        }),
      metrics: ({ request }) =>
        Effect.contextWith((context: Context.Context<never>) => {
          const { contentType, text } = MetricsText.exposition(context, request.headers.accept)
          const headers = { "cache-control": "private, no-store", vary: "Accept" }
          return Effect.succeed(HttpServerResponse.text(text, { headers, contentType }))
        }),
      figures: ({ request }) =>
        Effect.contextWith((context: Context.Context<never>) =>
          Effect.succeed(notCached(request, { metrics: MetricsText.figures(context) }))
        )
    })
  })
)
