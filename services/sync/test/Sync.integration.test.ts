import { Code } from "@connectrpc/connect"
import { assert, describe, it } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { Sync } from "../src/Sync.ts"
import type { FakeShop } from "./FakeShop.ts"
import { database, ended, type Options, runToEnd, syncLayer, World } from "./Harness.ts"

const product = (id: number, more: Record<string, unknown> = {}) => ({
  id,
  name: `Product ${id}`,
  status: "publish",
  type: "simple",
  ...more
})

const fill = (shop: FakeShop, products: number) => {
  for (let id = 1; id <= products; id++) shop.put("/products", product(id))
}

/** One fresh database, shop and catalogue for each test. */
const world = <A, E>(test: Effect.Effect<A, E, World | Layer.Success<typeof database>>) =>
  test.pipe(Effect.provide([World.layer, database]), Effect.scoped)

const withSync =
  (options: Options = {}) =>
  <A, E, R>(test: Effect.Effect<A, E, R | Sync>) =>
    test.pipe(Effect.provide(syncLayer(options), { local: true }))

describe("a full run", () => {
  it.live("brings everything that the shop lists, and counts it", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 95)
        shop.put("/products", product(96, { status: "draft" }), product(97, { status: "trash" }))
        shop.put("/variations", { id: 201, parent_id: 1 }, { id: 202, parent_id: 1 })
        shop.put("/products/categories", { id: 5, name: "Frames" })
        shop.put("/products/tags", { id: 6, name: "New" })
        shop.put("/products/attributes", { id: 1, name: "Shape" }, { id: 2, name: "Colour" })
        shop.put("/products/attributes/1/terms", { id: 11, name: "Round" })
        shop.put("/products/attributes/2/terms", { id: 12, name: "Red" }, { id: 13, name: "Blue" })
        shop.put("/products/reviews", { id: 31, product_id: 1 })
        const run = yield* runToEnd("full").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepStrictEqual(catalog.ids(ResourceKind.PRODUCT), shop.ids("/products"))
        assert.deepStrictEqual(catalog.ids(ResourceKind.VARIATION), [201, 202])
        assert.deepStrictEqual(catalog.ids(ResourceKind.CATEGORY), [5])
        assert.deepStrictEqual(catalog.ids(ResourceKind.TAG), [6])
        assert.deepStrictEqual(catalog.ids(ResourceKind.ATTRIBUTE), [1, 2])
        assert.deepStrictEqual(catalog.ids(ResourceKind.TERM), [11, 12, 13])
        assert.deepStrictEqual(catalog.ids(ResourceKind.REVIEW), [31])
        const products = run.steps.find((step) => step.resource === "products")
        assert.deepInclude(products, {
          total: 96,
          read: 96,
          applied: 96,
          unchanged: 0,
          removed: 0,
          rejected: 0
        })
        assert.deepInclude(
          run.steps.find((step) => step.resource === "terms"),
          { total: 3, read: 3, applied: 3 }
        )
        assert.isTrue(run.steps.every((step) => step.done))
      })
    )
  )
})
void [Code, ended]
