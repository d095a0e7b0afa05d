import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { PageStart } from "../PageStart.ts"
import { StoredProduct, storedColumns } from "./readProducts.ts"

const Listed = Schema.Struct({
  seen: Schema.Boolean,
  total: Schema.Int,
  catalogue_changed_at: Schema.Date,
  document: Schema.NullOr(Schema.Uint8Array),
  public_ids: StoredProduct.fields.public_ids,
  place: Schema.Array(Schema.NullOr(Schema.String))
})
const decodeListed = Schema.decodeUnknownEffect(Schema.Array(Listed))

/**
 * A page of a product's public variations by menu_order and id, and the one after it; and whether the public may see the
 * product at all.
 */
export const listVariations = Effect.fnUntraced(function* (
  sql: SqlClient,
  productId: bigint,
  start: PageStart,
  limit: number
) {
  const matches = sql`is_variation AND parent_id = ${productId} AND is_public`
  const [menuOrder = "", id = ""] = start.after ?? []
  const after =
    start.after === undefined
      ? sql``
      : sql`AND (menu_order, id) > (${menuOrder}::text::integer, ${id}::text::bigint)`
  const rows = yield* sql`
    SELECT EXISTS (SELECT FROM products WHERE id = ${productId} AND is_public AND NOT is_variation) AS seen,
      (SELECT count(*)::int FROM products WHERE ${matches}) AS total,
      catalogue.changed_at AS catalogue_changed_at, ARRAY[page.menu_order::text, page.id::text] AS place,
      ${storedColumns(sql, "page")}
    FROM catalogue LEFT JOIN LATERAL (
      SELECT id, menu_order, document, reference_ids FROM products WHERE ${matches} ${after}
      ORDER BY menu_order, id LIMIT ${limit + 1} OFFSET ${start.offset}
    ) page ON true
    ORDER BY page.menu_order, page.id`
  return yield* Effect.orDie(decodeListed(rows))
})
