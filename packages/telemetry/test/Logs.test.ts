import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Logger, Redacted, Schema, Tracer } from "effect"
import * as Logs from "../src/Logs.ts"
import * as Sampler from "../src/Sampler.ts"

const capture = () => {
  const lines: Array<string> = []
  return { lines, output: { write: (line: string) => lines.push(line) } }
}

const Line = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))

/** The JSON lines that an effect writes. */
const jsonLines = Effect.fnUntraced(function* (effect: Effect.Effect<unknown>) {
  const { lines, output } = capture()
  yield* Effect.provide(effect, Logger.layer([Logs.json("catalog", output)]))
  for (const line of lines) assert.notInclude(line, "\n")
  return yield* Effect.forEach(lines, (line) => Schema.decodeEffect(Line)(line))
})

const prettyLines = Effect.fnUntraced(function* (effect: Effect.Effect<unknown>, coloured = false) {
  const { lines, output } = capture()
  yield* Effect.provide(effect, Logger.layer([Logs.pretty(output, coloured)]))
  return lines
})

describe("json", () => {
  it.effect("writes time, level, message, service and the annotations of the fiber", () =>
    Effect.gen(function* () {
      const [line] = yield* jsonLines(
        Effect.logWarning("page read", 3).pipe(Effect.annotateLogs({ request_id: "r-1", page: 3 }))
      )
      assert.match(String(line?.time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.deepStrictEqual(
        { ...line, time: undefined },
        {
          time: undefined,
          level: "WARN",
          message: "page read 3",
          service: "catalog",
          request_id: "r-1",
          page: 3
        }
      )
    })
  )

  it.effect("names trace and span inside a span, and neither outside", () =>
    Effect.gen(function* () {
      const parent = Tracer.externalSpan({
        traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
        spanId: "00f067aa0ba902b7"
      })
      const tracer = Sampler.passThrough({ name: "parentbased_always_on", ratio: 1 })
      const [inside, outside] = yield* jsonLines(
        Effect.andThen(
          Effect.log("inside").pipe(
            Effect.withSpan("request", { parent }),
            Effect.provideService(Tracer.Tracer, tracer)
          ),
          Effect.log("outside")
        )
      )
      assert.strictEqual(inside?.trace_id, parent.traceId)
      assert.strictEqual(inside?.span_id, parent.spanId)
      assert.notProperty(outside, "trace_id")
      assert.notProperty(outside, "span_id")
    })
  )

  it.effect("keeps a failure with its stack and its own cause on one line", () =>
    Effect.gen(function* () {
      const error = new Error("could not read\nthe page", { cause: new Error("socket closed") })
      const [line] = yield* jsonLines(Effect.logError("sync failed", Cause.fail(error)))
      assert.strictEqual(line?.message, "sync failed")
      assert.include(String(line?.cause), "could not read\nthe page")
      assert.include(String(line?.cause), "socket closed")
    })
  )

  it.effect("never shows what is redacted, in messages, annotations or below them", () =>
    Effect.gen(function* () {
      const secret = Redacted.make("cs_1234")
      const { lines, output } = capture()
      yield* Effect.log("key", secret, { deep: [secret] }).pipe(
        Effect.annotateLogs({ secret, shop: { keys: { secret } } }),
        Effect.provide(Logger.layer([Logs.json("sync", output), Logs.pretty(output, false)]))
      )
      assert.strictEqual(lines.length, 2)
      for (const line of lines) {
        assert.include(line, "<redacted>")
        assert.notInclude(line, "cs_1234")
      }
    })
  )

  it.effect("an annotation does not replace a field of the line", () =>
    Effect.gen(function* () {
      const [line] = yield* jsonLines(
        Effect.log("real").pipe(Effect.annotateLogs({ message: "forged", level: "FATAL", service: "other" }))
      )
      assert.strictEqual(line?.message, "real")
      assert.strictEqual(line?.level, "INFO")
      assert.strictEqual(line?.service, "catalog")
    })
  )

  it.effect("writes what JSON has no word for: cycles, bigints, errors", () =>
    Effect.gen(function* () {
      const cycle: { self?: unknown } = {}
      cycle.self = cycle
      const [line] = yield* jsonLines(
        Effect.log("odd").pipe(Effect.annotateLogs({ cycle, count: 12n, error: new Error("no") }))
      )
      assert.strictEqual(line?.message, "odd")
      assert.include(JSON.stringify(line), "12")
    })
  )
})

describe("pretty", () => {
  it.effect("writes time of day, level, message and annotations, and a cause indented below", () =>
    Effect.gen(function* () {
      const [line] = yield* prettyLines(
        Effect.logError("sync failed", Cause.fail(new Error("no answer"))).pipe(
          Effect.annotateLogs({ page: 3 })
        )
      )
      assert.match(line ?? "", /^\d\d:\d\d:\d\d ERROR sync failed page=3\n {4}Error: no answer\n {4} {4}at /)
    })
  )

  it.effect("uses colours only where they are understood", () =>
    Effect.gen(function* () {
      const [plain] = yield* prettyLines(Effect.log("ready"))
      const [coloured] = yield* prettyLines(Effect.log("ready"), true)
      assert.notInclude(plain, "\u001b[")
      assert.include(coloured, "\u001b[32m")
    })
  )
})
