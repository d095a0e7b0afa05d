import { hkdfSync } from "node:crypto"
import * as ConnectServer from "@optica/connect/ConnectServer"
import { OperatorToken } from "@optica/connect/OperatorToken"
import * as Migrations from "@optica/postgres/Migrations"
import * as Postgres from "@optica/postgres/Postgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Catalog } from "./Catalog.ts"
import { routes } from "./CatalogRpc.ts"
import { ownConfig } from "./Config.ts"

/** The schema that belongs to the catalogue, and to its role `optica_catalog`. */
const schema = "catalog"

/** Where the migrations are. */
export const migrations = new URL("../migrations/", import.meta.url)

/** The extensions of the database that they build on: an administrator creates them. */
export const extensions: ReadonlyArray<string> = ["pg_trgm", "unaccent"]

/** The Catalog on the database that is given to it, as the settings of the catalogue say: for a process of many services. */
export const layerConfigured = Layer.unwrap(
  Effect.gen(function* () {
    return Catalog.layerNoDeps({
      ...(yield* ownConfig),
      cursorSecret: cursorSecret(yield* OperatorToken)
    })
  })
)

/** All instances have the operator's token, and it outlives them: no secret more to set. */
const cursorSecret = (token: Redacted.Redacted<string>): Redacted.Redacted<string> =>
  Redacted.make(
    Buffer.from(hkdfSync("sha256", Redacted.value(token), "", "optica.catalog.cursor", 32)).toString("base64")
  )

/** The Catalog on a database of its own, brought up to date first, served on a port. */
export const serverLayer = (options: {
  readonly host: string
  readonly port: number
  /** The database, as the catalogue's role. */
  readonly databaseUrl: Redacted.Redacted<string>
  readonly operatorToken: Redacted.Redacted<string>
  /** Keys of meta_data that the public may see. */
  readonly metaAllow: ReadonlyArray<string>
  /** The language of the shop's texts, as PostgreSQL names it. */
  readonly searchLanguage: string
}) =>
  ConnectServer.ConnectServer.layer({
    host: options.host,
    port: options.port,
    setting: "CATALOG_PORT",
    routes: Effect.map(routes, (catalog) => [catalog])
  }).pipe(
    Layer.provide([
      Catalog.layerNoDeps({
        metaAllow: options.metaAllow,
        searchLanguage: options.searchLanguage,
        cursorSecret: cursorSecret(options.operatorToken)
      }),
      Layer.succeed(OperatorToken, options.operatorToken)
    ]),
    Layer.provide(Migrations.layer({ schema, directory: migrations })),
    Layer.provide(Postgres.layer({ url: options.databaseUrl, schema, applicationName: "optica-catalog" }))
  )
