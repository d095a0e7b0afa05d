import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { facetValueIds, valueKey } from "./CatalogSql/facetValues.ts"
import {
  type HeldParent,
  type HeldProduct,
  readHeld,
  readHeldParents,
  readPrices
} from "./CatalogSql/readHeld.ts"
import { type KeyChange, writeBits } from "./CatalogSql/writeBits.ts"
import {
  freeOrdinals,
  hideProducts,
  type PlacedRow,
  type PriceChange,
  takeOrdinals,
  writePrices,
  writeProducts
} from "./CatalogSql/writeProducts.ts"
import { deleteRows } from "./CatalogSql/writeRows.ts"
import { deleteTexts, textHash, writeSales, writeTexts } from "./CatalogSql/writeTexts.ts"
import type { FacetValue } from "./FacetValue.ts"
import type { ProductRow } from "./Product.ts"
import { priceFacets } from "./ProductFacets.ts"
import type { SearchText } from "./SearchText.ts"

/** What changes of products and variations, each of them once. */
export interface ProductChanges {
  readonly rows: ReadonlyArray<ProductRow>
  /** Ids of what the public may not see any more. */
  readonly hidden: ReadonlyArray<number>
  readonly gone: ReadonlyArray<number>
}

/**
 * Writes products and variations with all that follows from them: ordinals, keys and bits, prices of the products that
 * variations belong to, words. In a transaction that has locked the catalogue, so that nobody else does the same.
 */
export const writeProductChanges = Effect.fnUntraced(function* (
  sql: SqlClient,
  language: string,
  { gone, hidden, rows }: ProductChanges
) {
  const held = yield* readHeld(sql, [...rows.map((row) => row.id), ...hidden, ...gone])
  const products = rows.filter((row) => !row.isVariation)
  const variations = rows.filter((row) => row.isVariation)

  if (gone.length > 0) yield* deleteRows(sql, "products", gone)
  if (hidden.length > 0) yield* hideProducts(sql, hidden)
  if (variations.length > 0) yield* writeProducts(sql, variations.map(variationPlaced))

  // What was a product and is none any more gives its place away.
  const left = [...gone, ...variations.map((row) => row.id)].flatMap((id) => heldOrdinal(held, id) ?? [])
  if (left.length > 0) yield* freeOrdinals(sql, left)

  const productIds = products.map((row) => row.id)
  // What is hidden without having been derived since an older release left it has no place either.
  const ordinals = yield* takeOrdinals(
    sql,
    [...productIds, ...hidden.filter((id) => held.get(id)?.isVariation === false)].filter(
      (id) => heldOrdinal(held, id) === null
    )
  )
  const parents = parentsOf(variations, held, products, ordinals)
  const turned = productIds.filter((id) => held.get(id)?.isVariation === true)
  const found = yield* readPrices(sql, [...productIds, ...parents], turned)
  const range = (id: number, own: string | null): Range => {
    const ofVariations = found.get(id)
    return ofVariations === undefined ? { min: own, max: own } : ofVariations
  }
  const changedParents = (parents.length === 0 ? [] : yield* readHeldParents(sql, parents)).flatMap(
    (parent) => {
      const ordinal = parent.ordinal ?? ordinals.get(Number(parent.id))
      // It is still to be derived anew: what follows from its variations is made then.
      if (ordinal === undefined) return []
      const { max, min } = range(Number(parent.id), parent.price)
      return ordinal === parent.ordinal && min === parent.price_min && max === parent.price_max
        ? []
        : [{ parent, ordinal, min, max }]
    }
  )
  const ranged = products.map((row) => ({ row, ...range(row.id, row.price) }))
  const facetsOf = ({ max, min, row }: Range & { readonly row: ProductRow }) =>
    row.isPublic ? [...row.facets, ...priceFacets(min, max)] : []
  const values = yield* facetValueIds(sql, [
    ...ranged.flatMap(facetsOf),
    ...changedParents.flatMap(({ max, min }) => priceFacets(min, max))
  ])

  const placed = ranged.map((it): PlacedRow & { readonly ordinal: number } => {
    const ordinal = heldOrdinal(held, it.row.id) ?? ordinals.get(it.row.id)
    if (ordinal === undefined) throw new Error(`There is no ordinal for product ${it.row.id}`)
    return {
      row: it.row,
      ordinal,
      keys: idsIn(values, facetsOf(it)),
      priceMin: it.min,
      priceMax: it.max
    }
  })
  if (placed.length > 0) yield* writeProducts(sql, placed)

  const prices = changedParents.map((it) => priceChange(it, values))
  if (prices.length > 0) yield* writePrices(sql, prices)

  const cleared = [...gone, ...hidden, ...variations.map((row) => row.id)].flatMap(
    (id): ReadonlyArray<KeyChange> => {
      const was = held.get(id)
      return was === undefined || was.ordinal === null
        ? []
        : [{ ordinal: was.ordinal, before: was.keys, after: [] }]
    }
  )
  yield* writeBits(sql, [
    ...cleared,
    ...placed.map(({ keys, ordinal, row }) => ({
      ordinal,
      before: held.get(row.id)?.keys ?? [],
      after: keys
    })),
    ...prices.map(({ before, keys, ordinal }) => ({ ordinal, before, after: keys }))
  ])

  yield* writeWords(sql, language, held, placed)
})

/** Words follow the text that they are of, and what is kept beside them the product. */
const writeWords = Effect.fnUntraced(function* (
  sql: SqlClient,
  language: string,
  held: ReadonlyMap<number, HeldProduct>,
  placed: ReadonlyArray<PlacedRow>
) {
  const lost = new Set([...held].flatMap(([id, was]) => (was.text === null ? [] : [id])))
  const written: Array<{ readonly id: number; readonly texts: SearchText }> = []
  const sold: Array<number> = []
  for (const { ordinal, row } of placed) {
    const { id, texts, totalSales } = row
    if (texts === null) continue
    lost.delete(id)
    const was = held.get(id)?.text
    if (was == null || Buffer.compare(was.hash, textHash(language, texts)) !== 0) written.push({ id, texts })
    else if (was.ordinal !== ordinal || was.totalSales !== totalSales) sold.push(id)
  }
  if (lost.size > 0) yield* deleteTexts(sql, [...lost])
  if (written.length > 0) yield* writeTexts(sql, language, written)
  if (sold.length > 0) yield* writeSales(sql, sold)
})

interface Range {
  readonly min: string | null
  readonly max: string | null
}

const variationPlaced = (row: ProductRow): PlacedRow => ({
  row,
  ordinal: null,
  keys: [],
  priceMin: row.price,
  priceMax: row.price
})

const heldOrdinal = (held: ReadonlyMap<number, HeldProduct>, id: number): number | null =>
  held.get(id)?.ordinal ?? null

/**
 * The products that variations belong to now or belonged to before, and those that got a place, but for those that are
 * written themselves.
 */
const parentsOf = (
  variations: ReadonlyArray<ProductRow>,
  held: ReadonlyMap<number, HeldProduct>,
  products: ReadonlyArray<ProductRow>,
  ordinals: ReadonlyMap<number, number>
): ReadonlyArray<number> => {
  const parents = new Set([
    ...ordinals.keys(),
    ...variations.map((row) => row.parentId),
    ...[...held.values()].flatMap((was) => (was.isVariation ? [was.parentId] : []))
  ])
  for (const row of products) parents.delete(row.id)
  return [...parents]
}

const idsIn = (
  values: ReadonlyMap<string, number>,
  facets: ReadonlyArray<FacetValue>
): ReadonlyArray<number> =>
  [...new Set(facets.flatMap((facet) => values.get(valueKey(facet)) ?? []))].sort((a, b) => a - b)

const priceChange = (
  { max, min, ordinal, parent }: Range & { readonly parent: HeldParent; readonly ordinal: number },
  values: ReadonlyMap<string, number>
): PriceChange & { readonly before: ReadonlyArray<number> } => ({
  id: Number(parent.id),
  ordinal,
  before: parent.keys,
  priceMin: min,
  priceMax: max,
  keys: parent.is_public
    ? [...parent.other_keys, ...idsIn(values, priceFacets(min, max))].sort((a, b) => a - b)
    : []
})
