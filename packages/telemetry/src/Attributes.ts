/**
 * Every name that is Optica's own in traces, logs and metrics. What OpenTelemetry's semantic conventions have a name
 * for (`http.*`, `db.*`, `rpc.*`, `process.*`, …) keeps that name and is not listed.
 *
 * A name is `optica.<area>.<thing>`, lower case, words joined by `_`. Names stay: dashboards and alerts are built on
 * them. A test holds the sources of all packages and services to this list.
 */

/** Counter, items. Spans, log records or metric points that never reached the collector. */
export const TelemetryDropped = "optica.telemetry.dropped"

/** Of `optica.telemetry.dropped`: `traces`, `metrics` or `logs`. */
export const TelemetrySignal = "optica.telemetry.signal"

/** Of `optica.telemetry.dropped`: `queue_full`, `unreachable`, `refused` or `shutdown`. */
export const TelemetryDropReason = "optica.telemetry.drop_reason"
