import { EmbeddedPostgres } from "@optica/postgres/EmbeddedPostgres"
import * as Migrations from "@optica/postgres/Migrations"
import * as Postgres from "@optica/postgres/Postgres"
import { provision } from "@optica/postgres/Provision"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"

/** The PostgreSQL that all services share, as its administrator. Services get roles of their own. */
export class AdminDatabase extends Context.Service<
  AdminDatabase,
  {
    readonly url: Redacted.Redacted<string>
    /** A sentence for the person who started us. */
    readonly notice: string | undefined
  }
>()("@optica/standalone/AdminDatabase") {
  /** One that runs already (`DATABASE_URL`). */
  static readonly layerGiven = (url: Redacted.Redacted<string>) =>
    Layer.succeed(AdminDatabase, { url, notice: undefined })

  /** One of our own, with its data under `dataDir`. */
  static readonly layerEmbedded = (dataDir: string) =>
    Layer.effect(
      AdminDatabase,
      Effect.map(EmbeddedPostgres, ({ notice, url }) => ({ url, notice }))
    ).pipe(Layer.provide(EmbeddedPostgres.layer({ dataDir })))
}

/** The pool of one service: its own role, which can touch its own schema only, migrated. Build it once per service. */
export const serviceDatabase = (schema: string, migrations: URL) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const admin = yield* AdminDatabase
      const url = yield* provision(admin.url, { role: `optica_${schema}`, schema })
      return Migrations.layer({ schema, directory: migrations }).pipe(
        Layer.provideMerge(Postgres.layer({ url, schema, applicationName: `optica-${schema}` }))
      )
    })
  )
