import { assert, layer } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import { Catalog } from "../src/Catalog.ts"
import type { Change } from "../src/Change.ts"
import type { ProductFilter } from "../src/ProductQuery.ts"
import { generate } from "./Generated.ts"
import { filters, findLandmarks, searches } from "./PlanCases.ts"
import { assertWhole } from "./Recomputed.ts"
import { byId, layerCatalog, noFilter } from "./Shop.ts"

const Source = Schema.Struct({ id: Schema.BigInt, parent_id: Schema.BigInt, source: Schema.String })
const decodeSources = Schema.decodeUnknownEffect(Schema.Array(Source))

/** Everything that the generated shop would have sent, in the order in which it was made. */
const sources = Effect.gen(function* () {
  const sql = yield* SqlClient
  const read = Effect.fnUntraced(function* (kind: ResourceKind, text: string) {
    const rows = yield* decodeSources(yield* sql`${sql.literal(text)}`)
    return rows.map(
      (row): Change => ({
        kind,
        id: Number(row.id),
        observation: 1n,
        parentId: Number(row.parent_id),
        source: row.source
      })
    )
  })
  return [
    ...(yield* read(
      ResourceKind.CATEGORY,
      "SELECT id, 0::bigint AS parent_id, source FROM categories ORDER BY id"
    )),
    ...(yield* read(ResourceKind.TAG, "SELECT id, 0::bigint AS parent_id, source FROM tags ORDER BY id")),
    ...(yield* read(
      ResourceKind.ATTRIBUTE,
      "SELECT id, 0::bigint AS parent_id, source FROM attributes ORDER BY id"
    )),
    ...(yield* read(
      ResourceKind.TERM,
      "SELECT id, attribute_id AS parent_id, source FROM terms ORDER BY id"
    )),
    ...(yield* read(
      ResourceKind.PRODUCT,
      "SELECT id, parent_id, source FROM products WHERE NOT is_variation ORDER BY id"
    )),
    ...(yield* read(
      ResourceKind.VARIATION,
      "SELECT id, parent_id, source FROM products WHERE is_variation ORDER BY id"
    )),
    ...(yield* read(
      ResourceKind.REVIEW,
      "SELECT id, product_id AS parent_id, source FROM reviews ORDER BY id"
    ))
  ]
})

/** What the tables hold, ids of values and moments of writing apart. */
const held = Effect.gen(function* () {
  const sql = yield* SqlClient
  const read = (text: string) => sql`${sql.literal(text)}`
  const named = `(SELECT array_agg(concat_ws('|', kind, scope, key) ORDER BY kind, scope, key) FROM facet_values WHERE id = ANY(keys))`
  return {
    products:
      yield* read(`SELECT id, is_variation, parent_id, is_public, is_listed, is_searchable, featured, on_sale, stock_status,
      sku, gtin, slug, title_key, price::text, price_min::text, price_max::text, menu_order, date_created::text, date_modified::text,
      reference_ids::text, total_sales, average_rating::text, rating_count, ordinal, ${named}::text AS keys, source
      FROM products ORDER BY id`),
    values: yield* read(`SELECT kind, scope, key, name, slug FROM facet_values v
      WHERE EXISTS (SELECT FROM facet_bits WHERE value_id = v.id AND bit_count(bits) > 0) ORDER BY kind, scope, key`),
    words: yield* read(
      "SELECT product_id, ordinal, total_sales, words::text FROM product_texts ORDER BY product_id"
    ),
    dictionary: yield* read("SELECT word, alike FROM search_words ORDER BY word"),
    categories: yield* read("SELECT id, parent_id, menu_order, title_key, slug FROM categories ORDER BY id"),
    tags: yield* read("SELECT id FROM tags ORDER BY id"),
    attributes: yield* read("SELECT id, name, slug FROM attributes ORDER BY id"),
    terms: yield* read("SELECT id, attribute_id, name, slug, menu_order FROM terms ORDER BY id"),
    reviews: yield* read("SELECT id, product_id, is_approved, date_created::text FROM reviews ORDER BY id"),
    versions: yield* read(
      "SELECT family, id, kind, parent_id, date_modified_gmt FROM resource_versions ORDER BY family, id"
    )
  }
})

/** What everyone may read of some products. */
const shown = Effect.gen(function* () {
  const sql = yield* SqlClient
  const catalog = yield* Catalog
  const rows = yield* decodeSources(
    yield* sql`SELECT id, parent_id, '' AS source FROM products WHERE is_public AND (ordinal % 20 IN (0, 9, 11) OR menu_order = 3) ORDER BY id LIMIT 100`
  )
  const { products } = yield* catalog.batchGetProducts(rows.map((row) => row.id))
  return products
})

layer(layerCatalog(), { timeout: 120_000 })("a generated shop", (it) => {
  it.effect(
    "holds what the same products hold when they are applied one by one",
    () =>
      Effect.gen(function* () {
        yield* generate(400)
        yield* assertWhole
        const changes = yield* sources
        const [expected, read] = yield* Effect.gen(function* () {
          const catalog = yield* Catalog
          for (const batch of Arr.chunksOf(changes, 500)) yield* catalog.applyChanges(batch)
          return [yield* held, yield* shown] as const
        }).pipe(Effect.provide(layerCatalog(), { local: true }))
        const actual = yield* held
        for (const table of [
          "products",
          "values",
          "words",
          "dictionary",
          "categories",
          "tags",
          "attributes",
          "terms",
          "reviews",
          "versions"
        ] as const) {
          assert.isAbove(expected[table].length, 0, table)
          assert.strictEqual(actual[table].length, expected[table].length, table)
          // Row by row: the difference of two whole tables cannot be read.
          for (const [at, row] of actual[table].entries())
            assert.deepStrictEqual(row, expected[table][at], table)
        }
        assert.isAbove(read.length, 50)
        assert.deepStrictEqual(yield* shown, read)
      }),
    120_000
  )
})

layer(layerCatalog(), { timeout: 120_000 })("lists, facets and searches of a generated shop", (it) => {
  it.effect(
    "count the same: what a facet counts is what the list with that value holds",
    () =>
      Effect.gen(function* () {
        yield* generate(1000)
        const at = yield* findLandmarks
        const catalog = yield* Catalog
        const totalOf = (filter: ProductFilter) =>
          Effect.map(
            catalog.listProducts(filter, byId, { page: 1, perPage: 1, cursor: "" }),
            ({ total }) => total
          )
        let compared = 0
        for (const { filter, name } of [...filters, ...searches]) {
          const asked: ProductFilter = { ...noFilter, ...filter(at) }
          const { facets, total } = yield* catalog.getFacets(asked)
          assert.strictEqual(total, yield* totalOf(asked), name)
          if (asked.search !== "") {
            const found = yield* catalog.searchProducts(asked, { page: 1, perPage: 1, cursor: "" })
            assert.strictEqual(found.total, total, name)
          }
          const others = (slug: string | undefined) => asked.attributes.filter((it) => it.attribute !== slug)
          const choices: ReadonlyArray<readonly [bigint | undefined, Partial<ProductFilter>]> = [
            ...(facets.categories ?? [])
              .slice(0, 6)
              .map((it) => [it.count, { categoryIds: [it.id ?? 0n] }] as const),
            ...(facets.brands ?? [])
              .slice(0, 3)
              .map((it) => [it.count, { brandIds: [it.id ?? 0n] }] as const),
            ...(facets.attributes ?? []).flatMap(({ slug = "", terms = [] }) =>
              terms
                .slice(0, 2)
                .map(
                  (it) =>
                    [
                      it.count,
                      { attributes: [...others(slug), { attribute: slug, terms: [it.slug ?? ""] }] }
                    ] as const
                )
            ),
            ...(facets.prices ?? [])
              .slice(0, 3)
              .map((it) => [it.count, { minPrice: it.minPrice ?? "", maxPrice: it.maxPrice ?? "" }] as const),
            ...(facets.stockStatuses ?? []).map(
              (it) => [it.count, { stockStatus: it.stockStatus ?? "" }] as const
            ),
            ...(facets.ratings ?? []).map((it) => [it.count, { ratings: [it.rating ?? 0] }] as const),
            [facets.onSale, { onSale: true }],
            [facets.featured, { featured: true }]
          ]
          for (const [count, choice] of choices) {
            const text = `${name}, ${Object.keys(choice)}`
            assert.strictEqual(Number(count), yield* totalOf({ ...asked, ...choice }), text)
            compared++
          }
        }
        assert.isAbove(compared, 300)
      }),
    120_000
  )
})
