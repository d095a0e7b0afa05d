import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import type { ProductFilter, ProductOrder, Window } from "../ProductQuery.ts"
import { ids, texts } from "./Parameters.ts"
import { StoredProduct, storedColumns } from "./readProducts.ts"
import { subtree } from "./subtree.ts"

const Listed = Schema.Struct({
  total: Schema.Int,
  catalogue_changed_at: Schema.Date,
  document: Schema.NullOr(Schema.Uint8Array),
  public_ids: StoredProduct.fields.public_ids
})
const decodeListed = Schema.decodeUnknownEffect(Schema.Array(Listed))

/**
 * A page of listed products, their total and the state of the catalogue, all of one snapshot because they are one
 * statement. A page past the end is one row without a document.
 */
export const listProducts = Effect.fnUntraced(function* (
  sql: SqlClient,
  filter: ProductFilter,
  order: ProductOrder,
  window: Window
) {
  const direction = directionOf(sql, order)
  const matches = sql.and(conditions(sql, filter))
  const rows = yield* sql`
    SELECT (SELECT count(*)::int FROM products WHERE ${matches}) AS total,
      catalogue.changed_at AS catalogue_changed_at, ${storedColumns(sql, "page")}
    FROM catalogue LEFT JOIN LATERAL (
      SELECT id, document, reference_ids, ${sortKey(sql, order, filter)} AS sort_key FROM products WHERE ${matches}
      ORDER BY sort_key ${direction}, id ${direction} LIMIT ${window.limit} OFFSET ${window.offset}
    ) page ON true
    ORDER BY page.sort_key ${direction}, page.id ${direction}`
  return yield* Effect.orDie(decodeListed(rows))
})

/** All that are set have to hold. */
const conditions = (sql: SqlClient, filter: ProductFilter): ReadonlyArray<Fragment> => [
  sql`is_listed`,
  ...(filter.categoryIds.length === 0 ? [] : [sql`category_ids && ${subtree(sql, filter.categoryIds)}`]),
  ...(filter.tagIds.length === 0 ? [] : [sql`tag_ids && ${ids(filter.tagIds)}::bigint[]`]),
  ...(filter.skus.length === 0 ? [] : [sql`sku <> '' AND sku = ANY(${texts(filter.skus)}::text[])`]),
  ...(filter.includeIds.length === 0 ? [] : [sql`id = ANY(${ids(filter.includeIds)}::bigint[])`]),
  ...(filter.minPrice === "" ? [] : [sql`price >= ${filter.minPrice}::numeric`]),
  ...(filter.maxPrice === "" ? [] : [sql`price <= ${filter.maxPrice}::numeric`]),
  // Written out, so that the partial indexes apply.
  ...(filter.onSale === undefined ? [] : [filter.onSale ? sql`on_sale` : sql`NOT on_sale`]),
  ...(filter.featured === undefined ? [] : [filter.featured ? sql`featured` : sql`NOT featured`]),
  ...(filter.stockStatus === "" ? [] : [sql`stock_status = ${filter.stockStatus}`])
]

const columns = {
  date: "date_created",
  id: "id",
  title: "title_key",
  slug: "slug",
  modified: "date_modified",
  menu_order: "menu_order",
  price: "price"
} as const

const sortKey = (sql: SqlClient, order: ProductOrder, filter: ProductFilter): Fragment =>
  order.by === "include"
    ? sql`array_position(${ids(filter.includeIds)}::bigint[], id)`
    : sql.literal(columns[order.by])

const directionOf = (sql: SqlClient, order: ProductOrder): Fragment => {
  if (order.by === "include" || order.direction === "asc") return sql.literal("ASC")
  // Without a price is last in both directions.
  return sql.literal(order.by === "price" ? "DESC NULLS LAST" : "DESC")
}
