import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

const script = readFileSync(new URL("../fixtures/generate.sql", import.meta.url), "utf8")

/** Fills an empty catalogue with a shop of this many products, a tenth of them with ten variations. */
export const generate = (products: number): Effect.Effect<void, SqlError, SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* sql`SET LOCAL statement_timeout = 0`
        yield* sql`SELECT set_config('optica.products', ${String(products)}, true)`
        // The client sends one statement at a time; EXECUTE takes a whole script.
        yield* sql`${sql.literal(`DO $block$ BEGIN EXECUTE $script$${script}$script$; END $block$`)}`
          .unprepared
      })
    )
    yield* sql`SET statement_timeout = 0`
    yield* sql`VACUUM (ANALYZE)`.unprepared
    yield* sql`RESET statement_timeout`
  })
