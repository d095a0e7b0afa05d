import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { CHUNK, FacetKind } from "../FacetValue.ts"
import type { ProductFilter } from "../ProductQuery.ts"
import type { Choice } from "./choices.ts"
import { ids, texts } from "./Parameters.ts"

/** Where a set of products starts from: those in lists, or those in searches. */
export type Base = "listed" | "searchable"

/**
 * Rows `(chunk, bits)`: one bit for each product of the base that every choice and every other condition of the filter
 * holds for. The search is not one of them. A chunk without any product may be missing.
 */
export const matchingBits = (
  sql: SqlClient,
  base: Base,
  filter: ProductFilter,
  choices: ReadonlyArray<Choice>
): Fragment => {
  const parts = [
    sql`SELECT chunk, bits FROM facet_bits WHERE value_id = (
      SELECT id FROM facet_values WHERE kind = ${sql.literal(String(FacetKind[base]))} AND scope = '' AND key = '')`,
    ...choices.map(
      (choice) =>
        sql`SELECT chunk, bit_or(bits) FROM facet_bits WHERE value_id = ANY(${choice.bits}) GROUP BY chunk`
    ),
    ...rowConditions(sql, filter).map(
      (condition) => sql`
        SELECT ordinal / ${chunk(sql)}, bits_of(ordinal % ${chunk(sql)}, 1) FROM products
        WHERE ${condition} AND is_public AND ordinal IS NOT NULL GROUP BY 1`
    )
  ]
  return sql`(
    SELECT chunk, bit_and(bits) AS bits FROM (${unionAll(sql, parts)}) part (chunk, bits)
    GROUP BY chunk HAVING count(*) = ${sql.literal(String(parts.length))})`
}

const unionAll = (sql: SqlClient, [first, ...rest]: ReadonlyArray<Fragment>): Fragment =>
  rest.reduce((all, part) => sql`${all} UNION ALL ${part}`, sql`${first ?? sql``}`)

const chunk = (sql: SqlClient) => sql.literal(String(CHUNK))

/** Conditions of a filter on rows of `products`, of those that are no choices. */
export const rowConditions = (sql: SqlClient, filter: ProductFilter): ReadonlyArray<Fragment> => [
  ...(filter.skus.length === 0
    ? []
    : [sql`sku <> '' AND lower(sku) = ANY(${texts(filter.skus.map((sku) => sku.toLowerCase()))}::text[])`]),
  ...(filter.includeIds.length === 0 ? [] : [sql`id = ANY(${ids(filter.includeIds)}::bigint[])`]),
  ...(filter.minPrice === "" ? [] : [sql`price_max >= ${filter.minPrice}::numeric`]),
  ...(filter.maxPrice === "" ? [] : [sql`price_min <= ${filter.maxPrice}::numeric`])
]
