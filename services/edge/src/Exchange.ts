/**
 * One request and its answer, from the moment node hands it over. Everything here is synchronous, so that code that
 * answers before any Effect runs can call it as well.
 */
import { randomUUID } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { isFromHere } from "@optica/connect/Loopback"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { Route } from "./Routes.ts"

export interface Exchange {
  /** X-Request-ID: the caller's where it is sane, a new UUID otherwise. */
  readonly id: string
  readonly method: string
  /** The request target as it was sent. */
  readonly target: string
  /** The target without its query. */
  readonly path: string
  /** What is served at that path; undefined where nothing is. */
  readonly route: Route | undefined
  /** `performance.now()` when the request came in. */
  readonly startedAt: number
  /** Whether the caller's connection is HTTPS, here or at the proxy in front. */
  readonly secure: boolean
  /** Whether the caller is on this machine, came through no proxy and asked for this machine. */
  readonly loopback: boolean
  readonly request: IncomingMessage
  traceId: string | null
  spanId: string | null
  /** Milliseconds spent waiting for each upstream, for Server-Timing. */
  readonly upstreams: Array<readonly [name: string, milliseconds: number]>
}

/** What is left of an exchange when its request could not be read. */
export type Summary = Pick<Exchange, "id" | "method" | "path" | "route" | "startedAt" | "traceId" | "spanId">

/** The exchange of bytes that are no request. */
export const unread = (): Summary => ({
  id: randomUUID(),
  method: "",
  path: "",
  route: undefined,
  startedAt: performance.now(),
  traceId: null,
  spanId: null
})

const saneId = /^[A-Za-z0-9._-]{1,128}$/

const absoluteForm = /^https?:\/\/[^/?#]*/i

const exchanges = new WeakMap<object, Exchange>()

/** Begins the exchange of a request; `host` is where the server listens. */
export const begin = (
  request: IncomingMessage,
  find: (path: string) => Route | undefined,
  host: string
): Exchange => {
  const startedAt = performance.now()
  // RFC 9112 3.2.2: a target in absolute form names the same resource as its path.
  const target = (request.url ?? "/").replace(absoluteForm, "") || "/"
  request.url = target
  const end = target.search(/[?#]/)
  const path = end === -1 ? target : target.slice(0, end)
  const given = request.headers["x-request-id"]
  const exchange: Exchange = {
    id: typeof given === "string" && saneId.test(given) ? given : randomUUID(),
    method: request.method ?? "GET",
    target,
    path,
    route: find(path),
    startedAt,
    secure: request.headers["x-forwarded-proto"] === "https",
    loopback: isFromHere(request, host),
    request,
    traceId: null,
    spanId: null,
    upstreams: []
  }
  exchanges.set(request, exchange)
  return exchange
}

/** The exchange of a request that `begin` has seen. */
export const of = (request: HttpServerRequest): Exchange => {
  const exchange = exchanges.get(request.source)
  if (exchange === undefined) throw new Error("the request did not come through the edge's own server")
  return exchange
}

/** Milliseconds since the request came in. */
export const elapsed = (exchange: Summary): number => performance.now() - exchange.startedAt
