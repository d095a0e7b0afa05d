import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"

/** What a product's categories are below, themselves included. */
const closure = `
  WITH RECURSIVE above (start, id) AS (
    SELECT key::bigint, key::bigint FROM facet_values WHERE kind = 3
    UNION SELECT above.start, it.parent_id FROM above JOIN categories it ON it.id = above.id WHERE it.parent_id <> 0
  )`

/**
 * Asserts that everything that is kept beside the products says what they say themselves: bits, subtrees, prices, words,
 * ordinals.
 */
export const assertWhole = Effect.gen(function* () {
  const sql = yield* SqlClient
  const run = (text: string) => sql`${sql.literal(text)}`
  const nothing = Effect.fnUntraced(function* (what: string, text: string) {
    assert.deepStrictEqual(yield* run(text), [], what)
  })
  const held = (kinds: string) => `
    SELECT value_id, chunk, bits FROM facet_bits JOIN facet_values v ON v.id = value_id AND v.kind ${kinds}`
  const bitsOf = (rows: string) => `
    SELECT value_id, ordinal / 8192, bits_of(ordinal % 8192, 1)::bit varying FROM (${rows}) r GROUP BY 1, 2`
  const differences = (a: string, b: string) => `
    SELECT value_id, chunk, bit_count(bits) FROM (
      ((${a}) EXCEPT (${b})) UNION ALL ((${b}) EXCEPT (${a}))
    ) d (value_id, chunk, bits)`

  yield* nothing("rows without a bit", "SELECT value_id, chunk FROM facet_bits WHERE bit_count(bits) = 0")
  yield* nothing(
    "bits of values",
    differences(
      held("<> 4"),
      bitsOf("SELECT unnest(keys) AS value_id, ordinal FROM products WHERE ordinal IS NOT NULL")
    )
  )
  // A subtree without a value would be 0, which no value is.
  const below = `
    SELECT DISTINCT coalesce(s.id, 0) AS value_id, p.ordinal FROM products p, unnest(p.keys) k
    JOIN facet_values c ON c.id = k AND c.kind = 3 JOIN above ON above.start = c.key::bigint
    LEFT JOIN facet_values s ON s.kind = 4 AND s.key = above.id::text`
  yield* nothing("bits of subtrees", `${closure} ${differences(held("= 4"), bitsOf(below))}`)
  yield* nothing(
    "prices",
    `SELECT p.id, p.price_min, p.price_max, lowest, highest FROM products p LEFT JOIN LATERAL (
      SELECT count(*) AS n, min(price) AS lowest, max(price) AS highest
      FROM products v WHERE v.is_variation AND v.is_public AND v.parent_id = p.id
    ) v ON true
    WHERE NOT p.is_variation
      AND (price_min, price_max) IS DISTINCT FROM
        (round(CASE WHEN n = 0 THEN price ELSE lowest END, 4), round(CASE WHEN n = 0 THEN price ELSE highest END, 4))`
  )
  yield* nothing(
    "words",
    `SELECT id, product_id FROM (SELECT * FROM products WHERE is_searchable) p
    FULL JOIN product_texts t ON t.product_id = p.id
    WHERE (p.id IS NULL) <> (t.product_id IS NULL) OR p.ordinal <> t.ordinal OR p.total_sales <> t.total_sales`
  )
  yield* nothing(
    "keys of what is not public, or a variation",
    "SELECT id FROM products WHERE keys <> '{}' AND (NOT is_public OR is_variation)"
  )
  yield* nothing(
    "listed and searchable",
    `SELECT p.id FROM products p
    WHERE is_listed <> EXISTS (SELECT FROM facet_values WHERE kind = 1 AND id = ANY(keys))
      OR is_searchable <> EXISTS (SELECT FROM facet_values WHERE kind = 2 AND id = ANY(keys))
      OR (is_listed OR is_searchable) AND (NOT is_public OR is_variation)`
  )
  yield* nothing("ordinals", "SELECT id FROM products WHERE is_variation <> (ordinal IS NULL)")
  yield* nothing(
    "ordinals without gaps",
    `WITH given AS (SELECT ordinal FROM products WHERE ordinal IS NOT NULL UNION ALL SELECT ordinal FROM free_ordinals)
    SELECT n, count(ordinal) FROM generate_series(0, (SELECT max(ordinal) FROM given)) n
    LEFT JOIN given ON ordinal = n GROUP BY n HAVING count(ordinal) <> 1`
  )
})
