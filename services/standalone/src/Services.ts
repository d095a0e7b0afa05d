import * as CatalogRpc from "@optica/catalog/CatalogRpc"
import * as CatalogService from "@optica/catalog/CatalogService"
import * as ConnectClient from "@optica/connect/ConnectClient"
import type { ServiceRoutes } from "@optica/connect/ConnectRoutes"
import { ConnectServer } from "@optica/connect/ConnectServer"
import { Sync } from "@optica/sync/Sync"
import * as SyncRpc from "@optica/sync/SyncRpc"
import * as SyncService from "@optica/sync/SyncService"
import { CatalogClient } from "@optica/sync/Upstreams"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { PortWish } from "./Config.ts"
import { serviceDatabase } from "./Databases.ts"

const host = "127.0.0.1"
/** Of the five seconds that Ctrl-C may take; the edge has two before, PostgreSQL the rest. */
const drainTimeoutMs = 1500

/** The catalogue's RPCs: served on a port for others, and called in memory by the rest of this process. */
export class CatalogRoutes extends Context.Service<CatalogRoutes, ServiceRoutes>()(
  "@optica/standalone/CatalogRoutes"
) {
  static readonly layer = Layer.effect(CatalogRoutes, CatalogRpc.routes).pipe(
    Layer.provide(CatalogService.layerConfigured),
    Layer.provide(serviceDatabase("catalog", CatalogService.migrations, CatalogService.extensions))
  )
}

/** The mirror's RPCs, likewise. */
export class SyncRoutes extends Context.Service<SyncRoutes, ServiceRoutes>()(
  "@optica/standalone/SyncRoutes"
) {
  static readonly layer = Layer.effect(SyncRoutes, SyncRpc.routes).pipe(
    Layer.provide(Sync.layerNoDeps),
    Layer.provide(
      Layer.unwrap(
        Effect.map(CatalogRoutes, (routes) =>
          CatalogClient.layerTransport(ConnectClient.transportInMemory([routes]))
        )
      )
    ),
    Layer.provide(serviceDatabase("sync", SyncService.migrations))
  )
}

/** Addresses of the gRPC ports. */
export class Ports extends Context.Service<Ports, { readonly catalog: string; readonly sync: string }>()(
  "@optica/standalone/Ports"
) {
  static readonly layer = (wishes: { readonly catalog: PortWish; readonly sync: PortWish }) =>
    Layer.effect(
      Ports,
      Effect.gen(function* () {
        const catalogRoutes = yield* CatalogRoutes
        const syncRoutes = yield* SyncRoutes
        // Both drain at once: their grace must not add up.
        const scope = yield* Effect.acquireRelease(Scope.make("parallel"), Scope.close)
        return yield* Scope.provide(
          Effect.all({
            catalog: serve(catalogRoutes, wishes.catalog, "CATALOG_PORT"),
            sync: serve(syncRoutes, wishes.sync, "SYNC_PORT")
          }),
          scope
        )
      })
    )
}

/** Serves for as long as the scope lives; a port that is taken and was not asked for gives way to a free one. */
const serve = (routes: ServiceRoutes, wish: PortWish, setting: string) => {
  const on = (port: number) =>
    Layer.build(
      ConnectServer.layer({ host, port, routes: Effect.succeed([routes]), drainTimeoutMs, setting })
    )
  return on(wish.port).pipe(
    Effect.catchTag("PortInUse", (error) =>
      wish.asked
        ? Effect.fail(error)
        : Effect.andThen(Console.log(`Port ${wish.port} is in use; a free one is taken.`), on(0))
    ),
    Effect.map((context) => `http://${host}:${Context.get(context, ConnectServer).port}`)
  )
}
