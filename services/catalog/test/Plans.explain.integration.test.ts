import { assert, layer } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { TestDatabase } from "@optica/postgres/TestDatabase"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { SqlClient } from "effect/sql/SqlClient"
import { Catalog } from "../src/Catalog.ts"
import { extensions, migrations } from "../src/CatalogService.ts"
import type { PageQuery, ProductFilter, ProductOrder } from "../src/ProductQuery.ts"
import { type Evidence, explain, type PlanFor, recording } from "./Explain.ts"
import { generate } from "./Generated.ts"
import { type Bounds, filters, findLandmarks, type Landmarks, searches } from "./PlanCases.ts"
import { noFilter, options } from "./Shop.ts"

/** Says what was read for every case; otherwise only what goes beyond its bounds is said. */
const prints = process.env.OPTICA_EXPLAIN === "1"

/** Tables that grow with the products: reading one from end to end is never right. */
const growing = new Set(["products", "product_texts", "reviews", "resource_versions"])

class Shop extends Context.Service<Shop, Landmarks>()("@optica/catalog/test/Shop") {}

// Prepared statements belong to a session, so that there is one. The catalogue starts on the empty database: what is
// there already it might derive anew.
const shop = Layer.effect(Shop, Effect.andThen(generate(100_000), findLandmarks)).pipe(
  Layer.provideMerge(Catalog.layerNoDeps(options())),
  Layer.provideMerge(TestDatabase.layer({ schema: "catalog", migrations, extensions, maxConnections: 1 })),
  Layer.orDie
)

const beyond = (evidence: Evidence, { buffers, rows }: Bounds): ReadonlyArray<string> => [
  ...evidence.sequential.flatMap((table) => (growing.has(table) ? [`reads all of ${table}`] : [])),
  ...evidence.spills.map((node) => `${node} does not fit its memory`),
  ...(evidence.buffers > buffers ? [`looks at ${evidence.buffers} pages, ${buffers} are enough`] : []),
  ...(evidence.rows > rows ? [`comes across ${evidence.rows} rows, ${rows} are enough`] : [])
]

/** Runs it, and tells what is wrong with how each of its statements ran, by either plan. */
const look = Effect.fnUntraced(function* (
  name: string,
  hits: readonly [number, number],
  bounds: Bounds,
  /** Answers how much it found. */
  run: Effect.Effect<number | bigint, unknown, Catalog | SqlClient>
) {
  const { answer, sent } = yield* recording(run)
  const wrong: Array<string> = []
  if (answer < hits[0] || answer > hits[1]) wrong.push(`${name}: found ${answer}, not ${hits.join(" to ")}`)
  if (sent.length === 0) wrong.push(`${name}: no statement was recorded`)
  for (const [nth, statement] of sent.entries()) {
    for (const planFor of ["custom", "generic"] satisfies ReadonlyArray<PlanFor>) {
      const evidence = yield* explain(statement, planFor)
      const title = `${name}${sent.length > 1 ? ` (${nth + 1} of ${sent.length})` : ""}, ${planFor}`
      if (prints) console.log(row(title, answer, evidence))
      wrong.push(...beyond(evidence, bounds).map((what) => `${title}: ${what}`))
    }
  }
  return wrong
})

const row = (title: string, hits: number | bigint, { buffers, ms, rows, scans }: Evidence): string =>
  [
    title.padEnd(60),
    ...[hits, buffers, rows, ms.toFixed(1)].map((figure) => String(figure).padStart(7)),
    ` ${scans.slice(0, 3).join(", ")}`
  ].join(" ")

if (prints) console.log(`${"".padEnd(60)}    hits   pages    rows      ms  scans`)

const orders = [
  "date",
  "id",
  "title",
  "slug",
  "modified",
  "menu_order",
  "price",
  "popularity",
  "rating"
] as const
const directions = ["asc", "desc"] as const
const first: PageQuery = { page: 1, perPage: 20, cursor: "" }

const list = (filter: Partial<ProductFilter>, order: ProductOrder, asked = first) =>
  Effect.flatMap(Catalog, (catalog) => catalog.listProducts({ ...noFilter, ...filter }, order, asked))
const totalOf = <E, R>(found: Effect.Effect<{ readonly total: number }, E, R>) =>
  Effect.map(found, ({ total }) => total)

layer(shop, { timeout: 240_000 })("at 100,000 products", (it) => {
  for (const by of orders) {
    it.effect(`lists by ${by} read an index, whatever the filter`, () =>
      Effect.gen(function* () {
        const at = yield* Shop
        const wrong: Array<string> = []
        for (const { bounds, filter, hits, name } of filters) {
          for (const direction of directions) {
            const run = totalOf(list(filter(at), { by, direction }))
            wrong.push(...(yield* look(`${name} by ${by} ${direction}`, hits, bounds(by), run)))
          }
        }
        assert.deepStrictEqual(wrong, [])
      })
    )
  }

  it.effect("a page far down goes on where the cursor says", () =>
    Effect.gen(function* () {
      const wrong: Array<string> = []
      for (const by of orders) {
        for (const direction of directions) {
          const order = { by, direction }
          const { nextCursor } = yield* list({}, order, { page: 100, perPage: 100, cursor: "" })
          const run = totalOf(list({}, order, { ...first, cursor: nextCursor }))
          const title = `from the 10,000th by ${by} ${direction}`
          wrong.push(...(yield* look(title, [90_000, 100_000], { buffers: 1000, rows: 500 }, run)))
        }
      }
      assert.deepStrictEqual(wrong, [])
    })
  )

  it.effect("reads by id, slug and product read their indexes", () =>
    Effect.gen(function* () {
      const at = yield* Shop
      const catalog = yield* Catalog
      const one: Bounds = { buffers: 150, rows: 100 }
      const some: Bounds = { buffers: 400, rows: 400 }
      const ids = Array.from({ length: 100 }, (_, nth) => BigInt(2000 + nth * 901))
      const wrong = [
        yield* look("a product", [1, 1], one, Effect.as(catalog.getProduct(at.simple), 1)),
        yield* look("a product with variations", [1, 1], one, Effect.as(catalog.getProduct(at.variable), 1)),
        yield* look("a variation", [1, 1], one, Effect.as(catalog.getProduct(at.variation), 1)),
        yield* look("a slug", [1, 1], one, Effect.as(catalog.getProductBySlug(at.slug), 1)),
        yield* look("stock", [1, 1], one, Effect.as(catalog.getStock(at.simple), 1)),
        yield* look(
          "stock of variations",
          [5, 10],
          one,
          Effect.map(catalog.getStock(at.variable), ({ value }) => value.variations.length)
        ),
        yield* look("source", [1, 1], one, Effect.as(catalog.getSource(at.simple), 1)),
        yield* look(
          "100 products",
          [90, 100],
          { buffers: 5000, rows: 1500 },
          Effect.map(catalog.batchGetProducts(ids), ({ products }) => products.length)
        ),
        yield* look("variations", [5, 10], some, totalOf(catalog.listVariations(at.variable, first))),
        yield* look(
          "reviews",
          [300, 300],
          { buffers: 700, rows: 700 },
          totalOf(catalog.listReviews(at.reviewed, first))
        ),
        yield* look(
          "versions",
          [1000, 1000],
          { buffers: 2500, rows: 1100 },
          Effect.map(
            catalog.listResourceVersions({
              kind: ResourceKind.PRODUCT,
              afterId: 50_000n,
              observedBefore: 0n,
              limit: 1000
            }),
            (versions) => versions.length
          )
        )
      ]
      assert.deepStrictEqual(wrong.flat(), [])
    })
  )

  it.effect("categories and facets are counted from bits", () =>
    Effect.gen(function* () {
      const at = yield* Shop
      const catalog = yield* Catalog
      const tree: Bounds = { buffers: 1000, rows: 2000 }
      const wrong = [
        ...(yield* look(
          "categories",
          [60, 70],
          tree,
          Effect.map(catalog.listCategories, ({ categories }) => categories.length)
        )),
        ...(yield* look(
          "a category",
          [3000, 5000],
          tree,
          Effect.map(catalog.getCategory(at.categories.get("vintage") ?? 0n), ({ value }) => value.count)
        ))
      ]
      for (const { filter, hits, name } of filters) {
        const run = totalOf(catalog.getFacets({ ...noFilter, ...filter(at) }))
        wrong.push(...(yield* look(`facets of ${name}`, hits, { buffers: 2500, rows: 9500 }, run)))
      }
      assert.deepStrictEqual(wrong, [])
    })
  )

  it.effect("searches read the index of words", () =>
    Effect.gen(function* () {
      const at = yield* Shop
      const catalog = yield* Catalog
      const wrong: Array<string> = []
      for (const { bounds, filter, hits, name, searched = bounds } of searches) {
        const all = { ...noFilter, ...filter(at) }
        wrong.push(
          ...(yield* look(`search for ${name}`, hits, searched, totalOf(catalog.searchProducts(all, first))))
        )
        wrong.push(...(yield* look(`facets of ${name}`, hits, bounds, totalOf(catalog.getFacets(all)))))
        for (const by of ["price", "popularity", "relevance"] as const) {
          const run = totalOf(list(all, { by, direction: "desc" }))
          wrong.push(...(yield* look(`${name} by ${by}`, hits, bounds, run)))
        }
      }
      assert.deepStrictEqual(wrong, [])
    })
  )

  it.effect("suggestions read the index of words", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const wrong: Array<string> = []
      for (const [typed, bounds] of [
        ["g", { buffers: 3000, rows: 3000 }],
        ["gl", { buffers: 3000, rows: 3000 }],
        ["mono", { buffers: 3000, rows: 3000 }],
        ["coruna brus", { buffers: 3000, rows: 5000 }]
      ] as const) {
        const run = Effect.map(catalog.suggestProducts(typed, 5), ({ products }) => products?.length ?? 0)
        wrong.push(...(yield* look(`suggestions for ${typed}`, [1, 5], bounds, run)))
      }
      assert.deepStrictEqual(wrong, [])
    })
  )
})
