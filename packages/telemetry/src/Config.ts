import * as Config from "effect/Config"
import type * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

// An empty variable counts as unset (OpenTelemetry specification, "Environment Variable Specification").
// A wrong one stops the process with a sentence that names it: the specification would rather have a warning, but a
// process that silently exports nothing is found out on the day when the traces are needed.

/** One of some words, in any case: `TRUE` and `true` are the same. */
const word = <const Words extends ReadonlyArray<string>>(name: string, words: Words) =>
  Config.schema(
    Schema.String.pipe(
      Schema.decode(SchemaTransformation.toLowerCase()),
      Schema.decodeTo(Schema.Literals(words), SchemaTransformation.passthroughSubtype())
    ),
    name
  )

const count = (name: string, fallback: number) =>
  Config.schema(Schema.NumberFromString.check(Schema.isInt(), Schema.isGreaterThan(0)), name).pipe(
    Config.withDefault(fallback)
  )

/** `key=value,key=value`, percent-decoded (W3C Baggage, as OTEL_RESOURCE_ATTRIBUTES and the headers ask for). */
const pairs = (name: string) =>
  Config.Record(Schema.StringFromUriComponent, Schema.StringFromUriComponent, name, { trim: true }).pipe(
    Config.withDefault<Readonly<Record<string, string>>>({})
  )

type Signal = "TRACES" | "METRICS" | "LOGS"

/** The variable of one signal wins over the one of all signals. */
const either = <A>(signal: Signal, name: string, read: (variable: string) => Config.Config<A>) =>
  Config.all([
    Config.option(read(`OTEL_EXPORTER_OTLP_${signal}_${name}`)),
    Config.option(read(`OTEL_EXPORTER_OTLP_${name}`))
  ]).pipe(Config.map(([own, all]) => Option.getOrUndefined(Option.orElse(own, () => all))))

const url = (name: string) =>
  Config.schema(
    Schema.URLFromString.check(
      Schema.makeFilter(({ protocol, username, password }) => {
        if (protocol !== "http:" && protocol !== "https:")
          return "expected a URL that begins with http:// or https://"
        return username === "" && password === ""
          ? undefined
          : "credentials belong into OTEL_EXPORTER_OTLP_HEADERS"
      })
    ),
    name
  )

/** OTEL_EXPORTER_OTLP_ENDPOINT is a base to which `v1/<signal>` is added; the one of a signal is taken as it is. */
const endpoint = (signal: Signal) =>
  Config.all([
    Config.option(url(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`)),
    Config.option(url("OTEL_EXPORTER_OTLP_ENDPOINT"))
  ]).pipe(
    Config.map(([own, base]) => {
      if (Option.isSome(own)) return own.value.href
      if (Option.isNone(base)) return undefined
      const all = new URL(base.value)
      all.pathname = `${all.pathname.replace(/\/$/, "")}/v1/${signal.toLowerCase()}`
      return all.href
    })
  )

/** Where one signal goes; `undefined`: nowhere. */
export interface Destination {
  readonly url: string
  /** May carry an API key. */
  readonly headers: Redacted.Redacted<Readonly<Record<string, string>>>
  /** Of one attempt to deliver a batch. */
  readonly timeoutMillis: number
  readonly compression: "gzip" | "none"
  readonly protocol: "http/json" | "http/protobuf"
}

const destination = (signal: Signal): Config.Config<Destination | undefined> =>
  Config.all({
    disabled: word("OTEL_SDK_DISABLED", ["true", "false"]).pipe(Config.withDefault("false")),
    exporter: word(`OTEL_${signal}_EXPORTER`, ["otlp", "none"]).pipe(Config.withDefault("otlp")),
    url: endpoint(signal),
    headers: either(signal, "HEADERS", (name) =>
      Config.Record(Schema.String, Schema.StringFromUriComponent, name, { trim: true })
    ),
    timeoutMillis: either(signal, "TIMEOUT", (name) =>
      Config.schema(Schema.NumberFromString.check(Schema.isInt(), Schema.isGreaterThan(0)), name)
    ),
    compression: either(signal, "COMPRESSION", (name) => word(name, ["gzip", "none"])),
    protocol: either(signal, "PROTOCOL", (name) => word(name, ["http/json", "http/protobuf"]))
  }).pipe(
    Config.map(({ disabled, exporter, url, headers, timeoutMillis, compression, protocol }) =>
      disabled === "true" || exporter === "none" || url === undefined
        ? undefined
        : {
            url,
            headers: Redacted.make(headers ?? {}),
            timeoutMillis: timeoutMillis ?? 10_000,
            compression: compression ?? "none",
            protocol: protocol ?? "http/json"
          }
    )
  )

const samplers = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio"
] as const

/** How traces that begin here, or come in from outside, are chosen (OTEL_TRACES_SAMPLER and _ARG). */
export interface SamplerConfig {
  readonly name: (typeof samplers)[number]
  /** Share of the traces that is recorded, 0..1; only the two `traceidratio` samplers read it. */
  readonly ratio: number
}

const levels = {
  all: "All",
  trace: "Trace",
  debug: "Debug",
  info: "Info",
  warn: "Warn",
  warning: "Warn",
  error: "Error",
  fatal: "Fatal",
  none: "None",
  off: "None"
} as const satisfies Record<string, LogLevel.LogLevel>

/** Every variable that telemetry reads. */
export const TelemetryConfig = Config.all({
  logLevel: word("LOG_LEVEL", [
    "all",
    "trace",
    "debug",
    "info",
    "warn",
    "warning",
    "error",
    "fatal",
    "none",
    "off"
  ]).pipe(
    Config.withDefault("info"),
    Config.map((level): LogLevel.LogLevel => levels[level])
  ),
  serviceName: Config.option(Config.String("OTEL_SERVICE_NAME")),
  resourceAttributes: pairs("OTEL_RESOURCE_ATTRIBUTES"),
  // Only one is spoken; the variable is read so that a deployment that counts on another one hears of it.
  propagators: word("OTEL_PROPAGATORS", [
    "tracecontext",
    "tracecontext,baggage",
    "baggage,tracecontext"
  ]).pipe(Config.withDefault("tracecontext")),
  sampler: Config.all({
    name: word("OTEL_TRACES_SAMPLER", samplers).pipe(Config.withDefault("parentbased_always_on")),
    ratio: Config.schema(
      Schema.NumberFromString.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
      "OTEL_TRACES_SAMPLER_ARG"
    ).pipe(Config.withDefault(1))
  }),
  traces: destination("TRACES"),
  metrics: destination("METRICS"),
  logs: destination("LOGS"),
  spanBatch: Config.all({
    delayMillis: count("OTEL_BSP_SCHEDULE_DELAY", 5_000),
    maxQueueSize: count("OTEL_BSP_MAX_QUEUE_SIZE", 2_048),
    maxBatchSize: count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512)
  }),
  logBatch: Config.all({
    delayMillis: count("OTEL_BLRP_SCHEDULE_DELAY", 1_000),
    maxQueueSize: count("OTEL_BLRP_MAX_QUEUE_SIZE", 2_048),
    maxBatchSize: count("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", 512)
  }),
  /** Characters. The specification has no limit here by default; a batch upsert's statement alone would fill a batch. */
  attributeValueLengthLimit: count("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", 4_096),
  metricIntervalMillis: count("OTEL_METRIC_EXPORT_INTERVAL", 60_000)
})

export type TelemetryConfig = Config.Success<typeof TelemetryConfig>
