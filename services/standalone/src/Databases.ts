import { join } from "node:path"
import { EmbeddedPostgres } from "@optica/postgres/EmbeddedPostgres"
import * as Migrations from "@optica/postgres/Migrations"
import * as Postgres from "@optica/postgres/Postgres"
import { provision } from "@optica/postgres/Provision"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"

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
      Effect.gen(function* () {
        const postgres = yield* EmbeddedPostgres
        yield* Effect.forkScoped(endWith(postgres))
        return { url: postgres.url, notice: postgres.notice }
      })
    ).pipe(Layer.provide(EmbeddedPostgres.layer({ dataDir })))
}

/** Nothing works without PostgreSQL: when it dies by itself, the process says so and ends as on SIGTERM, with code 1. */
const endWith = (postgres: EmbeddedPostgres["Service"]) =>
  Effect.sync(() => exists(postgres.pid)).pipe(
    Effect.repeat({ while: (alive) => alive, schedule: Schedule.spaced("1 second") }),
    Effect.andThen(
      Console.error(
        `The embedded PostgreSQL has ended by itself; ${join(postgres.dataDir, "postgres.log")} may say why. Start again with npm start: what was mirrored is kept.`
      )
    ),
    Effect.andThen(
      Effect.sync(() => {
        process.exitCode = 1
        process.kill(process.pid, "SIGTERM")
      })
    )
  )

const exists = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** The pool of one service: its own role, which can touch its own schema only, migrated. Build it once per service. */
export const serviceDatabase = (schema: string, migrations: URL, extensions: ReadonlyArray<string> = []) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const admin = yield* AdminDatabase
      const url = yield* provision(admin.url, { role: `optica_${schema}`, schema, extensions })
      return Migrations.layer({ schema, directory: migrations }).pipe(
        Layer.provideMerge(Postgres.layer({ url, schema, applicationName: `optica-${schema}` }))
      )
    })
  )
