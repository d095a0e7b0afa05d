import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { CHUNK } from "../FacetValue.ts"
import { kind } from "./choices.ts"

/**
 * Parts of a WITH RECURSIVE clause, for sets of `matching` that few products are in: reading these products and what
 * they have is quicker than reading the bits of every value there is. `few (without)` are those sets.
 */
export const fewProducts = (sql: SqlClient, most: number): Fragment => {
  const chunk = sql.literal(String(CHUNK))
  return sql`
    few AS MATERIALIZED (
      SELECT without FROM matching GROUP BY without HAVING sum(bit_count(bits)) <= ${most}::int
    ),
    -- The pieces between the ones of a bitmap, written as text, tell where the ones stand; the last has no one behind it.
    place AS MATERIALIZED (
      SELECT without, (chunk * ${chunk} + sum(length(zeros) + 1) OVER (PARTITION BY without, chunk ORDER BY nth))::int - 1 AS ordinal
      FROM (SELECT * FROM matching WHERE without IN (SELECT without FROM few) OFFSET 0) matching
      CROSS JOIN LATERAL string_to_table(bits::text, '1') WITH ORDINALITY piece (zeros, nth)
      WHERE nth <= bit_count(bits)
    ),
    owned AS MATERIALIZED (
      SELECT without, ordinal, key FROM place
      CROSS JOIN LATERAL (SELECT keys FROM products WHERE products.ordinal = place.ordinal OFFSET 0) product
      CROSS JOIN LATERAL unnest(keys) owned (key)
    ),
    -- Products name the categories that they are in; these are in the subtrees of all above them.
    above (key, id) AS (
      SELECT v.id, v.key::bigint FROM facet_values v
      WHERE v.kind = ${kind(sql, "category")} AND v.id = ANY(ARRAY(SELECT DISTINCT key FROM owned))
      UNION SELECT above.key, it.parent_id FROM above JOIN categories it ON it.id = above.id WHERE it.parent_id <> 0
    )`
}

/** How many products of these sets have a value. */
export const countsOfFew = (sql: SqlClient): Fragment => sql`
  SELECT member.n, count(DISTINCT owned.ordinal) AS count
  FROM owned JOIN (
    SELECT n, facet, unnest(ids) AS key FROM value WHERE kind <> ${kind(sql, "subtree")}
    UNION ALL
    SELECT n, facet, above.key FROM above
    JOIN value ON value.kind = ${kind(sql, "subtree")} AND value.key = above.id::text COLLATE "C"
  ) member ON member.key = owned.key AND member.facet = owned.without
  GROUP BY member.n`
