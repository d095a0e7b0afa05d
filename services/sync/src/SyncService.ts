import { ConnectServer } from "@optica/connect/ConnectServer"
import { OperatorToken } from "@optica/connect/OperatorToken"
import * as Migrations from "@optica/postgres/Migrations"
import * as Postgres from "@optica/postgres/Postgres"
import { WooCommerce } from "@optica/woocommerce/WooCommerce"
import type { Success } from "effect/Effect"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { syncConfig } from "./Config.ts"
import { RunLock } from "./RunLock.ts"
import { SyncSettings } from "./Settings.ts"
import { Sync } from "./Sync.ts"
import * as SyncRpc from "./SyncRpc.ts"
import { CatalogClient } from "./Upstreams.ts"

/** The role and the schema that belong to sync. */
const owned = { role: "optica_sync", schema: "sync" } as const

/** Where the migrations are. */
export const migrations = new URL("../migrations/", import.meta.url)

/** Sync on a database of its own, brought up to date first; the lock in a session of `directUrl` where `url` is a pooler. */
const syncLayer = (database: {
  readonly url: Redacted.Redacted<string>
  readonly directUrl: Option.Option<Redacted.Redacted<string>>
}) => {
  const postgres = (url: Redacted.Redacted<string>) =>
    Postgres.layer({ url, schema: owned.schema, applicationName: "optica-sync" })
  const pool = postgres(database.url)
  const sessions = Option.match(database.directUrl, { onNone: () => pool, onSome: postgres })
  return Sync.layerWithoutLock.pipe(
    Layer.provide(RunLock.layer.pipe(Layer.provide(sessions))),
    Layer.provide(Migrations.layer({ schema: owned.schema, directory: migrations })),
    Layer.provide(pool)
  )
}

/** The same, served on a port, between the shop and the catalogue of the configuration. */
export const serverLayer = (config: Success<typeof syncConfig>) =>
  ConnectServer.layer({
    host: config.host,
    port: config.port,
    setting: "SYNC_PORT",
    routes: Effect.all([SyncRpc.routes])
  }).pipe(
    Layer.provide(syncLayer({ url: config.databaseUrl, directUrl: config.directUrl })),
    Layer.provide([
      WooCommerce.layer({
        url: config.shopUrl,
        consumerKey: config.consumerKey,
        consumerSecret: config.consumerSecret,
        maxConcurrency: config.concurrency
      }),
      CatalogClient.layer({ baseUrl: config.catalogUrl })
    ]),
    Layer.provide([FetchHttpClient.layer, Layer.succeed(OperatorToken, config.operatorToken)]),
    Layer.provide(
      Layer.effect(
        SyncSettings,
        Effect.map(SyncSettings, (usual) => ({
          ...usual,
          onStart: config.onStart,
          pageSize: config.pageSize,
          concurrency: config.concurrency,
          patienceMs: config.patienceMs
        }))
      )
    )
  )
