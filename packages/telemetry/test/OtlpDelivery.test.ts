import { once } from "node:events"
import { createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Layer, Logger, Metric, Queue, Redacted, Scope } from "effect"
import * as Attributes from "../src/Attributes.ts"
import type { Destination } from "../src/Config.ts"
import { dropped, OtlpDelivery } from "../src/OtlpDelivery.ts"
import { TestCollector } from "../src/TestCollector.ts"

const destination = (url: string): Destination => ({
  url: `${url}/v1/traces`,
  headers: Redacted.make({ "api-key": "k" }),
  timeoutMillis: 5_000,
  compression: "none",
  protocol: "http/json"
})

const batch = (items: number) => ({
  payload: Buffer.from('{"resourceSpans":[]}'),
  contentType: "application/json",
  items
})

/** A line to `url`, what it logs, and a way to end it before the test does. */
const openLine = Effect.fnUntraced(function* (
  url: string,
  options?: Partial<Destination> & { maxQueuedItems?: number }
) {
  const said = yield* Queue.unbounded<string>()
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  const log = Logger.layer([Logger.make(({ message }) => Queue.offerUnsafe(said, String(message)))])
  const context = yield* Layer.buildWithScope(OtlpDelivery.layer.pipe(Layer.provideMerge(log)), scope)
  const line = yield* Effect.flatMap(OtlpDelivery, (delivery) =>
    delivery.open({ ...destination(url), signal: "traces", maxQueuedItems: 100, ...options })
  ).pipe(Effect.provide(context))
  return {
    offer: line.offer,
    said,
    close: Effect.timed(Effect.provide(Scope.close(scope, Exit.void), context))
  }
})

const droppedFor = (reason: string) =>
  Metric.value(
    Metric.withAttributes(dropped, {
      [Attributes.TelemetrySignal]: "traces",
      [Attributes.TelemetryDropReason]: reason
    })
  ).pipe(Effect.map(({ count }) => Number(count)))

/** A port on which nobody listens. */
const deadUrl = Effect.promise(async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
})

const test = (name: string, effect: Effect.Effect<void, unknown, TestCollector | Scope.Scope>) =>
  it.live(name, () =>
    effect.pipe(
      Effect.scoped,
      Effect.provide(TestCollector.layer),
      Effect.provideService(Metric.MetricRegistry, new Map())
    )
  )

describe("OtlpDelivery", () => {
  test(
    "posts a batch with its content type and the configured headers",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      const { offer } = yield* openLine(collector.url)
      yield* offer(batch(3))
      yield* collector.waitUntil(() => collector.requests.length === 1)
      const [request] = collector.requests
      assert.strictEqual(request?.path, "/v1/traces")
      assert.strictEqual(request?.headers["content-type"], "application/json")
      assert.strictEqual(request?.headers["api-key"], "k")
      assert.isUndefined(request?.headers.traceparent)
    })
  )

  test(
    "compresses with gzip when asked to",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      const { offer } = yield* openLine(collector.url, { compression: "gzip" })
      yield* offer(batch(1))
      yield* collector.waitUntil(() => collector.requests.length === 1)
      assert.strictEqual(collector.requests[0]?.headers["content-encoding"], "gzip")
    })
  )

  test(
    "tries again when the collector is busy, as soon as it asks for",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      yield* collector.answerWith({ status: 503, headers: { "retry-after": "0" } })
      const { offer } = yield* openLine(collector.url)
      yield* offer(batch(1))
      yield* collector.waitUntil(() => collector.requests.length === 2)
      yield* collector.answerWith({ status: 200 })
      const before = collector.requests.length
      yield* collector.waitUntil(() => collector.requests.length > before)
      yield* offer(batch(1))
      yield* collector.waitUntil(() => collector.requests.length > before + 1)
      assert.strictEqual(yield* droppedFor("unreachable"), 0)
    })
  )

  test(
    "drops and counts what the collector refuses, says so once, and says when it works again",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      yield* collector.answerWith({ status: 400 })
      const { offer, said } = yield* openLine(collector.url)
      for (let i = 1; i <= 5; i++) {
        yield* offer(batch(2))
        yield* collector.waitUntil(() => collector.requests.length === i)
      }
      yield* collector.answerWith({ status: 200 })
      yield* offer(batch(1))
      yield* collector.waitUntil(() => collector.requests.length === 6)
      assert.strictEqual(yield* droppedFor("refused"), 10)
      const host = new URL(collector.url).host
      assert.strictEqual(
        yield* Queue.take(said),
        `OpenTelemetry traces cannot be delivered: ${host} answers with status 400`
      )
      assert.strictEqual(yield* Queue.take(said), "OpenTelemetry traces are delivered again; 10 were dropped")
    })
  )

  test(
    "keeps no more than its bound for a collector that hangs, and never makes the caller wait",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      yield* collector.answerWith("hang")
      const { offer } = yield* openLine(collector.url, { maxQueuedItems: 50 })
      const [took] = yield* Effect.timed(Effect.forEach(Array.from({ length: 100 }), () => offer(batch(10))))
      assert.isBelow(Duration.toMillis(took), 1_000)
      assert.strictEqual(yield* droppedFor("queue_full"), 950)
      assert.isAtMost(collector.requests.length, 1)
    })
  )

  test(
    "gives up on an answer after the configured time",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      yield* collector.answerWith("hang")
      const { offer, said } = yield* openLine(collector.url, { timeoutMillis: 50 })
      yield* offer(batch(1))
      assert.match(yield* Queue.take(said), /did not answer within 50 ms$/)
    })
  )

  test(
    "says which host and why when nobody listens, without a word of the headers",
    Effect.gen(function* () {
      const { offer, said } = yield* openLine(yield* deadUrl)
      yield* offer(batch(1))
      assert.match(
        yield* Queue.take(said),
        /^OpenTelemetry traces cannot be delivered: 127\.0\.0\.1:\d+: ECONNREFUSED$/
      )
    })
  )

  test(
    "delivers what waits when the process ends",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      const { offer, close } = yield* openLine(collector.url)
      for (let i = 0; i < 5; i++) yield* offer(batch(1))
      yield* close
      assert.strictEqual(collector.requests.length, 5)
    })
  )

  test(
    "holds the end of the process up for two seconds at most when the collector hangs",
    Effect.gen(function* () {
      const collector = yield* TestCollector
      yield* collector.answerWith("hang")
      const { offer, said, close } = yield* openLine(collector.url)
      yield* offer(batch(7))
      yield* offer(batch(2))
      yield* collector.waitUntil(() => collector.requests.length === 1)
      const [took] = yield* close
      assert.isAtLeast(Duration.toMillis(took), 1_900)
      assert.isBelow(Duration.toMillis(took), 3_000)
      assert.strictEqual(
        yield* Queue.take(said),
        "9 OpenTelemetry traces were given up at the end of the process"
      )
    })
  )

  test(
    "does not hold the end of the process up when nobody listens, though it was about to wait for another try",
    Effect.gen(function* () {
      const { offer, said, close } = yield* openLine(yield* deadUrl)
      yield* offer(batch(1))
      yield* Queue.take(said)
      const [took] = yield* close
      assert.isBelow(Duration.toMillis(took), 900)
      assert.strictEqual(yield* droppedFor("shutdown"), 1)
    })
  )
})
