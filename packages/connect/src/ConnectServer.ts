/**
 * Serves routes on one port that speaks Connect, gRPC and gRPC-web over HTTP/1.1 and HTTP/2 without TLS ("h2c"), with
 * `grpc.health.v1` and server reflection, and drains when its scope closes.
 */
import { Code, ConnectError, createContextValues } from "@connectrpc/connect"
import { connectNodeAdapter } from "@connectrpc/connect-node"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ServiceRoutes } from "./ConnectRoutes.ts"
import * as Health from "./Health.ts"
import { MESSAGE_MAX_BYTES } from "./MessageSize.ts"
import type { PortInUse } from "./Port.ts"
import * as Port from "./Port.ts"
import { type ServerLife, serverLife } from "./ServerCall.ts"

/** A server that listens. */
export class ConnectServer extends Context.Service<
  ConnectServer,
  {
    readonly host: string
    /** The port that it listens on: the one asked for, or the one that it got for 0. */
    readonly port: number
    /** Tells health checks about a service by its full name; "" is the whole server. All are serving at first. */
    setServing(service: string, serving: boolean): Effect.Effect<void>
  }
>()("@optica/connect/ConnectServer") {
  /**
   * Listens for as long as the layer lives.
   *
   * When it is released the server accepts nothing new, says NOT_SERVING, ends its streams with UNAVAILABLE and lets
   * unary calls finish for `drainTimeoutMs`; what is still at work then is interrupted.
   */
  static readonly layer = <E, R>(options: {
    /** Address to listen on, such as "127.0.0.1". */
    readonly host: string
    /** 0 takes any free port. */
    readonly port: number
    readonly routes: Effect.Effect<ReadonlyArray<ServiceRoutes>, E, R>
    /** Milliseconds that calls get to finish. Default 3000. */
    readonly drainTimeoutMs?: number | undefined
    /** Largest request to accept, in bytes. Default 16 MiB. */
    readonly readMaxBytes?: number | undefined
  }): Layer.Layer<ConnectServer, PortInUse | E, R> =>
    Layer.effect(
      ConnectServer,
      Effect.gen(function* () {
        const routes = yield* options.routes
        const health = Health.make(routes.map((it) => it.service.typeName))
        const draining = new AbortController()
        const shutdown = new AbortController()
        const life: ServerLife = { draining: draining.signal, enter: () => () => {} }
        const values = createContextValues().set(serverLife, life)
        const listener = connectNodeAdapter({
          routes: (router) => {
            for (const it of [...routes, health.routes]) it.register(router)
          },
          contextValues: () => values,
          shutdownSignal: shutdown.signal,
          readMaxBytes: options.readMaxBytes ?? MESSAGE_MAX_BYTES
        })
        const shuttingDown = new ConnectError("the server is shutting down", Code.Unavailable)
        const port = yield* Port.listen({
          host: options.host,
          port: options.port,
          listener,
          drainTimeoutMs: options.drainTimeoutMs ?? 3000,
          onDrain: () => {
            health.drain()
            draining.abort(shuttingDown)
          },
          onDrainTimeout: () => shutdown.abort(shuttingDown)
        })
        return {
          host: options.host,
          port,
          setServing: (service, serving) => Effect.sync(() => health.set(service, serving))
        }
      })
    )
}
