/**
 * One TCP port for HTTP/1.1 and HTTP/2 without TLS. The first bytes of a connection tell which.
 */
import * as http from "node:http"
import * as http2 from "node:http2"
import * as net from "node:net"
import * as timers from "node:timers/promises"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { SESSION_MAX_MEGABYTES } from "./MessageSize.ts"
import * as Refusal from "./Refusal.ts"
import type { RpcListener } from "./RpcListener.ts"

/** Where a server is to listen, and what people set to change that. */
export interface Address {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** The setting that the port comes from, such as "CATALOG_PORT": failures tell people to change it. */
  readonly setting?: string | undefined
  /** The setting that the host comes from, where there is one. */
  readonly hostSetting?: string | undefined
}

/** Another process, or another server of this one, listens there already. */
export class PortInUse extends Schema.TaggedError<PortInUse>()("PortInUse", {
  host: Schema.String,
  port: Schema.Finite,
  setting: Schema.optional(Schema.String)
}) {
  override get message() {
    return `Port ${this.port} of ${this.host} is already in use${anotherPort(this.setting)}`
  }
}

/** The address cannot be listened on at all: no such host, not one of this machine, or not allowed. */
export class AddressUnavailable extends Schema.TaggedError<AddressUnavailable>()("AddressUnavailable", {
  host: Schema.String,
  port: Schema.Finite,
  /** The system's name for it, such as "EACCES". */
  code: Schema.String,
  setting: Schema.optional(Schema.String),
  hostSetting: Schema.optional(Schema.String)
}) {
  override get message() {
    const said = `Cannot listen on port ${this.port} of ${this.host} (${this.code})`
    if (!/^(?:EADDRNOTAVAIL|ENOTFOUND|EAI_)/.test(this.code)) return `${said}${anotherPort(this.setting)}`
    const wayOut = this.hostSetting === undefined ? "" : `; set ${this.hostSetting} to one`
    return `${said}: ${this.host} is no address of this machine${wayOut}`
  }
}

const anotherPort = (setting: string | undefined): string =>
  setting === undefined ? "" : `; set ${setting} to another port`

/** Why a server of node cannot listen. */
export const cannotListen = (
  { host, port, setting, hostSetting }: Address,
  { code = "unknown" }: NodeJS.ErrnoException
): PortInUse | AddressUnavailable =>
  code === "EADDRINUSE"
    ? new PortInUse({ host, port, setting })
    : new AddressUnavailable({ host, port, code, setting, hostSetting })

/** Listens until the scope closes, and drains then. Answers the port that it got. */
export const listen = (options: {
  readonly address: Address
  readonly listener: RpcListener
  /** Milliseconds after which the last connection is cut. */
  readonly drainTimeoutMs: number
  /** Nothing new is accepted any more. */
  readonly onDrain: () => void
  /** Time is nearly up: whatever is still at work has to end. What it still says is sent. */
  readonly onDrainTimeout: () => void
}): Effect.Effect<number, PortInUse | AddressUnavailable, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<OpenPort, PortInUse | AddressUnavailable>((resume) => {
        const port = open(options.listener)
        port.server.on("error", (error) => resume(Effect.fail(cannotListen(options.address, error))))
        port.server.listen(options.address.port, options.address.host, () => resume(Effect.succeed(port)))
      }),
      (port) =>
        Effect.promise(async () => {
          const closed = port.close()
          options.onDrain()
          const lastWordsMs = Math.min(LAST_WORDS_MS, options.drainTimeoutMs / 2)
          if (await settledWithin(options.drainTimeoutMs - lastWordsMs, closed)) return
          options.onDrainTimeout()
          await settledWithin(lastWordsMs, closed)
          port.destroy()
        })
    ),
    (port) => port.number()
  )

/** What of the drain calls that were cut off get to tell their clients so, in milliseconds; half of it at most. */
const LAST_WORDS_MS = 250

/** How long a connection may say nothing at first, in milliseconds. */
const FIRST_WORDS_MS = 10_000

/** Whether the promise is kept in time. Sockets keep real time, so this is no matter of a `Clock`. */
export const settledWithin = async (ms: number, promise: Promise<unknown>): Promise<boolean> => {
  const timer = new AbortController()
  const late = timers.setTimeout(ms, false, { signal: timer.signal }).catch(() => false)
  try {
    return await Promise.race([promise.then(() => true), late])
  } finally {
    timer.abort()
  }
}

interface OpenPort {
  readonly server: net.Server
  readonly number: () => number
  /** Accepts nothing new, tells clients to go elsewhere, and resolves when the last has gone. */
  readonly close: () => Promise<void>
  readonly destroy: () => void
}

const open = (listener: RpcListener): OpenPort => {
  const sockets = new Set<net.Socket>()
  const sessions = new Set<http2.ServerHttp2Session>()
  /** The answer that a connection of HTTP/1.1 is at, or undefined between two, and before the first. */
  const answers = new Map<net.Socket, http.ServerResponse | undefined>()
  let closing = false

  const h2 = http2.createServer({ maxSessionMemory: SESSION_MAX_MEGABYTES }, listener)
  h2.on("session", (session) => {
    sessions.add(session)
    session.once("close", () => sessions.delete(session))
    if (closing) session.close()
  })

  const onExpectation: RpcListener = (request, response) =>
    Refusal.send(Refusal.unknownExpectation, request, response)
  h2.on("checkExpectation", onExpectation)

  // Node would answer a missing Host without a body.
  const h1 = http.createServer({ requireHostHeader: false }, (request, response) => {
    const { socket } = request
    answers.set(socket, response)
    response.shouldKeepAlive &&= !closing
    response.once("close", () => {
      if (closing) socket.end()
      else if (!socket.destroyed) answers.set(socket, undefined)
    })
    listener(request, response)
  })
  h1.on("checkExpectation", onExpectation)
  h1.on("clientError", (error: NodeJS.ErrnoException, socket: net.Socket) => {
    // What is said must never pass for the answer to a request before it.
    if (error.code === "ECONNRESET" || !socket.writable || answers.get(socket) !== undefined) socket.destroy()
    else socket.end(Refusal.bytes(unreadable[error.code ?? ""] ?? 400), () => socket.destroySoon())
  })
  const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000, allowHalfOpen: true }
  const server = net.createServer(options, (socket) => {
    sockets.add(socket)
    answers.set(socket, undefined)
    socket.on("error", () => socket.destroy())
    socket.once("close", () => {
      sockets.delete(socket)
      answers.delete(socket)
    })
    peek(socket, (isHttp2) => {
      if (isHttp2) {
        answers.delete(socket)
        // A client of HTTP/1.1 may end its side and still wait for the answer. In HTTP/2 it has left.
        socket.allowHalfOpen = false
        h2.emit("connection", socket)
      } else {
        h1.emit("connection", socket)
        socket.resume()
      }
    })
  })

  // Node puts its guards against slow requests up when a server begins to listen, which h1 does through this one.
  server.once("listening", () => h1.emit("listening"))

  return {
    server,
    number: () => {
      const address = server.address()
      return address !== null && typeof address === "object" ? address.port : 0
    },
    close: () => {
      closing = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      h1.close()
      for (const session of sessions) session.close()
      for (const [socket, answer] of answers) {
        if (answer === undefined) socket.destroy()
        else answer.shouldKeepAlive = false
      }
      return closed
    },
    destroy: () => {
      for (const socket of sockets) socket.destroy()
    }
  }
}

/** What node's parser says of requests that it cannot read; the rest is 400. */
const unreadable: Readonly<Record<string, 408 | 431>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408
}

/** How every connection of HTTP/2 begins (RFC 9113, section 3.4); no method of HTTP/1.1 does. */
const PREFACE = Buffer.from("PRI ")

/** Looks at the first bytes of a connection and puts them back. */
const peek = (socket: net.Socket, then: (isHttp2: boolean) => void): void => {
  let seen = Buffer.alloc(0)
  const giveUp = () => socket.destroy()
  const onData = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk])
    const known = Math.min(seen.length, PREFACE.length)
    const isHttp2 = PREFACE.subarray(0, known).equals(seen.subarray(0, known))
    if (isHttp2 && known < PREFACE.length) return
    socket.off("data", onData).off("timeout", giveUp).off("end", giveUp).setTimeout(0).pause()
    socket.unshift(seen)
    then(isHttp2)
  }
  socket.on("data", onData).on("end", giveUp).setTimeout(FIRST_WORDS_MS, giveUp)
}
