/**
 * Answers HTTP requests with the handlers of a router.
 *
 * In place of `connectNodeAdapter`, which throws out of the listener, and so ends the process, when a request has a
 * `Host` that is no host, and which prints to the console whenever a client leaves.
 */
import type * as http from "node:http"
import type * as http2 from "node:http2"
import { Code, ConnectError, type ContextValues, createConnectRouter } from "@connectrpc/connect"
import type { UniversalHandler } from "@connectrpc/connect/protocol"
import {
  compressionBrotli,
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse
} from "@connectrpc/connect-node"
import type { ServiceRoutes } from "./ConnectRoutes.ts"
import { MESSAGE_MAX_BYTES } from "./MessageSize.ts"
import * as Refusal from "./Refusal.ts"

/** For a server of HTTP/1.1 and one of HTTP/2 alike. */
export type RpcListener = (
  request: http.IncomingMessage | http2.Http2ServerRequest,
  response: http.ServerResponse | http2.Http2ServerResponse
) => void

/** A listener for routes. */
export const make = (options: {
  readonly routes: ReadonlyArray<ServiceRoutes>
  readonly contextValues: ContextValues
  readonly shutdownSignal: AbortSignal
  readonly readMaxBytes: number
  /** What is served beside RPCs, by its path. */
  readonly pages: ReadonlyMap<string, RpcListener>
  /** Told what went wrong while an answer was written, unless the client just left. */
  readonly onError: (reason: unknown) => void
}): RpcListener => {
  const router = createConnectRouter({
    acceptCompression: [compressionGzip, compressionBrotli],
    readMaxBytes: options.readMaxBytes,
    shutdownSignal: options.shutdownSignal,
    requestGate: Refusal.blameCaller
  })
  for (const it of options.routes) it.register(router)
  const large = new Set(options.routes.flatMap((it) => [...(it.large ?? [])]))
  const maxBytesOf = ({ method }: UniversalHandler) =>
    large.has(method) ? MESSAGE_MAX_BYTES : options.readMaxBytes
  const handlers = new Map<string, UniversalHandler>(router.handlers.map((it) => [it.requestPath, it]))

  return (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? ""
    const handler = handlers.get(path)
    if (handler === undefined) {
      const page = options.pages.get(path)
      return page === undefined ? Refusal.send(Refusal.noSuchRpc, request, response) : page(request, response)
    }
    // Connect-ES would refuse it as well, by the status of a caller who calls too often (429).
    const maxBytes = maxBytesOf(handler)
    if (Number(request.headers["content-length"] ?? 0) > maxBytes) {
      return Refusal.send(Refusal.tooLarge(maxBytes), request, response)
    }
    answer(handler, request, response).catch((reason: unknown) => {
      const { code } = ConnectError.from(reason)
      if (code !== Code.Aborted && code !== Code.Canceled) options.onError(reason)
      if (response.headersSent) response.end()
      else Refusal.send(Refusal.failed, request, response)
    })
  }

  async function answer(handler: UniversalHandler, ...[request, response]: Parameters<RpcListener>) {
    const universal = toUniversal(request, response)
    if (universal === undefined) return Refusal.send(Refusal.badAddress, request, response)
    const refusal = Refusal.ofQuery(universal)
    if (refusal !== undefined) return Refusal.send(refusal, request, response)
    shortenTimeout(universal.header)
    const answered = await handler(universal)
    if (answered.status >= 400 && answered.body === undefined) {
      return Refusal.send(Refusal.ofStatus(answered.status, handler), request, response)
    }
    await universalResponseToNodeResponse(answered, response)
  }

  /** Undefined for a request whose address cannot be told. */
  function toUniversal(...[request, response]: Parameters<RpcListener>) {
    try {
      return universalRequestFromNodeRequest(request, response, undefined, options.contextValues)
    } catch {
      return undefined
    }
  }
}

/**
 * Brings a timeout that both protocols allow and that no timer of Node can wait for down to the longest that one can,
 * 2^31-1 ms or some 25 days: such a timer goes off at once. What is no timeout stays as it is, to be refused.
 */
const shortenTimeout = (header: Headers) => {
  const connect = header.get("connect-timeout-ms") ?? ""
  if (/^\d{1,10}$/.test(connect) && Number(connect) > LONGEST_TIMER_MS) {
    header.set("connect-timeout-ms", `${LONGEST_TIMER_MS}`)
  }
  const [, count = "", unit = ""] = /^(\d{1,8})([HMS])$/.exec(header.get("grpc-timeout") ?? "") ?? []
  const ms = Number(count) * (unit === "H" ? 3_600_000 : unit === "M" ? 60_000 : 1000)
  if (ms > LONGEST_TIMER_MS) header.set("grpc-timeout", `${Math.floor(LONGEST_TIMER_MS / 1000)}S`)
}

const LONGEST_TIMER_MS = 2 ** 31 - 1
