import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { readCategoryParents } from "./CatalogSql/readCategoryParents.ts"
import { readAbove, rebuildSubtrees } from "./CatalogSql/writeBits.ts"
import { deleteRows, writeCategories } from "./CatalogSql/writeRows.ts"
import type { CategoryRow } from "./Category.ts"

/**
 * Writes categories and takes others out. Where that changes the tree, whatever was or is above the change is made anew
 * from the bits of the categories.
 */
export const writeCategoryChanges = Effect.fnUntraced(function* (
  sql: SqlClient,
  rows: ReadonlyArray<CategoryRow>,
  gone: ReadonlyArray<number>
) {
  const held = yield* readCategoryParents(sql, [...rows.map((row) => row.id), ...gone])
  const moved = [
    ...rows.filter((row) => held.get(row.id) !== row.parentId).map((row) => row.id),
    ...gone.filter((id) => held.has(id))
  ]
  const before = moved.length === 0 ? [] : yield* readAbove(sql, moved)
  if (gone.length > 0) yield* deleteRows(sql, "categories", gone)
  if (rows.length > 0) yield* writeCategories(sql, rows)
  if (moved.length === 0) return
  const after = yield* readAbove(sql, moved)
  yield* rebuildSubtrees(sql, [...new Set([...before, ...after])])
})
