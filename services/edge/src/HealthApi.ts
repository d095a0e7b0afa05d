import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Envelope } from "./Answers.ts"
import { LocalAccess } from "./OperatorAccess.ts"
import * as Parameters from "./Parameters.ts"
import { Probe, Produces } from "./Routes.ts"
import { StatusView } from "./RunView.ts"

/** What was looked at, and what was seen. */
export const Check = Schema.Struct({
  name: Schema.String,
  /** What was done to find out. */
  checked: Schema.String,
  ok: Schema.Boolean,
  /** What is wrong; null where nothing is. */
  problem: Schema.NullOr(Schema.String),
  duration_ms: Schema.Finite
}).annotate({ identifier: "Check" })
export type Check = typeof Check.Type

const Live = Schema.Struct({ status: Schema.Literal("live") })
const Ready = Schema.Struct({ status: Schema.Literal("ready"), checks: Schema.Array(Check) })
export const Full = Schema.Struct({
  status: Schema.Literals(["ready", "not-ready"]),
  checks: Schema.Array(Check),
  uptime_seconds: Schema.Finite,
  node: Schema.String,
  memory: Schema.Struct({ rss_bytes: Schema.Int, heap_used_bytes: Schema.Int }),
  mirror: Schema.NullOr(StatusView)
})

/** One series of a metric. */
const Figure = Schema.Struct({
  /** As OpenTelemetry names it. */
  name: Schema.String,
  type: Schema.Literals(["counter", "gauge", "histogram"]),
  unit: Schema.String,
  description: Schema.optionalKey(Schema.UndefinedOr(Schema.String)),
  labels: Schema.Record(Schema.String, Schema.String),
  /** Of a counter or gauge. */
  value: Schema.optionalKey(Schema.Finite),
  /** Of a histogram: how many measurements, and their sum. */
  count: Schema.optionalKey(Schema.Int),
  sum: Schema.optionalKey(Schema.Finite),
  /** Of a histogram: how many measurements were at most so large. */
  buckets: Schema.optionalKey(Schema.Array(Schema.Struct({ le: Schema.Finite, count: Schema.Int })))
}).annotate({ identifier: "Figure" })
export const Figures = Schema.Struct({ metrics: Schema.Array(Figure) })

export class HealthApi extends HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/health/live", {
      query: Parameters.nothing,
      success: Envelope(Live)
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Whether this process answers",
        description: "It looks at nothing else."
      })
    ),
    HttpApiEndpoint.get("ready", "/health/ready", {
      query: Parameters.nothing,
      success: Envelope(Ready)
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Whether requests are welcome",
        description:
          "200 when the catalogue answers a read and the shop was mirrored whole once; it stays so when the shop goes away. 503 otherwise, and error.details says which check failed."
      })
    ),
    HttpApiEndpoint.get("full", "/health/full", { query: Parameters.nothing, success: Envelope(Full) })
      .middleware(LocalAccess)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Everything that can be told of this process",
          description: "On loopback, or with the operator's token. Always 200: `status` says how it is."
        })
      ),
    HttpApiEndpoint.get("metrics", "/metrics", {
      query: Parameters.nothing,
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/plain" }))
    })
      .middleware(LocalAccess)
      .annotate(Produces, "text/plain")
      .annotateMerge(
        OpenApi.annotations({
          summary: "Metrics in Prometheus' text format",
          description:
            "On loopback, or with the operator's token. In OpenMetrics where the Accept field names it, as Prometheus does."
        })
      ),
    HttpApiEndpoint.get("figures", "/health/metrics", {
      query: Parameters.nothing,
      success: Envelope(Figures)
    })
      .middleware(LocalAccess)
      .annotateMerge(
        OpenApi.annotations({
          summary: "The same metrics as JSON",
          description: "On loopback, or with the operator's token."
        })
      )
  )
  .annotate(Probe, true)
  .annotateMerge(OpenApi.annotations({ title: "Health" })) {}
