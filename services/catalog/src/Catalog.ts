import { fromBinary } from "@bufbuild/protobuf"
import { Code } from "@connectrpc/connect"
import { type Category, CategorySchema } from "@optica/contracts/optica/catalog/v1/category_pb"
import type { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { type Product, ProductSchema } from "@optica/contracts/optica/catalog/v1/product_pb"
import { Resources } from "@optica/woocommerce/Resource"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { type ApplyOutcome, applyChanges, type DuplicateChange } from "./ApplyChanges.ts"
import { listProducts } from "./CatalogSql/listProducts.ts"
import { listVariations } from "./CatalogSql/listVariations.ts"
import { listVersions } from "./CatalogSql/listVersions.ts"
import { readCategories, readCategory } from "./CatalogSql/readCategories.ts"
import { readProduct, readProducts, readSource, type StoredProduct } from "./CatalogSql/readProducts.ts"
import { noteMetaAllow } from "./CatalogSql/recordVersions.ts"
import { countProducts, parentsFirst } from "./Category.ts"
import { type Change, familyOf } from "./Change.ts"
import { allowText, fullMessage, isPublicKey, type MetaAllow } from "./ProductMessage.ts"
import { type PageQuery, type ProductFilter, type ProductOrder, windowOf } from "./ProductQuery.ts"

/** The public may not see a product or variation of this id; it may well exist. */
export class ProductNotFound extends Schema.TaggedError<ProductNotFound>()("ProductNotFound", {
  id: Schema.BigInt
}) {
  readonly connectCode = Code.NotFound
  override get message() {
    return `There is no product ${this.id}`
  }
  get metadata() {
    return { id: String(this.id) }
  }
}

/** There is no category of this id. */
export class CategoryNotFound extends Schema.TaggedError<CategoryNotFound>()("CategoryNotFound", {
  id: Schema.BigInt
}) {
  readonly connectCode = Code.NotFound
  override get message() {
    return `There is no category ${this.id}`
  }
  get metadata() {
    return { id: String(this.id) }
  }
}

/** The database does not answer, or not in time: the same call may succeed later. */
export class CatalogUnavailable extends Schema.TaggedError<CatalogUnavailable>()("CatalogUnavailable", {
  cause: Schema.Defect()
}) {
  readonly connectCode = Code.Unavailable
  override get message() {
    return "The catalogue's database does not answer; try again later"
  }
}

/** One page, of one snapshot with its total. */
export interface ProductPage {
  readonly products: ReadonlyArray<Product>
  readonly total: number
  /** When the catalogue last changed anything. */
  readonly lastModified: Date
}

/** What is held of one thing. */
export interface HeldVersion {
  readonly id: bigint
  readonly observation: bigint
  readonly dateModifiedGmt: string
  readonly parentId: bigint
}

/**
 * The mirrored catalogue. Every read shows what an anonymous visitor may see, save those that say otherwise.
 */
export class Catalog extends Context.Service<
  Catalog,
  {
    /**
     * A product or variation, and when the catalogue last changed anything: what it shows also depends on the products
     * that it names, on its parent, and on the list of allowed keys.
     */
    getProduct(id: bigint): Effect.Effect<Dated<Product>, ProductNotFound | CatalogUnavailable>
    /** A product or variation whole and raw, public or not: for operators. */
    getSource(
      id: bigint
    ): Effect.Effect<Dated<Product> & { readonly source: string }, ProductNotFound | CatalogUnavailable>
    /** Those that are public, in the order asked, each once. */
    batchGetProducts(
      ids: ReadonlyArray<bigint>
    ): Effect.Effect<Omit<ProductPage, "total">, CatalogUnavailable>
    listProducts(
      filter: ProductFilter,
      order: ProductOrder,
      page: PageQuery
    ): Effect.Effect<ProductPage, CatalogUnavailable>
    listVariations(
      productId: bigint,
      page: PageQuery
    ): Effect.Effect<ProductPage, ProductNotFound | CatalogUnavailable>
    /** Parents before their children, with how many listed products are in each or below it. */
    readonly listCategories: Effect.Effect<
      { readonly categories: ReadonlyArray<Category>; readonly lastModified: Date },
      CatalogUnavailable
    >
    getCategory(id: bigint): Effect.Effect<Dated<Category>, CategoryNotFound | CatalogUnavailable>
    /** Writes what was read from the shop, in one transaction; one outcome for each change, in their order. */
    applyChanges(
      changes: ReadonlyArray<Change>
    ): Effect.Effect<ReadonlyArray<ApplyOutcome>, DuplicateChange | CatalogUnavailable>
    /** What is held of a kind by rising id, for whoever compares it with the shop: for operators. */
    listResourceVersions(query: {
      readonly kind: ResourceKind
      readonly afterId: bigint
      readonly observedBefore: bigint
      readonly limit: number
    }): Effect.Effect<ReadonlyArray<HeldVersion>, CatalogUnavailable>
  }
>()("@optica/catalog/Catalog") {
  /**
   * Needs the schema `catalog` with its migrations; `metaAllow` are the keys of meta_data that the public may see. Another
   * list than at the last start counts as a change of the whole catalogue.
   */
  static readonly layerNoDeps = (options: {
    readonly metaAllow: ReadonlyArray<string>
  }): Layer.Layer<Catalog, SqlError, SqlClient> =>
    Layer.effect(
      Catalog,
      Effect.gen(function* () {
        const sql = yield* SqlClient
        const allow = new Set(options.metaAllow)
        yield* noteMetaAllow(sql, allowText(allow))
        return make(sql, allow)
      })
    )
}

/** Something, and when it may last have changed. */
export interface Dated<A> {
  readonly value: A
  readonly lastModified: Date
}

const make = (sql: SqlClient, allow: MetaAllow): Catalog["Service"] => {
  /** Keys that have been taken off the list since it was written are not shown either. */
  const show = (row: StoredProduct): Product => {
    const product = fromBinary(ProductSchema, row.document)
    const seen = new Set(row.public_ids)
    const isSeen = (id: bigint) => seen.has(id)
    product.variations = product.variations.filter(isSeen)
    product.groupedProducts = product.groupedProducts.filter(isSeen)
    product.upsellIds = product.upsellIds.filter(isSeen)
    product.crossSellIds = product.crossSellIds.filter(isSeen)
    product.relatedIds = product.relatedIds.filter(isSeen)
    product.metaData = product.metaData.filter((row) => isPublicKey(allow, row.key))
    return product
  }

  const showPage = (
    rows: ReadonlyArray<{
      readonly total: number
      readonly catalogue_changed_at: Date
      readonly document: Uint8Array | null
      readonly public_ids: ReadonlyArray<bigint>
    }>
  ): ProductPage => ({
    products: rows.flatMap(({ document, public_ids }) =>
      document === null ? [] : [show({ document, public_ids })]
    ),
    total: rows[0]?.total ?? 0,
    lastModified: rows[0]?.catalogue_changed_at ?? new Date(0)
  })

  const getProduct = Effect.fn("Catalog.getProduct")(function* (id: bigint) {
    const row = yield* readProduct(sql, id)
    if (row === undefined) return yield* new ProductNotFound({ id })
    return { value: show(row), lastModified: row.catalogue_changed_at }
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
        return row === undefined ? [] : [show(row)]
      }),
      lastModified: rows[0]?.catalogue_changed_at ?? new Date(0)
    }
  }, unavailable)

  const list = Effect.fn("Catalog.listProducts")(function* (
    filter: ProductFilter,
    order: ProductOrder,
    page: PageQuery
  ) {
    return showPage(yield* listProducts(sql, filter, order, windowOf(page)))
  }, unavailable)

  const variations = Effect.fn("Catalog.listVariations")(function* (productId: bigint, page: PageQuery) {
    const rows = yield* listVariations(sql, productId, windowOf(page))
    if (rows[0]?.seen !== true) return yield* new ProductNotFound({ id: productId })
    return showPage(rows)
  }, unavailable)

  const listCategories = Effect.gen(function* () {
    const { categories, changedAt, memberships } = yield* readCategories(sql)
    const nodes = categories.map(({ document, id, parent_id }) => ({
      id: Number(id),
      parentId: Number(parent_id),
      document
    }))
    const counts = countProducts(
      nodes,
      memberships.map((set) => ({ categoryIds: set.category_ids.map(Number), products: set.products }))
    )
    return {
      categories: parentsFirst(nodes).map((node) => {
        const category = fromBinary(CategorySchema, node.document)
        category.count = BigInt(counts.get(node.id) ?? 0)
        return category
      }),
      lastModified: changedAt
    }
  }).pipe(unavailable, Effect.withSpan("Catalog.listCategories"))

  const getCategory = Effect.fn("Catalog.getCategory")(function* (id: bigint) {
    const row = yield* readCategory(sql, id)
    if (row === undefined) return yield* new CategoryNotFound({ id })
    const category = fromBinary(CategorySchema, row.document)
    category.count = BigInt(row.products)
    return { value: category, lastModified: row.catalogue_changed_at }
  }, unavailable)

  const apply = Effect.fn("Catalog.applyChanges")((changes: ReadonlyArray<Change>) =>
    unavailable(applyChanges(sql, allow, changes))
  )

  const listResourceVersions: Catalog["Service"]["listResourceVersions"] = Effect.fn(
    "Catalog.listResourceVersions"
  )(function* (query) {
    const rows = yield* listVersions(sql, { ...query, family: familyOf(query.kind) })
    return rows.map((row) => ({
      id: row.id,
      observation: row.observation,
      dateModifiedGmt: row.date_modified_gmt,
      parentId: row.parent_id
    }))
  }, unavailable)

  return {
    getProduct,
    getSource,
    batchGetProducts,
    listProducts: list,
    listVariations: variations,
    listCategories,
    getCategory,
    applyChanges: apply,
    listResourceVersions
  }
}

/** A database that may answer later is a fact that callers can act on; one that refuses a statement is our mistake. */
const unavailable = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, SqlError> | CatalogUnavailable, R> =>
  Effect.catchCause(effect, (cause): Effect.Effect<never, Exclude<E, SqlError> | CatalogUnavailable> => {
    // A connection that is lost inside a transaction also fails its ROLLBACK: that is a defect beside the failure.
    for (const reason of cause.reasons) {
      const error = Cause.isFailReason(reason)
        ? reason.error
        : Cause.isDieReason(reason)
          ? reason.defect
          : null
      if (isSqlError(error) && error.isRetryable) return Effect.fail(new CatalogUnavailable({ cause: error }))
    }
    return Effect.catch(Effect.failCause(cause), (error) =>
      isDomainError(error) ? Effect.fail(error) : Effect.die(error)
    )
  })

const isDomainError = <E>(error: E): error is Exclude<E, SqlError> => !isSqlError(error)
