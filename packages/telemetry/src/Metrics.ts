/**
 * Every metric that Optica measures beside those of the process: name, unit, labels and meaning. Names are those of
 * OpenTelemetry's semantic conventions where they have one, and of `Attributes` otherwise. A test holds the sources of
 * all packages and services to this list.
 *
 * No label ever holds what a caller made up: each has a known, small set of values. As a last resort a family stops at
 * {@link SERIES_LIMIT} series, and what comes after goes into one that says so.
 */
import type * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import * as Attributes from "./Attributes.ts"

/** Label sets of one family at most, as OpenTelemetry's SDKs have it. */
export const SERIES_LIMIT = 2000

/** The label of the series that takes what is past the limit. */
export const OVERFLOW = "otel.metric.overflow"

interface Description<Labels extends ReadonlyArray<string>> {
  readonly name: string
  /** In UCUM: `s`, `By`, `{connection}`. */
  readonly unit: string
  readonly description: string
  readonly labels: Labels
}

/** A value for each label; undefined leaves the label out. */
type Values<Labels extends ReadonlyArray<string>> = { readonly [K in keyof Labels]: string | undefined }

/** One metric with all its label sets. Each set is resolved once, so that a measurement costs some 0.2 µs. */
class Family<const Labels extends ReadonlyArray<string>, State> {
  readonly name: string
  readonly #description: Description<Labels>
  readonly #make: (attributes: Record<string, string>) => Metric.Metric<number, State>
  readonly #series = new Map<string, Metric.Metric<number, State>>()

  constructor(
    description: Description<Labels>,
    make: (attributes: Record<string, string>) => Metric.Metric<number, State>
  ) {
    this.name = description.name
    this.#description = description
    this.#make = make
  }

  /** Adds to a counter, notes a value in a histogram, sets a gauge. */
  update(context: Context.Context<never>, value: number, ...values: Values<Labels>): void {
    this.series(...values).updateUnsafe(value, context)
  }

  /** The metric of one label set. */
  series(...values: Values<Labels>): Metric.Metric<number, State> {
    const key = values.join("\n")
    return this.#series.get(key) ?? this.#add(key, values)
  }

  #add(key: string, values: Values<Labels>): Metric.Metric<number, State> {
    const { labels, unit } = this.#description
    const isFull = this.#series.size >= SERIES_LIMIT
    const attributes: Record<string, string> = { unit }
    if (isFull) attributes[OVERFLOW] = "true"
    else {
      for (const [at, label] of labels.entries()) {
        const value = values[at]
        if (value !== undefined) attributes[label] = value
      }
    }
    const metric = this.#make(attributes)
    if (!isFull) this.#series.set(key, metric)
    return metric
  }
}

const histogram = <const Labels extends ReadonlyArray<string>>(
  description: Description<Labels>,
  boundaries: ReadonlyArray<number>
) =>
  new Family(description, (attributes) =>
    Metric.histogram(description.name, { description: description.description, boundaries, attributes })
  )

const counter = <const Labels extends ReadonlyArray<string>>(description: Description<Labels>) =>
  new Family(description, (attributes) =>
    Metric.counter(description.name, {
      description: description.description,
      incremental: true,
      attributes
    })
  )

const gauge = <const Labels extends ReadonlyArray<string>>(description: Description<Labels>) =>
  new Family(description, (attributes) =>
    Metric.gauge(description.name, { description: description.description, attributes })
  )

/** Seconds, as OpenTelemetry advises for HTTP, and finer at the short end, where most of our answers are. */
const requestSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Seconds, for what takes a fraction of a millisecond: calls in memory, statements, waits for a connection. */
const fineSeconds = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
]

/** Of the edge: requests, errors (by status) and durations of each route. Unknown paths are the route `none`. */
export const HttpServerRequestDuration = histogram(
  {
    name: "http.server.request.duration",
    unit: "s",
    description: "Time from the request's head to the end of its answer",
    labels: ["http.request.method", "http.route", "http.response.status_code"]
  },
  requestSeconds
)

const rpcLabels = ["rpc.system", "rpc.service", "rpc.method", "rpc.response.status_code"] as const

/** Of a service: its calls. The status is gRPC's name in capitals, whatever protocol was spoken. */
export const RpcServerDuration = histogram(
  {
    name: "rpc.server.duration",
    unit: "s",
    description: "Time that a call took on the server; of a stream, until its end",
    labels: rpcLabels
  },
  fineSeconds
)

/** Of whoever calls a service: each try of a call. */
export const RpcClientDuration = histogram(
  {
    name: "rpc.client.duration",
    unit: "s",
    description: "Time that a call took for its client, each try apart; of a stream, until its end",
    labels: rpcLabels
  },
  fineSeconds
)

/** Statements by what they do, such as `SELECT products`; `error.type` only where one failed. */
export const DbOperationDuration = histogram(
  {
    name: "db.client.operation.duration",
    unit: "s",
    description: "Time that a statement took on its connection",
    labels: ["db.system.name", "db.client.connection.pool.name", "db.query.summary", "error.type"]
  },
  fineSeconds
)

/** How long statements and transactions waited for a connection. */
export const DbConnectionWaitTime = histogram(
  {
    name: "db.client.connection.wait_time",
    unit: "s",
    description: "Time until the pool gave a connection",
    labels: ["db.client.connection.pool.name"]
  },
  fineSeconds
)

/** Connections that are `used` or `idle`. */
export const DbConnectionCount = gauge({
  name: "db.client.connection.count",
  unit: "{connection}",
  description: "Connections of the pool that are used, or idle since a minute at most",
  labels: ["db.client.connection.pool.name", "db.client.connection.state"]
})

export const DbConnectionMax = gauge({
  name: "db.client.connection.max",
  unit: "{connection}",
  description: "Connections that the pool may open",
  labels: ["db.client.connection.pool.name"]
})

export const DbConnectionPending = gauge({
  name: "db.client.connection.pending_requests",
  unit: "{request}",
  description: "Statements and transactions that wait for a connection",
  labels: ["db.client.connection.pool.name"]
})

/** Calls that were made again. */
export const RpcRetries = counter({
  name: Attributes.RpcRetries,
  unit: "{call}",
  description: "Calls that were tried again because the service faltered",
  labels: ["rpc.service", "rpc.method"]
})

/** 0 closed, 1 half open, 2 open. */
export const RpcCircuit = gauge({
  name: Attributes.RpcCircuit,
  unit: "1",
  description: "Circuit breaker of a method: 0 closed, 1 half open, 2 open",
  labels: ["rpc.service", "rpc.method"]
})
