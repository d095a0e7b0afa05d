import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"

const decodeLanguages = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ language: Schema.String })))

/** The languages that the migrations made a configuration for, with accents folded. */
export const readLanguages = Effect.fnUntraced(function* (sql: SqlClient) {
  const rows = yield* sql`
    SELECT substr(cfgname::text, 8) AS language FROM pg_ts_config
    WHERE cfgname LIKE 'optica\\_%' AND cfgnamespace = current_schema()::regnamespace ORDER BY 1`
  return (yield* Effect.orDie(decodeLanguages(rows))).map((row) => row.language)
})
