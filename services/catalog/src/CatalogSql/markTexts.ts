import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import { END, START } from "../Highlight.ts"
import { texts } from "./Parameters.ts"
import { configurationOf } from "./writeTexts.ts"

const decodeMarked = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ name: Schema.String, text: Schema.String }))
)

const marks = `StartSel=${START}, StopSel=${END}`

/**
 * Texts of `markable` with what a query finds between {@link START} and {@link END}: each name whole, of each other text
 * the piece around it. `query` is a tsquery as PostgreSQL wrote it.
 */
export const markTexts = Effect.fnUntraced(function* (
  sql: SqlClient,
  language: string,
  query: string,
  items: ReadonlyArray<{ readonly name: string; readonly text: string }>
) {
  const configuration = configurationOf(sql, language)
  const rows = yield* sql`
    SELECT ts_headline(${configuration}, name, query, ${`HighlightAll=true, ${marks}`}) AS name,
      ts_headline(${configuration}, text, query, ${`MaxWords=30, MinWords=15, MaxFragments=1, ${marks}`}) AS text
    FROM (SELECT ${query}::text::tsquery AS query) asked, unnest(
      ${texts(items.map((it) => it.name))}::text[], ${texts(items.map((it) => it.text))}::text[]
    ) WITH ORDINALITY item (name, text, n)
    ORDER BY n`
  return yield* Effect.orDie(decodeMarked(rows))
})
