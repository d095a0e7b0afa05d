import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { ids } from "./Parameters.ts"

/** A public product as it is stored, and which of the products that it names are public now. */
export const StoredProduct = Schema.Struct({
  document: Schema.Uint8Array,
  public_ids: Schema.Array(Schema.BigInt)
})
export type StoredProduct = typeof StoredProduct.Type

/**
 * What the row of a product that the public sees needs to be shown. `product` is its alias: `found`, or `page` where it is
 * selected with `id`. Most variations that it names are its own; the products of others are looked up one by one, where a
 * join would look for one of each product named.
 */
export const storedColumns = (sql: SqlClient, product: "found" | "page"): Fragment => {
  const row = sql.literal(product)
  return sql`${row}.document, ARRAY(
    SELECT named.id FROM products named WHERE named.id = ANY(${row}.reference_ids) AND named.is_public
      AND (NOT named.is_variation OR named.parent_id = ${row}.id OR ${ownerIsPublic(sql, "named")})
  ) AS public_ids`
}

/** Holds for a row of `products` that the public may see: a variation only while its product is public. */
export const isSeen = (sql: SqlClient): Fragment =>
  sql`found.is_public AND (NOT found.is_variation OR ${ownerIsPublic(sql, "found")})`

const ownerIsPublic = (sql: SqlClient, variation: "found" | "named"): Fragment =>
  sql`(SELECT owner.is_public FROM products owner WHERE owner.id = ${sql.literal(variation)}.parent_id)`

const One = Schema.Struct({ ...StoredProduct.fields, catalogue_changed_at: Schema.Date })
const decodeOne = Schema.decodeUnknownEffect(Schema.Array(One))

/**
 * Reads a public product or variation, and when the catalogue last changed: what it names may have changed without it.
 * The commonest of all reads: its text is put together once.
 */
export const productReader = (sql: SqlClient) => {
  const [statement] = sql`
    SELECT ${storedColumns(sql, "found")}, catalogue.changed_at AS catalogue_changed_at
    FROM catalogue, products found WHERE found.id = ${0n} AND ${isSeen(sql)}`.compile()
  return (id: bigint) =>
    sql.unsafe(statement, [id]).pipe(
      Effect.flatMap((rows) => Effect.orDie(decodeOne(rows))),
      Effect.map(([row]) => row)
    )
}

/** The public product, no variation, that has this slug; where none has, the one with the other. */
export const readProductBySlug = Effect.fnUntraced(function* (sql: SqlClient, slug: string, other: string) {
  const rows = yield* sql`
    SELECT ${storedColumns(sql, "found")}, catalogue.changed_at AS catalogue_changed_at
    FROM catalogue, products found
    WHERE found.slug IN (${slug}, ${other}) AND found.is_public AND NOT found.is_variation
    ORDER BY found.slug = ${slug} DESC, found.id LIMIT 1`
  const [row] = yield* Effect.orDie(decodeOne(rows))
  return row
})

const Source = Schema.Struct({
  source: Schema.String,
  is_variation: Schema.Boolean,
  parent_id: Schema.BigInt,
  changed_at: Schema.Date
})
const decodeSource = Schema.decodeUnknownEffect(Schema.Array(Source))

/** What the shop sent of a product, public or not. */
export const readSource = Effect.fnUntraced(function* (sql: SqlClient, id: bigint) {
  const rows = yield* sql`SELECT source, is_variation, parent_id, changed_at FROM products WHERE id = ${id}`
  const [row] = yield* Effect.orDie(decodeSource(rows))
  return row
})

const Several = Schema.Union([
  Schema.Struct({ ...StoredProduct.fields, id: Schema.BigInt, catalogue_changed_at: Schema.Date }),
  Schema.Struct({ id: Schema.Null, catalogue_changed_at: Schema.Date })
])
const decodeSeveral = Schema.decodeUnknownEffect(Schema.Array(Several))

/** The public ones of these products, in no order; one row without a product when there are none. */
export const readProducts = Effect.fnUntraced(function* (sql: SqlClient, asked: ReadonlyArray<bigint>) {
  const rows = yield* sql`
    SELECT page.id, catalogue.changed_at AS catalogue_changed_at, ${storedColumns(sql, "page")}
    FROM catalogue LEFT JOIN LATERAL (
      SELECT found.id, found.document, found.reference_ids
      FROM products found WHERE found.id = ANY(${ids(asked)}::bigint[]) AND ${isSeen(sql)}
    ) page ON true`
  return yield* Effect.orDie(decodeSeveral(rows))
})
