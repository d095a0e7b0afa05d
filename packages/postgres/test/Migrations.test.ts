import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"
import * as Migrations from "../src/Migrations.ts"
import { TestDatabase } from "../src/TestDatabase.ts"

const migrations = new URL("./fixtures/migrations/", import.meta.url)

/** A folder of these migrations, without a slash at its end as `new URL(…)` may well leave it. */
const folder = (files: Record<string, string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const directory = mkdtempSync(join(tmpdir(), "optica-migrations-"))
      for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
      return { directory: pathToFileURL(directory), schema: "probe" }
    }),
    ({ directory }) => Effect.sync(() => rmSync(directory, { recursive: true }))
  )

const first = "CREATE TABLE a (id int); INSERT INTO a VALUES (1);"

/** A database where nothing has run yet. */
const fresh = Effect.gen(function* () {
  const sql = yield* SqlClient
  yield* sql`DROP TABLE IF EXISTS migrations, a, b`
  return sql
})

layer(TestDatabase.layer({ schema: "probe", migrations }))("Migrations", (it) => {
  it.effect("run once, in the order of their numbers, and note what has run", () =>
    Effect.gen(function* () {
      const sql = yield* fresh
      const options = yield* folder({
        "0001_a.sql": first,
        "0002_b.sql": "CREATE TABLE b AS SELECT id + 1 AS id FROM a",
        "notes.txt": ""
      })
      assert.deepStrictEqual(yield* Migrations.run(options), [1, 2])
      assert.deepStrictEqual(yield* Migrations.run(options), [])
      assert.deepStrictEqual(yield* sql`SELECT id FROM b`, [{ id: 2 }])
      assert.deepStrictEqual(yield* sql`SELECT id, name FROM migrations ORDER BY id`, [
        { id: 1, name: "0001_a.sql" },
        { id: 2, name: "0002_b.sql" }
      ])
    })
  )

  it.effect("run once when several processes start at the same time", () =>
    Effect.gen(function* () {
      yield* fresh
      const options = yield* folder({ "0001_a.sql": first })
      const ran = yield* Effect.forEach([1, 2, 3, 4], () => Migrations.run(options), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(ran.flat(), [1])
    })
  )

  it.effect("leave everything as it was when one fails, and say which", () =>
    Effect.gen(function* () {
      const sql = yield* fresh
      const options = yield* folder({
        "0001_a.sql": first,
        "0002_b.sql": "CREATE TABLE b (id int); SELECT 1 / 0;"
      })
      const error = yield* Effect.flip(Migrations.run(options))
      assert.include(error.message, "0002_b.sql")
      assert.deepStrictEqual(yield* sql`SELECT to_regclass('a')::text AS a, to_regclass('b')::text AS b`, [
        { a: null, b: null }
      ])
    })
  )

  it.effect("refuse a file that was changed after it ran, a gap and a name that says no number", () =>
    Effect.gen(function* () {
      yield* fresh
      yield* Migrations.run(yield* folder({ "0001_a.sql": first }))
      for (const [files, message] of [
        [{ "0001_a.sql": `${first} -- changed` }, "was changed after it ran"],
        [{ "0001_a.sql": first, "0003_c.sql": "" }, "expected a file 0002_name.sql, found 0003_c.sql"],
        [{ "1_a.sql": first }, "expected a file 0001_name.sql, found 1_a.sql"]
      ] as const) {
        const error = yield* Effect.flip(Migrations.run(yield* folder(files)))
        assert.strictEqual(error._tag, "MigrationFailed")
        assert.include(error.message, message)
      }
    })
  )

  it.effect("say what an operator can do whose database another release has made", () =>
    Effect.gen(function* () {
      yield* fresh
      yield* Migrations.run(yield* folder({ "0001_a.sql": first }))
      const error = yield* Effect.flip(Migrations.run(yield* folder({ "0001_a.sql": `${first} -- changed` })))
      for (const word of ["0001_a.sql", "schema probe", "Install that release", "OPTICA_DATA", "new one"]) {
        assert.include(error.message, word)
      }
    })
  )

  it.effect("let a database be that is ahead of the files, as the release before it has to run on", () =>
    Effect.gen(function* () {
      yield* fresh
      yield* Migrations.run(yield* folder({ "0001_a.sql": first, "0002_b.sql": "SELECT 1" }))
      assert.deepStrictEqual(yield* Migrations.run(yield* folder({ "0001_a.sql": first })), [])
    })
  )
})
