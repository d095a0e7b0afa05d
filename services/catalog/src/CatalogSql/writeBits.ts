import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { CHUNK, FacetKind } from "../FacetValue.ts"
import { facetValueIds, valueKey } from "./facetValues.ts"
import { ids, integers } from "./Parameters.ts"

/** The values of one product before a change and after it; of two changes of one ordinal, the one left and one came. */
export interface KeyChange {
  readonly ordinal: number
  readonly before: ReadonlyArray<number>
  readonly after: ReadonlyArray<number>
}

/** Sets and clears the bits of values that products came to have or have no more, subtrees included. */
export const writeBits = Effect.fnUntraced(function* (sql: SqlClient, changes: ReadonlyArray<KeyChange>) {
  const moved = changes.filter(({ after, before }) => differ(before, after))
  if (moved.length === 0) return
  const above = yield* readSubtrees(sql, [
    ...new Set(moved.flatMap(({ after, before }) => [...before, ...after]))
  ])
  const withSubtrees = (keys: ReadonlyArray<number>) =>
    new Set(keys.flatMap((key) => [key, ...(above.get(key) ?? [])]))
  const set: Array<Bit> = []
  const cleared: Array<Bit> = []
  for (const [ordinal, changes] of Map.groupBy(moved, (change) => change.ordinal)) {
    const from = withSubtrees(changes.flatMap((change) => change.before))
    const to = withSubtrees(changes.flatMap((change) => change.after))
    for (const value of to) if (!from.has(value)) set.push({ value, ordinal })
    for (const value of from) if (!to.has(value)) cleared.push({ value, ordinal })
  }
  if (set.length > 0) yield* setBits(sql, set)
  if (cleared.length > 0) yield* clearBits(sql, cleared)
})

const differ = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean =>
  a.length !== b.length || a.some((key, index) => key !== b[index])

interface Bit {
  readonly value: number
  readonly ordinal: number
}

/** Of those of these values that are categories: the values that stand for the category and all above it, with what is below. */
const readSubtrees = Effect.fnUntraced(function* (sql: SqlClient, values: ReadonlyArray<number>) {
  const rows = yield* sql<{
    readonly value_id: number
    readonly category: string
    readonly subtree_id: number | null
  }>`
    WITH RECURSIVE above (value_id, id) AS (
      SELECT id, key::bigint FROM facet_values
      WHERE kind = ${sql.literal(String(FacetKind.category))} AND id = ANY(${integers(values)}::integer[])
      UNION
      SELECT above.value_id, it.parent_id FROM above JOIN categories it ON it.id = above.id WHERE it.parent_id <> 0
    )
    SELECT above.value_id, above.id::text AS category, v.id AS subtree_id
    FROM above LEFT JOIN facet_values v
      ON v.kind = ${sql.literal(String(FacetKind.subtree))} AND v.scope = '' AND v.key = above.id::text COLLATE "C"`
  const missing = rows.flatMap(({ category, subtree_id }) =>
    subtree_id === null ? [subtreeValue(category)] : []
  )
  const made = yield* facetValueIds(sql, missing)
  const above = new Map<number, Array<number>>()
  for (const { category, subtree_id, value_id } of rows) {
    const subtree = subtree_id ?? made.get(valueKey(subtreeValue(category)))
    if (subtree === undefined) continue
    const list = above.get(value_id)
    if (list === undefined) above.set(value_id, [subtree])
    else list.push(subtree)
  }
  return above
})

const subtreeValue = (key: string) => ({ kind: FacetKind.subtree, scope: "", key, name: "", slug: "" })

const bitsOf = (sql: SqlClient, bits: ReadonlyArray<Bit>) => sql`
  SELECT value_id, ordinal / ${sql.literal(String(CHUNK))} AS chunk,
    bits_of(ordinal % ${sql.literal(String(CHUNK))}, 1) AS bits
  FROM unnest(
    ${integers(bits.map((bit) => bit.value))}::integer[], ${integers(bits.map((bit) => bit.ordinal))}::integer[]
  ) AS read (value_id, ordinal)
  GROUP BY 1, 2`

const setBits = (sql: SqlClient, bits: ReadonlyArray<Bit>) => sql`
  INSERT INTO facet_bits AS held (value_id, chunk, bits) ${bitsOf(sql, bits)} ORDER BY 1, 2
  ON CONFLICT (value_id, chunk) DO UPDATE SET bits = held.bits | excluded.bits`

/** A row without a bit goes: readers would look at it for nothing, for as long as there is the value. */
const clearBits = (sql: SqlClient, bits: ReadonlyArray<Bit>) => sql`
  MERGE INTO facet_bits held USING (${bitsOf(sql, bits)}) gone
  ON held.value_id = gone.value_id AND held.chunk = gone.chunk
  WHEN MATCHED AND bit_count(held.bits & ~gone.bits) = 0 THEN DELETE
  WHEN MATCHED THEN UPDATE SET bits = held.bits & ~gone.bits`

/** These categories and all that they are below, as the tree stands. */
export const readAbove = Effect.fnUntraced(function* (sql: SqlClient, categories: ReadonlyArray<number>) {
  const rows = yield* sql<{ readonly id: bigint }>`
    WITH RECURSIVE above (id) AS (
      SELECT unnest(${ids(categories)}::bigint[])
      UNION SELECT it.parent_id FROM above JOIN categories it ON it.id = above.id WHERE it.parent_id <> 0
    ) SELECT id FROM above`
  return rows.map((row) => Number(row.id))
})

/** Makes the bits of everything in or below these categories anew, of the bits of the categories themselves. */
export const rebuildSubtrees = Effect.fnUntraced(function* (
  sql: SqlClient,
  categories: ReadonlyArray<number>
) {
  const roots = categories.map(String)
  const values = yield* facetValueIds(sql, roots.map(subtreeValue))
  const subtrees = integers(
    roots.map((root) => {
      const value = values.get(valueKey(subtreeValue(root)))
      if (value === undefined) throw new Error(`There is no value for what is below category ${root}`)
      return value
    })
  )
  yield* sql`DELETE FROM facet_bits WHERE value_id = ANY(${subtrees}::integer[])`
  yield* sql`
    WITH RECURSIVE below (value_id, id) AS (
      SELECT * FROM unnest(${subtrees}::integer[], ${ids(categories)}::bigint[])
      UNION SELECT below.value_id, it.id FROM categories it JOIN below ON it.parent_id = below.id
    )
    INSERT INTO facet_bits (value_id, chunk, bits)
    SELECT below.value_id, held.chunk, bit_or(held.bits)
    FROM below
    JOIN facet_values v ON v.kind = ${sql.literal(String(FacetKind.category))} AND v.scope = ''
      AND v.key = below.id::text COLLATE "C"
    JOIN facet_bits held ON held.value_id = v.id
    GROUP BY 1, 2`
})
