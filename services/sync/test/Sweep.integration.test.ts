import { assert, describe, it } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import { runToEnd, World, withSync, world } from "./Harness.ts"
import { fill, isSweep, product } from "./Products.ts"

const { PRODUCT } = ResourceKind

describe("a shop that changes while it is read", () => {
  it.live("loses nothing when things before the sweep go away", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 200)
        let pages = 0
        shop.hook = (request) => {
          // Three of the first pages go with each page that is read, so that every boundary shifts.
          if (!isSweep(request)) return undefined
          pages += 1
          if (pages > 2 && pages < 8) for (let i = 1; i <= 3; i++) shop.remove("/products", pages * 3 + i)
          return undefined
        }
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        const held = new Set(catalog.ids(PRODUCT))
        assert.deepStrictEqual(
          shop.ids("/products").filter((id) => !held.has(id)),
          []
        )
        assert.isTrue(
          shop.requests.some(({ query }) => query.has("include")),
          "the skipped ones were read by id"
        )
      })
    )
  )

  it.live("loses nothing when as many things come back as go away", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 100)
        for (const id of [90, 91, 92]) shop.trash("/products", id)
        let pages = 0
        shop.hook = (request) => {
          if (isSweep(request)) pages += 1
          if (isSweep(request) && pages === 5) {
            for (const id of [2, 3, 4]) shop.remove("/products", id)
            for (const id of [90, 91, 92]) shop.put("/products", product(id))
          }
          return undefined
        }
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        const held = new Set(catalog.ids(PRODUCT))
        assert.deepStrictEqual(
          shop.ids("/products").filter((id) => !held.has(id)),
          []
        )
      })
    )
  )

  it.live("reads what is added at the end", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 50)
        let next = 51
        shop.hook = (request) => {
          if (isSweep(request) && next < 80)
            for (let i = 0; i < 5; i++) shop.put("/products", product(next++))
          return undefined
        }
        yield* runToEnd("products").pipe(withSync())
        assert.deepStrictEqual(catalog.ids(PRODUCT), shop.ids("/products"))
        assert.isFalse(
          shop.requests.some(({ query }) => query.has("include")),
          "nothing had moved"
        )
      })
    )
  )

  it.live("is taken as it is when it never holds still, and the run says so", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 400)
        let gone = 0
        shop.hook = ({ path, query }) => {
          if (path !== "/products" || !query.has("offset")) return undefined
          gone += 1
          shop.remove("/products", gone)
          return undefined
        }
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.include(run.errors[0]?.reason, "did not hold still")
      })
    )
  )

  for (const [how, isWild, complete] of [
    ["once", (pages: number) => pages === 1, true],
    ["always", () => true, false]
  ] as const) {
    it.live(`is read to its end when the shop ${how} tells a total out of all reason`, () =>
      world(
        Effect.gen(function* () {
          const { catalog, shop } = yield* World
          fill(shop, 50)
          yield* runToEnd("products").pipe(withSync())
          shop.remove("/products", 7)
          let pages = 0
          shop.hook = (request) => {
            if (request.path !== "/products" || !request.query.has("offset")) return undefined
            pages += 1
            return isWild(pages) ? { total: 1_000_000_000_000 } : undefined
          }
          const run = yield* runToEnd("products").pipe(withSync())
          assert.strictEqual(run.status, "completed", run.error)
          assert.strictEqual(
            catalog.ids(PRODUCT).includes(7),
            !complete,
            "nothing is removed after a doubtful sweep"
          )
          assert.isBelow(pages, 100)
        })
      )
    )
  }

  it.live("is read to its end when the shop once tells a total that is too small", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 50)
        shop.hook = (request) =>
          isSweep(request) && request.query.get("offset") === "9" ? { total: 3 } : undefined
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepStrictEqual(catalog.ids(PRODUCT), shop.ids("/products"))
      })
    )
  )
})
