import { fromBinary } from "@bufbuild/protobuf"
import type { Product } from "@optica/contracts/optica/catalog/v1/product_pb"
import { type Review, ReviewSchema } from "@optica/contracts/optica/catalog/v1/review_pb"
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
import { listReviews } from "./CatalogSql/listReviews.ts"
import { listVariations } from "./CatalogSql/listVariations.ts"
import type { StoredProduct } from "./CatalogSql/readProducts.ts"
import { searchProducts } from "./CatalogSql/searchProducts.ts"
import type { Cursors } from "./Cursor.ts"
import { nextCursor, type PageStart, pageStart, queryText } from "./PageStart.ts"
import type { MetaAllow } from "./ProductMessage.ts"
import type { PageQuery, ProductFilter, ProductOrder } from "./ProductQuery.ts"
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

/** What a search found, and what was looked for instead where nothing has all its words; "" otherwise. */
export interface Corrected {
  readonly correctedSearch: string
}

type PageRefused = CursorInvalid | PageTooDeep

/** Lists, page by page. */
export interface ProductLists {
  /** With a search in the filter, of what it finds. */
  listProducts(
    filter: ProductFilter,
    order: ProductOrder,
    page: PageQuery
  ): Effect.Effect<ProductPage & Corrected, PageRefused | CatalogUnavailable>
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

export const make = (
  sql: SqlClient,
  allow: MetaAllow,
  cursors: Cursors,
  /** One of PostgreSQL's, such as `english`. */
  language: string
): ProductLists => {
  const show = (row: StoredProduct) => shown(allow, row)

  // What is looked for in place of mistyped words stays the same from page to page.
  const byRelevance = Effect.fnUntraced(function* (filter: ProductFilter, start: PageStart, perPage: number) {
    const hits = yield* searchProducts(sql, language, filter, start, perPage)
    return hits.map(({ place, public_ids, ...hit }) => ({
      ...hit,
      public_ids: public_ids ?? [],
      place: [...place, hit.corrected]
    }))
  })

  const list = Effect.fn("Catalog.listProducts")(function* (
    filter: ProductFilter,
    order: ProductOrder,
    asked: PageQuery
  ) {
    const query = queryText("products", [filter, order])
    const start = yield* pageStart(cursors, query, asked)
    const rows =
      order.by === "relevance"
        ? yield* byRelevance(filter, start, asked.perPage)
        : yield* listProducts(sql, language, filter, order, start, asked.perPage)
    return {
      ...pageOf(cursors, query, start, asked.perPage, rows, show),
      correctedSearch: rows[0]?.corrected ?? ""
    }
  }, unavailable)

  const variations = Effect.fn("Catalog.listVariations")(function* (productId: bigint, asked: PageQuery) {
    const query = queryText("variations", productId)
    const start = yield* pageStart(cursors, query, asked)
    const rows = yield* listVariations(sql, productId, start, asked.perPage)
    if (rows[0]?.seen !== true) return yield* new ProductNotFound({ id: productId })
    return pageOf(cursors, query, start, asked.perPage, rows, show)
  }, unavailable)

  const reviews = Effect.fn("Catalog.listReviews")(function* (productId: bigint, asked: PageQuery) {
    const query = queryText("reviews", productId)
    const start = yield* pageStart(cursors, query, asked)
    const rows = yield* listReviews(sql, productId, start, asked.perPage)
    if (rows[0]?.seen !== true) return yield* new ProductNotFound({ id: productId })
    return pageOf(cursors, query, start, asked.perPage, rows, ({ document }) =>
      fromBinary(ReviewSchema, document)
    )
  }, unavailable)

  return { listProducts: list, listVariations: variations, listReviews: reviews }
}

/** What every row of a list says of the whole. */
interface ListedRow {
  readonly total: number
  readonly catalogue_changed_at: Date
  /** Null in the one row of an empty page. */
  readonly document: Uint8Array | null
  readonly place: ReadonlyArray<string | null>
}

/** The page of rows that are one more than it holds, if there is a page after it. */
const pageOf = <Row extends ListedRow, A>(
  cursors: Cursors,
  query: string,
  start: PageStart,
  perPage: number,
  rows: ReadonlyArray<Row>,
  show: (row: Row & { readonly document: Uint8Array }) => A
): Page<A> => ({
  items: rows
    .slice(0, perPage)
    .flatMap((row) => (row.document === null ? [] : [show({ ...row, document: row.document })])),
  total: rows[0]?.total ?? 0,
  page: start.page,
  nextCursor: nextCursor(
    cursors,
    query,
    start,
    rows.length > perPage ? rows[perPage - 1]?.place.map((key) => key ?? "") : undefined
  ),
  lastModified: rows[0]?.catalogue_changed_at ?? new Date(0)
})
