import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import { isSeen } from "./readProducts.ts"

const Stock = Schema.Struct({
  document: Schema.Uint8Array,
  /** Of a variation: its product. */
  owner_document: Schema.NullOr(Schema.Uint8Array),
  variations: Schema.Array(Schema.Uint8Array),
  catalogue_changed_at: Schema.Date
})
const decodeStock = Schema.decodeUnknownEffect(Schema.Array(Stock))

/** What the public may know of the stock of a product or variation, and of its public variations in the shop's order. */
export const readStock = Effect.fnUntraced(function* (sql: SqlClient, id: bigint) {
  const rows = yield* sql`
    SELECT found.document, CASE WHEN found.is_variation
        THEN (SELECT owner.document FROM products owner WHERE owner.id = found.parent_id) END AS owner_document, catalogue.changed_at AS catalogue_changed_at, ARRAY(
      SELECT document FROM products
      WHERE is_variation AND parent_id = found.id AND is_public AND NOT found.is_variation ORDER BY menu_order, id
    ) AS variations
    FROM catalogue, products found WHERE found.id = ${id} AND ${isSeen(sql)}`
  const [row] = yield* Effect.orDie(decodeStock(rows))
  return row
})
