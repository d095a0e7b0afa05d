import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Window } from "../ProductQuery.ts"
import { StoredProduct, storedColumns } from "./readProducts.ts"

const Listed = Schema.Struct({
  seen: Schema.Boolean,
  total: Schema.Int,
  catalogue_changed_at: Schema.Date,
  document: Schema.NullOr(Schema.Uint8Array),
  public_ids: StoredProduct.fields.public_ids
})
const decodeListed = Schema.decodeUnknownEffect(Schema.Array(Listed))

/** A page of a product's public variations by menu_order and id, and whether the public may see the product at all. */
export const listVariations = Effect.fnUntraced(function* (
  sql: SqlClient,
  productId: bigint,
  window: Window
) {
  const matches = sql`is_variation AND parent_id = ${productId} AND is_public`
  const rows = yield* sql`
    SELECT EXISTS (SELECT FROM products WHERE id = ${productId} AND is_public AND NOT is_variation) AS seen,
      (SELECT count(*)::int FROM products WHERE ${matches}) AS total,
      catalogue.changed_at AS catalogue_changed_at, ${storedColumns(sql, "page")}
    FROM catalogue LEFT JOIN LATERAL (
      SELECT id, menu_order, document, reference_ids FROM products WHERE ${matches}
      ORDER BY menu_order, id LIMIT ${window.limit} OFFSET ${window.offset}
    ) page ON true
    ORDER BY page.menu_order, page.id`
  return yield* Effect.orDie(decodeListed(rows))
})
