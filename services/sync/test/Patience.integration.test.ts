import { Code } from "@connectrpc/connect"
import { assert, describe, it } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import { runToEnd, World, withSync, world } from "./Harness.ts"
import { fill, isSweep, step } from "./Products.ts"

const { PRODUCT } = ResourceKind

describe("a shop in trouble", () => {
  const fatal = {
    status: 500,
    body: { code: "internal_server_error", message: "fatal", data: { status: 500 } }
  }

  const away = { status: 503, body: "<html><body>Service Unavailable</body></html>" }

  it.live("is waited for", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 50)
        let failures = 0
        shop.hook = ({ path }) => {
          if (path.startsWith("/products")) failures += 1
          return path.startsWith("/products") && failures > 3 && failures <= 9 ? away : undefined
        }
        const run = yield* runToEnd("products").pipe(withSync({ patienceMs: 10_000 }))
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepStrictEqual(catalog.ids(PRODUCT), shop.ids("/products"))
      })
    )
  )

  for (const [what, fault] of [
    ["fails", fatal],
    ["hangs", "hang"]
  ] as const) {
    it.live(`fails the run in the end when it ${what} for good; the next run begins anew`, () =>
      world(
        Effect.gen(function* () {
          const { catalog, shop } = yield* World
          fill(shop, 50)
          shop.hook = ({ path, query }) =>
            path.startsWith("/products/") || (query.has("offset") && query.get("offset") !== "0")
              ? fault
              : undefined
          const run = yield* runToEnd("products").pipe(withSync({ patienceMs: 800 }))
          assert.strictEqual(run.status, "failed")
          assert.include(run.error, "WOO_URL")
          assert.strictEqual(catalog.ids(PRODUCT).length, 10, "what had been read stays")
          shop.hook = () => undefined
          const again = yield* runToEnd("products").pipe(withSync())
          assert.deepInclude(step(again, "products"), { read: 50, applied: 40, unchanged: 10 })
        })
      )
    )
  }

  const refusal = {
    status: 401,
    body: {
      code: "woocommerce_rest_authentication_error",
      message: "Invalid signature",
      data: { status: 401 }
    }
  }

  it.live("that refuses the key fails the run at once", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 50)
        shop.hook = (request) => (isSweep(request) ? refusal : undefined)
        const run = yield* runToEnd("products").pipe(withSync({ patienceMs: 60_000 }))
        assert.strictEqual(run.status, "failed")
        assert.include(run.error, "WOO_CONSUMER_SECRET")
      })
    )
  )

  it.live("may say what it likes: text that no database stores ends the run as any other failure", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 20)
        for (const [code, message] of [
          ["a\u0000b", "c\u0000d"],
          ["half\ud83d", `${"x".repeat(199)}👓${"y".repeat(50)}`]
        ]) {
          shop.hook = (request) =>
            isSweep(request) ? { status: 400, body: { code, message, data: { status: 400 } } } : undefined
          const run = yield* runToEnd("products").pipe(withSync())
          assert.strictEqual(run.status, "failed")
          assert.include(run.error, "The shop refuses GET /products")
          assert.strictEqual(run.resumed, 0)
        }
      })
    )
  )
})

describe("the catalogue", () => {
  it.live("is waited for", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 30)
        let failures = 0
        catalog.hook = () => {
          failures += 1
          return failures <= 2 ? Code.Unavailable : undefined
        }
        const run = yield* runToEnd("products").pipe(withSync({ patienceMs: 10_000 }))
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepStrictEqual(catalog.ids(PRODUCT), shop.ids("/products"))
      })
    )
  )

  it.live("that refuses the token fails the run at once", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 30)
        catalog.hook = () => Code.Unauthenticated
        const run = yield* runToEnd("products").pipe(withSync({ patienceMs: 60_000 }))
        assert.strictEqual(run.status, "failed")
        assert.include(run.error, "OPTICA_OPERATOR_TOKEN")
      })
    )
  )
})
