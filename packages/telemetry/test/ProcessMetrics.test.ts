import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Metric } from "effect"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as ProcessMetrics from "../src/ProcessMetrics.ts"

const snapshot = Effect.map(
  Metric.snapshot,
  (metrics) =>
    new Map(
      metrics.map((metric) => [
        `${metric.id}${metric.attributes?.["cpu.mode"] ?? ""}`,
        metric.type === "Gauge"
          ? Number(metric.state.value)
          : metric.type === "Counter"
            ? Number(metric.state.count)
            : 0
      ])
    )
)

/** Keeps the event loop from turning for some milliseconds. */
const block = (millis: number) => {
  const until = performance.now() + millis
  while (performance.now() < until);
}

describe("ProcessMetrics", () => {
  it.live("measures memory, CPU time and uptime of this process, at once", () =>
    Effect.gen(function* () {
      yield* Layer.build(ProcessMetrics.layer())
      const metrics = yield* snapshot
      assert.isAbove(metrics.get("process.memory.usage") ?? 0, 10_000_000)
      assert.isAbove(metrics.get("v8js.memory.heap.used") ?? 0, 1_000_000)
      const { user } = process.cpuUsage()
      assert.approximately(metrics.get("process.cpu.timeuser") ?? 0, user / 1e6, 0.5)
      assert.isDefined(metrics.get("process.cpu.timesystem"))
      assert.approximately(metrics.get("process.uptime") ?? 0, process.uptime(), 1)
    }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))
  )

  it.live("sees an event loop that was held up, in seconds", () =>
    Effect.gen(function* () {
      yield* Layer.build(ProcessMetrics.layer({ intervalMillis: 300 }))
      yield* Effect.sleep(100)
      block(150)
      yield* Effect.sleep(100)
      const metrics = yield* Effect.repeat(snapshot, {
        until: (now) => (now.get("nodejs.eventloop.delay.max") ?? 0) > 0.05
      }).pipe(Effect.timeout(5_000))
      assert.isBelow(metrics.get("nodejs.eventloop.delay.max") ?? 9, 2)
      assert.isAbove(metrics.get("nodejs.eventloop.utilization") ?? 0, 0.1)
    }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))
  )

  it.live("shows up in the Prometheus text", () =>
    Effect.gen(function* () {
      yield* Layer.build(ProcessMetrics.layer())
      const text = yield* PrometheusMetrics.format()
      assert.match(text, /# TYPE process_memory_usage gauge\nprocess_memory_usage \d+/)
      assert.match(text, /process_cpu_time\{cpu_mode="user"\} \d/)
    }).pipe(Effect.scoped, Effect.provideService(Metric.MetricRegistry, new Map()))
  )
})
