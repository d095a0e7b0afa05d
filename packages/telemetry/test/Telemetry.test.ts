import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Duration, Effect, Layer, Metric, References, Tracer } from "effect"
import * as HttpTraceContext from "effect/http/HttpTraceContext"
import * as Telemetry from "../src/Telemetry.ts"
import { TestCollector } from "../src/TestCollector.ts"

const telemetry = (env: Record<string, string>) =>
  Telemetry.layer({ serviceName: "catalog", logSink: (bytes) => bytes.length }).pipe(
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { LOG_LEVEL: "error", ...env } })))
  )

const request = Effect.gen(function* () {
  yield* Effect.logError("out of stock")
  yield* Metric.update(Metric.counter("http.server.requests"), 1)
  return yield* Effect.currentSpan
}).pipe(
  Effect.withSpan("statement", { kind: "client", attributes: { "db.query.text": "x".repeat(5_000) } }),
  Effect.withSpan("request", { kind: "server", attributes: { "http.route": "/api/products/:id" } })
)

const test = (name: string, effect: Effect.Effect<void, unknown, TestCollector>) =>
  it.live(name, () =>
    effect.pipe(Effect.provide(TestCollector.layer), Effect.provideService(Metric.MetricRegistry, new Map()))
  )

describe("Telemetry", () => {
  test(
    "ships spans, logs and metrics of the process, all of them when it ends",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      yield* Effect.provide(
        request,
        telemetry({
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=staging"
        })
      )
      const [statement, server] = collector.spans
      assert.strictEqual(collector.spans.length, 2)
      assert.deepInclude(server, { service: "catalog", name: "request", kind: "server" })
      assert.isUndefined(server?.parentSpanId)
      assert.strictEqual(server?.attributes["http.route"], "/api/products/:id")
      assert.strictEqual(server?.resource["deployment.environment.name"], "staging")
      assert.isString(server?.resource["service.instance.id"])
      assert.strictEqual(statement?.kind, "client")
      assert.strictEqual(statement?.parentSpanId, server?.spanId)
      assert.strictEqual(statement?.traceId, server?.traceId)
      assert.strictEqual(String(statement?.attributes["db.query.text"]).length, 4_096)

      assert.strictEqual(collector.logs.length, 1)
      assert.deepInclude(collector.logs[0], {
        service: "catalog",
        level: "Error",
        message: "out of stock",
        traceId: statement?.traceId,
        spanId: statement?.spanId
      })
      const metrics = collector.metrics.map(({ name }) => name)
      assert.includeMembers(metrics, [
        "http.server.requests",
        "process.memory.usage",
        "nodejs.eventloop.utilization"
      ])
    })
  )

  test(
    "ships a line that was written after its span with the ids of its annotations",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      const ids = { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", span_id: "00f067aa0ba902b7" }
      yield* Effect.logError("GET /api/products 200").pipe(
        Effect.annotateLogs(ids),
        Effect.provide(telemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }))
      )
      assert.strictEqual(collector.logs[0]?.traceId, ids.trace_id)
      assert.strictEqual(collector.logs[0]?.spanId, ids.span_id)
    })
  )

  test(
    "is named by OTEL_SERVICE_NAME, else by service.name among the resource attributes",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      const base = {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces`,
        OTEL_RESOURCE_ATTRIBUTES: "service.name=by-attribute"
      }
      yield* Effect.provide(request, telemetry(base))
      yield* Effect.provide(request, telemetry({ ...base, OTEL_SERVICE_NAME: "by-variable" }))
      assert.deepStrictEqual(
        [...new Set(collector.spans.map(({ service }) => service))],
        ["by-attribute", "by-variable"]
      )
      assert.isTrue(collector.requests.every(({ path }) => path === "/v1/traces"))
    })
  )

  test(
    "sends the configured headers, compressed, in the configured encoding",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      yield* Effect.provide(
        request,
        telemetry({
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          OTEL_EXPORTER_OTLP_HEADERS: "api-key=k",
          OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
          OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/protobuf"
        })
      )
      const headers = new Map(collector.requests.map((received) => [received.path, received.headers]))
      assert.strictEqual(headers.get("/v1/traces")?.["api-key"], "k")
      assert.strictEqual(headers.get("/v1/traces")?.["content-encoding"], "gzip")
      assert.strictEqual(headers.get("/v1/traces")?.["content-type"], "application/json")
      assert.strictEqual(headers.get("/v1/logs")?.["content-type"], "application/x-protobuf")
      assert.strictEqual(collector.spans.length, 2)
    })
  )

  test(
    "leaves out what the sampler leaves out, and tells the processes behind",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      const span = yield* Effect.provide(
        request,
        telemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: "always_off" })
      )
      assert.match(HttpTraceContext.toHeaders(span).traceparent ?? "", /-00$/)
      assert.deepStrictEqual(collector.spans, [])
      assert.strictEqual(collector.logs.length, 1)
    })
  )

  const off: ReadonlyArray<readonly [title: string, env: (url: string) => Record<string, string>]> = [
    ["without an endpoint", () => ({})],
    ["with OTEL_SDK_DISABLED", (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SDK_DISABLED: "true" })]
  ]
  for (const [title, env] of off) {
    test(
      `exports nothing ${title}, and hands a traceparent on as it came`,
      Effect.gen(function* () {
        const collector = yield* TestCollector
        const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        const parent = Tracer.externalSpan({
          traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
          spanId: "00f067aa0ba902b7"
        })
        const span = yield* request.pipe(
          Effect.withParentSpan(parent),
          Effect.provide(telemetry(env(collector.url)))
        )
        assert.strictEqual(HttpTraceContext.toHeaders(span).traceparent, traceparent)
        assert.deepStrictEqual(collector.requests, [])
      })
    )
  }

  test(
    "costs the work nothing when the collector hangs, and its end two seconds at most",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      yield* collector.answerWith("hang")
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_BSP_SCHEDULE_DELAY: "10",
        OTEL_METRIC_EXPORT_INTERVAL: "10"
      }
      const [whole, work] = yield* Effect.timed(
        Effect.provide(
          Effect.timed(
            Effect.all([
              Effect.repeat(request, { times: 200 }),
              collector.waitUntil(() => collector.requests.length >= 2)
            ])
          ),
          telemetry(env)
        )
      )
      assert.isBelow(Duration.toMillis(work[0]), 1_500)
      assert.isBelow(Duration.toMillis(whole) - Duration.toMillis(work[0]), 3_500)
    })
  )

  it.effect("sets the lowest level that is logged from LOG_LEVEL", () =>
    Effect.gen(function* () {
      const level = yield* Effect.provide(References.MinimumLogLevel, telemetry({ LOG_LEVEL: "warn" }))
      assert.strictEqual(level, "Warn")
    })
  )

  it.effect("fails with the setting that is wrong", () =>
    Effect.gen(function* () {
      const error = yield* Effect.void.pipe(
        Effect.provide(telemetry({ OTEL_TRACES_SAMPLER: "sometimes" })),
        Effect.flip
      )
      assert.strictEqual(error._tag, "ConfigError")
    })
  )
})
