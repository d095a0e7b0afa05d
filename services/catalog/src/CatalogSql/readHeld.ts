import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { FacetKind } from "../FacetValue.ts"
import { ids } from "./Parameters.ts"

/** What a change of a product has to know of it as it stands. */
export interface HeldProduct {
  readonly isVariation: boolean
  readonly parentId: number
  /** Null for a variation. */
  readonly ordinal: number | null
  readonly keys: ReadonlyArray<number>
  /** What is kept with its words; null where it has none. */
  readonly text: { readonly hash: Uint8Array; readonly ordinal: number; readonly totalSales: number } | null
}

/** What is held of these products and variations, by id. */
export const readHeld = Effect.fnUntraced(function* (sql: SqlClient, wanted: ReadonlyArray<number>) {
  const rows = yield* sql<{
    readonly id: bigint
    readonly is_variation: boolean
    readonly parent_id: bigint
    readonly ordinal: number | null
    readonly keys: ReadonlyArray<number>
    readonly text_hash: Uint8Array | null
    readonly text_ordinal: number
    readonly text_sales: bigint
  }>`
    SELECT p.id, p.is_variation, p.parent_id, p.ordinal, p.keys, t.text_hash, t.ordinal AS text_ordinal,
      t.total_sales AS text_sales
    FROM products p LEFT JOIN product_texts t ON t.product_id = p.id WHERE p.id = ANY(${ids(wanted)}::bigint[])`
  return new Map(
    rows.map((row): [number, HeldProduct] => [
      Number(row.id),
      {
        isVariation: row.is_variation,
        parentId: Number(row.parent_id),
        ordinal: row.ordinal,
        keys: row.keys,
        text:
          row.text_hash === null
            ? null
            : { hash: row.text_hash, ordinal: row.text_ordinal, totalSales: Number(row.text_sales) }
      }
    ])
  )
})

/** Lowest and highest price of the public variations of these products, by product; null where none has a price. */
export const readPrices = Effect.fnUntraced(function* (
  sql: SqlClient,
  wanted: ReadonlyArray<number>,
  /** Variations that are none any more, though their rows still say so. */
  except: ReadonlyArray<number>
) {
  const rows = yield* sql<{
    readonly id: bigint
    readonly variations: number
    readonly min: string | null
    readonly max: string | null
  }>`
    SELECT parent_id AS id, count(*)::int AS variations, round(min(price), 4)::text AS min, round(max(price), 4)::text AS max
    FROM products WHERE is_variation AND is_public AND parent_id = ANY(${ids(wanted)}::bigint[])
      AND id <> ALL(${ids(except)}::bigint[]) GROUP BY 1`
  return new Map(rows.map((row) => [Number(row.id), row]))
})

/** A product whose variations changed. */
export interface HeldParent {
  readonly id: bigint
  readonly price: string | null
  readonly price_min: string | null
  readonly price_max: string | null
  readonly is_public: boolean
  /** Null where it is still as an older release left it. */
  readonly ordinal: number | null
  readonly keys: ReadonlyArray<number>
  /** Those of the keys that are no price ranges. */
  readonly other_keys: ReadonlyArray<number>
}

/** What is held of the products of variations. */
export const readHeldParents = (sql: SqlClient, wanted: ReadonlyArray<number>) => sql<HeldParent>`
  SELECT id, round(price, 4)::text AS price, price_min::text, price_max::text, is_public, ordinal, keys, ARRAY(
    SELECT v.id FROM facet_values v
    WHERE v.id = ANY(products.keys) AND v.kind <> ${sql.literal(String(FacetKind.price))} ORDER BY 1
  ) AS other_keys
  FROM products WHERE id = ANY(${ids(wanted)}::bigint[]) AND NOT is_variation`
