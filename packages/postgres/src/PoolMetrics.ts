/** What is measured of one pool: connections, waits for them, and statements by what they do. */
import type { PgConnection } from "@effect/sql-pg/PgConnection"
import {
  DbConnectionCount,
  DbConnectionMax,
  DbConnectionPending,
  DbConnectionWaitTime,
  DbOperationDuration
} from "@optica/telemetry/Metrics"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { SqlError } from "effect/sql/SqlError"
import { summaryOf } from "./StatementSummary.ts"

/** One wish for a connection. */
export interface Lease {
  readonly begin: (connection: PgConnection) => void
  readonly end: () => void
}

export interface PoolMetrics {
  /** Somebody wants a connection. */
  readonly ask: () => Lease
  readonly timed: <A>(sql: string, run: Effect.Effect<A, SqlError>) => Effect.Effect<A, SqlError>
  readonly timedStream: <A>(sql: string, run: Stream.Stream<A, SqlError>) => Stream.Stream<A, SqlError>
}

/** After so many milliseconds without use the pool closes a connection, without telling. */
export const IDLE_MS = 60_000

/** Gauges are read when somebody looks at them, and are gone with the scope. */
export const make = (options: {
  readonly name: string
  readonly max: number
}): Effect.Effect<PoolMetrics, never, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const { name } = options
    let pending = 0
    let used = 0
    /** When each connection was last given back; those in use are not in it. */
    const idle = new Map<PgConnection, number>()
    const countIdle = () => {
      const since = performance.now() - IDLE_MS
      for (const [connection, returnedAt] of idle) if (returnedAt < since) idle.delete(connection)
      // A connection that broke was replaced, and still is in the map until its minute is over.
      return Math.min(idle.size, options.max - used)
    }
    const show = (gauge: Metric.Metric<number, Metric.GaugeState<number>>, value: () => number) =>
      Effect.acquireRelease(
        Effect.sync(() =>
          Metric.registerUnsafe(gauge, context, {
            get: () => ({ value: value() }),
            update: () => {},
            modify: () => {}
          })
        ),
        (registration) => Effect.sync(() => registration.remove())
      )
    yield* show(DbConnectionCount.series(name, "used"), () => used)
    yield* show(DbConnectionCount.series(name, "idle"), countIdle)
    yield* show(DbConnectionMax.series(name), () => options.max)
    yield* show(DbConnectionPending.series(name), () => pending)
    const waits = DbConnectionWaitTime.series(name)

    const ask = (): Lease => {
      const askedAt = performance.now()
      let connection: PgConnection | undefined
      pending += 1
      return {
        begin: (given) => {
          connection = given
          pending -= 1
          used += 1
          idle.delete(given)
          waits.updateUnsafe((performance.now() - askedAt) / 1000, context)
        },
        end: () => {
          if (connection === undefined) pending -= 1
          else {
            used -= 1
            idle.set(connection, performance.now())
          }
        }
      }
    }

    const note = (sql: string, startedAt: number, error: SqlError | undefined) =>
      record(context, name, sql, (performance.now() - startedAt) / 1000, error?.reason._tag)

    return {
      ask,
      timed: (sql, run) =>
        Effect.suspend(() => {
          const startedAt = performance.now()
          return Effect.onExit(run, (exit) => Effect.sync(() => note(sql, startedAt, errorOf(exit))))
        }),
      timedStream: (sql, run) =>
        Stream.suspend(() => {
          const startedAt = performance.now()
          return Stream.onExit(run, (exit) => Effect.sync(() => note(sql, startedAt, errorOf(exit))))
        })
    }
  })

const record = (
  context: Context.Context<never>,
  pool: string,
  sql: string,
  seconds: number,
  errorType: string | undefined
): void => DbOperationDuration.update(context, seconds, "postgresql", pool, summaryOf(sql), errorType)

const errorOf = (exit: Exit.Exit<unknown, SqlError>): SqlError | undefined =>
  Exit.isSuccess(exit) ? undefined : exit.cause.reasons.find((reason) => reason._tag === "Fail")?.error
