/** A plain node server that answers everything, also what is no HTTP, with a problem, and that stops gracefully. */
import * as http from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import * as Port from "@optica/connect/Port"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as AccessLog from "./AccessLog.ts"
import * as Exchange from "./Exchange.ts"
import * as Problems from "./Problems.ts"
import * as Refusals from "./Refusals.ts"
import * as ResponseHeaders from "./ResponseHeaders.ts"
import type { Route } from "./Routes.ts"
import * as Unread from "./Unread.ts"

export interface Options {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly cors: ResponseHeaders.Cors
  readonly find: (path: string) => Route | undefined
  readonly record: AccessLog.Record
  /** Answers what the server does not refuse by itself. */
  readonly answer: (request: http.IncomingMessage, response: http.ServerResponse) => void
  /** Called when the server has been told to stop, before it waits for what is under way. */
  readonly onStop: Effect.Effect<unknown>
}

/** Bytes of all header fields together. */
const HEADER_LIMIT = 16_384
/** Milliseconds to receive a head, and a whole request. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
/** Longer than the minute after which common load balancers give up a quiet connection. */
const KEEP_ALIVE_MS = 65_000
/**
 * Milliseconds that requests under way get to finish when the server stops. Two of the five seconds that a whole
 * process may take to stop: what is behind the edge stops after it, and needs the others.
 */
export const GRACE_MS = 2000

/**
 * Requests of one connection that may wait for their answers. Browsers send one; load generators that pipeline send ten.
 * Who sends more at once makes the edge hold pages of 100 products that nobody reads yet, so the connection is cut.
 */
export const PIPELINE_LIMIT = 16
/** Requests under way on all connections. More would only wait for each other, at some 100 KB each. */
export const IN_FLIGHT_LIMIT = 1000
/** Requests that one connection may send one after the other, so that long-lived callers spread over new replicas. */
const REQUESTS_PER_CONNECTION = 10_000

/** Milliseconds that a caller who sent no request gets to read why. */
const LAST_WORDS_MS = 500

/** Listens until the scope closes; answers the port that it got. */
export const listen = (
  options: Options
): Effect.Effect<
  { readonly server: http.Server; readonly port: number },
  Port.PortInUse | Port.AddressUnavailable,
  Scope.Scope
> =>
  Effect.gen(function* () {
    const { server } = yield* Effect.acquireRelease(
      Effect.sync(() => open(options)),
      ({ stop }) => Effect.andThen(options.onStop, stop)
    )
    yield* Effect.callback<void, Port.PortInUse | Port.AddressUnavailable>((resume) => {
      const { host, port } = options
      const address = { host, port, setting: "PORT", hostSetting: "HOST" }
      const onError = (error: Error) => resume(Effect.fail(Port.cannotListen(address, error)))
      server.once("error", onError)
      server.listen(port, host, () => {
        server.off("error", onError)
        resume(Effect.void)
      })
    })
    const address = server.address()
    return { server, port: address !== null && typeof address === "object" ? address.port : options.port }
  })

const open = (options: Options) => {
  const server = http.createServer({
    ServerResponse: Unread.Answer,
    // The target and the fields share node's limit; `guard` tells them apart.
    maxHeaderSize: Refusals.targetLimit + HEADER_LIMIT,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Node would answer a missing Host without a body.
    requireHostHeader: false,
    noDelay: true
  })
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION
  /** Answers that are owed, in the order of their requests. */
  const underWay = new Map<Duplex, Set<http.ServerResponse>>()
  const sockets = new Set<Socket>()
  const unread = Unread.make()
  let inFlight = 0
  let stopping = false

  const begin = (request: http.IncomingMessage, response: http.ServerResponse): Exchange.Exchange => {
    const exchange = Exchange.begin(request, options.find, options.host)
    const { socket } = request
    const owed = underWay.get(socket) ?? new Set()
    underWay.set(socket, owed.add(response))
    if (stopping) response.shouldKeepAlive = false
    response.once("close", () => {
      owed.delete(response)
      if (owed.size === 0) underWay.delete(socket)
      options.record(exchange, response.statusCode, !response.writableFinished)
      if (stopping && !underWay.has(socket)) socket.destroySoon()
    })
    unread.watch(response, socket, () => !underWay.has(socket))
    return exchange
  }
  const refuse = (exchange: Exchange.Exchange, response: http.ServerResponse, problem: Problems.Problem) =>
    Problems.send(problem, exchange, response, ResponseHeaders.common(exchange, options.cors))

  const admit = (
    request: http.IncomingMessage,
    response: http.ServerResponse,
    check: (exchange: Exchange.Exchange) => Problems.Problem | undefined
  ) => {
    const { socket } = request
    // The parser goes on to the end of the bytes that it was given.
    if (socket.destroyed) return
    const exchange = begin(request, response)
    if ((underWay.get(socket)?.size ?? 0) > PIPELINE_LIMIT) {
      socket.destroy()
      return
    }
    // A server that is busy is alive: restarting it would make the load of the others worse.
    const full = inFlight >= IN_FLIGHT_LIMIT && exchange.path !== "/health/live"
    const problem = full ? Refusals.tooBusy : check(exchange)
    if (problem !== undefined) return refuse(exchange, response, problem)
    inFlight += 1
    response.once("close", () => {
      inFlight -= 1
    })
    unread.begin(socket, () => options.answer(request, response))
  }
  server.on("request", (request, response) => admit(request, response, guard))
  server.on("checkExpectation", (request, response) =>
    admit(request, response, () => Refusals.unknownExpectation)
  )

  /** Answers on a socket that holds no request, and hangs up. */
  const hangUp = (socket: Duplex, problem: Problems.Problem) => {
    const exchange = Exchange.unread()
    // A socket that is destroyed with bytes unread is reset, and the caller may lose the answer: it gets time to read.
    socket.end(Problems.bytes(problem, exchange, ResponseHeaders.unread(exchange.id)), () =>
      setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref()
    )
    socket.resume()
    options.record(exchange, Problems.catalogue[problem.code].status, false)
  }
  /** Ends a connection that cannot be read on. What is said must never pass for the answer to an earlier request. */
  const spoilt = (socket: Duplex, problem: Problems.Problem) => {
    const owed = [...(underWay.get(socket) ?? [])]
    const last = owed.at(-1)
    if (last === undefined) hangUp(socket, problem)
    else if (last.headersSent) socket.destroy()
    // Good requests came before: they get their answers, and node hangs up after the last one.
    else if (last.req.complete) last.shouldKeepAlive = false
    // It is the body of this very request that cannot be read.
    else if (owed.length === 1) hangUp(socket, problem)
    else socket.destroy()
  }
  server.on("clientError", (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) socket.destroy()
    else spoilt(socket, Refusals.fromParser(error.code ?? "", error.rawPacket))
  })
  server.on("connect", (_request, socket) => spoilt(socket, Refusals.noTunnels))
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    // Node takes its own listener off a socket that it hands over ("connect"): a reset would end the process.
    socket.on("error", () => {})
    socket.once("close", () => sockets.delete(socket))
  })

  const closed = Effect.callback<void>((resume) => {
    stopping = true
    server.close(() => resume(Effect.void))
    for (const socket of sockets) if (!underWay.has(socket)) socket.destroySoon()
  })
  const stop = closed.pipe(
    Effect.timeoutOption(GRACE_MS),
    Effect.interruptible,
    Effect.andThen(
      Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
      })
    )
  )
  return { server, stop }
}

/** What no route ever sees. */
const guard = (exchange: Exchange.Exchange): Problems.Problem | undefined => {
  if (exchange.target.length > Refusals.targetLimit) return Refusals.targetTooLong
  const { rawHeaders, headers, httpVersion } = exchange.request
  if (headers.host === undefined && httpVersion === "1.1") return Refusals.hostMissing
  let bytes = 0
  for (const text of rawHeaders) bytes += text.length + 2
  return bytes > HEADER_LIMIT ? Refusals.headersTooLarge : undefined
}
