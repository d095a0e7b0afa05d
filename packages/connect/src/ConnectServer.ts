/**
 * Serves routes on one port that speaks Connect, gRPC and gRPC-web over HTTP/1.1 and HTTP/2 without TLS ("h2c"), with
 * `grpc.health.v1`, server reflection and the metrics of the process, and drains when its scope closes.
 */
import { Code, ConnectError, createContextValues } from "@connectrpc/connect"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { ServiceRoutes } from "./ConnectRoutes.ts"
import * as Health from "./Health.ts"
import { REQUEST_MAX_BYTES } from "./MessageSize.ts"
import * as MetricsPages from "./MetricsPages.ts"
import { OperatorToken } from "./OperatorToken.ts"
import * as Port from "./Port.ts"
import * as Reflection from "./Reflection.ts"
import * as RpcListener from "./RpcListener.ts"
import { serverLife } from "./ServerCall.ts"

/** A server that listens. */
export class ConnectServer extends Context.Service<
  ConnectServer,
  {
    readonly host: string
    /** The port that it listens on: the one asked for, or the one that it got for 0. */
    readonly port: number
    /** Tells health checks of a service by its full name; "" is the whole server. All are serving at first. */
    setServing(service: string, serving: boolean): Effect.Effect<void>
  }
>()("@optica/connect/ConnectServer") {
  /**
   * Listens for as long as the layer lives. Where an `OperatorToken` is there, its bearer may read the metrics from
   * anywhere; others only from this machine.
   *
   * When it is released the server accepts nothing new, says NOT_SERVING, ends its streams with UNAVAILABLE and lets
   * unary calls finish. Shortly before `drainTimeoutMs` are over what is still at work is interrupted, and then every
   * connection is cut, whatever its client does.
   */
  static readonly layer = <E, R>(options: {
    /** Address to listen on, such as "127.0.0.1". */
    readonly host: string
    /** 0 takes any free port. */
    readonly port: number
    /** The setting that the port comes from, such as "CATALOG_PORT": a failure to listen tells people to change it. */
    readonly setting?: string | undefined
    readonly routes: Effect.Effect<ReadonlyArray<ServiceRoutes>, E, R>
    /**
     * Milliseconds that calls get to finish, of which the last 250 (half of it at most) are for telling clients that
     * they did not. Default 3000.
     */
    readonly drainTimeoutMs?: number | undefined
    /** Largest request to accept, in bytes, of methods that are not `large`. Default 64 KiB. */
    readonly readMaxBytes?: number | undefined
  }): Layer.Layer<ConnectServer, Port.PortInUse | Port.AddressUnavailable | E, Exclude<R, Scope.Scope>> =>
    Layer.effect(
      ConnectServer,
      Effect.gen(function* () {
        const routes = yield* options.routes
        const services = routes.map((it) => it.service)
        const health = Health.make(services.map((it) => it.typeName))
        const context = yield* Effect.context<never>()
        const log = Effect.runForkWith(context)
        const token = Option.getOrUndefined(yield* Effect.serviceOption(OperatorToken))
        const calls = countCalls()
        const draining = new AbortController()
        const shutdown = new AbortController()

        // Added before the port is, and so run after it closed: what handlers use lives until the last has ended.
        yield* Effect.addFinalizer(() =>
          Effect.flatMap(
            Effect.promise(() => Port.settledWithin(HANDLERS_END_MS, calls.ended())),
            (ended) =>
              ended ? Effect.void : Effect.logWarning("RPC handlers did not heed their interruption in time")
          )
        )
        const port = yield* Port.listen({
          address: { host: options.host, port: options.port, setting: options.setting },
          listener: RpcListener.make({
            routes: [...routes, health.routes, ...Reflection.make([...services, health.routes.service])],
            contextValues: createContextValues().set(serverLife, {
              draining: draining.signal,
              enter: calls.enter
            }),
            shutdownSignal: shutdown.signal,
            readMaxBytes: options.readMaxBytes ?? REQUEST_MAX_BYTES,
            pages: MetricsPages.make(context, options.host, token),
            onError: (reason) => log(Effect.logWarning("An RPC's answer could not be sent", reason))
          }),
          drainTimeoutMs: options.drainTimeoutMs ?? 3000,
          onDrain: () => {
            health.drain()
            draining.abort(shuttingDown())
          },
          onDrainTimeout: () => shutdown.abort(shuttingDown())
        })
        return {
          host: options.host,
          port,
          setServing: (service, serving) => Effect.sync(() => health.set(service, serving))
        }
      })
    )
}

/** What handlers get to end once their connections are gone, in milliseconds. */
const HANDLERS_END_MS = 1000

const shuttingDown = () => new ConnectError("the server is shutting down", Code.Unavailable)

const countCalls = () => {
  let count = 0
  let none = Promise.withResolvers<void>()
  none.resolve()
  return {
    enter: () => {
      if (count++ === 0) none = Promise.withResolvers()
      return () => {
        if (--count === 0) none.resolve()
      }
    },
    /** Resolves when no call is at work. */
    ended: () => none.promise
  }
}
