import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type { OperatorToken } from "@optica/connect/OperatorToken"
import type { AddressUnavailable, PortInUse } from "@optica/connect/Port"
import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as AccessLog from "./AccessLog.ts"
import { AnyRefusal, Api } from "./Api.ts"
import * as CategoriesHttp from "./CategoriesHttp.ts"
import * as DocumentsHttp from "./DocumentsHttp.ts"
import * as Handler from "./Handler.ts"
import { Health } from "./Health.ts"
import * as HealthHttp from "./HealthHttp.ts"
import { LocalAccess, OperatorAccess } from "./OperatorAccess.ts"
import * as ProductsHttp from "./ProductsHttp.ts"
import * as Refusals from "./Refusals.ts"
import * as Routes from "./Routes.ts"
import * as SearchHttp from "./SearchHttp.ts"
import * as Server from "./Server.ts"
import { Stopping } from "./Stopping.ts"
import * as Storefront from "./Storefront.ts"
import * as SyncHttp from "./SyncHttp.ts"
import type { CatalogUpstream, SyncUpstream } from "./Upstreams.ts"

export interface Options {
  /** Address to listen on, such as "127.0.0.1". */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Origins of pages that may read answers; default none. */
  readonly corsOrigins?: ReadonlyArray<string> | undefined
  /** Milliseconds that a request may take; default 10000. */
  readonly requestTimeoutMs?: number | undefined
  /** Seconds that caches may keep one product; default 30. */
  readonly productMaxAge?: number | undefined
  /** Seconds that caches may keep lists, categories, counts and figures; default 15. */
  readonly listMaxAge?: number | undefined
  /** Seconds that caches may keep stock; default 10. */
  readonly stockMaxAge?: number | undefined
  /** Seconds that caches may keep reviews; default 60. */
  readonly reviewsMaxAge?: number | undefined
  /** Seconds that caches may keep searches and suggestions; default 30. */
  readonly searchMaxAge?: number | undefined
  /** Whether "/" is the storefront page; default false: it says where things are, in JSON. */
  readonly storefront?: boolean | undefined
}

/** The REST edge, listening. */
export class Edge extends Context.Service<
  Edge,
  {
    readonly host: string
    /** The port that it listens on: the one asked for, or the one that it got for 0. */
    readonly port: number
  }
>()("@optica/edge/Edge") {
  /**
   * Listens for as long as the layer lives. Released, it accepts nothing new, ends event streams, and lets what is under
   * way finish for two seconds.
   */
  static readonly layer = (
    options: Options
  ): Layer.Layer<Edge, PortInUse | AddressUnavailable, CatalogUpstream | SyncUpstream | OperatorToken> =>
    Layer.effect(Edge, serve(options))
}

const routes = (options: Options) => {
  const freshness = {
    product: { maxAge: options.productMaxAge ?? 30 },
    list: { maxAge: options.listMaxAge ?? 15 },
    stock: { maxAge: options.stockMaxAge ?? 10 },
    reviews: { maxAge: options.reviewsMaxAge ?? 60 },
    search: { maxAge: options.searchMaxAge ?? 30 }
  }
  return HttpApiBuilder.layer(Api).pipe(
    Layer.provide([
      ProductsHttp.layer(freshness),
      SearchHttp.layer(freshness),
      CategoriesHttp.layer(freshness),
      SyncHttp.layer,
      HealthHttp.layer,
      DocumentsHttp.layer
    ]),
    Layer.provide([AnyRefusal.layer, OperatorAccess.layer, LocalAccess.layer, Health.layer]),
    Layer.provideMerge(HttpRouter.layer),
    Layer.provide([Layer.succeed(HttpRouter.RouterConfig, Routes.routerConfig), HttpServer.layerServices])
  )
}

const serve = Effect.fnUntraced(function* (options: Options) {
  const stopping = yield* Deferred.make<void>()
  const cors = { origins: new Set(options.corsOrigins ?? []) }
  const built = yield* Layer.build(Layer.provide(routes(options), Layer.succeed(Stopping, stopping)))
  const storefront = options.storefront === true ? yield* Storefront.load : Storefront.none
  const app = Handler.make({ cors, requestTimeoutMs: options.requestTimeoutMs ?? 10_000 })(
    storefront.before(Context.get(built, HttpRouter.HttpRouter).asHttpEffect())
  )
  // Requests run in a scope of their own: forked before the server listens, it closes after the server has waited.
  const requests = yield* Scope.fork(yield* Scope.Scope)
  const answer = yield* NodeHttpServer.makeHandler(app, { scope: requests }).pipe(
    // The span of a request is ours: node's adapter would write the caller's address into its own.
    Effect.provideService(HttpMiddleware.TracerDisabledWhen, () => true),
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(Refusals.bodyLimit))
  )
  const { port } = yield* Server.listen({
    host: options.host,
    port: options.port,
    cors,
    find: storefront.find(Routes.finder(Api)),
    record: AccessLog.make(yield* Effect.context<never>()),
    answer,
    onStop: Deferred.succeed(stopping, undefined)
  })
  yield* Effect.logInfo(`The REST edge listens on http://${hostInUrl(options.host)}:${port}`)
  return { host: options.host, port }
})

const hostInUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host)
