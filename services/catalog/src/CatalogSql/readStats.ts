import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import { kind } from "./choices.ts"

const Held = Schema.Struct({
  /** Null before the first count. */
  document: Schema.NullOr(Schema.Uint8Array),
  computed_at: Schema.NullOr(Schema.Date),
  /** When the catalogue that was counted last changed. */
  counted_changed_at: Schema.NullOr(Schema.Date),
  age_ms: Schema.NullOr(Schema.BigInt),
  outdated: Schema.Boolean
})
const decodeHeld = Schema.decodeUnknownEffect(Schema.Tuple([Held]))

/** The figures that were counted last, how old they are, and whether the catalogue has changed since. */
export const readStats = Effect.fnUntraced(function* (sql: SqlClient) {
  const rows = yield* sql`
    SELECT held.document, held.computed_at, held.catalogue_changed_at AS counted_changed_at, catalogue.changed_at IS DISTINCT FROM held.catalogue_changed_at AS outdated,
      greatest(0, floor(1000 * extract(epoch FROM clock_timestamp() - held.computed_at)))::bigint AS age_ms
    FROM catalogue LEFT JOIN catalogue_stats held ON true`
  const [row] = yield* Effect.orDie(decodeHeld(rows))
  return row
})

/** Takes the right to count until the transaction ends; false if another instance has it. */
export const tryToCount = Effect.fnUntraced(function* (sql: SqlClient) {
  const [row] = yield* sql<{
    readonly locked: boolean
  }>`SELECT pg_try_advisory_xact_lock(hashtextextended('optica.catalog.stats', 0)) AS locked`
  return row?.locked === true
})

/** The same, after whoever has it. */
export const waitToCount = (sql: SqlClient) =>
  Effect.asVoid(sql`SELECT pg_advisory_xact_lock(hashtextextended('optica.catalog.stats', 0))`)

const Figures = Schema.Struct({
  computed_at: Schema.Date,
  catalogue_changed_at: Schema.String,
  products: Schema.Int,
  variations: Schema.Int,
  categories: Schema.Int,
  tags: Schema.Int,
  brands: Schema.Int,
  reviews: Schema.Int,
  on_sale: Schema.Int,
  featured: Schema.Int,
  stock_statuses: Schema.Array(Schema.Struct({ status: Schema.String, products: Schema.Int })),
  min_price: Schema.String,
  max_price: Schema.String,
  average_price: Schema.String,
  average_rating: Schema.String
})
const decodeFigures = Schema.decodeUnknownEffect(Schema.Tuple([Figures]))

/** Counts the catalogue: one statement, so one snapshot with the time of the catalogue. */
export const countStats = Effect.fnUntraced(function* (sql: SqlClient) {
  const rows = yield* sql`
    WITH listed AS MATERIALIZED (
      SELECT chunk, bits FROM facet_bits WHERE value_id = (
        SELECT id FROM facet_values WHERE kind = ${kind(sql, "listed")} AND scope = '' AND key = '')
    ),
    counted AS MATERIALIZED (
      SELECT v.kind, v.key, sum(bit_count(own.bits & listed.bits))::int AS products
      FROM facet_values v JOIN facet_bits own ON own.value_id = v.id JOIN listed ON listed.chunk = own.chunk
      WHERE v.kind IN (${kind(sql, "brand")}, ${kind(sql, "stockStatus")}, ${kind(sql, "onSale")}, ${kind(sql, "featured")})
      GROUP BY v.id HAVING sum(bit_count(own.bits & listed.bits)) > 0
    ),
    averages AS MATERIALIZED (
      SELECT avg(price_min) AS price, avg(average_rating) FILTER (WHERE rating_count > 0) AS rating
      FROM products WHERE is_listed
    )
    SELECT statement_timestamp() AS computed_at, catalogue.changed_at::text AS catalogue_changed_at,
      (SELECT coalesce(sum(bit_count(bits)), 0)::int FROM listed) AS products,
      (SELECT count(*)::int FROM products it JOIN products owner ON owner.id = it.parent_id
        WHERE it.is_variation AND it.is_public AND owner.is_public AND NOT owner.is_variation) AS variations,
      (SELECT count(*)::int FROM categories) AS categories,
      (SELECT count(*)::int FROM tags) AS tags,
      (SELECT count(*)::int FROM counted WHERE kind = ${kind(sql, "brand")}) AS brands,
      (SELECT count(*)::int FROM reviews JOIN products owner ON owner.id = reviews.product_id
        WHERE reviews.is_approved AND owner.is_public AND NOT owner.is_variation) AS reviews,
      (SELECT coalesce(sum(products), 0)::int FROM counted WHERE kind = ${kind(sql, "onSale")} AND key = 'true') AS on_sale,
      (SELECT coalesce(sum(products), 0)::int FROM counted WHERE kind = ${kind(sql, "featured")} AND key = 'true') AS featured,
      (SELECT coalesce(json_agg(json_build_object('status', key, 'products', products) ORDER BY key), '[]')
        FROM counted WHERE kind = ${kind(sql, "stockStatus")}) AS stock_statuses,
      coalesce((SELECT trim_scale(price_min)::text FROM products WHERE is_listed AND price_min IS NOT NULL
        ORDER BY coalesce(price_min, 'Infinity'), id LIMIT 1), '') AS min_price,
      coalesce((SELECT trim_scale(price_max)::text FROM products WHERE is_listed AND price_max IS NOT NULL
        ORDER BY coalesce(price_max, '-Infinity') DESC, id DESC LIMIT 1), '') AS max_price,
      coalesce((SELECT round(price, 2)::text FROM averages), '') AS average_price,
      (SELECT round(coalesce(rating, 0), 2)::text FROM averages) AS average_rating
    FROM catalogue`
  const [row] = yield* Effect.orDie(decodeFigures(rows))
  return row
})

/** Keeps what was counted. */
export const writeStats = (
  sql: SqlClient,
  stats: {
    readonly computedAt: Date
    /** As the database says it: a Date has no microseconds. */
    readonly catalogueChangedAt: string
    readonly document: Uint8Array
  }
) =>
  Effect.asVoid(sql`
    INSERT INTO catalogue_stats (computed_at, catalogue_changed_at, document)
    VALUES (${stats.computedAt}, ${stats.catalogueChangedAt}::timestamptz, ${stats.document})
    ON CONFLICT (only_row) DO UPDATE SET computed_at = excluded.computed_at,
      catalogue_changed_at = excluded.catalogue_changed_at, document = excluded.document`)
