import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { isSqlError } from "effect/sql/SqlError"

/**
 * Runs what writes as one transaction. Rows are locked in one order, but a plan may change it under PostgreSQL's feet: the
 * loser of a deadlock, or of a race, tries again.
 */
export const inTransaction = <A, E, R>(sql: SqlClient, effect: Effect.Effect<A, E, R>) =>
  effect.pipe(sql.withTransaction, Effect.retry({ times: 3, while: hasLost }))

const hasLost = (error: unknown): boolean =>
  isSqlError(error) && (error.reason._tag === "DeadlockError" || error.reason._tag === "SerializationError")
