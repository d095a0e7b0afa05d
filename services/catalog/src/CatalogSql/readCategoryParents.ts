import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { ids } from "./Parameters.ts"

/** What these categories are below, by id; without those that are not held. */
export const readCategoryParents = Effect.fnUntraced(function* (
  sql: SqlClient,
  categories: ReadonlyArray<number>
) {
  const rows = yield* sql<{ readonly id: bigint; readonly parent_id: bigint }>`
    SELECT id, parent_id FROM categories WHERE id = ANY(${ids(categories)}::bigint[])`
  return new Map(rows.map((row) => [Number(row.id), Number(row.parent_id)]))
})
