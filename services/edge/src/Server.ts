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
  const underWay = new Map<Duplex, http.ServerResponse>()
  const sockets = new Set<Socket>()
  let stopping = false

  const begin = (request: http.IncomingMessage, response: http.ServerResponse): Exchange.Exchange => {
    const exchange = Exchange.begin(request, options.find)
    const { socket } = request
    underWay.set(socket, response)
    if (stopping) response.shouldKeepAlive = false
    response.once("close", () => {
      if (underWay.get(socket) === response) underWay.delete(socket)
      options.record(exchange, response.statusCode, !response.writableFinished)
      if (stopping && !underWay.has(socket)) socket.destroySoon()
    })
    return exchange
  }
  const refuse = (exchange: Exchange.Exchange, response: http.ServerResponse, problem: Problems.Problem) =>
    Problems.send(problem, exchange, response, ResponseHeaders.common(exchange, options.cors))

  server.on("request", (request, response) => {
    const exchange = begin(request, response)
    const problem = guard(exchange)
    if (problem === undefined) options.answer(request, response)
    else refuse(exchange, response, problem)
  })
  server.on("checkExpectation", (request, response) =>
    refuse(begin(request, response), response, Refusals.unknownExpectation)
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
  server.on("clientError", (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
    const response = underWay.get(socket)
    if (error.code === "ECONNRESET" || !socket.writable || response?.headersSent === true) socket.destroy()
    else hangUp(socket, Refusals.fromParser(error.code ?? "", error.rawPacket))
  })
  server.on("connect", (_request, socket) => hangUp(socket, Refusals.noTunnels))
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
