import { promisify } from "node:util"
import { gzip } from "node:zlib"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Attributes from "./Attributes.ts"
import type { Destination } from "./Config.ts"

/** One request to the collector, encoded, with the number of spans, records or points in it. */
export interface Batch {
  readonly payload: Uint8Array
  readonly contentType: string
  readonly items: number
}

/** The way of one signal to its collector. It takes a batch, or drops it, without waiting for anything. */
export interface Line {
  readonly offer: (batch: Batch) => Effect.Effect<void>
}

interface LineOptions extends Destination {
  readonly signal: "traces" | "metrics" | "logs"
  /** Items that may wait or be under way; what comes beyond is dropped. */
  readonly maxQueuedItems: number
}

type DropReason = "queue_full" | "unreachable" | "refused" | "shutdown"

/** Why one attempt came to nothing. `reason` is fit for a log: it names no header, no body and no credentials. */
class Undelivered extends Data.TaggedError("Undelivered")<{
  readonly reason: string
  readonly retryable: boolean
  /** What the collector asked for with Retry-After, in milliseconds. */
  readonly retryAfterMillis?: number
}> {}

/** Attempts at one batch: with the waits between them (1, 2, 4, 8 s, each up to a half longer) about 20 s in all. */
const maxAttempts = 5
const firstWaitMillis = 1_000
const longestWaitMillis = 30_000

/** All that an unreachable collector may cost the end of the process. */
const shutdownMillis = 2_000

/** A failing collector is told of once, and its next failure after this time at the earliest. */
const quietMillis = 60_000

/** Statuses that OTLP/HTTP lets a client try again after ("Failures"); any other refusal is final. */
const retryableStatuses = new Set([429, 502, 503, 504])

/** `optica.telemetry.dropped`, by signal and reason. */
export const dropped = Metric.counter(Attributes.TelemetryDropped, {
  description: "Spans, log records and metric points that never reached the collector",
  incremental: true
})

const gzipped = promisify(gzip)

/**
 * Carries batches to OTLP/HTTP collectors in the background. A collector that is slow, down or refuses costs memory up
 * to the bound of each line, then telemetry (counted in `optica.telemetry.dropped`), never a request. When the scope
 * closes, what waits is tried once more, all lines together for two seconds at most.
 */
export class OtlpDelivery extends Context.Service<
  OtlpDelivery,
  { readonly open: (options: LineOptions) => Effect.Effect<Line> }
>()("@optica/telemetry/OtlpDelivery") {
  static readonly layer: Layer.Layer<OtlpDelivery> = Layer.effect(
    OtlpDelivery,
    Effect.acquireRelease(
      Effect.sync(() => {
        const closing: Closing = { begun: false, begin: Latch.makeUnsafe() }
        const lines: Array<OpenLine & { readonly fiber: Fiber.Fiber<never> }> = []
        const open = Effect.fnUntraced(function* (options: LineOptions) {
          const line = openLine(options, closing)
          lines.push({ ...line, fiber: yield* Effect.forkDetach(line.run) })
          return { offer: line.offer }
        })
        const close = Effect.gen(function* () {
          closing.begun = true
          yield* closing.begin.open
          yield* Effect.forEach(lines, (line) => line.settled, { concurrency: "unbounded" }).pipe(
            Effect.interruptible,
            Effect.timeoutOption(shutdownMillis)
          )
          yield* Fiber.interruptAll(lines.map((line) => line.fiber))
          yield* Effect.forEach(lines, (line) => line.giveUp)
        })
        return { open, close }
      }),
      ({ close }) => close
    )
  )
}

interface Closing {
  begun: boolean
  readonly begin: Latch.Latch
}

interface OpenLine extends Line {
  readonly run: Effect.Effect<never>
  /** Waits until nothing is queued or under way. */
  readonly settled: Effect.Effect<void>
  /** Tells of what is left when the time for it is over. */
  readonly giveUp: Effect.Effect<void>
}

const openLine = (options: LineOptions, closing: Closing): OpenLine => {
  const pending: Array<Batch> = []
  let queuedItems = 0
  let lost = 0
  let isTold = false
  let quietUntil = 0
  const wake = Latch.makeUnsafe()
  const settled = Latch.makeUnsafe(true)

  const drop = (batch: Batch, reason: DropReason) => {
    lost += batch.items
    return Metric.update(
      Metric.withAttributes(dropped, {
        [Attributes.TelemetrySignal]: options.signal,
        [Attributes.TelemetryDropReason]: reason
      }),
      batch.items
    )
  }

  const offer = (batch: Batch) =>
    Effect.suspend(() => {
      if (queuedItems + batch.items > options.maxQueuedItems) return drop(batch, "queue_full")
      queuedItems += batch.items
      pending.push(batch)
      settled.closeUnsafe()
      wake.openUnsafe()
      return Effect.void
    })

  const tellFailure = Effect.fnUntraced(function* (reason: string) {
    const now = yield* Clock.currentTimeMillis
    if (isTold || now < quietUntil) return
    isTold = true
    quietUntil = now + quietMillis
    yield* Effect.logWarning(`OpenTelemetry ${options.signal} cannot be delivered: ${reason}`)
  })

  const tellRecovery = Effect.suspend(() => {
    if (!isTold) return Effect.void
    const message = `OpenTelemetry ${options.signal} are delivered again; ${lost} were dropped`
    isTold = false
    lost = 0
    return Effect.logInfo(message)
  })

  const deliver = (batch: Batch, attempt: number): Effect.Effect<void> =>
    Effect.matchEffect(send(options, batch), {
      onSuccess: () => tellRecovery,
      onFailure: (failure) => {
        if (!failure.retryable) return Effect.andThen(drop(batch, "refused"), tellFailure(failure.reason))
        if (closing.begun || attempt === maxAttempts) {
          return Effect.andThen(
            drop(batch, closing.begun ? "shutdown" : "unreachable"),
            tellFailure(failure.reason)
          )
        }
        return Effect.andThen(tellFailure(failure.reason), waitMillis(attempt, failure)).pipe(
          Effect.flatMap((millis) => Effect.raceFirst(Effect.sleep(millis), closing.begin.await)),
          Effect.andThen(deliver(batch, attempt + 1))
        )
      }
    })

  const next = Effect.suspend(() => {
    const batch = pending.shift()
    if (batch === undefined) {
      settled.openUnsafe()
      wake.closeUnsafe()
      return wake.await
    }
    return Effect.andThen(
      deliver(batch, 1),
      Effect.sync(() => {
        queuedItems -= batch.items
      })
    )
  })

  const run = Effect.forever(next)
  const giveUp = Effect.suspend(() =>
    queuedItems === 0
      ? Effect.void
      : Effect.logWarning(
          `${queuedItems} OpenTelemetry ${options.signal} were given up at the end of the process`
        )
  )
  return { offer, run, settled: settled.await, giveUp }
}

const waitMillis = (attempt: number, { retryAfterMillis }: Undelivered) =>
  retryAfterMillis === undefined
    ? Effect.map(Random.nextBetween(1, 1.5), (factor) => factor * firstWaitMillis * 2 ** (attempt - 1))
    : Effect.succeed(Math.min(retryAfterMillis, longestWaitMillis))

const send = Effect.fnUntraced(
  function* (options: LineOptions, batch: Batch) {
    const isZipped = options.compression === "gzip"
    const body = isZipped ? yield* Effect.promise(() => gzipped(batch.payload)) : batch.payload
    const response = yield* Effect.tryPromise({
      try: async (signal) => {
        const answer = await fetch(options.url, {
          method: "POST",
          headers: {
            ...Redacted.value(options.headers),
            "content-type": batch.contentType,
            ...(isZipped && { "content-encoding": "gzip" })
          },
          body,
          signal
        })
        // The connection is used again only once the answer was read.
        await answer.arrayBuffer()
        return answer
      },
      catch: (cause) => new Undelivered({ reason: reasonOf(cause, options.url), retryable: true })
    })
    if (response.ok) return
    const retryAfterSeconds = Number(response.headers.get("retry-after") ?? Number.NaN)
    return yield* new Undelivered({
      reason: `${hostOf(options.url)} answers with status ${response.status}`,
      retryable: retryableStatuses.has(response.status),
      ...(retryAfterSeconds >= 0 && { retryAfterMillis: retryAfterSeconds * 1_000 })
    })
  },
  (sending, options) =>
    Effect.timeoutOrElse(sending, {
      duration: options.timeoutMillis,
      orElse: () =>
        Effect.fail(
          new Undelivered({
            reason: `${hostOf(options.url)} did not answer within ${options.timeoutMillis} ms`,
            retryable: true
          })
        )
    })
)

const hostOf = (url: string) => new URL(url).host

/** `fetch failed` says nothing; its cause carries the code of the socket (ECONNREFUSED, ENOTFOUND, …). */
const reasonOf = (cause: unknown, url: string): string => {
  const inner = cause instanceof Error ? cause.cause : undefined
  const code = inner instanceof Error && "code" in inner ? String(inner.code) : "no connection"
  return `${hostOf(url)}: ${code}`
}
