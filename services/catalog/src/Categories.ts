import { fromBinary } from "@bufbuild/protobuf"
import { type Category, CategorySchema } from "@optica/contracts/optica/catalog/v1/category_pb"
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { type CatalogUnavailable, CategoryNotFound, unavailable } from "./CatalogFailure.ts"
import { readCategories, readCategory } from "./CatalogSql/readCategories.ts"
import { countProducts, parentsFirst } from "./Category.ts"
import type { Dated } from "./ProductReads.ts"

/** Reads of categories, each with how many listed products are in it or below it. */
export interface Categories {
  /** Parents before their children. */
  readonly listCategories: Effect.Effect<
    { readonly categories: ReadonlyArray<Category>; readonly lastModified: Date },
    CatalogUnavailable
  >
  getCategory(id: bigint): Effect.Effect<Dated<Category>, CategoryNotFound | CatalogUnavailable>
}

export const make = (sql: SqlClient): Categories => {
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

  return { listCategories, getCategory }
}
