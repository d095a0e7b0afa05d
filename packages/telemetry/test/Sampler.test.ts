import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Tracer } from "effect"
import * as HttpTraceContext from "effect/http/HttpTraceContext"
import type { SamplerConfig } from "../src/Config.ts"
import * as Sampler from "../src/Sampler.ts"

const remote = (sampled: boolean, traceId = "4bf92f3577b34da6a3ce929d0e0e4736") =>
  Tracer.externalSpan({ traceId, spanId: "00f067aa0ba902b7", sampled })

/** A tracer that keeps what it is asked to record. */
const recorder = () => {
  const recorded: Array<string> = []
  const tracer = Tracer.make({
    span: (options) => {
      recorded.push(options.name)
      return new Tracer.NativeSpan(options)
    }
  })
  return { recorded, tracer }
}

const sampler = (name: SamplerConfig["name"], ratio = 1): SamplerConfig => ({ name, ratio })

/** Whether a span below `parent` is recorded, and what a process behind it is told. */
const outcome = (config: SamplerConfig, parent: Tracer.ExternalSpan | undefined) => {
  const span = Sampler.sampled(recorder().tracer, config)
  return Effect.currentSpan.pipe(
    Effect.map((current) => ({ recorded: current.sampled, header: HttpTraceContext.toHeaders(current) })),
    Effect.withSpan("request", { kind: "server", ...(parent && { parent }) }),
    Effect.provideService(Tracer.Tracer, span)
  )
}

describe("sampled", () => {
  const cases = [
    { name: "always_on", root: true, sampledParent: true, unsampledParent: true },
    { name: "always_off", root: false, sampledParent: false, unsampledParent: false },
    { name: "parentbased_always_on", root: true, sampledParent: true, unsampledParent: false },
    { name: "parentbased_always_off", root: false, sampledParent: true, unsampledParent: false }
  ] as const
  for (const { name, root, sampledParent, unsampledParent } of cases) {
    it.effect(`${name} decides at the edge of the process and tells the flag onwards`, () =>
      Effect.gen(function* () {
        const config = sampler(name)
        for (const [parent, expected] of [
          [undefined, root],
          [remote(true), sampledParent],
          [remote(false), unsampledParent]
        ] as const) {
          const { recorded, header } = yield* outcome(config, parent)
          assert.strictEqual(recorded, expected)
          assert.match(header.traceparent ?? "", expected ? /-01$/ : /-00$/)
          if (parent) assert.include(header.traceparent, parent.traceId)
        }
      })
    )
  }

  it.effect("traceidratio takes the same traces in every process, and its share of them", () =>
    Effect.gen(function* () {
      const low = remote(true, "ffffffffffffffffff00000000000001")
      const high = remote(true, "000000000000000000ffffffffffffff")
      assert.isTrue((yield* outcome(sampler("traceidratio", 0.5), low)).recorded)
      assert.isFalse((yield* outcome(sampler("traceidratio", 0.5), high)).recorded)
      assert.isTrue((yield* outcome(sampler("traceidratio", 1), high)).recorded)
      assert.isFalse((yield* outcome(sampler("traceidratio", 0), low)).recorded)

      let taken = 0
      for (let i = 0; i < 2_000; i++) {
        if ((yield* outcome(sampler("parentbased_traceidratio", 0.25), undefined)).recorded) taken += 1
      }
      assert.approximately(taken / 2_000, 0.25, 0.06)
    })
  )

  it.effect("parentbased_traceidratio follows a parent, whatever the share", () =>
    Effect.gen(function* () {
      assert.isTrue((yield* outcome(sampler("parentbased_traceidratio", 0), remote(true))).recorded)
      assert.isFalse((yield* outcome(sampler("parentbased_traceidratio", 1), remote(false))).recorded)
    })
  )

  it.effect("spans inside the process follow the span above them", () =>
    Effect.gen(function* () {
      const { recorded, tracer } = recorder()
      const request = (parent: Tracer.ExternalSpan) =>
        Effect.void.pipe(
          Effect.withSpan("statement"),
          Effect.withSpan("request", { parent }),
          Effect.provideService(Tracer.Tracer, Sampler.sampled(tracer, sampler("parentbased_always_on")))
        )
      yield* request(remote(false))
      assert.deepStrictEqual(recorded, [])
      yield* request(remote(true))
      assert.deepStrictEqual(recorded, ["request", "statement"])
    })
  )

  it.effect("a span that code switched off stays off, with always_on too", () =>
    Effect.gen(function* () {
      const { recorded, tracer } = recorder()
      const off = (options: Tracer.SpanOptions) =>
        Effect.void.pipe(
          Effect.withSpan("probe", { ...options, sampled: false }),
          Effect.provideService(Tracer.Tracer, Sampler.sampled(tracer, sampler("always_on")))
        )
      yield* off({ root: true })
      yield* off({ parent: remote(true) })
      assert.deepStrictEqual(recorded, [])
    })
  )
})

describe("passThrough", () => {
  const tracer = Sampler.passThrough(sampler("parentbased_always_on"))

  for (const flag of [true, false]) {
    it.effect(
      `hands a traceparent with flag ${flag ? "01" : "00"} on as it came, however deep the call`,
      () =>
        Effect.gen(function* () {
          const span = yield* Effect.currentSpan.pipe(
            Effect.withSpan("client", { kind: "client" }),
            Effect.withSpan("domain"),
            Effect.withSpan("server", { kind: "server", parent: remote(flag) }),
            Effect.provideService(Tracer.Tracer, tracer)
          )
          assert.strictEqual(
            HttpTraceContext.toHeaders(span).traceparent,
            `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-${flag ? "01" : "00"}`
          )
        })
    )
  }

  it.effect("gives a request without traceparent ids of its own, the same throughout", () =>
    Effect.gen(function* () {
      const [outer, inner] = yield* Effect.all([
        Effect.currentSpan,
        Effect.withSpan(Effect.currentSpan, "inner")
      ]).pipe(Effect.withSpan("outer"), Effect.provideService(Tracer.Tracer, tracer))
      assert.match(outer.traceId, /^[0-9a-f]{32}$/)
      assert.match(outer.spanId, /^[0-9a-f]{16}$/)
      assert.strictEqual(inner.traceId, outer.traceId)
      assert.isTrue(Option.isSome(HttpTraceContext.fromHeaders(HttpTraceContext.toHeaders(inner))))
    })
  )
})
