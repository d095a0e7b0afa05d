import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Option, Redacted } from "effect"
import { TelemetryConfig } from "../src/Config.ts"
import { describe as sentences } from "../src/ServiceMain.ts"

const read = (env: Record<string, string>) =>
  TelemetryConfig.pipe(Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })))

const refusal = (env: Record<string, string>) =>
  read(env).pipe(Effect.sandbox, Effect.flip, Effect.map(sentences))

const base = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }

describe("TelemetryConfig", () => {
  it.effect("exports nothing unless an endpoint is set", () =>
    Effect.gen(function* () {
      const config = yield* read({ OTEL_EXPORTER_OTLP_ENDPOINT: "" })
      assert.deepStrictEqual([config.traces, config.metrics, config.logs], [undefined, undefined, undefined])
      assert.strictEqual(config.logLevel, "Info")
      assert.deepStrictEqual(config.sampler, { name: "parentbased_always_on", ratio: 1 })
    })
  )

  it.effect("adds the path of the signal to the endpoint of all, and takes a signal's own as it is", () =>
    Effect.gen(function* () {
      const config = yield* read({
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/otlp/",
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs:9000/in"
      })
      assert.strictEqual(config.traces?.url, "http://collector:4318/otlp/v1/traces")
      assert.strictEqual(config.metrics?.url, "http://collector:4318/otlp/v1/metrics")
      assert.strictEqual(config.logs?.url, "http://logs:9000/in")
    })
  )

  it.effect("exports one signal where only that one has an endpoint", () =>
    Effect.gen(function* () {
      const config = yield* read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://jaeger:4318/v1/traces" })
      assert.isDefined(config.traces)
      assert.isUndefined(config.logs)
      assert.isUndefined(config.metrics)
    })
  )

  it.effect("switches off everything with OTEL_SDK_DISABLED, and one signal with OTEL_…_EXPORTER=none", () =>
    Effect.gen(function* () {
      const disabled = yield* read({ ...base, OTEL_SDK_DISABLED: "TRUE" })
      assert.deepStrictEqual(
        [disabled.traces, disabled.metrics, disabled.logs],
        [undefined, undefined, undefined]
      )
      const noTraces = yield* read({ ...base, OTEL_TRACES_EXPORTER: "none" })
      assert.isUndefined(noTraces.traces)
      assert.isDefined(noTraces.metrics)
    })
  )

  it.effect("reads headers, time limit, compression and protocol; a signal's own win", () =>
    Effect.gen(function* () {
      const { traces, logs } = yield* read({
        ...base,
        OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20key,x-scope=shop",
        OTEL_EXPORTER_OTLP_LOGS_HEADERS: "api-key=other",
        OTEL_EXPORTER_OTLP_TIMEOUT: "2500",
        OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf"
      })
      assert.deepStrictEqual(traces && Redacted.value(traces.headers), {
        "api-key": "a key",
        "x-scope": "shop"
      })
      assert.deepStrictEqual(logs && Redacted.value(logs.headers), { "api-key": "other" })
      assert.strictEqual(traces?.timeoutMillis, 2_500)
      assert.strictEqual(traces?.compression, "gzip")
      assert.strictEqual(traces?.protocol, "http/protobuf")
      assert.strictEqual(logs?.protocol, "http/json")
      assert.notInclude(String(traces?.headers), "a key")
    })
  )

  it.effect("reads service name, resource attributes, sampler and batching", () =>
    Effect.gen(function* () {
      const config = yield* read({
        OTEL_SERVICE_NAME: "shop-edge",
        OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=staging,service.version=1%2E2",
        OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "0.1",
        OTEL_BSP_SCHEDULE_DELAY: "100",
        OTEL_BSP_MAX_QUEUE_SIZE: "10",
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "5"
      })
      assert.deepStrictEqual(config.serviceName, Option.some("shop-edge"))
      assert.deepStrictEqual(config.resourceAttributes, {
        "deployment.environment.name": "staging",
        "service.version": "1.2"
      })
      assert.deepStrictEqual(config.sampler, { name: "parentbased_traceidratio", ratio: 0.1 })
      assert.deepStrictEqual(config.spanBatch, { delayMillis: 100, maxQueueSize: 10, maxBatchSize: 5 })
    })
  )

  it.effect("takes LOG_LEVEL in any case", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* read({ LOG_LEVEL: "Debug" })).logLevel, "Debug")
      assert.strictEqual((yield* read({ LOG_LEVEL: "WARNING" })).logLevel, "Warn")
      assert.strictEqual((yield* read({ LOG_LEVEL: "off" })).logLevel, "None")
    })
  )

  const wrong: ReadonlyArray<readonly [name: string, value: string]> = [
    ["LOG_LEVEL", "loud"],
    ["OTEL_TRACES_SAMPLER", "sometimes"],
    ["OTEL_TRACES_SAMPLER_ARG", "1.5"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:secret@collector:4318"],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"],
    ["OTEL_TRACES_EXPORTER", "zipkin"],
    ["OTEL_PROPAGATORS", "jaeger"],
    ["OTEL_BSP_MAX_QUEUE_SIZE", "0"]
  ]
  for (const [name, value] of wrong) {
    it.effect(`refuses ${name}=${value.replace(/\/\/.*@/, "//…@")} with one sentence that names it`, () =>
      Effect.gen(function* () {
        const sentence = yield* refusal({ [name]: value })
        assert.match(sentence, new RegExp(`^The setting ${name} is wrong: .+\\.\n$`))
        assert.notInclude(sentence, "secret")
      })
    )
  }
})
