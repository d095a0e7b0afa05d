import { assert, describe, it } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import { runToEnd, syncLayer, World, withSync, world } from "./Harness.ts"
import { fill, isSweep, product, step } from "./Products.ts"

const { CATEGORY, ATTRIBUTE, PRODUCT, REVIEW, TERM, VARIATION } = ResourceKind

describe("removal", () => {
  it.live("removes what is deleted for good and what is in the trash, after reading it by id", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 40)
        shop.put("/variations", { id: 201, parent_id: 1 }, { id: 202, parent_id: 1 })
        shop.put("/products/categories", { id: 5 }, { id: 6 })
        shop.put("/products/attributes", { id: 1 }, { id: 2 })
        shop.put("/products/attributes/1/terms", { id: 11 }, { id: 12 })
        shop.put("/products/attributes/2/terms", { id: 13 })
        shop.put("/products/reviews", { id: 31 }, { id: 32 })
        yield* runToEnd("full").pipe(withSync())
        shop.remove("/products", 3)
        shop.trash("/products", 4)
        shop.put("/products", product(5, { status: "draft" }))
        shop.remove("/variations", 201)
        shop.remove("/products/categories", 6)
        shop.remove("/products/attributes", 2)
        shop.things.delete("/products/attributes/2/terms")
        shop.remove("/products/attributes/1/terms", 12)
        shop.trash("/products/reviews", 32)
        const run = yield* runToEnd("full").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepStrictEqual(catalog.ids(PRODUCT), shop.ids("/products"))
        assert.deepStrictEqual(catalog.ids(VARIATION), [202])
        assert.deepStrictEqual(catalog.ids(CATEGORY), [5])
        assert.deepStrictEqual(catalog.ids(ATTRIBUTE), [1])
        assert.deepStrictEqual(catalog.ids(REVIEW), [31])
        assert.isFalse(catalog.ids(TERM).includes(12))
        assert.deepInclude(step(run, "products"), { removed: 2, read: 38 })
        const read = shop.requests.map(({ path }) => path)
        assert.include(read, "/products/3")
        assert.notInclude(read, "/products/4", "one request told all that is in the trash")
      })
    )
  )

  it.live("keeps what lists do not show but is alive by id", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 20)
        yield* runToEnd("products").pipe(withSync())
        shop.put("/products", product(7, { status: "unlisted" }))
        const run = yield* runToEnd("products").pipe(withSync())
        assert.include(catalog.ids(PRODUCT), 7)
        assert.include(catalog.json(PRODUCT, 7), "unlisted", "it was brought in as it is now")
        assert.deepInclude(step(run, "products"), { removed: 0, read: 20 })
      })
    )
  )

  for (const [fault, what] of [
    ["short", "a page was short"],
    ["no-totals", "a total could not be read"]
  ] as const) {
    it.live(`removes nothing after a sweep in which ${what}, and the run says so`, () =>
      world(
        Effect.gen(function* () {
          const { catalog, shop } = yield* World
          fill(shop, 40)
          yield* runToEnd("products").pipe(withSync())
          shop.remove("/products", 39)
          shop.hook = (request) =>
            isSweep(request) && request.query.get("offset") === "9" ? fault : undefined
          const run = yield* runToEnd("products").pipe(withSync({ patienceMs: 0 }))
          assert.include(catalog.ids(PRODUCT), 39)
          assert.include(catalog.ids(PRODUCT), 19)
          assert.match(`${run.error} ${run.errors.map((it) => it.reason)}`, /nothing was removed|X-WP-Total/)
        })
      )
    )
  }

  it.live("removes nothing when the shop's routes are gone", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 20)
        yield* runToEnd("products").pipe(withSync())
        const sync = syncLayer()
        const run = yield* Effect.gen(function* () {
          const found = shop.hook
          shop.hook = (request) =>
            isSweep(request)
              ? { status: 404, body: { code: "rest_no_route", message: "No route", data: { status: 404 } } }
              : found(request)
          return yield* runToEnd("products")
        }).pipe(Effect.provide(sync, { local: true }))
        assert.strictEqual(run.status, "failed")
        assert.include(run.error, "WOO_URL")
        assert.strictEqual(catalog.ids(PRODUCT).length, 20)
      })
    )
  )

  it.live("keeps, and tells of, what fails when it is read by id", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 20)
        yield* runToEnd("products").pipe(withSync())
        shop.remove("/products", 7)
        shop.remove("/products", 8)
        shop.hook = ({ path }) =>
          path === "/products/7"
            ? {
                status: 500,
                body: { code: "internal_server_error", message: "<p>fatal</p>", data: { status: 500 } }
              }
            : undefined
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.include(catalog.ids(PRODUCT), 7)
        assert.notInclude(catalog.ids(PRODUCT), 8)
        assert.deepInclude(run.errors[0], { resource: "products", id: 7 })
      })
    )
  )

  for (const [what, code] of [
    ["names another program", "not_found"],
    ["has no code", undefined]
  ] as const) {
    it.live(`keeps, and tells of, what is answered with a 404 that ${what}`, () =>
      world(
        Effect.gen(function* () {
          const { catalog, shop } = yield* World
          fill(shop, 20)
          yield* runToEnd("products").pipe(withSync())
          shop.put("/products", product(7, { status: "unlisted" }))
          shop.remove("/products", 8)
          shop.hook = ({ path }) =>
            path === "/products/7" ? { status: 404, body: { code, message: "Nothing here" } } : undefined
          const run = yield* runToEnd("products").pipe(withSync())
          assert.strictEqual(run.status, "completed", run.error)
          assert.include(catalog.ids(PRODUCT), 7)
          assert.notInclude(catalog.ids(PRODUCT), 8)
          assert.deepInclude(run.errors[0], { resource: "products", id: 7 })
        })
      )
    )
  }
})
