import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import { SqlClient } from "effect/sql/SqlClient"
import { TestDatabase } from "../src/TestDatabase.ts"

const migrations = new URL("./fixtures/migrations/", import.meta.url)

layer(TestDatabase.layer({ schema: "probe", migrations }))("TestDatabase", (it) => {
  it.effect("holds what the migrations made, seen as the service's own role", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const [row] =
        yield* sql`SELECT current_user::text AS "user", current_schema()::text AS schema, things_count()::int AS n`
      assert.deepStrictEqual(row, { user: "optica_probe", schema: "probe", n: 1 })
    })
  )

  it.effect("is a database of its own, made in milliseconds and dropped afterwards", () =>
    Effect.gen(function* () {
      const { adminUrl, database } = yield* TestDatabase
      const sql = yield* SqlClient
      yield* sql`INSERT INTO things VALUES (2, 'only here')`
      const layers = TestDatabase.layer({ schema: "probe", migrations })
      const other = yield* Effect.gen(function* () {
        const other = yield* TestDatabase
        const sql = yield* SqlClient
        assert.notStrictEqual(other.database, database)
        assert.deepStrictEqual(yield* sql`SELECT things_count()::int AS n`, [{ n: 1 }])
        return other.database
      }).pipe(Effect.provide(layers))
      const admin = yield* PgClient.makeClient({ url: adminUrl })
      assert.deepStrictEqual(yield* admin`SELECT FROM pg_database WHERE datname = ${other}`, [])
    }).pipe(Effect.provide(Reactivity.layer))
  )
})
