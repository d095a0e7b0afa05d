import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import type { ConfigError } from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import { TelemetryConfig } from "./Config.ts"
import * as LogOutput from "./LogOutput.ts"
import * as Logs from "./Logs.ts"
import type { Resource } from "./Otlp.ts"
import * as ProcessMetrics from "./ProcessMetrics.ts"
import * as Sampler from "./Sampler.ts"

/**
 * Logs, traces and metrics of one process: provide it once, outermost, so that it is there before everything else
 * and is released after everything else.
 *
 * Without an OTLP endpoint nothing is exported, and a `traceparent` that comes in is handed on as it is.
 * Fails with the setting that is wrong. `serviceName` gives way to OTEL_SERVICE_NAME and to `service.name` in
 * OTEL_RESOURCE_ATTRIBUTES.
 */
export const layer = (options: {
  readonly serviceName: string
  /** Where log lines go; standard output unless given. */
  readonly logSink?: LogOutput.Sink
}): Layer.Layer<never, ConfigError> =>
  Layer.unwrap(
    Effect.map(TelemetryConfig, (config) => {
      const resource = {
        serviceName: Option.getOrElse(
          config.serviceName,
          () => config.resourceAttributes["service.name"] ?? options.serviceName
        ),
        attributes: {
          "service.instance.id": randomUUID(),
          "host.name": hostname(),
          "process.pid": process.pid,
          ...config.resourceAttributes
        }
      }
      const local = Layer.mergeAll(
        Logger.layer([
          Effect.map(LogOutput.make(options.logSink ?? LogOutput.stdout()), (output) =>
            options.logSink === undefined && process.stdout.isTTY
              ? Logs.pretty(output, process.stdout.hasColors())
              : Logs.json(resource.serviceName, output)
          )
        ]),
        Layer.succeed(References.MinimumLogLevel, config.logLevel),
        Layer.succeed(Tracer.Tracer, Sampler.passThrough(config.sampler)),
        ProcessMetrics.layer()
      )
      return Layer.provideMerge(exporters(config, resource), local)
    })
  )

/** The exporters cost start-up time, so they are loaded only where something is exported. */
const exporters = (config: TelemetryConfig, resource: Resource) =>
  config.traces === undefined && config.logs === undefined && config.metrics === undefined
    ? Layer.empty
    : Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("./Otlp.ts")),
          (otlp) => otlp.layer(config, resource)
        )
      )
