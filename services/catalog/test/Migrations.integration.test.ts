import { assert, layer } from "@effect/vitest"
import * as Migrations from "@optica/postgres/Migrations"
import * as Postgres from "@optica/postgres/Postgres"
import { provision } from "@optica/postgres/Provision"
import { TestDatabase } from "@optica/postgres/TestDatabase"
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"
import { extensions, migrations } from "../src/CatalogService.ts"

const empty = new URL("./fixtures/", import.meta.url)

layer(TestDatabase.layer({ schema: "bare", migrations: empty }))("the migrations", (it) => {
  it.effect("say which extension a database lacks, and what an administrator has to run", () =>
    Effect.gen(function* () {
      const { adminUrl } = yield* TestDatabase
      const service = { role: "optica_catalog", schema: "catalog" }
      const url = yield* provision(adminUrl, service)
      const run = Migrations.run({ schema: "catalog", directory: migrations }).pipe(
        Effect.provide(Postgres.layer({ url, schema: "catalog", applicationName: "test" }), { local: true })
      )
      const error = yield* Effect.flip(run)
      assert.strictEqual(
        error.message,
        "Migration 0003_depth.sql failed: the database lacks the extension pg_trgm, and the role optica_catalog may " +
          "not create it: an administrator has to run CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public"
      )
      yield* provision(adminUrl, { ...service, extensions })
      assert.deepStrictEqual(yield* run, [1, 2, 3])
    })
  )

  it.effect("find extensions in the schema where hosted databases keep them", () =>
    Effect.gen(function* () {
      const { adminUrl } = yield* TestDatabase
      const asAdmin = Postgres.layer({ url: adminUrl, schema: "public", applicationName: "test" })
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient
        yield* sql`DROP SCHEMA IF EXISTS catalog CASCADE`
        for (const name of extensions) yield* sql`DROP EXTENSION IF EXISTS ${sql(name)} CASCADE`
        yield* sql`CREATE SCHEMA extensions`
        for (const name of extensions) yield* sql`CREATE EXTENSION ${sql(name)} SCHEMA extensions`
        yield* sql`GRANT USAGE ON SCHEMA extensions TO PUBLIC`
      }).pipe(Effect.provide(asAdmin, { local: true }))
      const url = yield* provision(adminUrl, { role: "optica_catalog", schema: "catalog", extensions })
      const ran = yield* Migrations.run({ schema: "catalog", directory: migrations }).pipe(
        Effect.provide(Postgres.layer({ url, schema: "catalog", applicationName: "test" }), { local: true })
      )
      assert.deepStrictEqual(ran, [1, 2, 3])
    })
  )
})
