import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { kind } from "./choices.ts"

const State = { catalogue_changed_at: Schema.Date }
const Counted = Schema.Struct({
  ...State,
  id: Schema.BigInt,
  parent_id: Schema.BigInt,
  document: Schema.Uint8Array,
  products: Schema.Int
})
const decodeCategories = Schema.decodeUnknownEffect(
  Schema.NonEmptyArray(Schema.Union([Counted, Schema.Struct({ ...State, id: Schema.Null })]))
)
const decodeCategory = Schema.decodeUnknownEffect(Schema.Array(Counted))

/**
 * All categories, siblings in the shop's order, and how many listed products are in each or below it: counted from the
 * bits, whatever the number of products. One snapshot; a row without a category where there are none.
 */
export const readCategories = Effect.fnUntraced(function* (sql: SqlClient) {
  const rows = yield* sql`
    WITH listed AS MATERIALIZED ${listed(sql)}, counted AS MATERIALIZED (
      -- OFFSET 0 keeps the bits out of what is grouped.
      SELECT key, sum(count)::int AS products FROM (
        SELECT v.key, bit_count(own.bits & listed.bits) AS count
        FROM facet_values v CROSS JOIN LATERAL (
          SELECT chunk, bits FROM facet_bits WHERE value_id = v.id OFFSET 0
        ) own JOIN listed ON listed.chunk = own.chunk
        WHERE v.kind = ${kind(sql, "subtree")} AND v.scope = '' OFFSET 0
      ) chunks GROUP BY key
    )
    SELECT catalogue.changed_at AS catalogue_changed_at, c.id, c.parent_id, c.document,
      coalesce(counted.products, 0) AS products
    FROM catalogue LEFT JOIN categories c ON true LEFT JOIN counted ON counted.key = c.id::text COLLATE "C"
    ORDER BY c.menu_order, c.title_key, c.id`
  return yield* Effect.orDie(decodeCategories(rows))
})

/** One category, and how many listed products are in it or below it. */
export const readCategory = Effect.fnUntraced(function* (sql: SqlClient, id: bigint) {
  const rows = yield* sql`
    SELECT catalogue.changed_at AS catalogue_changed_at, c.id, c.parent_id, c.document, (
      SELECT coalesce(sum(bit_count(own.bits & listed.bits)), 0)::int
      FROM facet_values v JOIN facet_bits own ON own.value_id = v.id
      JOIN ${listed(sql)} listed ON listed.chunk = own.chunk
      WHERE v.kind = ${kind(sql, "subtree")} AND v.scope = '' AND v.key = c.id::text COLLATE "C") AS products
    FROM catalogue, categories c WHERE c.id = ${id}`
  const [row] = yield* Effect.orDie(decodeCategory(rows))
  return row
})

/** The bits of all listed products. */
const listed = (sql: SqlClient): Fragment => sql`(
  SELECT chunk, bits FROM facet_bits WHERE value_id = (
    SELECT id FROM facet_values WHERE kind = ${kind(sql, "listed")} AND scope = '' AND key = ''))`
