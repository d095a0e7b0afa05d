import type { SqlClient } from "effect/sql/SqlClient"
import type { AttributeRow, TagRow, TermRow } from "../Attribute.ts"
import type { CategoryRow } from "../Category.ts"
import type { ReviewRow } from "../Review.ts"
import { booleans, bytes, ids, integers, texts } from "./Parameters.ts"

/** Writes categories. */
export const writeCategories = (sql: SqlClient, rows: ReadonlyArray<CategoryRow>) => sql`
  INSERT INTO categories (id, parent_id, menu_order, title_key, slug, changed_at, document, source)
  SELECT id, parent_id, menu_order, title_key, slug, now(), document, source
  FROM unnest(
    ${ids(rows.map((row) => row.id))}::bigint[],
    ${ids(rows.map((row) => row.parentId))}::bigint[],
    ${integers(rows.map((row) => row.menuOrder))}::integer[],
    ${texts(rows.map((row) => row.titleKey))}::text[],
    ${texts(rows.map((row) => row.slug))}::text[],
    ${bytes(rows.map((row) => row.document))}::bytea[],
    ${texts(rows.map((row) => row.source))}::text[]
  ) AS read (id, parent_id, menu_order, title_key, slug, document, source)
  ON CONFLICT (id) DO UPDATE SET
    parent_id = excluded.parent_id, menu_order = excluded.menu_order, title_key = excluded.title_key,
    slug = excluded.slug, changed_at = excluded.changed_at, document = excluded.document, source = excluded.source`

/** Writes tags. */
export const writeTags = (sql: SqlClient, rows: ReadonlyArray<TagRow>) => sql`
  INSERT INTO tags (id, changed_at, source)
  SELECT id, now(), source
  FROM unnest(${ids(rows.map((row) => row.id))}::bigint[], ${texts(rows.map((row) => row.source))}::text[])
    AS read (id, source)
  ON CONFLICT (id) DO UPDATE SET changed_at = excluded.changed_at, source = excluded.source`

/** Writes shop-wide attributes. */
export const writeAttributes = (sql: SqlClient, rows: ReadonlyArray<AttributeRow>) => sql`
  INSERT INTO attributes (id, name, slug, changed_at, source)
  SELECT id, name, slug, now(), source
  FROM unnest(
    ${ids(rows.map((row) => row.id))}::bigint[],
    ${texts(rows.map((row) => row.name))}::text[],
    ${texts(rows.map((row) => row.slug))}::text[],
    ${texts(rows.map((row) => row.source))}::text[]
  ) AS read (id, name, slug, source)
  ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, slug = excluded.slug, changed_at = excluded.changed_at, source = excluded.source`

/** Writes terms of attributes. */
export const writeTerms = (sql: SqlClient, rows: ReadonlyArray<TermRow>) => sql`
  INSERT INTO terms (id, attribute_id, name, slug, menu_order, changed_at, source)
  SELECT id, attribute_id, name, slug, menu_order, now(), source
  FROM unnest(
    ${ids(rows.map((row) => row.id))}::bigint[],
    ${ids(rows.map((row) => row.attributeId))}::bigint[],
    ${texts(rows.map((row) => row.name))}::text[],
    ${texts(rows.map((row) => row.slug))}::text[],
    ${integers(rows.map((row) => row.menuOrder))}::integer[],
    ${texts(rows.map((row) => row.source))}::text[]
  ) AS read (id, attribute_id, name, slug, menu_order, source)
  ON CONFLICT (id) DO UPDATE SET
    attribute_id = excluded.attribute_id, name = excluded.name, slug = excluded.slug,
    menu_order = excluded.menu_order, changed_at = excluded.changed_at, source = excluded.source`

/** Writes reviews. */
export const writeReviews = (sql: SqlClient, rows: ReadonlyArray<ReviewRow>) => sql`
  INSERT INTO reviews (id, product_id, is_approved, date_created, changed_at, document, source)
  SELECT id, product_id, is_approved, date_created::timestamp, now(), document, source
  FROM unnest(
    ${ids(rows.map((row) => row.id))}::bigint[],
    ${ids(rows.map((row) => row.productId))}::bigint[],
    ${booleans(rows.map((row) => row.isApproved))}::boolean[],
    ${texts(rows.map((row) => row.dateCreated))}::text[],
    ${bytes(rows.map((row) => row.document))}::bytea[],
    ${texts(rows.map((row) => row.source))}::text[]
  ) AS read (id, product_id, is_approved, date_created, document, source)
  ON CONFLICT (id) DO UPDATE SET
    product_id = excluded.product_id, is_approved = excluded.is_approved, date_created = excluded.date_created,
    changed_at = excluded.changed_at, document = excluded.document, source = excluded.source`

/** Takes things out; their tombstones stay in resource_versions. */
export const deleteRows = (
  sql: SqlClient,
  table: "products" | "categories" | "tags" | "attributes" | "terms" | "reviews",
  gone: ReadonlyArray<number>
) => sql`DELETE FROM ${sql(table)} WHERE id = ANY(${ids(gone)}::bigint[])`
