import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { reason } from "./Postgres.ts"

/** Where the migrations of one schema are. */
export interface Options {
  /** The schema that they belong to; it holds the table `migrations`. */
  readonly schema: string
  /** Folder of files `0001_name.sql`: numbered without gaps, each run once, in order. */
  readonly directory: URL
}

/** One numbered file. */
export interface Migration {
  readonly id: number
  readonly name: string
  readonly text: string
  readonly checksum: string
}

/** A migration could not be read or run, or one that has run was changed afterwards. */
export class MigrationFailed extends Schema.TaggedError<MigrationFailed>()("MigrationFailed", {
  message: Schema.String,
  cause: Schema.optional(Schema.Defect())
}) {}

/** Brings the schema up to date while the layer is built; see {@link run}. */
export const layer = (options: Options): Layer.Layer<never, MigrationFailed | SqlError, SqlClient> =>
  Layer.effectDiscard(run(options))

/**
 * Runs what has not run yet, all in one transaction under an advisory lock: several processes may start at once, and
 * a failure leaves the schema as it was. Migrations only go forward: there is no way down, and a file that has run must
 * not change. Ids that the database has and the folder has not are let be, so that the release before can still
 * run during a rollout. Returns the ids that ran now.
 */
export const run = Effect.fn("Migrations.run")(function* (options: Options) {
  const sql = yield* SqlClient
  const migrations = yield* read(options.directory)
  return yield* sql.withTransaction(
    Effect.gen(function* () {
      // Waiting for another process, or rewriting a table, may take longer than a request is allowed to.
      yield* sql`SET LOCAL statement_timeout = 0`
      yield* sql`SELECT pg_advisory_xact_lock(hashtextextended(${`optica.migrations.${options.schema}`}, 0))`
      const table = sql.literal(`"${options.schema}".migrations`)
      yield* sql`CREATE TABLE IF NOT EXISTS ${table} (
        id integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
      )`
      const held = yield* sql<{
        readonly id: number
        readonly checksum: string
      }>`SELECT id, checksum FROM ${table}`
      const checksums = new Map(held.map((row) => [row.id, row.checksum]))
      const applied: Array<number> = []
      for (const migration of migrations) {
        const checksum = checksums.get(migration.id)
        if (checksum === migration.checksum) continue
        if (checksum !== undefined) {
          return yield* new MigrationFailed({
            message: `Migration ${migration.name} of schema ${options.schema} was changed after it ran: ${whatToDo}`
          })
        }
        yield* execute(migration)
        yield* sql`INSERT INTO ${table} (id, name, checksum) VALUES (${migration.id}, ${migration.name}, ${migration.checksum})`
        applied.push(migration.id)
      }
      return applied
    })
  )
})

/** The migrations of a folder by rising id. Fails on a file that is misnamed, a number used twice and a gap. */
export const read = (directory: URL): Effect.Effect<ReadonlyArray<Migration>, MigrationFailed> =>
  Effect.tryPromise({
    try: async () => {
      const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort()
      return Promise.all(
        names.map(async (name, index) => {
          const id = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1])
          if (id !== index + 1) {
            throw new Error(`expected a file ${String(index + 1).padStart(4, "0")}_name.sql, found ${name}`)
          }
          const text = await readFile(new URL(name, folder(directory)), "utf8")
          return { id, name, text, checksum: createHash("sha256").update(text).digest("hex") }
        })
      )
    },
    catch: (cause) =>
      new MigrationFailed({
        message: `The migrations in ${directory.pathname} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause
      })
  })

/** First for who runs a service, who can do nothing about the file, then for who wrote it. */
const whatToDo =
  "this release is not the one that the database was made with. Install that release again; or, where what the schema holds can be read anew, as a mirror can, start with another OPTICA_DATA or on an empty schema. Who changed the file: migrations only go forward, put the change into a new one."

const folder = (directory: URL) => (directory.href.endsWith("/") ? directory : new URL(`${directory.href}/`))

/**
 * The client speaks the extended protocol only, which takes one statement at a time. EXECUTE takes a whole script, and
 * parses each statement after the one before it has run.
 */
const execute = Effect.fnUntraced(function* (migration: Migration) {
  const sql = yield* SqlClient
  const quote = `$m${migration.checksum.slice(0, 12)}$`
  const block = `$b${migration.checksum.slice(0, 12)}$`
  yield* sql`${sql.literal(`DO ${block} BEGIN EXECUTE ${quote}${migration.text}${quote}; END ${block}`)}`.unprepared.pipe(
    Effect.mapError(
      (cause) =>
        new MigrationFailed({ message: `Migration ${migration.name} failed: ${reason(cause)}`, cause })
    )
  )
})
