/**
 * Every name that is Optica's own in traces, logs and metrics. What OpenTelemetry's semantic conventions have a name
 * for (`http.*`, `db.*`, `rpc.*`, `process.*`, …) keeps that name and is not listed.
 *
 * A name is `optica.<area>.<thing>`, lower case, words joined by `_`. Names stay: dashboards and alerts are built on
 * them. A test holds the sources of all packages and services to this list.
 */

/** Span attribute of the mirror, text: the kind of things that a page holds, such as `products`. */
export const SyncResource = "optica.sync.resource"

/** Span attribute of the WooCommerce client, text: the resource that is read, such as `products`. */
export const WooCommerceResource = "optica.woocommerce.resource"

/** Span attribute of the WooCommerce client, number: the page of a list, from 1. */
export const WooCommercePage = "optica.woocommerce.page"

/** Span attribute of the WooCommerce client, number: the shop's id of the one thing that is read. */
export const WooCommerceId = "optica.woocommerce.id"

/** Counter, items. Spans, log records or metrics that never reached the collector. */
export const TelemetryDropped = "optica.telemetry.dropped"

/** Of `optica.telemetry.dropped`: `traces`, `metrics` or `logs`. */
export const TelemetrySignal = "optica.telemetry.signal"

/** Of `optica.telemetry.dropped`: `queue_full`, `unreachable`, `refused` or `shutdown`. */
export const TelemetryDropReason = "optica.telemetry.drop_reason"

/** Counter, calls. RPCs that a client made again because the service faltered. */
export const RpcRetries = "optica.rpc.retries"

/** Gauge. Circuit breaker of a client's service: 0 closed, 1 half open, 2 open. */
export const RpcCircuit = "optica.rpc.circuit"
