import { assert, describe, it, layer } from "@effect/vitest"
import * as MetricsText from "@optica/telemetry/MetricsText"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import { SqlClient } from "effect/sql/SqlClient"
import * as Postgres from "../src/Postgres.ts"
import { summaryOf } from "../src/StatementSummary.ts"
import { TestDatabase } from "../src/TestDatabase.ts"

const migrations = new URL("./fixtures/migrations/", import.meta.url)

/** A pool of two whose metrics nobody else writes to. */
const pool = Effect.gen(function* () {
  const { url } = yield* TestDatabase
  const registry: Metric.MetricRegistry = new Map()
  const built = yield* Layer.build(
    Postgres.layer({ url, schema: "probe", applicationName: "metrics", maxConnections: 2 })
  ).pipe(Effect.provideService(Metric.MetricRegistry, registry))
  const look = () => MetricsText.figures(Context.make(Metric.MetricRegistry, registry))
  const value = (name: string, state?: string) =>
    look().find(
      (it) => it.name === name && (state === undefined || it.labels["db.client.connection.state"] === state)
    )?.value
  return {
    sql: Context.get(built, SqlClient),
    statements: () => look().filter(({ name }) => name === "db.client.operation.duration"),
    waits: () => look().find(({ name }) => name === "db.client.connection.wait_time")?.count,
    connections: () => ({
      used: value("db.client.connection.count", "used"),
      idle: value("db.client.connection.count", "idle"),
      pending: value("db.client.connection.pending_requests"),
      max: value("db.client.connection.max")
    })
  }
})

layer(TestDatabase.layer({ schema: "probe", migrations }), { excludeTestServices: true })("a pool", (it) => {
  it.effect("tells the connections that are used and idle, and who waits", () =>
    Effect.gen(function* () {
      const { connections, sql, waits } = yield* pool
      assert.deepStrictEqual(connections(), { used: 0, idle: 1, pending: 0, max: 2 })
      const release = yield* Deferred.make<void>()
      const entered = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()])
      const holders = yield* Effect.forEach(entered, (held) =>
        Effect.forkChild(
          sql.withTransaction(Effect.andThen(Deferred.succeed(held, undefined), Deferred.await(release)))
        )
      )
      yield* Effect.forEach(entered, Deferred.await)
      const waiting = yield* Effect.forkChild(sql`SELECT 1`, { startImmediately: true })
      const leaving = yield* Effect.forkChild(sql`SELECT 1`, { startImmediately: true })
      assert.deepStrictEqual(connections(), { used: 2, idle: 0, pending: 2, max: 2 })
      yield* Fiber.interrupt(leaving)
      assert.deepStrictEqual(connections(), { used: 2, idle: 0, pending: 1, max: 2 })
      yield* Deferred.succeed(release, undefined)
      yield* Fiber.joinAll([...holders, waiting])
      assert.deepStrictEqual(connections(), { used: 0, idle: 2, pending: 0, max: 2 })
      // The first proof of the connection, two transactions, and the one that waited.
      assert.strictEqual(waits(), 4)
    }).pipe(Effect.scoped)
  )

  it.effect("times statements by what they do, and tells those that failed", () =>
    Effect.gen(function* () {
      const { sql, statements } = yield* pool
      yield* sql`SELECT ${"a secret"}::text AS it FROM pg_class LIMIT 1`
      yield* Effect.flip(sql`SELECT ${"a secret"}::integer AS it FROM pg_class`)
      const found = statements().filter(({ labels }) => labels["db.query.summary"] === "SELECT pg_class")
      assert.deepStrictEqual(
        found.map(({ count, labels }) => [count, labels["error.type"] !== undefined]),
        [
          [1, false],
          [1, true]
        ]
      )
      assert.notInclude(JSON.stringify(statements()), "secret")
    }).pipe(Effect.scoped)
  )

  it.effect("streams, and times a stream until its end", () =>
    Effect.gen(function* () {
      const { connections, sql, statements } = yield* pool
      const rows = yield* Stream.runCollect(sql`SELECT n FROM generate_series(1, 3) AS n`.stream)
      assert.deepStrictEqual(
        rows.map((row) => row.n),
        [1, 2, 3]
      )
      assert.strictEqual(connections().used, 0)
      // The first proof of the connection has the same summary.
      assert.strictEqual(statements().find(({ labels }) => labels["db.query.summary"] === "SELECT")?.count, 2)
    }).pipe(Effect.scoped)
  )

  it.effect("fails a COMMIT that PostgreSQL turned into a ROLLBACK", () =>
    Effect.gen(function* () {
      const { sql } = yield* pool
      const error = yield* Effect.flip(sql.withTransaction(Effect.ignore(sql`SELECT 1/0`)))
      assert.include(error.message, "rolled back")
    }).pipe(Effect.scoped)
  )

  it.effect("takes its gauges away when it closes", () =>
    Effect.gen(function* () {
      const closed = yield* Effect.scoped(pool)
      assert.deepStrictEqual(closed.connections(), {
        used: undefined,
        idle: undefined,
        pending: undefined,
        max: undefined
      })
    })
  )
})

describe("a statement's summary", () => {
  it.each([
    ["SELECT 1", "SELECT"],
    ["-- of one\n  select * FROM products p JOIN x ON true", "SELECT products"],
    ["WITH found AS (SELECT 1 FROM products) SELECT * FROM found", "SELECT products"],
    ["WITH a AS (VALUES (1)), b AS MATERIALIZED (SELECT * FROM a) SELECT * FROM b JOIN c ON true", "SELECT"],
    ["WITH new AS (SELECT 1) INSERT INTO products SELECT * FROM new", "INSERT products"],
    ["INSERT INTO products (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = 1", "INSERT products"],
    ["UPDATE products SET a = 1 FROM other", "UPDATE products"],
    ['DELETE FROM "products" WHERE id = $1', "DELETE products"],
    ["SELECT * FROM unnest($1::int[]) AS u (id) JOIN products USING (id)", "SELECT"],
    ["SELECT a FROM products FOR UPDATE SKIP LOCKED", "SELECT products"],
    ["SELECT EXTRACT(epoch FROM now()) FROM runs", "SELECT runs"],
    ["SELECT EXTRACT(epoch FROM started_at) FROM runs", "SELECT runs"],
    ["WITH held (a, b) AS (SELECT 1, 2) SELECT * FROM held JOIN runs ON true", "SELECT"],
    ['INSERT INTO "catalog".migrations VALUES (1)', "INSERT catalog.migrations"],
    ["SELECT * FROM catalog.migrations", "SELECT catalog.migrations"],
    ["BEGIN", "BEGIN"],
    ["", "OTHER"],
    ["gibberish from a caller", "OTHER"]
  ])("of %s is %s", (sql, summary) => {
    assert.strictEqual(summaryOf(sql), summary)
  })
})
