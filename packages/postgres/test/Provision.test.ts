import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { SqlClient } from "effect/sql/SqlClient"
import * as Postgres from "../src/Postgres.ts"
import { provision } from "../src/Provision.ts"
import { TestDatabase } from "../src/TestDatabase.ts"

const migrations = new URL("./fixtures/migrations/", import.meta.url)
const other = { role: "optica_probe_other", schema: "probe_other" }

layer(TestDatabase.layer({ schema: "probe", migrations }))("provision", (it) => {
  it.effect("gives a role its own schema, and no way into another's", () =>
    Effect.gen(function* () {
      const { adminUrl } = yield* TestDatabase
      const url = yield* provision(adminUrl, other)
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient
        yield* sql`CREATE TABLE mine (id int)`
        const [row] =
          yield* sql`SELECT current_user::text AS role, schemaname::text AS schema FROM pg_tables WHERE tablename = 'mine'`
        assert.deepStrictEqual(row, other)
        for (const text of [
          "SELECT * FROM probe.things",
          "CREATE TABLE probe.theirs ()",
          "CREATE TABLE public.anyones ()",
          "CREATE SCHEMA third"
        ]) {
          const error = yield* Effect.flip(sql`${sql.literal(text)}`)
          assert.strictEqual(error.reason._tag, "AuthorizationError", text)
        }
      }).pipe(Effect.provide(Postgres.layer({ url, schema: other.schema, applicationName: "test" })))
    })
  )

  it.effect("creates the extensions that migrations build on, for the role to use by their bare names", () =>
    Effect.gen(function* () {
      const { adminUrl } = yield* TestDatabase
      const url = yield* provision(adminUrl, { ...other, extensions: ["unaccent", "pg_trgm"] })
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient
        assert.deepStrictEqual(
          yield* sql`SELECT unaccent('Rosé') AS plain, show_trgm('ab') IS NOT NULL AS known`,
          [{ plain: "Rose", known: true }]
        )
      }).pipe(Effect.provide(Postgres.layer({ url, schema: other.schema, applicationName: "test" })))
    })
  )

  it.effect("may be repeated, also at the same time", () =>
    Effect.gen(function* () {
      const { adminUrl } = yield* TestDatabase
      const urls = yield* Effect.forEach([1, 2, 3, 4], () => provision(adminUrl, other), {
        concurrency: "unbounded"
      })
      const roles = urls.map((url) => new URL(Redacted.value(url)).username)
      assert.deepStrictEqual([...new Set(roles)], [other.role])
    })
  )

  it.effect("may be done for many databases of one server at the same time", () =>
    Effect.gen(function* () {
      const { adminUrl } = yield* TestDatabase
      const elsewhere = new URL(Redacted.value(adminUrl))
      elsewhere.pathname = "/postgres"
      const places = [adminUrl, Redacted.make(elsewhere.href)]
      yield* Effect.forEach(
        Array.from({ length: 20 }, (_, index) => index),
        (index) =>
          Effect.forEach(places, (place) => provision(place, { ...other, schema: `probe_${index % 2}` }), {
            concurrency: "unbounded"
          })
      )
    }).pipe(
      Effect.ensuring(
        Effect.flatMap(TestDatabase, ({ adminUrl }) => {
          const elsewhere = new URL(Redacted.value(adminUrl))
          elsewhere.pathname = "/postgres"
          return Effect.orDie(
            Effect.gen(function* () {
              const sql = yield* SqlClient
              yield* sql`DROP SCHEMA IF EXISTS probe_0`
              yield* sql`DROP SCHEMA IF EXISTS probe_1`
              yield* sql`REVOKE ALL ON DATABASE postgres FROM optica_probe_other`
            }).pipe(
              Effect.provide(
                Postgres.layer({
                  url: Redacted.make(elsewhere.href),
                  schema: "public",
                  applicationName: "test"
                })
              )
            )
          )
        })
      )
    )
  )
})
