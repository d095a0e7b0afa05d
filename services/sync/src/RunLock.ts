import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

const decode = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Tuple([Schema.Boolean])]))

/**
 * Lets one process work on runs: an advisory lock of a PostgreSQL session, which ends with the process however it dies.
 * It wants a session of its own, so where `DATABASE_URL` is a pooler this layer is built on `DATABASE_DIRECT_URL`.
 */
export class RunLock extends Context.Service<
  RunLock,
  {
    /** True when the lock is held now, until the scope closes; false when another process has it. */
    readonly tryAcquire: Effect.Effect<boolean, SqlError, Scope.Scope>
  }
>()("@optica/sync/RunLock") {
  static readonly layer: Layer.Layer<RunLock, never, SqlClient> = Layer.effect(
    RunLock,
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const ask = (verb: string) => `SELECT ${verb}(hashtextextended('optica.sync.run', 0))`
      const tryAcquire = Effect.gen(function* () {
        const session = yield* sql.reserve
        const [[held]] = yield* session
          .executeValuesUnprepared(ask("pg_try_advisory_lock"), [])
          .pipe(Effect.flatMap((rows) => Effect.orDie(decode(rows))))
        // The session goes back to the pool alive; one that broke has lost the lock already.
        if (held) {
          yield* Effect.addFinalizer(() =>
            Effect.ignore(session.executeValuesUnprepared(ask("pg_advisory_unlock"), []))
          )
        }
        return held
      })
      return RunLock.of({ tryAcquire })
    })
  )
}
