import * as ConnectServer from "@optica/connect/ConnectServer"
import { OperatorToken } from "@optica/connect/OperatorToken"
import * as Migrations from "@optica/postgres/Migrations"
import * as Postgres from "@optica/postgres/Postgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { Catalog } from "./Catalog.ts"
import { routes } from "./CatalogRpc.ts"

/** The schema that belongs to the catalogue, and to its role `optica_catalog`. */
const schema = "catalog"

/** Where the migrations are. */
export const migrations = new URL("../migrations/", import.meta.url)

/** The Catalog on a database of its own, brought up to date first. `url` is the database as the catalogue's role. */
const catalogLayer = (url: Redacted.Redacted<string>) =>
  Catalog.layer.pipe(
    Layer.provide(Migrations.layer({ schema, directory: migrations })),
    Layer.provide(Postgres.layer({ url, schema, applicationName: "optica-catalog" }))
  )

/** The same, served on a port. */
export const serverLayer = (options: {
  readonly host: string
  readonly port: number
  readonly databaseUrl: Redacted.Redacted<string>
  readonly operatorToken: Redacted.Redacted<string>
}) =>
  ConnectServer.ConnectServer.layer({
    host: options.host,
    port: options.port,
    routes: Effect.map(routes, (catalog) => [catalog])
  }).pipe(
    Layer.provide([catalogLayer(options.databaseUrl), Layer.succeed(OperatorToken, options.operatorToken)])
  )
