import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { PageStart } from "../PageStart.ts"
import { isSeen } from "./readProducts.ts"

const Listed = Schema.Struct({
  seen: Schema.Boolean,
  total: Schema.Int,
  catalogue_changed_at: Schema.Date,
  document: Schema.NullOr(Schema.Uint8Array),
  place: Schema.Array(Schema.NullOr(Schema.String))
})
const decodeListed = Schema.decodeUnknownEffect(Schema.Array(Listed))

/**
 * A page of a product's approved reviews, the newest first, and the one after it; and whether the public may see the
 * product, or the variation: that has none of its own.
 */
export const listReviews = Effect.fnUntraced(function* (
  sql: SqlClient,
  productId: bigint,
  start: PageStart,
  limit: number
) {
  const matches = sql`product_id = ${productId} AND is_approved`
  const [date = "", id = ""] = start.after ?? []
  const after =
    start.after === undefined
      ? sql``
      : sql`AND (date_created, id) < (${date}::text::timestamp, ${id}::text::bigint)`
  const rows = yield* sql`
    SELECT product.seen, CASE WHEN product.seen THEN (SELECT count(*)::int FROM reviews WHERE ${matches}) ELSE 0 END AS total,
      catalogue.changed_at AS catalogue_changed_at, ARRAY[page.date_created::text, page.id::text] AS place, page.document
    FROM catalogue CROSS JOIN (
      SELECT EXISTS (SELECT FROM products found WHERE found.id = ${productId} AND ${isSeen(sql)}) AS seen
    ) product LEFT JOIN LATERAL (
      SELECT id, date_created, document FROM reviews WHERE product.seen AND ${matches} ${after}
      ORDER BY date_created DESC, id DESC LIMIT ${limit + 1} OFFSET ${start.offset}
    ) page ON true
    ORDER BY page.date_created DESC, page.id DESC`
  return yield* Effect.orDie(decodeListed(rows))
})
