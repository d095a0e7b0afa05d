import { ConnectServer } from "@optica/connect/ConnectServer"
import { OperatorToken } from "@optica/connect/OperatorToken"
import * as ServiceMain from "@optica/telemetry/ServiceMain"
import * as Telemetry from "@optica/telemetry/Telemetry"
import { WooCommerce } from "@optica/woocommerce/WooCommerce"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { SyncConfig } from "./Config.ts"
import { SyncSettings } from "./Settings.ts"
import { Sync } from "./Sync.ts"
import * as SyncRpc from "./SyncRpc.ts"
import { CatalogClient } from "./Upstreams.ts"

const service = Effect.map(SyncConfig, ({ catalog, database, operatorToken, server, settings, shop }) =>
  ConnectServer.layer({ ...server, routes: Effect.all([SyncRpc.routes]) }).pipe(
    Layer.provide(Sync.layer(database)),
    Layer.provide([WooCommerce.layer(shop), CatalogClient.layer(catalog)]),
    Layer.provide([FetchHttpClient.layer, Layer.succeed(OperatorToken, operatorToken)]),
    Layer.provide(Layer.succeed(SyncSettings, settings))
  )
)

ServiceMain.run(Layer.unwrap(service).pipe(Layer.provide(Telemetry.layer({ serviceName: "sync" }))))
