import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { FacetKind } from "../FacetValue.ts"
import type { ProductFilter } from "../ProductQuery.ts"
import { choices, kind } from "./choices.ts"
import { bitSets, unionAll } from "./matchingBits.ts"
import { texts } from "./Parameters.ts"

/** How many brands, and terms of one attribute, are answered at most: those with the most products. */
const MOST = 200

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

const State = {
  total: Schema.Int,
  catalogue_changed_at: Schema.Date,
  /** What was looked for instead of the filter's search; "" where it is that. */
  corrected: Schema.String
}
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
  /** `textHits` of the filter's search; undefined without one. */
  search: Fragment | undefined
) {
  const sets = [
    ...bitSets(sql, search === undefined ? "listed" : "searchable", filter, choices(sql, filter)),
    ...(search === undefined ? [] : [{ facet: "", rows: sql`SELECT chunk, bits FROM hits` }])
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
    WITH ${search === undefined ? sql`` : sql`${search},`}
    part (facet, chunk, bits) AS MATERIALIZED (${unionAll(sql, numbered.map(part))}),
    matching (without, chunk, bits) AS MATERIALIZED (
      SELECT without, chunk, bit_and(bits)
      FROM part, (VALUES ${sql.literal(sizes.join())}) wanted (without, sets)
      WHERE facet = 0 OR facet <> without
      GROUP BY without, chunk, sets
      -- As one condition: of two the planner would expect next to no rows, and join them one by one.
      HAVING CASE WHEN count(*) = sets THEN bit_count(bit_and(bits)) > 0 ELSE false END
    ),
    value AS MATERIALIZED (${values(sql, facets)}),
    counted AS MATERIALIZED (${counts(sql, facets)})
    SELECT catalogue.changed_at AS catalogue_changed_at,
      ${search === undefined ? sql`''` : sql`(SELECT corrected FROM looked_for)`} AS corrected,
      (SELECT coalesce(sum(bit_count(bits)), 0)::int FROM matching WHERE without = 0) AS total,
      shown.kind, shown.scope, shown.key, shown.name, shown.slug, shown.count, shown.label, shown.parent_id, shown.document
    FROM catalogue LEFT JOIN ${shown(sql)} shown ON true
    ORDER BY kind, label, scope, category_order, title_key,
      CASE kind WHEN ${kind(sql, "brand")} THEN -count WHEN ${kind(sql, "rating")} THEN -key::numeric
        WHEN ${kind(sql, "price")} THEN key::numeric END,
      term_order, term_number, name, key`
  return yield* Effect.orDie(decodeCounted(rows))
})

/** Tags restrict all facets and are none. */
const isCounted = (facet: string): boolean => facet !== "" && facet !== "tag"

/** Facets, and the kinds of the values that they count. */
const kinds = [
  ["category", "subtree"],
  ["brand", "brand"],
  ["stockStatus", "stockStatus"],
  ["onSale", "onSale"],
  ["featured", "featured"],
  ["rating", "rating"],
  ["price", "price"]
] as const

/**
 * Every value that can be counted, with the number of its facet. Options of an attribute that have one slug, as after a term
 * was renamed, are counted together: as `one` of them, which is what the term is called by now.
 */
const values = (sql: SqlClient, facets: ReadonlyArray<string>): Fragment => {
  const chosen = kinds.filter(([facet]) => facets.includes(facet))
  const numbers = chosen.map(([facet, kind]) => `WHEN ${FacetKind[kind]} THEN ${facets.indexOf(facet) + 1}`)
  const number = numbers.length === 0 ? "0" : `CASE v.kind ${numbers.join(" ")} ELSE 0 END`
  return sql`
    SELECT v.id, v.id AS one, false AS is_shared, v.kind, v.scope, ${sql.literal(number)} AS facet, v.key, v.name, v.slug,
      '' AS label, NULL::bigint AS term_id, NULL::int AS menu_order, '' AS order_by
    FROM facet_values v
    WHERE v.kind IN (${sql.literal(kinds.map(([, kind]) => FacetKind[kind]).join())})
      AND (v.key = 'true' OR v.kind NOT IN (${kind(sql, "onSale")}, ${kind(sql, "featured")}))
    UNION ALL
    SELECT v.id, coalesce(min(v.id) FILTER (WHERE t.id IS NOT NULL) OVER same, min(v.id) OVER same), count(*) OVER same > 1,
      v.kind, v.scope, coalesce(array_position(${texts(facets)}::text[], 'attribute ' || v.scope), 0),
      coalesce(t.slug, v.slug), v.key, coalesce(t.slug, v.slug), coalesce(a.name, ''), t.id, t.menu_order,
      coalesce(a.order_by, '')
    FROM facet_values v
    LEFT JOIN (
      SELECT id, slug, name, substring(source from '"order_by":"([a-z_]+)"') AS order_by FROM attributes OFFSET 0
    ) a ON a.slug = v.scope
    LEFT JOIN terms t ON t.attribute_id = a.id AND t.name = v.key AND t.slug <> ''
    WHERE v.kind = ${kind(sql, "attribute")}
    WINDOW same AS (PARTITION BY v.scope, coalesce(t.slug, v.slug))`
}

/**
 * How many products have a value. A set is an array of its chunks, and the values that are held against it are a list of
 * ids: the planner cannot know how many rows these have, so nothing is joined with them, and they are met in the order
 * of their index, one value after another.
 */
const counts = (sql: SqlClient, facets: ReadonlyArray<string>): Fragment => {
  const within = sql`chunk BETWEEN (SELECT min(chunk) FROM matching) AND (SELECT max(chunk) FROM matching)`
  const alone = ["", ...facets].map((_, facet) => {
    const number = sql.literal(String(facet))
    return sql`(
      SELECT value_id AS id, sum(bit_count(bits & (ARRAY(
          SELECT bits FROM generate_series(0, (SELECT max(chunk) FROM matching)) place (chunk)
          LEFT JOIN matching ON matching.chunk = place.chunk AND without = ${number} ORDER BY place.chunk
        ))[chunk + 1])::int) AS count
      FROM facet_bits
      WHERE value_id = ANY(ARRAY(SELECT id FROM value WHERE facet = ${number} AND NOT is_shared)) AND ${within}
      GROUP BY value_id)`
  })
  return sql`
    ${unionAll(sql, alone)}
    UNION ALL
    SELECT shared.id, sum(bit_count(own.bits & matching.bits)::int)
    FROM (SELECT one AS id, facet, array_agg(id) AS ids FROM value WHERE is_shared GROUP BY one, facet) shared
    CROSS JOIN LATERAL (
      SELECT chunk, bit_or(bits) AS bits FROM facet_bits WHERE value_id = ANY(ids) AND ${within} GROUP BY chunk
    ) own
    JOIN matching ON matching.chunk = own.chunk AND matching.without = shared.facet
    GROUP BY shared.id`
}

/** What is answered. A category that the shop has not told of yet is called what its products call it. */
const shown = (sql: SqlClient): Fragment => sql`(
  SELECT ranked.kind, ranked.scope, ranked.key, ranked.slug, ranked.count::int, ranked.label,
    CASE WHEN ranked.kind = ${kind(sql, "subtree")} AND c.id IS NULL THEN coalesce((
      SELECT name FROM facet_values
      WHERE kind = ${kind(sql, "category")} AND scope = '' AND key = ranked.key), '') ELSE ranked.name END AS name,
    coalesce(c.parent_id, 0) AS parent_id, c.document, c.menu_order AS category_order, c.title_key,
    CASE WHEN ranked.order_by = 'id' THEN ranked.term_id WHEN ranked.order_by IN ('name', 'name_num') THEN 0
      ELSE ranked.menu_order END AS term_order,
    CASE WHEN ranked.order_by = 'name_num'
      THEN substring(ranked.name from '^[0-9]{1,20}(?:[.][0-9]{1,20})?')::numeric END AS term_number
  FROM (
    SELECT value.*, count, row_number() OVER (PARTITION BY kind, scope ORDER BY count DESC, key) AS rank
    FROM counted JOIN value USING (id) WHERE count > 0
  ) ranked
  LEFT JOIN categories c ON c.id = CASE WHEN ranked.kind = ${kind(sql, "subtree")} THEN ranked.key::bigint END
  WHERE ranked.rank <= ${MOST} OR ranked.kind NOT IN (${kind(sql, "brand")}, ${kind(sql, "attribute")})
)`
