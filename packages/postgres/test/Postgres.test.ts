import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { SqlClient } from "effect/sql/SqlClient"
import { isSqlError } from "effect/sql/SqlError"
import * as Tracer from "effect/Tracer"
import * as Postgres from "../src/Postgres.ts"
import { TestDatabase } from "../src/TestDatabase.ts"

const migrations = new URL("./fixtures/migrations/", import.meta.url)

layer(TestDatabase.layer({ schema: "probe", migrations }))("Postgres", (it) => {
  it.effect("has a client span for every statement, with its text and without its values", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const { database, url } = yield* TestDatabase
      const spans: Array<Tracer.NativeSpan> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      yield* sql`SELECT ${"a secret"}::text AS it`.pipe(Effect.withTracer(tracer))
      const [span] = spans
      const { hostname, port } = new URL(Redacted.value(url))
      assert.strictEqual(span?.kind, "client")
      assert.deepStrictEqual(
        ["db.system.name", "db.namespace", "server.address", "server.port", "db.query.text"].map((key) =>
          span?.attributes.get(key)
        ),
        ["postgresql", database, hostname, Number(port), "SELECT $1::text AS it"]
      )
      assert.notInclude(JSON.stringify([...(span?.attributes ?? [])]), "a secret")
    })
  )

  it.effect("ends a statement that runs too long", () =>
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      const error = yield* Effect.flip(Effect.flatMap(SqlClient, (sql) => sql`SELECT pg_sleep(30)`)).pipe(
        Effect.provide(
          Postgres.layer({ url, schema: "probe", applicationName: "test", statementTimeoutMs: 50 })
        )
      )
      assert.strictEqual(isSqlError(error) && error.reason._tag, "StatementTimeoutError")
    })
  )

  it.effect("gives each service a pool of its own, no larger than asked", () =>
    Effect.gen(function* () {
      const { url } = yield* TestDatabase
      const options = { url, schema: "probe", applicationName: "two-pools", maxConnections: 2 }
      const pids = Effect.flatMap(SqlClient, (sql) =>
        Effect.forEach([1, 2, 3, 4, 5, 6], () => sql`SELECT pg_backend_pid() AS pid, pg_sleep(0.02)::text`, {
          concurrency: "unbounded"
        })
      )
      const two = yield* Effect.all([
        pids.pipe(Effect.provide(Postgres.layer(options))),
        pids.pipe(Effect.provide(Postgres.layer(options)))
      ])
      const [first, second] = two.map((rows) => [...new Set(rows.flat().map((row) => row.pid))])
      assert.isAtMost(first?.length ?? 0, 2)
      assert.isAtMost(second?.length ?? 0, 2)
      assert.isUndefined(first?.find((pid) => second?.includes(pid)))
    })
  )
})

describe("Postgres without a database", () => {
  it.effect("says where it looked, what it met and which setting to check, and not the password", () =>
    Effect.gen(function* () {
      for (const url of ["postgres://me:hunter2@127.0.0.1:1/shop", "nonsense hunter2"]) {
        const options = { url: Redacted.make(url), schema: "probe", applicationName: "test" }
        const error = yield* Effect.flip(Effect.scoped(Layer.build(Postgres.layer(options))))
        assert.strictEqual(error._tag, "DatabaseUnavailable")
        assert.include(error.message, "DATABASE_URL")
        assert.notInclude(error.message, "hunter2")
        if (url.startsWith("postgres:")) assert.include(error.message, '127.0.0.1:1, database "shop"')
      }
    })
  )
})
