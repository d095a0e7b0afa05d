import { assert, layer } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SqlClient } from "effect/sql/SqlClient"
import { Catalog } from "../src/Catalog.ts"
import type { Change } from "../src/Change.ts"
import { assertWhole } from "./Recomputed.ts"
import { byId, firstPage, noFilter, product, read, readProduct, variation } from "./Shop.ts"
import { forget, started, test } from "./Started.ts"

const apply = (...changes: ReadonlyArray<Change>) =>
  Effect.flatMap(Catalog, (catalog) => catalog.applyChanges(changes))

/** Ids of what costs so much. */
const listed = (minPrice = "", maxPrice = "") =>
  Effect.flatMap(Catalog, (catalog) =>
    Effect.map(catalog.listProducts({ ...noFilter, minPrice, maxPrice }, byId, firstPage), ({ items }) =>
      items.map((it) => Number(it.id))
    )
  )

layer(Layer.empty)("a catalogue of an older release", (it) => {
  it.effect("is whole after the start, however far variations are from their products", () =>
    test(
      Effect.gen(function* () {
        yield* started(
          apply(
            readProduct(variation(5, 500, { price: "777.00" }), 1),
            ...Array.from({ length: 130 }, (_, index) => readProduct(product(index + 10), 1)),
            readProduct(product(300), 1),
            readProduct(product(500, { price: "5.00" }), 1),
            readProduct(variation(900, 300, { price: "888.00" }), 1)
          )
        )
        yield* forget
        yield* started(
          Effect.gen(function* () {
            assert.deepStrictEqual(yield* listed("700", "999.9999"), [300, 500])
            yield* assertWhole
          })
        )
      })
    )
  )

  it.effect("has what is not understood any more out of sight, says which and why, and stays whole", () => {
    const lines: Array<string> = []
    return test(
      Effect.gen(function* () {
        const sql = yield* SqlClient
        yield* started(
          apply(
            ...[1, 2, 3, 4].map((id) => readProduct(product(id), 1)),
            readProduct(variation(50, 3, { price: "600.00" }), 1),
            readProduct(variation(51, 2, { price: "650.00" }), 1),
            read(ResourceKind.TAG, { id: 7, name: "titanium", slug: "titanium" }, 1)
          )
        )
        yield* forget
        const source = JSON.stringify(product(3, { name: "Secret", price: { of: "Secret" } }))
        yield* sql`UPDATE products SET source = ${source} WHERE id = 3`
        yield* sql`UPDATE products SET source = '{' WHERE id = 51`
        yield* sql`UPDATE tags SET source = '[]'`
        yield* started(
          Effect.gen(function* () {
            const catalog = yield* Catalog
            yield* assertWhole
            assert.deepStrictEqual(yield* listed(), [1, 2, 4])
            assert.strictEqual((yield* Effect.flip(catalog.getProduct(3n)))._tag, "ProductNotFound")
            assert.strictEqual((yield* Effect.flip(catalog.getProduct(51n)))._tag, "ProductNotFound")
            assert.deepStrictEqual(yield* listed("640", "660"), [])
            // Nothing that comes later meets the bits of another product.
            yield* apply(readProduct(variation(50, 3, { price: "777.00" }), 2))
            assert.deepStrictEqual(yield* listed("700", "999.9999"), [])
            yield* assertWhole
            yield* apply(readProduct(product(3), 3), readProduct(variation(51, 2, { price: "650.00" }), 3))
            assert.deepStrictEqual(yield* listed("640", "660"), [2])
            assert.deepStrictEqual(yield* listed("700", "999.9999"), [3])
            yield* assertWhole
          })
        )
        const told = lines.filter((line) => line.includes("not understood"))
        assert.deepStrictEqual(
          told.map((line) => line.replace(/: Expected.*/, "")),
          [
            "tag 7 is not understood any more",
            "product 3 is not understood any more: price",
            "variation 51 is not understood any more",
            "The catalogue is derived anew, but for 3 of its things, which are not understood any more; products and variations among them are hidden"
          ]
        )
        assert.notInclude(told.join(), "Secret")
      }),
      lines
    )
  })
})
