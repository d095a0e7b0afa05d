import { monitorEventLoopDelay, performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"

// Names and units are OpenTelemetry's ("Semantic conventions for Node.js / V8 / OS process metrics").

const gauge = (name: string, unit: string, description: string) =>
  Metric.gauge(name, { description, attributes: { unit } })

const delay = {
  p50: gauge("nodejs.eventloop.delay.p50", "s", "Event loop delay, median of the last interval"),
  p99: gauge("nodejs.eventloop.delay.p99", "s", "Event loop delay, 99th percentile of the last interval"),
  max: gauge("nodejs.eventloop.delay.max", "s", "Event loop delay, longest of the last interval")
}

const utilization = gauge(
  "nodejs.eventloop.utilization",
  "1",
  "Share of the last interval in which the event loop was busy"
)

const residentMemory = gauge("process.memory.usage", "By", "Resident memory of the process")

const heapUsed = gauge("v8js.memory.heap.used", "By", "JavaScript heap in use")

const uptime = gauge("process.uptime", "s", "Time since the process began")

const cpuTime = (mode: "user" | "system") =>
  Metric.counter("process.cpu.time", {
    description: "CPU time of the process since its begin",
    incremental: true,
    attributes: { unit: "s", "cpu.mode": mode }
  })
const cpuTimeUser = cpuTime("user")
const cpuTimeSystem = cpuTime("system")

/** The event loop is looked at this often, in milliseconds: a delay shorter than that is not seen. */
const resolutionMillis = 20

const nanosPerSecond = 1e9
const microsPerSecond = 1e6

/**
 * Samples event-loop delay and utilization, memory and CPU time of this process every `intervalMillis` (default five
 * seconds) into Effect metrics, from where both OTLP and the Prometheus text take them.
 */
export const layer = (options?: { readonly intervalMillis?: number }): Layer.Layer<never> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const histogram = yield* Effect.acquireRelease(
        Effect.sync(() => {
          const monitor = monitorEventLoopDelay({ resolution: resolutionMillis })
          monitor.enable()
          return monitor
        }),
        (monitor) => Effect.sync(() => monitor.disable())
      )
      let loop = performance.eventLoopUtilization()
      let cpu = { user: 0, system: 0 }

      // The monitor gives the time between two looks, the wait itself included.
      const delaySeconds = (nanos: number) => Math.max(0, nanos / nanosPerSecond - resolutionMillis / 1_000)

      const sample = Effect.gen(function* () {
        if (histogram.count > 0) {
          yield* Metric.update(delay.p50, delaySeconds(histogram.percentile(50)))
          yield* Metric.update(delay.p99, delaySeconds(histogram.percentile(99)))
          yield* Metric.update(delay.max, delaySeconds(histogram.max))
          histogram.reset()
        }
        const nowLoop = performance.eventLoopUtilization()
        yield* Metric.update(utilization, performance.eventLoopUtilization(nowLoop, loop).utilization)
        loop = nowLoop
        const nowCpu = process.cpuUsage()
        yield* Metric.update(cpuTimeUser, (nowCpu.user - cpu.user) / microsPerSecond)
        yield* Metric.update(cpuTimeSystem, (nowCpu.system - cpu.system) / microsPerSecond)
        cpu = nowCpu
        const memory = process.memoryUsage()
        yield* Metric.update(residentMemory, memory.rss)
        yield* Metric.update(heapUsed, memory.heapUsed)
        yield* Metric.update(uptime, process.uptime())
      })

      yield* sample
      yield* Effect.sleep(options?.intervalMillis ?? 5_000).pipe(
        Effect.andThen(sample),
        Effect.forever,
        Effect.withTracerEnabled(false),
        Effect.forkScoped
      )
    })
  )
