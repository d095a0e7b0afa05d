/** All metrics of a process for those who ask: Prometheus' text, OpenMetrics, or figures for JSON. */
import type * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"

/** What a scraper is answered with. */
export interface Exposition {
  readonly contentType: string
  readonly text: string
}

/** In OpenMetrics where the Accept field names it (Prometheus does), in Prometheus' text format 0.0.4 otherwise. */
export const exposition = (context: Context.Context<never>, accept: string | undefined): Exposition => {
  const text = PrometheusMetrics.formatUnsafe(context, { metricNameMapper: nameMapper(context) })
  return /\bapplication\/openmetrics-text\b/i.test(accept ?? "")
    ? {
        contentType: "application/openmetrics-text; version=1.0.0; charset=utf-8",
        text: toOpenMetrics(text)
      }
    : { contentType: "text/plain; version=0.0.4; charset=utf-8", text }
}

/** As OpenTelemetry's Prometheus exporters name things: the unit at the end, and `_total` on what only grows. */
const nameMapper = (context: Context.Context<never>) => {
  const names = new Map<string, string>()
  for (const { attributes, id, type } of Metric.snapshotUnsafe(context)) {
    if (names.has(id)) continue
    const unit = attributes?.unit ?? ""
    const suffix = unit === "1" && type === "Gauge" ? "" : (unitNames[unit] ?? "")
    const named = suffix === "" || id.endsWith(`_${suffix}`) ? id : `${id}_${suffix}`
    names.set(id, type === "Counter" && !named.endsWith("_total") ? `${named}_total` : named)
  }
  return (id: string): string => names.get(id) ?? id
}

const unitNames: Readonly<Record<string, string>> = { s: "seconds", ms: "milliseconds", By: "bytes" }

/** The two formats differ in the names of counters, in the numbers of buckets, and in an end that can be missed. */
const toOpenMetrics = (text: string): string => {
  const named = text
    .replace(/^# TYPE (\S+)_total counter$/gm, "# TYPE $1 counter")
    .replace(/^# HELP (\S+)_total /gm, "# HELP $1 ")
    .replace(/([{,]le="\d+)"/g, '$1.0"')
  return `${named}# EOF\n`
}

/** One series as a figure. */
export interface Figure {
  /** As OpenTelemetry names it. */
  readonly name: string
  readonly type: "counter" | "gauge" | "histogram"
  readonly unit: string
  readonly labels: Readonly<Record<string, string>>
  /** Of a counter or gauge. */
  readonly value?: number
  /** Of a histogram: how many measurements, and their sum. */
  readonly count?: number
  readonly sum?: number
  /** Of a histogram: how many measurements were at most so large. */
  readonly buckets?: ReadonlyArray<{ readonly le: number; readonly count: number }>
}

/** The same figures as {@link exposition} has. */
export const figures = (context: Context.Context<never>): ReadonlyArray<Figure> =>
  Metric.snapshotUnsafe(context).flatMap((metric): ReadonlyArray<Figure> => {
    const { unit = "", ...labels } = metric.attributes ?? {}
    const common = { name: metric.id, unit, labels }
    switch (metric.type) {
      case "Counter":
        return [{ ...common, type: "counter", value: Number(metric.state.count) }]
      case "Gauge":
        return [{ ...common, type: "gauge", value: Number(metric.state.value) }]
      case "Histogram": {
        const { buckets, count, sum } = metric.state
        return [
          {
            ...common,
            type: "histogram",
            count,
            sum,
            buckets: buckets.map(([le, upTo]) => ({ le, count: upTo }))
          }
        ]
      }
      default:
        return []
    }
  })
