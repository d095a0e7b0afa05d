import * as ConnectClient from "@optica/connect/ConnectClient"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { ownConfig } from "@optica/edge/Config"
import { Edge } from "@optica/edge/Edge"
import { CatalogUpstream, SyncUpstream } from "@optica/edge/Upstreams"
import * as Telemetry from "@optica/telemetry/Telemetry"
import type { WooCommerce } from "@optica/woocommerce/WooCommerce"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { standaloneConfig } from "./Config.ts"
import { AdminDatabase } from "./Databases.ts"
import { operatorToken, tokenFile, writeEndpoints } from "./DataFolder.ts"
import { CatalogRoutes, Ports, SyncRoutes } from "./Services.ts"
import { ShopToMirror, type ShopUnusable } from "./ShopToMirror.ts"
import { welcome } from "./Welcome.ts"

/** The edge's upstreams are the services of this process, called in memory. */
const upstreams = Layer.unwrap(
  Effect.gen(function* () {
    const catalog = ConnectClient.transportInMemory([yield* CatalogRoutes])
    const sync = ConnectClient.transportInMemory([yield* SyncRoutes])
    return Layer.mergeAll(CatalogUpstream.layerTransport(catalog), SyncUpstream.layerTransport(sync))
  })
)

/** Once everything listens: leaves word for the `optica` command, and tells the person who started us. */
const announce = (dataDir: string, tokenFile: string | undefined) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { notice } = yield* AdminDatabase
      const { host, port } = yield* Edge
      const ports = yield* Ports
      const token = yield* OperatorToken
      const shop = yield* ShopToMirror
      const addresses = { edge: `http://${urlHost(host)}:${port}`, ...ports, operatorToken: token }
      yield* writeEndpoints(dataDir, addresses)
      yield* Effect.addFinalizer(() => Console.log("Stopping."))
      yield* Effect.forkScoped(
        welcome({ ...addresses, tokenFile, shop: shop.url, demoAdmin: shop.adminUrl, notice }).pipe(
          Effect.catchCause((cause) => Effect.logWarning("The mirror's progress cannot be shown", cause))
        )
      )
    })
  )

/** An address to listen on, as one to call: every interface answers on loopback too. */
const urlHost = (host: string): string =>
  host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host

/** Everything in one process: PostgreSQL and shop (embedded unless given), catalog, sync and edge. */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const config = yield* standaloneConfig
    const edge = yield* ownConfig
    const token = Layer.effect(
      OperatorToken,
      Option.match(config.operatorToken, {
        onNone: () => operatorToken(config.dataDir),
        onSome: Effect.succeed
      })
    )
    const database = Option.match(config.databaseUrl, {
      onNone: () => AdminDatabase.layerEmbedded(config.dataDir),
      onSome: AdminDatabase.layerGiven
    })
    const shop: Layer.Layer<ShopToMirror | WooCommerce, ShopUnusable> = Option.match(config.wooUrl, {
      onNone: () => ShopToMirror.layerDemo({ port: config.demoPort, products: config.demoProducts }),
      onSome: ShopToMirror.layerReal
    })
    // Released from the top down: the edge first, then the ports, the services, the demo store, and PostgreSQL last.
    const kept = Option.isSome(config.operatorToken) ? undefined : tokenFile(config.dataDir)
    return announce(config.dataDir, kept).pipe(
      Layer.provide(Edge.layer({ ...edge, storefront: true })),
      Layer.provide(upstreams),
      Layer.provide(Ports.layer({ catalog: config.catalogPort, sync: config.syncPort })),
      Layer.provide(SyncRoutes.layer),
      Layer.provide(CatalogRoutes.layer),
      Layer.provide(shop),
      Layer.provide(database),
      Layer.provide(token)
    )
  })
).pipe(Layer.provide(Telemetry.layer({ serviceName: "optica" })))
