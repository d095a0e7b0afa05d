import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
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
})
