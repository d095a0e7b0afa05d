import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import type { ProductFilter } from "../ProductQuery.ts"
import { choices, kind, termsOfValues } from "./choices.ts"
import { countsOfFew, fewProducts } from "./countFew.ts"
import { bitSets, unionAll } from "./matchingBits.ts"
import { texts } from "./Parameters.ts"

/** How many brands, and terms of one attribute, are answered at most: those with the most products. */
const MOST = 200

/** Of so many products what they have is counted one by one; of more the bits of all values are read. */
const FEW = 300

const CountedValue = Schema.Struct({
  kind: Schema.Int,
  scope: Schema.String,
  /** The slug of a term; the key of every other value. */
  key: Schema.String,
  name: Schema.String,
  slug: Schema.String,
  count: Schema.Int,
  /** Of an attribute's term: what the shop calls the attribute, "" where it has not said. */
  label: Schema.String,
  /** Of a category. */
  parent_id: Schema.BigInt,
  document: Schema.NullOr(Schema.Uint8Array)
})
/** A value with products, and how many. */
export type CountedValue = typeof CountedValue.Type

const State = { total: Schema.Int, catalogue_changed_at: Schema.Date }
const decodeCounted = Schema.decodeUnknownEffect(
  Schema.NonEmptyArray(
    Schema.Union([
      Schema.Struct({ ...State, ...CountedValue.fields }),
      Schema.Struct({ ...State, kind: Schema.Null })
    ])
  )
)

/**
 * How many products have each value, of those that all choices of the other facets leave; and how many all choices leave.
 * One statement, so one snapshot. Values of a kind are in the order in which they are shown.
 */
export const countFacets = Effect.fnUntraced(function* (
  sql: SqlClient,
  filter: ProductFilter,
  /** What the filter's search finds, as rows `(chunk, bits)`; undefined without one. */
  hits: Fragment | undefined,
  few = FEW
) {
  const sets = [
    ...bitSets(sql, hits === undefined ? "listed" : "searchable", filter, choices(sql, filter)),
    ...(hits === undefined ? [] : [{ facet: "", rows: sql`SELECT chunk, bits FROM ${hits} hits` }])
  ]
  const facets = [...new Set(sets.map(({ facet }) => facet))].filter((facet) => isCounted(facet))
  const numbered = sets.map((set) => ({ ...set, facet: facets.indexOf(set.facet) + 1 }))
  const part = ({ facet, rows }: { readonly facet: number; readonly rows: Fragment }) =>
    sql`SELECT ${sql.literal(String(facet))}, chunk, bits FROM (${rows}) rows (chunk, bits)`
  // How many sets there are without each facet; 0: without none. Constants, or every call would be planned anew.
  const sizes = [0, ...facets.map((_, index) => index + 1)].map((without) => {
    const sets = numbered.filter(({ facet }) => facet === 0 || facet !== without).length
    return `(${without}, ${sets})`
  })
  const rows = yield* sql`
    WITH RECURSIVE part (facet, chunk, bits) AS MATERIALIZED (${unionAll(sql, numbered.map(part))}),
    matching (without, chunk, bits) AS MATERIALIZED (
      SELECT without, chunk, bit_and(bits)
      FROM part, (VALUES ${sql.literal(sizes.join())}) wanted (without, sets)
      WHERE facet = 0 OR facet <> without
      GROUP BY without, chunk, sets 
      -- As one condition: of two the planner would expect next to no rows, and join them one by one.
      HAVING CASE WHEN count(*) = sets THEN bit_count(bit_and(bits)) > 0 ELSE false END
    ),
    ${fewProducts(sql, few)},
    value AS MATERIALIZED (SELECT row_number() OVER () AS n, value.* FROM ${values(sql, facets)} value),
    counted AS MATERIALIZED (
      SELECT value.*, tally.count FROM value JOIN (
        SELECT n, sum(count)::int AS count
        FROM ((${countsOfChunks(sql)}) UNION ALL (${countsOfFew(sql)})) chunks GROUP BY n HAVING sum(count) > 0
      ) tally USING (n)
    )
    SELECT catalogue.changed_at AS catalogue_changed_at,
      (SELECT coalesce(sum(bit_count(bits)), 0)::int FROM matching WHERE without = 0) AS total, shown.*
    FROM catalogue LEFT JOIN ${shown(sql)} shown ON true
    ORDER BY shown.kind, shown.place`
  return yield* Effect.orDie(decodeCounted(rows))
})

/** Tags restrict all facets and are none. */
const isCounted = (facet: string): boolean => facet !== "" && facet !== "tag"

/**
 * Every value that can be counted, with the number of its facet. `ids` are those that are listed by the same filter:
 * several where options of an attribute have one slug, as after a term was renamed.
 */
const values = (sql: SqlClient, facets: ReadonlyArray<string>): Fragment => {
  const number = (facet: Fragment) => sql`coalesce(array_position(${texts(facets)}::text[], ${facet}), 0)`
  return sql`(
    SELECT v.kind, v.scope, ${number(sql`CASE v.kind
        WHEN ${kind(sql, "subtree")} THEN 'category' WHEN ${kind(sql, "brand")} THEN 'brand'
        WHEN ${kind(sql, "stockStatus")} THEN 'stockStatus' WHEN ${kind(sql, "onSale")} THEN 'onSale'
        WHEN ${kind(sql, "featured")} THEN 'featured' WHEN ${kind(sql, "rating")} THEN 'rating'
        WHEN ${kind(sql, "price")} THEN 'price' END`)} AS facet,
      v.key, v.name, v.slug, ARRAY[v.id] AS ids, '' AS label, NULL::bigint AS term_id, NULL::int AS menu_order, '' AS order_by
    FROM facet_values v
    WHERE v.kind IN (${kind(sql, "subtree")}, ${kind(sql, "brand")}, ${kind(sql, "stockStatus")}, ${kind(sql, "rating")}, ${kind(sql, "price")})
      OR (v.kind IN (${kind(sql, "onSale")}, ${kind(sql, "featured")}) AND v.key = 'true')
    UNION ALL
    SELECT v.kind, v.scope, ${number(sql`'attribute ' || v.scope`)}, coalesce(t.slug, v.slug), min(v.key), coalesce(t.slug, v.slug),
      array_agg(DISTINCT v.id), coalesce(min(a.name), ''), min(t.id), min(t.menu_order),
      coalesce(substring(min(a.source) from '"order_by":"([a-z_]+)"'), '')
    FROM facet_values v ${termsOfValues(sql)}
    WHERE v.kind = ${kind(sql, "attribute")}
    GROUP BY v.kind, v.scope, coalesce(t.slug, v.slug)
  )`
}

/**
 * How many products of each chunk have a value. The bits are read first, a value's one after another, and matched with
 * the few rows of `matching` then: looking up each chunk of each value by itself takes twice as long. OFFSET 0 keeps this
 * order, and keeps the bits out of what is grouped.
 */
const countsOfChunks = (sql: SqlClient): Fragment => {
  const isCountedByBits = sql`value.facet NOT IN (SELECT without FROM few)`
  const chunks = sql`chunk BETWEEN (SELECT min(chunk) FROM matching) AND (SELECT max(chunk) FROM matching)`
  return sql`
    SELECT own.n, bit_count(own.bits & matching.bits) AS count
    FROM (
      (SELECT value.n, value.facet, chunk, bits FROM value CROSS JOIN LATERAL (
          SELECT chunk, bits FROM facet_bits WHERE value_id = value.ids[1] AND ${chunks} OFFSET 0
        ) one
        WHERE cardinality(value.ids) = 1 AND ${isCountedByBits} OFFSET 0)
      UNION ALL
      (SELECT value.n, value.facet, chunk, bit_or(bits)::bit varying FROM value JOIN facet_bits ON value_id = ANY(value.ids)
        WHERE cardinality(value.ids) > 1 AND ${isCountedByBits} AND ${chunks} GROUP BY value.n, value.facet, chunk)
    ) own JOIN matching ON matching.chunk = own.chunk AND matching.without = own.facet
    OFFSET 0`
}

/** What is answered, `place` being the order of a kind. */
const shown = (sql: SqlClient): Fragment => sql`(
  SELECT counted.kind, counted.scope, counted.key, counted.slug, counted.count, counted.label,
    coalesce(nullif(counted.name, ''), member.name, '') AS name,
    coalesce(c.parent_id, 0) AS parent_id, c.document,
    row_number() OVER (PARTITION BY counted.kind ORDER BY
      counted.label, counted.scope,
      CASE WHEN counted.kind = ${kind(sql, "subtree")} THEN c.menu_order END, c.title_key,
      CASE WHEN counted.kind = ${kind(sql, "brand")} THEN -counted.count END,
      CASE counted.kind WHEN ${kind(sql, "price")} THEN counted.key::numeric WHEN ${kind(sql, "rating")} THEN -counted.key::numeric END,
      CASE WHEN counted.order_by = 'id' THEN counted.term_id WHEN counted.order_by IN ('name', 'name_num') THEN 0
        ELSE counted.menu_order END,
      CASE WHEN counted.order_by = 'name_num' THEN substring(counted.name from '^[0-9]{1,20}(?:[.][0-9]{1,20})?')::numeric END,
      counted.name, counted.key) AS place
  FROM (
    SELECT counted.*, row_number() OVER (PARTITION BY kind, scope ORDER BY count DESC, key) AS rank FROM counted
  ) counted
  LEFT JOIN categories c ON c.id = CASE WHEN counted.kind = ${kind(sql, "subtree")} THEN counted.key::bigint END
  LEFT JOIN facet_values member ON counted.kind = ${kind(sql, "subtree")}
    AND member.kind = ${kind(sql, "category")} AND member.scope = '' AND member.key = counted.key
  WHERE counted.rank <= ${MOST} OR counted.kind NOT IN (${kind(sql, "brand")}, ${kind(sql, "attribute")})
)`
