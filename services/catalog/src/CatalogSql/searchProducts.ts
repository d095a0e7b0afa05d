import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import type { PageStart } from "../PageStart.ts"
import type { ProductFilter } from "../ProductQuery.ts"
import { searchWords } from "../SearchWords.ts"
import { choices } from "./choices.ts"
import { isAmongFew, isMatching } from "./listProducts.ts"
import { bitSets, matchingBits } from "./matchingBits.ts"
import { StoredProduct, storedColumns } from "./readProducts.ts"
import { textHits } from "./textHits.ts"

const Hit = Schema.Struct({
  total: Schema.Int,
  catalogue_changed_at: Schema.Date,
  corrected: Schema.String,
  /** What was looked for, for the highlights; null where the text has no word. */
  query: Schema.NullOr(Schema.String),
  /** Null in the one row of an empty page. */
  document: Schema.NullOr(Schema.Uint8Array),
  public_ids: Schema.NullOr(StoredProduct.fields.public_ids),
  place: Schema.Array(Schema.NullOr(Schema.String))
})
const decodeHits = Schema.decodeUnknownEffect(Schema.Array(Hit))

/** How many hits are ranked by where the words stand in them; of more those that are known best. */
const RANKED = 1000

/** Of more hits than this the best known are looked through for those that are called so, before the index of words is. */
const MANY = 20 * RANKED

/** How many are looked through for each that is ranked. */
const LOOKED_THROUGH = 3

/** Where so few products match the other filters, these are read to see whether they have the words. */
const FEW = 500

/** By weight, D first: descriptions, attributes and categories, codes and brands, names. */
const WEIGHTS = "'{0.05, 0.3, 0.6, 1}'"

/**
 * A page of what a text finds, the best first, and the one after it: products that have it as their SKU or GTIN, then by
 * rank, then the most popular. Of more than a thousand hits those are ranked that have all words in name, codes and brands, the
 * thousand most popular of them; the others follow by popularity. One snapshot; an empty page is one row without a document.
 *
 * A place ends in the least popular product that was ranked, so that the pages of a cursor agree on who was, however many
 * hits there are by then; `""` where all were.
 */
export const searchProducts = Effect.fnUntraced(function* (
  sql: SqlClient,
  language: string,
  filter: ProductFilter,
  start: PageStart,
  limit: number,
  most: number = RANKED,
  manyHits: number = MANY,
  few: number = FEW
) {
  const [kind = "", rank = "", sales = "", id = "", leastSales = "", leastId = "", corrected = ""] =
    start.after ?? []
  const isGoingOn = start.after !== undefined
  const search = searchWords(corrected === "" ? filter.search : corrected)
  const after = isGoingOn
    ? sql`WHERE (kind, rank, total_sales, product_id) < (${kind}::text::integer, ${rank}::text::real, ${sales}::text::bigint, ${id}::text::bigint)`
    : sql``
  const order = sql`ORDER BY kind DESC, rank DESC, total_sales DESC, product_id DESC`
  const wanted = sql.literal(String(start.offset + limit + 1))
  const highest = sql.literal("9223372036854775807")
  const ranked = sql.literal(String(most))
  const allRanked = isGoingOn ? sql`${leastId}::text = ''` : sql`(SELECT total FROM counted) <= ${ranked}`
  const inPool = (id: Fragment) =>
    isGoingOn
      ? sql`${leastId}::text <> '' AND (total_sales, ${id}) >= (nullif(${leastSales}::text, '')::bigint, nullif(${leastId}::text, '')::bigint)`
      : sql`(SELECT total FROM counted) > ${ranked}`
  const lookedThrough = sql.literal(String(LOOKED_THROUGH * most + (isGoingOn ? 1 : 0)))
  const known = (base: Fragment) => sql`(
    SELECT total_sales, id FROM products
    WHERE ${base} AND (SELECT total FROM counted) > ${sql.literal(String(manyHits))} AND ${inPool(sql`id`)} AND ${isMatching(sql)}
    ORDER BY total_sales DESC, id DESC LIMIT ${lookedThrough})`
  const ranking = sql`coalesce(ts_rank(${sql.literal(WEIGHTS)}, words, (SELECT query FROM looked_for)), 0)::real AS rank`
  const isFiltered = bitSets(sql, "searchable", filter, choices(sql, filter)).length > 1
  const isFew = isFiltered
    ? sql`(SELECT coalesce(sum(bit_count(bits)), 0) <= ${sql.literal(String(few))} FROM kept)`
    : sql`false`
  const keptFew = {
    isOnly: sql`(SELECT is_so FROM kept_few)`,
    texts: sql`(
      WITH matching AS (SELECT chunk, bits FROM kept)
      SELECT ordinal, words FROM product_texts WHERE (SELECT is_so FROM kept_few) AND ${isAmongFew(sql)} OFFSET 0)`
  }
  // The most popular ones that are left, as far as the page is not full: met on a walk through the index of that order.
  const others = (base: Fragment) => sql`(
    SELECT total_sales, id FROM products
    WHERE ${base} AND NOT (${allRanked}) AND (SELECT count(*) FROM first) < ${wanted} AND ${isMatching(sql)}
      AND id NOT IN (SELECT product_id FROM ranked)
      ${kind === "0" ? sql`AND (total_sales, id) < (${sales}::text::bigint, ${id}::text::bigint)` : sql``}
    ORDER BY total_sales DESC, id DESC LIMIT ${wanted})`
  const rows = yield* sql`
    WITH kept AS MATERIALIZED ${matchingBits(sql, "searchable", filter, choices(sql, filter))},
    kept_few AS MATERIALIZED (SELECT ${isFew} AS is_so),
    ${textHits(sql, language, search, isFiltered ? keptFew : undefined)},
    matching AS MATERIALIZED (SELECT chunk, kept.bits & hits.bits AS bits FROM kept JOIN hits USING (chunk)),
    counted AS MATERIALIZED (SELECT coalesce(sum(bit_count(bits)), 0)::int AS total FROM matching),
    -- Few hits, of words only: faster than to look each of them up the index finds them again, with what they are ranked by.
    by_words AS MATERIALIZED (
      SELECT coalesce(sum(bit_count(bits)), 0) <= ${ranked} AND NOT EXISTS (SELECT FROM codes)
        AND NOT (SELECT is_so FROM kept_few) AS is_so FROM hits
    ),
    known AS MATERIALIZED (
      SELECT total_sales, id FROM (
        ${known(sql`is_listed`)} UNION ALL ${known(sql`is_searchable AND NOT is_listed`)}
      ) either ORDER BY total_sales DESC, id DESC LIMIT ${lookedThrough}
    ),
    known_pool AS MATERIALIZED (
      SELECT product_id, known.total_sales, ${ranking}
      FROM known CROSS JOIN LATERAL (
        SELECT product_id, words FROM product_texts WHERE product_id = known.id OFFSET 0
      ) its WHERE words @@ (SELECT in_title FROM looked_for)
      ORDER BY known.total_sales DESC, known.id DESC ${isGoingOn ? sql`` : sql`LIMIT ${ranked}`}
    ),
    -- Whether nothing can be in the pool that was not looked at.
    known_enough AS MATERIALIZED (
      SELECT ${
        isGoingOn
          ? sql`(SELECT total FROM counted) > ${sql.literal(String(manyHits))} AND (SELECT count(*) FROM known) < ${lookedThrough}`
          : sql`(SELECT count(*) FROM known_pool) = ${ranked}`
      } AS is_so
    ),
    pool AS MATERIALIZED (
      SELECT product_id, total_sales, rank FROM known_pool WHERE (SELECT is_so FROM known_enough)
      UNION ALL (
        SELECT product_id, total_sales, NULL FROM product_texts
        WHERE NOT (SELECT is_so FROM known_enough) AND words @@ (SELECT in_title FROM looked_for) AND ${isMatching(sql)}
          AND ${inPool(sql`product_id`)}
        ORDER BY total_sales DESC, product_id DESC ${isGoingOn ? sql`` : sql`LIMIT ${ranked}`})
    ),
    ranked AS MATERIALIZED (
      SELECT CASE WHEN product_id IN (SELECT product_id FROM exact) THEN 2 ELSE 1 END AS kind, rank, total_sales, product_id
      FROM (
        SELECT product_id, total_sales, ${ranking} FROM product_texts
        WHERE ${allRanked} AND (SELECT is_so FROM by_words) AND words @@ (SELECT query FROM looked_for) AND ${isMatching(sql)}
        UNION ALL
        SELECT product_id, total_sales, ${ranking} FROM product_texts
        WHERE ${allRanked} AND NOT (SELECT is_so FROM by_words) AND ${isAmongFew(sql)}
        UNION ALL
        SELECT product_id, total_sales, rank FROM pool WHERE rank IS NOT NULL
        UNION ALL
        SELECT product_id, total_sales, ${ranking} FROM product_texts
        WHERE product_id IN (
            SELECT product_id FROM pool WHERE rank IS NULL UNION SELECT product_id FROM exact WHERE NOT (${allRanked}))
          AND product_id NOT IN (SELECT product_id FROM pool WHERE rank IS NOT NULL) AND ${isMatching(sql)}
      ) one
    ),
    first AS MATERIALIZED (SELECT * FROM ranked ${after} ${order} LIMIT ${wanted}),
    others AS MATERIALIZED (
      SELECT 0 AS kind, 0::real AS rank, total_sales, id AS product_id FROM (
        ${others(sql`is_listed`)} UNION ALL ${others(sql`is_searchable AND NOT is_listed`)}
      ) other
    ),
    page AS MATERIALIZED (
      SELECT * FROM (SELECT * FROM first UNION ALL SELECT * FROM others) best ${order}
      LIMIT ${sql.literal(String(limit + 1))} OFFSET ${sql.literal(String(start.offset))}
    ),
    least AS MATERIALIZED (
      ${
        isGoingOn
          ? sql`SELECT ${leastSales}::text AS total_sales, ${leastId}::text AS product_id`
          : sql`SELECT coalesce(min(total_sales), ${highest})::text AS total_sales,
              coalesce((array_agg(product_id ORDER BY total_sales, product_id))[1], ${highest})::text AS product_id
            FROM pool HAVING NOT (${allRanked})`
      }
    )
    SELECT counted.total, catalogue.changed_at AS catalogue_changed_at, looked_for.query::text AS query,
      ${corrected === "" ? sql`looked_for.corrected` : sql`${corrected}::text AS corrected`},
      ARRAY[kind::text, rank::text, page.total_sales::text, page.product_id::text,
        coalesce((SELECT total_sales FROM least), ''), coalesce((SELECT product_id FROM least), '')] AS place, shown.*
    FROM catalogue CROSS JOIN counted CROSS JOIN looked_for LEFT JOIN page ON true
    LEFT JOIN LATERAL (
      SELECT ${storedColumns(sql, "found")} FROM products found WHERE found.id = page.product_id OFFSET 0
    ) shown ON true
    ${order}`
  return yield* Effect.orDie(decodeHits(rows))
})
