/** Header fields that every answer carries. Plain functions: whoever answers calls them. */
import * as Exchange from "./Exchange.ts"

export const API_VERSION = "1"

const REQUEST_ID = "x-request-id"

/** Which pages may read answers from a browser. */
export interface Cors {
  /** Origins such as `https://shop.example`; compared as they are. */
  readonly origins: ReadonlySet<string>
}

/** Nothing of an API's answer may run, load or be framed. */
export const apiPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const constant = {
  "x-api-version": API_VERSION,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "permissions-policy":
    "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
  "cross-origin-opener-policy": "same-origin",
  "x-frame-options": "DENY",
  "content-security-policy": apiPolicy
}

const exposed = [
  "cache-status",
  "etag",
  "link",
  "location",
  "retry-after",
  "server-timing",
  "x-api-version",
  "x-cache-source",
  "x-cache-status",
  REQUEST_ID,
  "x-response-time",
  "x-wp-total",
  "x-wp-totalpages"
].join(", ")

/** Fields of an answer that is about to be written, by the time that it took. */
export const common = (exchange: Exchange.Exchange, cors: Cors): Record<string, string> => {
  const duration = Exchange.elapsed(exchange).toFixed(1)
  let timing = `total;dur=${duration}`
  for (const [name, milliseconds] of exchange.upstreams) timing += `, ${name};dur=${milliseconds.toFixed(1)}`
  const fields: Record<string, string> = bare(exchange.id)
  fields["x-response-time"] = `${duration}ms`
  fields["server-timing"] = timing
  if (exchange.secure) fields["strict-transport-security"] = "max-age=31536000; includeSubDomains"
  return cors.origins.size === 0 ? fields : Object.assign(fields, crossOrigin(exchange, cors))
}

/** Fields of an answer to something that could not be read as a request. */
export const unread = (id: string): Record<string, string> => ({
  ...bare(id),
  "x-response-time": "0.0ms",
  "server-timing": "total;dur=0.0"
})

const bare = (id: string): Record<string, string> => ({
  [REQUEST_ID]: id,
  ...constant
})

const crossOrigin = (exchange: Exchange.Exchange, cors: Cors): Record<string, string> => {
  const origin = exchange.request.headers.origin
  return origin !== undefined && cors.origins.has(origin)
    ? { vary: "Origin", "access-control-allow-origin": origin, "access-control-expose-headers": exposed }
    : { vary: "Origin" }
}

/** Fields of the answer to a CORS preflight of a listed origin. */
export const preflight = (exchange: Exchange.Exchange, cors: Cors, allow: string): Record<string, string> => {
  const origin = exchange.request.headers.origin
  if (origin === undefined || !cors.origins.has(origin)) return {}
  return {
    "access-control-allow-methods": allow,
    "access-control-allow-headers": "authorization, content-type, if-none-match, last-event-id, x-request-id",
    "access-control-max-age": "600"
  }
}

/** Adds a field name to a Vary list. */
export const vary = (current: string | undefined, name: string): string =>
  current === undefined ? name : `${current}, ${name}`
