/**
 * The SQL client on a pool that measures: statements, waits for a connection, connections in use.
 *
 * `PgClient.make` keeps its pool to itself, so this puts the same public parts of the driver together again.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import type * as PgConnection from "@effect/sql-pg/PgConnection"
import * as PgPool from "@effect/sql-pg/PgPool"
import * as Effect from "effect/Effect"
import type { Reactivity } from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlConnection from "effect/sql/SqlConnection"
import { SqlError, UnknownError } from "effect/sql/SqlError"
import * as PoolMetrics from "./PoolMetrics.ts"

/** A client on a pool of its own, which its metrics call `poolName`. */
export const make = (
  config: PgClient.PgPoolConfig,
  poolName: string
): Effect.Effect<SqlClient.SqlClient, SqlError, Scope.Scope | Reactivity> =>
  Effect.gen(function* () {
    const pool = yield* PgPool.make(config)
    const metrics = yield* PoolMetrics.make({ name: poolName, max: config.maxConnections ?? 10 })
    const measured = (connection: PgConnection.PgConnection) => new MeasuredConnection(connection, metrics)

    /** Takes a connection until the scope closes. */
    const lend = (take: Effect.Effect<PgConnection.PgConnection, SqlError, Scope.Scope>) =>
      Effect.suspend(() => {
        const lease = metrics.ask()
        return Effect.addFinalizer(() => Effect.sync(lease.end)).pipe(
          Effect.andThen(take),
          Effect.map((connection) => {
            lease.begin(connection)
            return measured(connection)
          })
        )
      })

    return yield* SqlClient.make({
      acquirer: lend(pool.get),
      borrower: (f) =>
        Effect.suspend(() => {
          const lease = metrics.ask()
          const borrowed = pool.use((connection) => {
            lease.begin(connection)
            return f(measured(connection))
          })
          return Effect.ensuring(borrowed, Effect.sync(lease.end))
        }),
      transactionAcquirer: lend(pool.reserve),
      compiler: PgClient.makeCompiler(),
      driver: "@effect/sql-pg",
      prepareTransactionControls: true,
      commit,
      releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
      spanAttributes: [
        ["db.system.name", "postgresql"],
        ["db.namespace", config.database ?? config.username ?? "postgres"],
        ["server.address", config.host ?? "localhost"],
        ["server.port", config.port ?? 5432]
      ]
    })
  })

type Transform = (<A extends object>(row: ReadonlyArray<A>) => ReadonlyArray<A>) | undefined

class MeasuredConnection implements SqlConnection.Connection {
  readonly #connection: PgConnection.PgConnection
  readonly #metrics: PoolMetrics.PoolMetrics

  constructor(connection: PgConnection.PgConnection, metrics: PoolMetrics.PoolMetrics) {
    this.#connection = connection
    this.#metrics = metrics
  }

  #query(sql: string, params: ReadonlyArray<unknown>, prepare = true) {
    return this.#metrics.timed(sql, this.#connection.query(sql, params, prepare))
  }

  #rows(sql: string, params: ReadonlyArray<unknown>, transformRows: Transform, prepare = true) {
    return Effect.map(this.#query(sql, params, prepare), ({ rows }) =>
      transformRows === undefined ? rows : transformRows(rows)
    )
  }

  execute(sql: string, params: ReadonlyArray<unknown>, transformRows: Transform) {
    return this.#rows(sql, params, transformRows)
  }

  executeRaw(sql: string, params: ReadonlyArray<unknown>) {
    return this.#query(sql, params)
  }

  executeUnprepared(sql: string, params: ReadonlyArray<unknown>, transformRows: Transform) {
    return this.#rows(sql, params, transformRows, false)
  }

  executeValues(sql: string, params: ReadonlyArray<unknown>) {
    return this.#metrics.timed(sql, this.#connection.queryValues(sql, params))
  }

  executeValuesUnprepared(sql: string, params: ReadonlyArray<unknown>) {
    return this.#metrics.timed(sql, this.#connection.queryValues(sql, params, false))
  }

  executeStream(sql: string, params: ReadonlyArray<unknown>, transformRows: Transform) {
    const rows = this.#metrics.timedStream(sql, this.#connection.stream(sql, params))
    return transformRows === undefined ? rows : Stream.map(rows, (row) => transformRows([row])[0])
  }
}

/** PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK, and no error. */
const commit = (connection: SqlConnection.Connection): Effect.Effect<void, SqlError> =>
  Effect.flatMap(connection.executeRaw("COMMIT", []), (result) =>
    isRollback(result)
      ? Effect.fail(
          new SqlError({
            reason: new UnknownError({
              cause: new Error("COMMIT rolled back a failed transaction"),
              message: "COMMIT rolled back a failed transaction",
              operation: "commit"
            })
          })
        )
      : Effect.void
  )

const isRollback = (result: unknown): boolean =>
  typeof result === "object" && result !== null && "command" in result && result.command === "ROLLBACK"
