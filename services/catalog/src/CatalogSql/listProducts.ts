import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { CHUNK } from "../FacetValue.ts"
import type { PageStart } from "../PageStart.ts"
import type { ProductFilter, ProductOrder } from "../ProductQuery.ts"
import { searchWords } from "../SearchWords.ts"
import { choices } from "./choices.ts"
import { listOrder } from "./listOrder.ts"
import { matchingBits } from "./matchingBits.ts"
import { StoredProduct, storedColumns } from "./readProducts.ts"
import { textHits } from "./textHits.ts"

const Listed = Schema.Struct({
  total: Schema.Int,
  catalogue_changed_at: Schema.Date,
  /** What was looked for instead of the filter's search; "" where it is that. */
  corrected: Schema.String,
  document: Schema.NullOr(Schema.Uint8Array),
  public_ids: StoredProduct.fields.public_ids,
  place: Schema.Array(Schema.NullOr(Schema.String))
})
const decodeListed = Schema.decodeUnknownEffect(Schema.Array(Listed))

/** How many matches are fetched and sorted; of more the index of the order is walked until the page is full. */
const FEW = 1000

/**
 * A page of listed products and the one after it, their total and the state of the catalogue, all of one snapshot because
 * they are one statement. An empty page is one row without a document. With a search in the filter: what it finds.
 *
 * What matches is known exactly by its bits before the first product is looked at. Of few matches all are fetched and
 * sorted. Of many the next ones in order are met soon: the index of the order holds each product's ordinal, so whether it
 * matches is seen without the product itself.
 */
export const listProducts = Effect.fnUntraced(function* (
  sql: SqlClient,
  language: string,
  filter: ProductFilter,
  order: ProductOrder,
  start: PageStart,
  limit: number,
  few: number = FEW
) {
  const by = listOrder(sql, order, filter)
  const rowsWhere = (condition: Fragment) => sql`(
    SELECT ${by.columns} FROM products
    WHERE ${condition} ${start.after === undefined ? sql`` : sql`AND ${by.after(start.after)}`}
    ORDER BY ${by.rows} LIMIT ${start.offset + limit + 1})`
  const many = sql`(SELECT total FROM counted) > ${few}`
  const rows = yield* sql`
    WITH ${filter.search === "" ? sql`` : sql`${textHits(sql, language, searchWords(filter.search))},`}
    matching AS MATERIALIZED ${matching(sql, filter)},
    counted AS MATERIALIZED (SELECT coalesce(sum(bit_count(bits)), 0)::int AS total FROM matching),
    page AS MATERIALIZED (
      SELECT * FROM (
        ${rowsWhere(sql`${many} AND ${isMatching(sql)} AND is_listed`)}
        UNION ALL
        ${filter.search === "" ? sql`` : sql`${rowsWhere(sql`${many} AND ${isMatching(sql)} AND is_searchable AND NOT is_listed`)} UNION ALL`}
        ${rowsWhere(sql`NOT ${many} AND ${isAmongFew(sql)}`)}
      ) page ORDER BY ${by.page} LIMIT ${limit + 1} OFFSET ${start.offset}
    )
    SELECT counted.total, catalogue.changed_at AS catalogue_changed_at, ${by.place} AS place,
      ${filter.search === "" ? sql`''` : sql`(SELECT corrected FROM looked_for)`} AS corrected,
      shown.document, coalesce(shown.public_ids, '{}') AS public_ids
    FROM catalogue CROSS JOIN counted LEFT JOIN page ON true
    LEFT JOIN LATERAL (
      SELECT ${storedColumns(sql, "found")} FROM products found WHERE found.id = page.id OFFSET 0
    ) shown ON true
    ORDER BY ${by.page}`
  return yield* Effect.orDie(decodeListed(rows))
})

/** What matches, as rows `(chunk, bits)`. */
const matching = (sql: SqlClient, filter: ProductFilter): Fragment =>
  filter.search === ""
    ? matchingBits(sql, "listed", filter, choices(sql, filter))
    : sql`(
        SELECT chunk, kept.bits & hits.bits AS bits
        FROM ${matchingBits(sql, "searchable", filter, choices(sql, filter))} kept JOIN hits USING (chunk))`

const chunk = (sql: SqlClient) => sql.literal(String(CHUNK))

/** Whether a product's bit is set: the chunks as an array, each in its place. */
export const isMatching = (sql: SqlClient): Fragment => sql`get_bit(
  (ARRAY(
    SELECT bits FROM generate_series(0, (SELECT max(chunk) FROM matching)) place (chunk)
    LEFT JOIN matching USING (chunk) ORDER BY chunk
  ))[ordinal / ${chunk(sql)} + 1], ordinal % ${chunk(sql)}) = 1`

/** The same of few: the pieces between the ones of a bitmap, written as text, tell where the ones stand. */
export const isAmongFew = (sql: SqlClient): Fragment => sql`ordinal = ANY(ARRAY(
  SELECT (chunk * ${chunk(sql)} + sum(length(zeros) + 1) OVER (PARTITION BY chunk ORDER BY nth))::int - 1
  FROM matching CROSS JOIN LATERAL string_to_table(bits::text, '1') WITH ORDINALITY piece (zeros, nth)
  -- The last piece has no one behind it.
  WHERE nth <= bit_count(bits)
))`
