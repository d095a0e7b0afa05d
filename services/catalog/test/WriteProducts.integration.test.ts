import { assert, layer } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import { Catalog } from "../src/Catalog.ts"
import type { Change } from "../src/Change.ts"
import { assertWhole } from "./Recomputed.ts"
import { category, gone, layerCatalog, product, read, readProduct, variation } from "./Shop.ts"

const apply = (...changes: ReadonlyArray<Change>) =>
  Effect.flatMap(Catalog, (catalog) => catalog.applyChanges(changes))

let observation = 0
const next = () => ++observation

/** What is listed with a value, of the bits; ids of products. */
const having = (kind: number, key: string, scope = "") =>
  Effect.gen(function* () {
    const sql = yield* SqlClient
    const rows = yield* sql<{ readonly id: bigint }>`
      SELECT p.id FROM products p JOIN facet_bits b ON b.chunk = p.ordinal / 8192 AND get_bit(b.bits, p.ordinal % 8192) = 1
      JOIN facet_values v ON v.id = b.value_id
      WHERE v.kind = ${kind} AND v.key = ${key} AND v.scope = ${scope} ORDER BY p.id`
    return rows.map((row) => Number(row.id))
  })

const Int = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** A product, a variation of one of the products, or its end. */
const ProductChange = Schema.Struct({
  thing: Int(1, 8),
  observation: Int(1, 30),
  what: Schema.Literals(["product", "product", "product", "variation", "variation", "gone", "rejected"]),
  parent: Int(1, 8),
  status: Schema.Literals(["publish", "publish", "publish", "draft"]),
  password: Schema.Literals(["", "", "", "secret"]),
  visibility: Schema.Literals(["visible", "visible", "catalog", "search", "hidden"]),
  price: Schema.Literals(["", "0", "9.99", "10.00", "10", "149.5", "150", "99999999999"]),
  categories: Schema.Array(Int(501, 506)).check(Schema.isMaxLength(3)),
  colours: Schema.Array(Schema.Literals(["Black", "Rosé &amp; Gold", "1.50"])).check(Schema.isMaxLength(2)),
  sales: Int(0, 2)
})

/** A category at its place in the tree, in a circle perhaps, or its end. */
const CategoryChange = Schema.Struct({
  category: Int(501, 506),
  observation: Int(1, 30),
  parent: Schema.Literals([0, 501, 502, 503, 504, 505, 506, 599]),
  gone: Schema.Literals([false, false, false, true])
})

const Batch = Schema.Struct({
  products: Schema.Array(ProductChange).check(Schema.isMaxLength(6)),
  categories: Schema.Array(CategoryChange).check(Schema.isMaxLength(3))
})
const Batches = Schema.Array(Batch).check(Schema.isMinLength(1), Schema.isMaxLength(6))

/** Observations of later runs are later: the shop is one and the same throughout. */
let run = 0

const changesOf = (batch: typeof Batch.Type): ReadonlyArray<Change> => {
  const products = new Map(batch.products.map((it) => [it.thing, it]))
  const categories = new Map(batch.categories.map((it) => [it.category, it]))
  return [
    ...[...categories.values()].map((it) =>
      it.gone
        ? gone(ResourceKind.CATEGORY, it.category, run * 100 + it.observation)
        : read(ResourceKind.CATEGORY, category(it.category, it.parent), run * 100 + it.observation)
    ),
    ...[...products.values()].map((it): Change => {
      const seen = run * 100 + it.observation
      if (it.what === "gone") return gone(ResourceKind.PRODUCT, it.thing, seen)
      const fields = {
        status: it.status,
        post_password: it.password,
        catalog_visibility: it.visibility,
        price: it.price,
        total_sales: it.sales,
        categories: it.categories.map((id) => ({ id, name: `Category ${id}`, slug: `category-${id}` })),
        attributes: [{ id: 4, name: "Colour", slug: "pa_colour", options: [...it.colours] }]
      }
      if (it.what === "rejected") {
        return readProduct(product(it.thing, { ...fields, status: "private", price: "bad" }), seen)
      }
      return it.what === "variation"
        ? read(ResourceKind.VARIATION, variation(it.thing, it.parent, fields), seen)
        : readProduct(product(it.thing, fields), seen)
    })
  ]
}

layer(layerCatalog())("what is kept beside the products", (it) => {
  it.effect("a product has the bits of what it says of itself", () =>
    Effect.gen(function* () {
      yield* apply(
        read(ResourceKind.CATEGORY, category(401, 0), next()),
        read(ResourceKind.CATEGORY, category(402, 401), next()),
        readProduct(
          product(11, {
            categories: [{ id: 402, name: "Men", slug: "men" }],
            tags: [{ id: 37, name: "titanium", slug: "titanium" }],
            brands: [{ id: 7, name: "Bolt", slug: "bolt" }],
            attributes: [
              { id: 4, name: "Colour", slug: "pa_colour", options: ["Black", "Gold"] },
              { id: 0, name: "Own", slug: "own", options: ["Not shop-wide"] }
            ],
            price: "149.50",
            on_sale: true,
            average_rating: "4.50",
            rating_count: 2
          }),
          next()
        )
      )
      for (const [kind, key, scope] of [
        [1, ""],
        [2, ""],
        [3, "402"],
        [4, "402"],
        [4, "401"],
        [5, "37"],
        [6, "7"],
        [7, "Black", "pa_colour"],
        [7, "Gold", "pa_colour"],
        [8, "instock"],
        [9, "true"],
        [10, "false"],
        [11, "5"],
        [12, "100"]
      ] as const) {
        assert.deepStrictEqual(yield* having(kind, key, scope), [11], `${kind} ${key}`)
      }
      assert.deepStrictEqual(yield* having(3, "401"), [])
      yield* assertWhole
    })
  )

  it.effect("the prices of a product are those of its public variations, in every order of arrival", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const prices = sql`SELECT price_min::text, price_max::text FROM products WHERE id = 21`
      const one = (price: string, fields: Schema.JsonObject = {}) =>
        apply(readProduct(variation(22, 21, { price, ...fields }), next()))
      yield* one("12.00")
      yield* apply(readProduct(product(21, { type: "variable", price: "1.00" }), next()))
      assert.deepStrictEqual(yield* prices, [{ price_min: "12.0000", price_max: "12.0000" }])
      yield* apply(readProduct(variation(23, 21, { price: "49.00" }), next()))
      assert.deepStrictEqual(yield* prices, [{ price_min: "12.0000", price_max: "49.0000" }])
      assert.deepStrictEqual(yield* having(12, "30"), [21])
      yield* one("12.00", { status: "private" })
      assert.deepStrictEqual(yield* prices, [{ price_min: "49.0000", price_max: "49.0000" }])
      yield* apply(gone(ResourceKind.VARIATION, 23, next()))
      assert.deepStrictEqual(yield* prices, [{ price_min: "1.0000", price_max: "1.0000" }])
      assert.deepStrictEqual(yield* having(12, "30"), [])
      yield* one("")
      assert.deepStrictEqual(yield* prices, [{ price_min: null, price_max: null }])
      yield* assertWhole
    })
  )

  it.effect("gives the place of a product that is gone to the next new one", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const ordinalOf = (id: number) =>
        Effect.map(
          sql<{ readonly ordinal: number | null }>`SELECT ordinal FROM products WHERE id = ${id}`,
          ([row]) => row?.ordinal
        )
      yield* apply(readProduct(product(31), next()), readProduct(product(32), next()))
      const first = yield* ordinalOf(31)
      yield* apply(readProduct(product(31, { name: "Changed" }), next()))
      assert.strictEqual(yield* ordinalOf(31), first)
      yield* apply(gone(ResourceKind.PRODUCT, 31, next()), readProduct(product(33), next()))
      assert.strictEqual(yield* ordinalOf(33), first)
      yield* apply(readProduct(product(34), next()))
      yield* apply(readProduct(variation(34, 32), next()))
      assert.isNull(yield* ordinalOf(34))
      yield* assertWhole
    })
  )

  it.effect.prop(
    "says what the products say, whatever happens to them in whatever order",
    [Batches],
    ([batches]) =>
      Effect.gen(function* () {
        run++
        // Two at a time, and some of them twice.
        for (let index = 0; index < batches.length; index += 2) {
          const two = batches.slice(index, index + 2).map(changesOf)
          yield* Effect.forEach(two, (changes) => apply(...changes), { concurrency: "unbounded" })
          yield* assertWhole
        }
        const [first] = batches
        if (first !== undefined) yield* apply(...changesOf(first))
        yield* assertWhole
      }),
    { arbitrary: { runs: 40 } }
  )
})
