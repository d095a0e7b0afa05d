import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { ProductRow } from "../Product.ts"
import { booleans, bytes, idList, ids, integers, texts } from "./Parameters.ts"

/** A row of the table `products` with what more than the product itself decides. */
export interface PlacedRow {
  readonly row: ProductRow
  /** Null for a variation. */
  readonly ordinal: number | null
  readonly keys: ReadonlyArray<number>
  readonly priceMin: string | null
  readonly priceMax: string | null
}

/** Writes the read models of products and variations, the ones that are there and the ones that are new. */
export const writeProducts = (sql: SqlClient, placed: ReadonlyArray<PlacedRow>) => {
  const rows = placed.map((it) => it.row)
  return sql`
    INSERT INTO products (
      id, is_variation, parent_id, is_public, is_listed, is_searchable, featured, on_sale, stock_status, sku, gtin, slug,
      title_key, price, price_min, price_max, total_sales, average_rating, rating_count, menu_order, date_created,
      date_modified, ordinal, keys, reference_ids, changed_at, document, source
    )
    SELECT
      id, is_variation, parent_id, is_public, is_listed, is_searchable, featured, on_sale, stock_status, sku, gtin, slug,
      title_key, price::numeric, round(price_min::numeric, 4), round(price_max::numeric, 4), total_sales, average_rating::numeric,
      rating_count, menu_order, date_created::timestamp, date_modified::timestamp, ordinal, keys::integer[],
      reference_ids::bigint[], now(), document, source
    FROM unnest(
      ${ids(rows.map((row) => row.id))}::bigint[],
      ${booleans(rows.map((row) => row.isVariation))}::boolean[],
      ${ids(rows.map((row) => row.parentId))}::bigint[],
      ${booleans(rows.map((row) => row.isPublic))}::boolean[],
      ${booleans(rows.map((row) => row.isListed))}::boolean[],
      ${booleans(rows.map((row) => row.isSearchable))}::boolean[],
      ${booleans(rows.map((row) => row.featured))}::boolean[],
      ${booleans(rows.map((row) => row.onSale))}::boolean[],
      ${texts(rows.map((row) => row.stockStatus))}::text[],
      ${texts(rows.map((row) => row.sku))}::text[],
      ${texts(rows.map((row) => row.gtin))}::text[],
      ${texts(rows.map((row) => row.slug))}::text[],
      ${texts(rows.map((row) => row.titleKey))}::text[],
      ${texts(rows.map((row) => row.price))}::text[],
      ${texts(placed.map((it) => it.priceMin))}::text[],
      ${texts(placed.map((it) => it.priceMax))}::text[],
      ${ids(rows.map((row) => row.totalSales))}::bigint[],
      ${texts(rows.map((row) => row.averageRating))}::text[],
      ${ids(rows.map((row) => row.ratingCount))}::bigint[],
      ${integers(rows.map((row) => row.menuOrder))}::integer[],
      ${texts(rows.map((row) => row.dateCreated))}::text[],
      ${texts(rows.map((row) => row.dateModified))}::text[],
      ${integers(placed.map((it) => it.ordinal))}::integer[],
      ${texts(placed.map((it) => idList(it.keys)))}::text[],
      ${texts(rows.map((row) => idList(row.referenceIds)))}::text[],
      ${bytes(rows.map((row) => row.document))}::bytea[],
      ${texts(rows.map((row) => row.source))}::text[]
    ) AS read (
      id, is_variation, parent_id, is_public, is_listed, is_searchable, featured, on_sale, stock_status, sku, gtin, slug,
      title_key, price, price_min, price_max, total_sales, average_rating, rating_count, menu_order, date_created,
      date_modified, ordinal, keys, reference_ids, document, source
    )
    ON CONFLICT (id) DO UPDATE SET
      is_variation = excluded.is_variation, parent_id = excluded.parent_id, is_public = excluded.is_public,
      is_listed = excluded.is_listed, is_searchable = excluded.is_searchable, featured = excluded.featured,
      on_sale = excluded.on_sale, stock_status = excluded.stock_status, sku = excluded.sku, gtin = excluded.gtin,
      slug = excluded.slug, title_key = excluded.title_key, price = excluded.price, price_min = excluded.price_min,
      price_max = excluded.price_max, total_sales = excluded.total_sales, average_rating = excluded.average_rating,
      rating_count = excluded.rating_count, menu_order = excluded.menu_order, date_created = excluded.date_created,
      date_modified = excluded.date_modified, ordinal = excluded.ordinal, keys = excluded.keys,
      reference_ids = excluded.reference_ids, changed_at = excluded.changed_at, document = excluded.document,
      source = excluded.source`
}

/** What follows from the variations of a product. */
export interface PriceChange {
  readonly id: number
  readonly ordinal: number
  readonly priceMin: string | null
  readonly priceMax: string | null
  readonly keys: ReadonlyArray<number>
}

/** Writes what changed for products because their variations did, or because they got a place. */
export const writePrices = (sql: SqlClient, changes: ReadonlyArray<PriceChange>) => sql`
  UPDATE products SET price_min = read.price_min::numeric, price_max = read.price_max::numeric,
    ordinal = read.ordinal, keys = read.keys::integer[], changed_at = now()
  FROM unnest(
    ${ids(changes.map((it) => it.id))}::bigint[],
    ${integers(changes.map((it) => it.ordinal))}::integer[],
    ${texts(changes.map((it) => it.priceMin))}::text[],
    ${texts(changes.map((it) => it.priceMax))}::text[],
    ${texts(changes.map((it) => idList(it.keys)))}::text[]
  ) AS read (id, ordinal, price_min, price_max, keys)
  WHERE products.id = read.id`

/** Takes products and variations out of the public's sight; what else is held of them stays as it was. */
export const hideProducts = (sql: SqlClient, hidden: ReadonlyArray<number>) => sql`
  UPDATE products SET is_public = false, is_listed = false, is_searchable = false, keys = '{}', changed_at = now()
  WHERE id = ANY(${ids(hidden)}::bigint[])`

/** An ordinal for each of these products: those that are free, the lowest first, then new ones. Of one writer at a time. */
export const takeOrdinals = Effect.fnUntraced(function* (sql: SqlClient, products: ReadonlyArray<number>) {
  const taken = new Map<number, number>()
  const count = products.length
  if (count === 0) return taken
  const rows = yield* sql<{ readonly ordinal: number }>`
    WITH free AS (
      DELETE FROM free_ordinals WHERE ordinal IN (
        SELECT ordinal FROM free_ordinals ORDER BY ordinal LIMIT ${count}
      ) RETURNING ordinal
    )
    SELECT ordinal FROM free
    UNION ALL
    SELECT (greatest((SELECT max(ordinal) FROM products), (SELECT max(ordinal) FROM free_ordinals), -1) + n)::integer
    FROM generate_series(1, ${count} - (SELECT count(*) FROM free)) n`
  for (const [index, id] of products.entries()) {
    const ordinal = rows[index]?.ordinal
    if (ordinal === undefined) return yield* Effect.die(new Error(`There is no ordinal for product ${id}`))
    taken.set(id, ordinal)
  }
  return taken
})

/** Ordinals that no product has any more. */
export const freeOrdinals = (sql: SqlClient, ordinals: ReadonlyArray<number>) =>
  sql`INSERT INTO free_ordinals SELECT unnest(${integers(ordinals)}::integer[])`
