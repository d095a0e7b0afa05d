import { fromBinary } from "@bufbuild/protobuf"
import { type Category, CategorySchema } from "@optica/contracts/optica/catalog/v1/category_pb"
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { type CatalogUnavailable, CategoryNotFound, unavailable } from "./CatalogFailure.ts"
import { readCategories, readCategory } from "./CatalogSql/readCategories.ts"
import { parentsFirst } from "./Category.ts"
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
    const rows = yield* readCategories(sql)
    const nodes = rows.flatMap((row) =>
      row.id === null
        ? []
        : [{ id: Number(row.id), parentId: Number(row.parent_id), category: categoryOf(row) }]
    )
    return {
      categories: parentsFirst(nodes).map((node) => node.category),
      lastModified: rows[0].catalogue_changed_at
    }
  }).pipe(unavailable, Effect.withSpan("Catalog.listCategories"))

  const getCategory = Effect.fn("Catalog.getCategory")(function* (id: bigint) {
    const row = yield* readCategory(sql, id)
    if (row === undefined) return yield* new CategoryNotFound({ id })
    return { value: categoryOf(row), lastModified: row.catalogue_changed_at }
  }, unavailable)

  return { listCategories, getCategory }
}

const categoryOf = (row: { readonly document: Uint8Array; readonly products: number }): Category => {
  const category = fromBinary(CategorySchema, row.document)
  category.count = BigInt(row.products)
  return category
}
