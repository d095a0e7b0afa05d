import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { CHUNK } from "../FacetValue.ts"
import { cutRanges } from "../PriceRange.ts"
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
    rows: bitsOfRows(sql, sql`${condition} AND is_public`)
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
    WHERE ${condition} AND ordinal IS NOT NULL GROUP BY 1`
}

/**
 * Products with a price between bounds that are not those of ranges: the bits of all ranges that lie between them as a
 * whole, and the rows of those few that are left beside these.
 */
const bitsOfPrices = (sql: SqlClient, base: Base, filter: ProductFilter): Fragment => {
  const { above, below, whole } = cutRanges(filter.minPrice, filter.maxPrice)
  const atLeast = (price: string) => sql`coalesce(price_max, '-Infinity') >= ${price}::numeric`
  const atMost = (price: string) => sql`coalesce(price_min, 'Infinity') <= ${price}::numeric`
  // Written as the orders by price are, so that their indexes tell; those that are in searches only have one of their own.
  const rows = (...conditions: ReadonlyArray<Fragment>) => {
    const all = sql.and(conditions)
    return bitsOfRows(
      sql,
      base === "listed"
        ? sql`${all} AND is_listed`
        : sql`((${all} AND is_listed) OR (${all} AND is_searchable AND NOT is_listed))`
    )
  }
  const { maxPrice: max, minPrice: min } = filter
  if (whole.length === 0) {
    return rows(...(min === "" ? [] : [atLeast(min)]), ...(max === "" ? [] : [atMost(max)]))
  }
  const sets = [
    sql`SELECT chunk, bits FROM facet_bits WHERE value_id = ANY(${valueIds(sql, "price", whole)})`,
    ...(below === ""
      ? []
      : [
          rows(
            // No price is -Infinity here, and below all of them.
            min === "" ? sql`coalesce(price_max, '-Infinity') > '-Infinity'` : atLeast(min),
            sql`coalesce(price_max, '-Infinity') < ${below}::numeric`
          )
        ]),
    ...(above === "" ? [] : [rows(sql`coalesce(price_min, 'Infinity') > ${above}::numeric`, atMost(max))])
  ]
  return sql`SELECT chunk, bit_or(bits) FROM (${unionAll(sql, sets)}) part (chunk, bits) GROUP BY chunk`
}

/** Conditions of a filter on rows of `products`, of those that are no choices. */
export const rowConditions = (sql: SqlClient, filter: ProductFilter): ReadonlyArray<Fragment> => [
  ...idConditions(sql, filter),
  ...(isWholeRanges(filter)
    ? []
    : [
        ...(filter.minPrice === "" ? [] : [sql`price_max >= ${filter.minPrice}::numeric`]),
        ...(filter.maxPrice === "" ? [] : [sql`price_min <= ${filter.maxPrice}::numeric`])
      ])
]

const idConditions = (sql: SqlClient, filter: ProductFilter): ReadonlyArray<Fragment> => [
  ...(filter.skus.length === 0
    ? []
    : [
        sql`sku <> '' AND lower(sku) = ANY(ARRAY(
          SELECT lower(asked) FROM unnest(${texts(filter.skus)}::text[]) wanted (asked COLLATE "C")))`
      ]),
  ...(filter.includeIds.length === 0 ? [] : [sql`id = ANY(${ids(filter.includeIds)}::bigint[])`])
]
