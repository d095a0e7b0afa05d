import type { Product } from "@optica/contracts/optica/catalog/v1/product_pb"
import type { ProductStock } from "@optica/contracts/optica/catalog/v1/stock_pb"
import { Resources } from "@optica/woocommerce/Resource"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import {
  type CatalogUnavailable,
  ProductNotFound,
  ProductSlugNotFound,
  unavailable
} from "./CatalogFailure.ts"
import { productReader, readProductBySlug, readProducts, readSource } from "./CatalogSql/readProducts.ts"
import { readStock } from "./CatalogSql/readStock.ts"
import { fullMessage, type MetaAllow } from "./ProductMessage.ts"
import { shown } from "./Shown.ts"
import { storedSlug } from "./Slug.ts"
import { stockOf } from "./Stock.ts"

/** Something, and when it may last have changed. */
export interface Dated<A> {
  readonly value: A
  readonly lastModified: Date
}

/** Reads of products whose name the caller knows. */
export interface ProductReads {
  /**
   * A product or variation, and when the catalogue last changed anything: what it shows also depends on the products
   * that it names, on its parent, and on the list of allowed keys.
   */
  getProduct(id: bigint): Effect.Effect<Dated<Product>, ProductNotFound | CatalogUnavailable>
  /** A product by its slug, as the shop has it or with its percent-encoding undone. */
  getProductBySlug(slug: string): Effect.Effect<Dated<Product>, ProductSlugNotFound | CatalogUnavailable>
  /** A product or variation whole and raw, public or not: for operators. */
  getSource(
    id: bigint
  ): Effect.Effect<Dated<Product> & { readonly source: string }, ProductNotFound | CatalogUnavailable>
  /** Those that are public, in the order asked, each once. */
  batchGetProducts(
    ids: ReadonlyArray<bigint>
  ): Effect.Effect<
    { readonly products: ReadonlyArray<Product>; readonly lastModified: Date },
    CatalogUnavailable
  >
  /** The stock of a product or variation; of a product with variations theirs as well. */
  getStock(id: bigint): Effect.Effect<Dated<ProductStock>, ProductNotFound | CatalogUnavailable>
}

export const make = (sql: SqlClient, allow: MetaAllow): ProductReads => {
  const readProduct = productReader(sql)
  const getProduct = Effect.fn("Catalog.getProduct")(function* (id: bigint) {
    const row = yield* readProduct(id)
    if (row === undefined) return yield* new ProductNotFound({ id })
    return { value: shown(allow, row), lastModified: row.catalogue_changed_at }
  }, unavailable)

  const getProductBySlug = Effect.fn("Catalog.getProductBySlug")(function* (slug: string) {
    const row = yield* readProductBySlug(sql, slug, storedSlug(slug))
    if (row === undefined) return yield* new ProductSlugNotFound({ slug })
    return { value: shown(allow, row), lastModified: row.catalogue_changed_at }
  }, unavailable)

  const getStock = Effect.fn("Catalog.getStock")(function* (id: bigint) {
    const row = yield* readStock(sql, id)
    if (row === undefined) return yield* new ProductNotFound({ id })
    return { value: stockOf(row), lastModified: row.catalogue_changed_at }
  }, unavailable)

  const getSource = Effect.fn("Catalog.getSource")(function* (id: bigint) {
    const row = yield* readSource(sql, id)
    if (row === undefined) return yield* new ProductNotFound({ id })
    const json: Schema.Json = JSON.parse(row.source)
    const { value } = Result.getOrThrow(Resources.products.decode(json))
    const product = fullMessage({
      ...value,
      parent_id: row.is_variation ? Number(row.parent_id) : value.parent_id
    })
    return { value: product, lastModified: row.changed_at, source: row.source }
  }, unavailable)

  const batchGetProducts = Effect.fn("Catalog.batchGetProducts")(function* (ids: ReadonlyArray<bigint>) {
    const asked = [...new Set(ids)]
    const rows = yield* readProducts(sql, asked)
    const found = new Map(rows.flatMap((row) => (row.id === null ? [] : [[row.id, row] as const])))
    return {
      products: asked.flatMap((id) => {
        const row = found.get(id)
        return row === undefined ? [] : [shown(allow, row)]
      }),
      lastModified: rows[0]?.catalogue_changed_at ?? new Date(0)
    }
  }, unavailable)

  return {
    getProduct,
    getProductBySlug,
    getSource,
    batchGetProducts,
    getStock
  }
}
