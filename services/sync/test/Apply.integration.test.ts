import { assert, describe, it } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import { runToEnd, World, withSync, world } from "./Harness.ts"
import { fill, isSweep, product, step } from "./Products.ts"

const { PRODUCT } = ResourceKind

describe("a bad item", () => {
  it.live("is told with its reason, the rest goes on, and it is not taken for missing", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 30)
        yield* runToEnd("products").pipe(withSync())
        shop.put("/products", product(9, { name: "bad" }))
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.strictEqual(run.errorCount, 1)
        assert.deepInclude(run.errors[0], { resource: "products", id: 9, reason: "bad: must not be there" })
        assert.deepInclude(step(run, "products"), { read: 30, rejected: 1, unchanged: 29, removed: 0 })
        assert.include(catalog.json(PRODUCT, 9), "Product 9", "what was held before is held still")
      })
    )
  )

  it.live("without a readable id stops nothing either", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 5)
        shop.put("/products", { ...product(6), id: 6.5 })
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepInclude(run.errors[0], { resource: "products", id: 0 })
        assert.include(run.errors[0]?.reason, "id:")
        assert.deepStrictEqual(catalog.ids(PRODUCT), [1, 2, 3, 4, 5])
      })
    )
  )

  it.live("that makes the shop fail on its whole page is found by reading the page item by item", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 30)
        shop.hook = (request) => {
          const { path, query } = request
          const fatal = {
            code: "internal_server_error",
            message: "<p>Fatal error</p>",
            data: { status: 500 }
          }
          const offset = Number(query.get("offset"))
          const inPage = isSweep(request) && offset <= 16 && offset + 10 > 16
          return inPage || path === "/products/17" ? { status: 500, body: fatal } : undefined
        }
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepInclude(run.errors[0], { resource: "products", id: 17 })
        assert.include(run.errors[0]?.reason, "Fatal error")
        assert.strictEqual(run.errorCount, 1)
        assert.deepInclude(step(run, "products"), { read: 30, applied: 29, rejected: 1 })
        assert.strictEqual(catalog.ids(PRODUCT).length, 29)
      })
    )
  )

  it.live("is one of a hundred that are listed; all are counted", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        for (let id = 1; id <= 130; id++) shop.put("/products", product(id, { name: "bad" }))
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.errorCount, 130)
        assert.strictEqual(run.errors.length, 100)
      })
    )
  )

  it.live("that is larger than a message to the catalogue may be is told, the rest goes on", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 12)
        shop.put("/products", product(5, { description: "x".repeat(17_000_000) }))
        const run = yield* runToEnd("products").pipe(withSync({ requestTimeoutMs: 20_000 }))
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepInclude(run.errors[0], { resource: "products", id: 5 })
        assert.include(run.errors[0]?.reason, "too large")
        assert.deepInclude(step(run, "products"), { read: 12, applied: 11, rejected: 1 })
        assert.notInclude(catalog.ids(PRODUCT), 5)
      })
    )
  )
})
