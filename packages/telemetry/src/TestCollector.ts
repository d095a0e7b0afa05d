import { EventEmitter, once } from "node:events"
import { createServer, type IncomingHttpHeaders } from "node:http"
import { gunzipSync } from "node:zlib"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

// OTLP/JSON as far as tests look at it (opentelemetry-proto, "JSON Protobuf Encoding").

const AnyValue = Schema.Struct({
  stringValue: Schema.optionalKey(Schema.String),
  boolValue: Schema.optionalKey(Schema.Boolean),
  intValue: Schema.optionalKey(Schema.Union([Schema.String, Schema.Number])),
  doubleValue: Schema.optionalKey(Schema.Number)
})

const KeyValues = Schema.Array(Schema.Struct({ key: Schema.String, value: AnyValue }))

const Resource = Schema.Struct({ attributes: KeyValues })

const Traces = Schema.Struct({
  resourceSpans: Schema.Array(
    Schema.Struct({
      resource: Resource,
      scopeSpans: Schema.Array(
        Schema.Struct({
          spans: Schema.Array(
            Schema.Struct({
              traceId: Schema.String,
              spanId: Schema.String,
              parentSpanId: Schema.optionalKey(Schema.String),
              name: Schema.String,
              kind: Schema.Number,
              attributes: KeyValues,
              status: Schema.Struct({ code: Schema.optionalKey(Schema.Number) })
            })
          )
        })
      )
    })
  )
})

const Logs = Schema.Struct({
  resourceLogs: Schema.Array(
    Schema.Struct({
      resource: Resource,
      scopeLogs: Schema.Array(
        Schema.Struct({
          logRecords: Schema.Array(
            Schema.Struct({
              severityText: Schema.String,
              body: AnyValue,
              attributes: KeyValues,
              traceId: Schema.optionalKey(Schema.String),
              spanId: Schema.optionalKey(Schema.String)
            })
          )
        })
      )
    })
  )
})

const Metrics = Schema.Struct({
  resourceMetrics: Schema.Array(
    Schema.Struct({
      resource: Resource,
      scopeMetrics: Schema.Array(
        Schema.Struct({
          metrics: Schema.Array(
            Schema.Struct({ name: Schema.String, unit: Schema.optionalKey(Schema.String) })
          )
        })
      )
    })
  )
})

const kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

export interface ReceivedSpan {
  /** `service.name` of the process that sent it. */
  readonly service: string
  readonly resource: Attributes
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: (typeof kinds)[number]
  readonly attributes: Attributes
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number
}

export interface ReceivedLog {
  readonly service: string
  readonly level: string
  readonly message: string
  readonly traceId: string | undefined
  readonly spanId: string | undefined
  readonly attributes: Attributes
}

export interface ReceivedMetric {
  readonly service: string
  readonly name: string
  readonly unit: string | undefined
}

interface ReceivedRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

/** What the collector answers next; `"hang"` never answers. */
export type Answer = { readonly status: number; readonly headers?: Record<string, string> } | "hang"

/**
 * An OTLP/HTTP collector on a free port for tests: real sockets, JSON bodies. It keeps what it accepted with 200, and
 * every request.
 */
export class TestCollector extends Context.Service<
  TestCollector,
  {
    /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
    readonly url: string
    readonly requests: ReadonlyArray<ReceivedRequest>
    readonly spans: ReadonlyArray<ReceivedSpan>
    readonly logs: ReadonlyArray<ReceivedLog>
    readonly metrics: ReadonlyArray<ReceivedMetric>
    /** All that was accepted, as it was sent: for tests of what must not be in it. */
    readonly bodies: ReadonlyArray<string>
    /** Answers every request from now on like this (at first: 200). */
    readonly answerWith: (answer: Answer) => Effect.Effect<void>
    /** Waits for requests until `isEnough` holds; looks at once. */
    readonly waitUntil: (isEnough: () => boolean) => Effect.Effect<void>
  }
>()("@optica/telemetry/TestCollector") {
  static readonly layer: Layer.Layer<TestCollector> = Layer.effect(
    TestCollector,
    Effect.gen(function* () {
      const requests: Array<ReceivedRequest> = []
      const spans: Array<ReceivedSpan> = []
      const logs: Array<ReceivedLog> = []
      const metrics: Array<ReceivedMetric> = []
      const bodies: Array<string> = []
      const arrivals = new EventEmitter().setMaxListeners(0)
      let answer: Answer = { status: 200 }

      const keep = (path: string, body: string) => {
        bodies.push(body)
        if (path.endsWith("/v1/traces")) spans.push(...readSpans(body))
        if (path.endsWith("/v1/logs")) logs.push(...readLogs(body))
        if (path.endsWith("/v1/metrics")) metrics.push(...readMetrics(body))
      }

      const server = createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          const path = request.url ?? ""
          const sent = Buffer.concat(chunks)
          const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent
          requests.push({ path, headers: request.headers })
          if (answer !== "hang") {
            const isJson = request.headers["content-type"] === "application/json"
            if (answer.status === 200 && isJson) keep(path, body.toString())
            response
              .writeHead(answer.status, { "content-type": "application/json", ...answer.headers })
              .end("{}")
          }
          arrivals.emit("arrival")
        })
      })
      yield* Effect.acquireRelease(
        Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening")),
        () =>
          Effect.sync(() => {
            server.close()
            server.closeAllConnections()
          })
      )
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0

      return {
        url: `http://127.0.0.1:${port}`,
        requests,
        spans,
        logs,
        metrics,
        bodies,
        answerWith: (next) =>
          Effect.sync(() => {
            answer = next
          }),
        waitUntil: (isEnough) =>
          Effect.callback<void>((resume) => {
            const look = () => {
              if (isEnough()) resume(Effect.void)
            }
            arrivals.on("arrival", look)
            look()
            return Effect.sync(() => arrivals.off("arrival", look))
          })
      }
    })
  )
}

const json = <S extends Schema.Codec<unknown, unknown>>(schema: S) =>
  Schema.decodeUnknownSync(Schema.fromJsonString(schema))

const attributesOf = (pairs: typeof KeyValues.Type): Attributes =>
  Object.fromEntries(
    pairs.map(({ key, value }) => [
      key,
      value.stringValue ??
        value.boolValue ??
        (value.intValue === undefined ? value.doubleValue : Number(value.intValue))
    ])
  )

const serviceOf = (resource: typeof Resource.Type) =>
  String(attributesOf(resource.attributes)["service.name"])

const readSpans = (body: string): Array<ReceivedSpan> =>
  json(Traces)(body).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        service: serviceOf(resource),
        resource: attributesOf(resource.attributes),
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        name: span.name,
        kind: kinds[span.kind] ?? "unspecified",
        attributes: attributesOf(span.attributes),
        status: span.status.code ?? 0
      }))
    )
  )

const readLogs = (body: string): Array<ReceivedLog> =>
  json(Logs)(body).resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map((record) => ({
        service: serviceOf(resource),
        level: record.severityText,
        message: record.body.stringValue ?? "",
        traceId: record.traceId,
        spanId: record.spanId,
        attributes: attributesOf(record.attributes)
      }))
    )
  )

const readMetrics = (body: string): Array<ReceivedMetric> =>
  json(Metrics)(body).resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
    scopeMetrics.flatMap((scope) =>
      scope.metrics.map(({ name, unit }) => ({ service: serviceOf(resource), name, unit }))
    )
  )
