import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { CHUNK } from "../FacetValue.ts"
import { metRanges } from "../PriceRange.ts"
import type { ProductFilter } from "../ProductQuery.ts"
import { type Choice, hasPrices, isWholeRanges, valueIds } from "./choices.ts"
import { ids, texts } from "./Parameters.ts"

/** Where a set of products starts from: those in lists, or those in searches. */
export type Base = "listed" | "searchable"

/** A set of products, as rows `(chunk, bits)`. */
export interface BitSet {
  /** The facet that it is a choice of, "" if it is none. */
  readonly facet: string
  readonly rows: Fragment
}

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
  const sets = bitSets(sql, base, filter, choices).map((set) => set.rows)
  return sql`(
    SELECT chunk, bit_and(bits) AS bits FROM (${unionAll(sql, sets)}) part (chunk, bits)
    GROUP BY chunk HAVING count(*) = ${sql.literal(String(sets.length))})`
}

/** The sets that {@link matchingBits} is the intersection of; each has a chunk at most once. */
export const bitSets = (
  sql: SqlClient,
  base: Base,
  filter: ProductFilter,
  choices: ReadonlyArray<Choice>
): ReadonlyArray<BitSet> => [
  { facet: "", rows: bitsOfAny(sql, valueIds(sql, base, [""])) },
  ...choices.map(({ bits, facet }) => ({ facet, rows: bitsOfAny(sql, bits) })),
  ...idConditions(sql, filter).map((condition) => ({
    facet: "",
    rows: bitsOfRows(sql, sql`${condition} AND is_public AND NOT is_variation`)
  })),
  ...(hasPrices(filter) && !isWholeRanges(filter)
    ? [{ facet: "price", rows: bitsOfPrices(sql, base, filter) }]
    : [])
]

export const unionAll = (sql: SqlClient, [first, ...rest]: ReadonlyArray<Fragment>): Fragment =>
  rest.reduce((all, part) => sql`${all} UNION ALL ${part}`, sql`${first ?? sql``}`)

const bitsOfAny = (sql: SqlClient, values: Fragment): Fragment =>
  sql`SELECT chunk, bit_or(bits) FROM facet_bits WHERE value_id = ANY(${values}) GROUP BY chunk`

const bitsOfRows = (sql: SqlClient, condition: Fragment): Fragment => {
  const chunk = sql.literal(String(CHUNK))
  return sql`SELECT ordinal / ${chunk}, bits_of(ordinal % ${chunk}, 1) FROM products
    WHERE ${condition} GROUP BY 1`
}

/**
 * Products with a price between bounds that are not just those of ranges: the bits of all ranges that the bounds meet,
 * without the rows at the ends of these that lie outside the bounds. Most products of a wide filter are never looked at.
 */
const bitsOfPrices = (sql: SqlClient, base: Base, { maxPrice, minPrice }: ProductFilter): Fragment => {
  const { above, below, keys } = metRanges(minPrice, maxPrice)
  // Written as the orders by price are, so that their indexes tell; what is in searches only has one of its own.
  const lowest = sql`coalesce(price_min, 'Infinity')`
  const highest = sql`coalesce(price_max, '-Infinity')`
  const rows = (condition: Fragment) =>
    bitsOfRows(
      sql,
      base === "listed"
        ? sql`${condition} AND is_listed`
        : sql`((${condition} AND is_listed) OR (${condition} AND is_searchable AND NOT is_listed))`
    )
  const within = [
    sql`SELECT chunk, bits FROM facet_bits WHERE value_id = ANY(${valueIds(sql, "price", keys)})`,
    // Negative prices are in no range.
    ...(minPrice === "" ? [rows(sql`${highest} > '-Infinity' AND ${highest} < 0`)] : [])
  ]
  const outside = [
    ...(below === ""
      ? []
      : [rows(sql`${highest} >= ${below}::numeric(45, 4) AND ${highest} < ${minPrice}::numeric(45, 4)`)]),
    ...(above === undefined
      ? []
      : [
          rows(
            sql`${lowest} > ${maxPrice}::numeric(45, 4) AND ${
              above === "" ? sql`${lowest} < 'Infinity'` : sql`${lowest} <= ${above}::numeric(45, 4)`
            }`
          )
        ])
  ]
  const any = (sets: ReadonlyArray<Fragment>) =>
    sql`(SELECT chunk, bit_or(bits) AS bits FROM (${unionAll(sql, sets)}) part (chunk, bits) GROUP BY chunk)`
  return outside.length === 0
    ? sql`SELECT chunk, bits FROM ${any(within)} within`
    : sql`SELECT within.chunk, coalesce(within.bits & ~outside.bits, within.bits)
        FROM ${any(within)} within LEFT JOIN ${any(outside)} outside ON outside.chunk = within.chunk`
}

/** Conditions of a filter on rows of `products`, for what has no bits. */
const idConditions = (sql: SqlClient, filter: ProductFilter): ReadonlyArray<Fragment> => [
  ...(filter.skus.length === 0
    ? []
    : [
        // The index is of the SKUs in lower case.
        sql`sku <> '' AND sku = ANY(${texts(filter.skus)}::text[]) AND lower(sku) = ANY(ARRAY(
          SELECT lower(asked COLLATE "C") FROM unnest(${texts(filter.skus)}::text[]) wanted (asked)))`
      ]),
  ...(filter.includeIds.length === 0 ? [] : [sql`id = ANY(${ids(filter.includeIds)}::bigint[])`])
]
