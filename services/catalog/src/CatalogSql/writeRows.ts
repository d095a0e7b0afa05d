import type { SqlClient } from "effect/sql/SqlClient"
import type { CategoryRow } from "../Category.ts"
import type { PlainRow, PlainTable } from "../Change.ts"
import type { ProductRow } from "../Product.ts"
import { booleans, bytes, idList, ids, integers, texts } from "./Parameters.ts"

/** Writes the read models of products and variations, the ones that are there and the ones that are new. */
export const writeProducts = (sql: SqlClient, rows: ReadonlyArray<ProductRow>) => sql`
  INSERT INTO products (
    id, is_variation, parent_id, is_public, is_listed, featured, on_sale, stock_status, sku, slug, title_key, price,
    menu_order, date_created, date_modified, category_ids, tag_ids, reference_ids, changed_at, document, source
  )
  SELECT
    id, is_variation, parent_id, is_public, is_listed, featured, on_sale, stock_status, sku, slug, title_key,
    price::numeric, menu_order, date_created::timestamp, date_modified::timestamp, category_ids::bigint[],
    tag_ids::bigint[], reference_ids::bigint[], now(), document, source
  FROM unnest(
    ${ids(rows.map((row) => row.id))}::bigint[],
    ${booleans(rows.map((row) => row.isVariation))}::boolean[],
    ${ids(rows.map((row) => row.parentId))}::bigint[],
    ${booleans(rows.map((row) => row.isPublic))}::boolean[],
    ${booleans(rows.map((row) => row.isListed))}::boolean[],
    ${booleans(rows.map((row) => row.featured))}::boolean[],
    ${booleans(rows.map((row) => row.onSale))}::boolean[],
    ${texts(rows.map((row) => row.stockStatus))}::text[],
    ${texts(rows.map((row) => row.sku))}::text[],
    ${texts(rows.map((row) => row.slug))}::text[],
    ${texts(rows.map((row) => row.titleKey))}::text[],
    ${texts(rows.map((row) => row.price))}::text[],
    ${integers(rows.map((row) => row.menuOrder))}::integer[],
    ${texts(rows.map((row) => row.dateCreated))}::text[],
    ${texts(rows.map((row) => row.dateModified))}::text[],
    ${texts(rows.map((row) => idList(row.categoryIds)))}::text[],
    ${texts(rows.map((row) => idList(row.tagIds)))}::text[],
    ${texts(rows.map((row) => idList(row.referenceIds)))}::text[],
    ${bytes(rows.map((row) => row.document))}::bytea[],
    ${texts(rows.map((row) => row.source))}::text[]
  ) AS read (
    id, is_variation, parent_id, is_public, is_listed, featured, on_sale, stock_status, sku, slug, title_key, price,
    menu_order, date_created, date_modified, category_ids, tag_ids, reference_ids, document, source
  )
  ON CONFLICT (id) DO UPDATE SET
    is_variation = excluded.is_variation, parent_id = excluded.parent_id, is_public = excluded.is_public,
    is_listed = excluded.is_listed, featured = excluded.featured, on_sale = excluded.on_sale,
    stock_status = excluded.stock_status, sku = excluded.sku, slug = excluded.slug, title_key = excluded.title_key,
    price = excluded.price, menu_order = excluded.menu_order, date_created = excluded.date_created,
    date_modified = excluded.date_modified, category_ids = excluded.category_ids, tag_ids = excluded.tag_ids,
    reference_ids = excluded.reference_ids, changed_at = excluded.changed_at, document = excluded.document,
    source = excluded.source`

/** Writes categories. */
export const writeCategories = (sql: SqlClient, rows: ReadonlyArray<CategoryRow>) => sql`
  INSERT INTO categories (id, parent_id, menu_order, title_key, changed_at, document, source)
  SELECT id, parent_id, menu_order, title_key, now(), document, source
  FROM unnest(
    ${ids(rows.map((row) => row.id))}::bigint[],
    ${ids(rows.map((row) => row.parentId))}::bigint[],
    ${integers(rows.map((row) => row.menuOrder))}::integer[],
    ${texts(rows.map((row) => row.titleKey))}::text[],
    ${bytes(rows.map((row) => row.document))}::bytea[],
    ${texts(rows.map((row) => row.source))}::text[]
  ) AS read (id, parent_id, menu_order, title_key, document, source)
  ON CONFLICT (id) DO UPDATE SET
    parent_id = excluded.parent_id, menu_order = excluded.menu_order, title_key = excluded.title_key,
    changed_at = excluded.changed_at, document = excluded.document, source = excluded.source`

const parentColumn = {
  tags: undefined,
  attributes: undefined,
  terms: "attribute_id",
  reviews: "product_id"
} as const

/** Writes things that are kept whole and no more. */
export const writePlain = (sql: SqlClient, table: PlainTable, rows: ReadonlyArray<PlainRow>) => {
  const name = parentColumn[table]
  const column = sql.literal(name === undefined ? "" : `, ${name}`)
  const change = sql.literal(name === undefined ? "" : `, ${name} = excluded.${name}`)
  const parent = sql.literal(name === undefined ? "" : ", parent_id")
  return sql`
    INSERT INTO ${sql(table)} (id${column}, changed_at, source)
    SELECT id${parent}, now(), source
    FROM unnest(
      ${ids(rows.map((row) => row.id))}::bigint[],
      ${ids(rows.map((row) => row.parentId))}::bigint[],
      ${texts(rows.map((row) => row.source))}::text[]
    ) AS read (id, parent_id, source)
    ON CONFLICT (id) DO UPDATE SET changed_at = excluded.changed_at, source = excluded.source${change}`
}

/** Takes products and variations out of the public's sight; what is held of them stays as it was. */
export const hideProducts = (sql: SqlClient, hidden: ReadonlyArray<number>) => sql`
  UPDATE products SET is_public = false, is_listed = false, changed_at = now()
  WHERE id = ANY(${ids(hidden)}::bigint[])`

/** Takes things out; their tombstones stay in resource_versions. */
export const deleteRows = (
  sql: SqlClient,
  table: "products" | "categories" | PlainTable,
  gone: ReadonlyArray<number>
) => sql`DELETE FROM ${sql(table)} WHERE id = ANY(${ids(gone)}::bigint[])`
