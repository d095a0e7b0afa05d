import type { Product } from "@optica/contracts/optica/catalog/v1/product_pb"
import type { Review } from "@optica/contracts/optica/catalog/v1/review_pb"
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import {
  type CatalogUnavailable,
  type CursorInvalid,
  type PageTooDeep,
  ProductNotFound,
  unavailable
} from "./CatalogFailure.ts"
import { listProducts } from "./CatalogSql/listProducts.ts"
import { listVariations } from "./CatalogSql/listVariations.ts"
import type { Cursors } from "./Cursor.ts"
import type { MetaAllow } from "./ProductMessage.ts"
import { type PageQuery, type ProductFilter, type ProductOrder, windowOf } from "./ProductQuery.ts"
import { shown } from "./Shown.ts"

/** One page, of one snapshot with its total. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  readonly total: number
  /** The page that was answered, from 1: of a cursor, the one that it leads to. */
  readonly page: number
  /** Leads to the page after it; "" on the last one. */
  readonly nextCursor: string
  /** When the catalogue last changed anything. */
  readonly lastModified: Date
}

export type ProductPage = Page<Product>

type PageRefused = CursorInvalid | PageTooDeep

/** Lists, page by page. */
export interface ProductLists {
  /** With a search in the filter, of what it finds. */
  listProducts(
    filter: ProductFilter,
    order: ProductOrder,
    page: PageQuery
  ): Effect.Effect<ProductPage, PageRefused | CatalogUnavailable>
  listVariations(
    productId: bigint,
    page: PageQuery
  ): Effect.Effect<ProductPage, PageRefused | ProductNotFound | CatalogUnavailable>
  /** Approved reviews of a public product, the newest first. */
  listReviews(
    productId: bigint,
    page: PageQuery
  ): Effect.Effect<Page<Review>, PageRefused | ProductNotFound | CatalogUnavailable>
}

export const make = (sql: SqlClient, allow: MetaAllow, cursors: Cursors): ProductLists => {
  const showPage = (
    page: PageQuery,
    rows: ReadonlyArray<{
      readonly total: number
      readonly catalogue_changed_at: Date
      readonly document: Uint8Array | null
      readonly public_ids: ReadonlyArray<bigint>
    }>
  ): ProductPage => ({
    items: rows.flatMap(({ document, public_ids }) =>
      document === null ? [] : [shown(allow, { document, public_ids })]
    ),
    total: rows[0]?.total ?? 0,
    page: page.page,
    nextCursor: "",
    lastModified: rows[0]?.catalogue_changed_at ?? new Date(0)
  })

  const list = Effect.fn("Catalog.listProducts")(function* (
    filter: ProductFilter,
    order: ProductOrder,
    page: PageQuery
  ) {
    void cursors
    return showPage(page, yield* listProducts(sql, filter, order, windowOf(page)))
  }, unavailable)

  const variations = Effect.fn("Catalog.listVariations")(function* (productId: bigint, page: PageQuery) {
    const rows = yield* listVariations(sql, productId, windowOf(page))
    if (rows[0]?.seen !== true) return yield* new ProductNotFound({ id: productId })
    return showPage(page, rows)
  }, unavailable)

  return { listProducts: list, listVariations: variations, listReviews: () => Effect.die("to do") }
}
