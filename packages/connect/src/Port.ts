/**
 * One TCP port for HTTP/1.1 and HTTP/2 without TLS. The first bytes of a connection tell which.
 */
import * as http from "node:http"
import * as http2 from "node:http2"
import * as net from "node:net"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/** Another process, or another server of this one, listens there already. */
export class PortInUse extends Schema.TaggedError<PortInUse>()("PortInUse", {
  host: Schema.String,
  port: Schema.Number
}) {
  override get message() {
    return `Port ${this.port} of ${this.host} is already in use`
  }
}

type Listener = (
  request: http.IncomingMessage | http2.Http2ServerRequest,
  response: http.ServerResponse | http2.Http2ServerResponse
) => void

/** Listens until the scope closes, and then drains. Answers the port that it got. */
export const listen = (options: {
  readonly host: string
  readonly port: number
  readonly listener: Listener
  readonly drainTimeoutMs: number
  readonly onDrain: () => void
  readonly onDrainTimeout: () => void
}): Effect.Effect<number, PortInUse, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<OpenPort, PortInUse>((resume) => {
        const port = open(options.listener)
        port.server.once("error", (error: NodeJS.ErrnoException) =>
          resume(
            error.code === "EADDRINUSE"
              ? Effect.fail(new PortInUse({ host: options.host, port: options.port }))
              : Effect.die(error)
          )
        )
        port.server.listen(options.port, options.host, () => resume(Effect.succeed(port)))
      }),
      (port) =>
        Effect.suspend(() => {
          const closed = port.close()
          options.onDrain()
          return Effect.promise(() => closed).pipe(
            Effect.timeoutOrElse({
              duration: options.drainTimeoutMs,
              orElse: () => {
                options.onDrainTimeout()
                return Effect.promise(() => closed).pipe(Effect.timeoutOption(LAST_WORDS_MS))
              }
            }),
            Effect.andThen(Effect.sync(() => port.destroy()))
          )
        })
    ),
    (port) => port.number()
  )

/** What interrupted calls get to say that they were, in milliseconds. */
const LAST_WORDS_MS = 250

interface OpenPort {
  readonly server: net.Server
  readonly number: () => number
  /** Accepts nothing new; resolves when all that was there is done. */
  readonly close: () => Promise<void>
  readonly destroy: () => void
}

const open = (listener: Listener): OpenPort => {
  const h1 = http.createServer(listener)
  const h2 = http2.createServer(listener)
  const sockets = new Set<net.Socket>()
  const idle = new Set<net.Socket>()
  const sessions = new Set<http2.ServerHttp2Session>()
  let closing = false

  h2.on("session", (session) => {
    sessions.add(session)
    session.once("close", () => sessions.delete(session))
  })
  h1.on("request", ({ socket }, response) => {
    idle.delete(socket)
    response.once("close", () => {
      if (closing) socket.end()
      else if (!socket.destroyed) idle.add(socket)
    })
  })

  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    idle.add(socket)
    socket.once("close", () => {
      sockets.delete(socket)
      idle.delete(socket)
    })
    socket.on("error", () => socket.destroy())
    peek(socket, (isHttp2) => {
      if (isHttp2) idle.delete(socket)
      ;(isHttp2 ? h2 : h1).emit("connection", socket)
    })
  })
  return {
    server,
    number: () => {
      const address = server.address()
      return address !== null && typeof address === "object" ? address.port : 0
    },
    close: () => {
      closing = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of idle) socket.end()
      for (const session of sessions) session.close()
      return closed
    },
    destroy: () => {
      for (const socket of sockets) socket.destroy()
    }
  }
}

/** The connection preface of RFC 9113, section 3.4, begins so; no method of HTTP/1.1 does. */
const PREFACE = Buffer.from("PRI ")

/** Looks at the first bytes of a connection and puts them back. */
const peek = (socket: net.Socket, then: (isHttp2: boolean) => void): void => {
  let seen = Buffer.alloc(0)
  const onData = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk])
    const known = Math.min(seen.length, PREFACE.length)
    const isHttp2 = seen.subarray(0, known).equals(PREFACE.subarray(0, known))
    if (isHttp2 && known < PREFACE.length) return
    socket.off("data", onData)
    socket.pause()
    socket.unshift(seen)
    then(isHttp2)
  }
  socket.on("data", onData)
}
