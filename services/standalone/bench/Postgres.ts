/** A PostgreSQL of the bench's own, so that its CPU is the bench's and nobody else's. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { EmbeddedPostgres } from "@optica/postgres/EmbeddedPostgres"
import * as Postgres from "@optica/postgres/Postgres"
import { provision } from "@optica/postgres/Provision"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { SqlClient } from "effect/sql/SqlClient"

export interface BenchPostgres {
  /** Process id of the postmaster, whose children do the work. */
  readonly pid: number
  /** URL of the administrator. */
  readonly url: string
  /** URL of a role that owns the schema of this name, made when missing. */
  readonly schemaUrl: (schema: string) => Promise<string>
  /** Drops schemas with all that is in them. */
  readonly drop: (...schemas: ReadonlyArray<string>) => Promise<void>
  readonly stop: () => Promise<void>
}

/** What the README has an administrator create. */
const extensions: Readonly<Record<string, ReadonlyArray<string>>> = { catalog: ["pg_trgm", "unaccent"] }

/** Starts an empty server with the settings that `npm start` uses: what is acknowledged is on disk. */
export const startPostgres = async (): Promise<BenchPostgres> => {
  const dataDir = mkdtempSync(join(tmpdir(), "optica-bench-"))
  // PostgreSQL's own user has to pass through, or its data would be kept elsewhere, and stay.
  chmodSync(dataDir, 0o711)
  const scope = Scope.makeUnsafe()
  const context = await Effect.runPromise(Layer.buildWithScope(EmbeddedPostgres.layer({ dataDir }), scope))
  const { pid, url } = Context.get(context, EmbeddedPostgres)
  return {
    pid,
    url: Redacted.value(url),
    schemaUrl: async (schema) =>
      Redacted.value(
        await Effect.runPromise(
          provision(url, { role: `optica_${schema}`, schema, extensions: extensions[schema] ?? [] })
        )
      ),
    drop: (...schemas) =>
      Effect.runPromise(
        Effect.gen(function* () {
          const sql = yield* SqlClient
          for (const schema of schemas) yield* sql`DROP SCHEMA IF EXISTS ${sql(schema)} CASCADE`
        }).pipe(Effect.provide(Postgres.layer({ url, schema: "public", applicationName: "optica-bench" })))
      ),
    stop: async () => {
      await Effect.runPromise(Scope.close(scope, Exit.void))
      rmSync(dataDir, { recursive: true, force: true })
    }
  }
}
