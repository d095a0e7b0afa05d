import * as Effect from "effect/Effect"
import type * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as OtlpExporter from "effect/observability/OtlpExporter"
import * as OtlpLogger from "effect/observability/OtlpLogger"
import * as OtlpMetrics from "effect/observability/OtlpMetrics"
import type { AnyValue, KeyValue } from "effect/observability/OtlpResource"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as OtlpTracer from "effect/observability/OtlpTracer"
import * as Tracer from "effect/Tracer"
import type { Destination, TelemetryConfig } from "./Config.ts"
import { OtlpDelivery } from "./OtlpDelivery.ts"
import * as Sampler from "./Sampler.ts"

// Effect's `observability` modules are marked unstable: this is the only file that uses their exporters. They record
// and encode; what they would post goes to OtlpDelivery instead, because their own exporter has no bound on what waits,
// drops without a count, and forgets a minute of telemetry after one failed request.

export interface Resource {
  readonly serviceName: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** The signals that have a destination, out of this process. */
export const layer = (config: TelemetryConfig, resource: Resource) =>
  Layer.mergeAll(
    config.traces === undefined ? Layer.empty : traces(config, config.traces, resource),
    config.logs === undefined ? Layer.empty : logs(config, config.logs, resource),
    config.metrics === undefined ? Layer.empty : metrics(config, config.metrics, resource)
  ).pipe(Layer.provide(OtlpDelivery.layer))

const traces = (config: TelemetryConfig, destination: Destination, resource: Resource) =>
  Layer.effect(
    Tracer.Tracer,
    Effect.map(
      OtlpTracer.make({
        url: destination.url,
        resource,
        exportInterval: config.spanBatch.delayMillis,
        maxBatchSize: config.spanBatch.maxBatchSize
      }),
      (tracer) => Sampler.sampled(tracer, config.sampler)
    )
  ).pipe(
    Layer.provide(
      exporter("traces", destination, config.spanBatch.maxQueueSize, config.attributeValueLengthLimit)
    )
  )

const logs = (config: TelemetryConfig, destination: Destination, resource: Resource) =>
  Logger.layer(
    [
      OtlpLogger.make({
        url: destination.url,
        resource,
        exportInterval: config.logBatch.delayMillis,
        maxBatchSize: config.logBatch.maxBatchSize
      })
    ],
    { mergeWithExisting: true }
  ).pipe(
    Layer.provide(
      exporter("logs", destination, config.logBatch.maxQueueSize, config.attributeValueLengthLimit)
    )
  )

/** A new snapshot says all that an undelivered one would have said (the counts are cumulative): a few may wait. */
const maxQueuedMetrics = 5_000

const metrics = (config: TelemetryConfig, destination: Destination, resource: Resource) =>
  Layer.effectDiscard(
    OtlpMetrics.make({
      url: destination.url,
      resource,
      exportInterval: config.metricIntervalMillis,
      temporality: "cumulative"
    })
  ).pipe(Layer.provide(exporter("metrics", destination, maxQueuedMetrics, config.attributeValueLengthLimit)))

/** What Effect's exporters need: an encoder, and a client that hands the encoded batch over and says yes at once. */
const exporter = (
  signal: "traces" | "metrics" | "logs",
  destination: Destination,
  maxQueuedItems: number,
  maxValueLength: number
) =>
  Effect.gen(function* () {
    const delivery = yield* OtlpDelivery
    const line = yield* delivery.open({ ...destination, signal, maxQueuedItems })
    const encode = yield* OtlpSerialization.OtlpSerialization
    const items = new WeakMap<HttpBody.HttpBody, number>()
    const counted = (body: HttpBody.HttpBody, count: number) => {
      items.set(body, count)
      return body
    }
    const serialization = OtlpSerialization.OtlpSerialization.of({
      traces: (data) => {
        const spans = data.resourceSpans.flatMap((group) => group.scopeSpans.flatMap((scope) => scope.spans))
        for (const span of spans) {
          shorten(span.attributes, maxValueLength)
          for (const event of span.events) shorten(event.attributes, maxValueLength)
        }
        return counted(encode.traces(data), spans.length)
      },
      metrics: (data) =>
        counted(
          encode.metrics(data),
          data.resourceMetrics.flatMap((group) => group.scopeMetrics.flatMap((scope) => scope.metrics)).length
        ),
      logs: (data) => {
        const records = data.resourceLogs.flatMap((group) =>
          group.scopeLogs.flatMap((scope) => scope.logRecords ?? [])
        )
        for (const record of records) {
          shorten(record.attributes, maxValueLength)
          const traceId = textOf(record.attributes, "trace_id")
          const spanId = textOf(record.attributes, "span_id")
          if (traceId !== undefined) record.traceId ??= traceId
          if (spanId !== undefined) record.spanId ??= spanId
        }
        return counted(encode.logs(data), records.length)
      }
    })
    const client = HttpClient.make((request) => {
      const accepted = HttpClientResponse.fromWeb(request, new Response())
      const body = request.body
      if (body._tag !== "Uint8Array") return Effect.succeed(accepted)
      return Effect.as(
        line.offer({
          payload: body.body,
          contentType: body.contentType,
          items: items.get(body) ?? 1
        }),
        accepted
      )
    })
    return Layer.mergeAll(
      Layer.succeed(OtlpSerialization.OtlpSerialization, serialization),
      Layer.succeed(HttpClient.HttpClient, client),
      OtlpExporter.layerFlusher
    )
  }).pipe(
    Layer.unwrap,
    Layer.provide(
      destination.protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf
    )
  )

/** Lines that are written after their span has ended (an access log) carry its ids as annotations. */
const textOf = (attributes: ReadonlyArray<KeyValue>, key: string) =>
  attributes.find((attribute) => attribute.key === key)?.value.stringValue ?? undefined

/** Cuts long texts (a statement with thousands of placeholders, a deep stack) down to `limit` characters. */
const shorten = (attributes: ReadonlyArray<KeyValue>, limit: number) => {
  for (const { value } of attributes) shortenValue(value, limit)
}

const shortenValue = (value: AnyValue, limit: number) => {
  if (value.stringValue && value.stringValue.length > limit)
    value.stringValue = value.stringValue.slice(0, limit)
}
