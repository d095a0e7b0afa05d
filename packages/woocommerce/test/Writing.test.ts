import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Result } from "effect"
import { Resources } from "../src/Resource.ts"
import { withShop } from "./ShopClient.ts"
import { replaying } from "./TestShop.ts"

const failing = <A, E>(effect: Effect.Effect<A, E>) => Effect.flip(effect)

describe("writing", () => {
  it.live("create, update and delete send JSON and read what comes back", () =>
    withShop(
      ({ method }) => ({
        status: method === "POST" ? 201 : 200,
        body: { id: 7, status: method === "DELETE" ? "trash" : "draft", name: "A" }
      }),
      (woo, shop) =>
        Effect.gen(function* () {
          assert.strictEqual(
            (yield* woo.create(Resources.products, { name: "A", regular_price: "12.50" })).value.id,
            7
          )
          assert.strictEqual((yield* woo.update(Resources.products, 7, { name: "B" })).value.id, 7)
          assert.strictEqual((yield* woo.delete(Resources.products, 7)).value.status, "trash")
          yield* woo.delete(Resources.variationsOf(3), 7, { force: true })
          assert.deepStrictEqual(
            shop.asked.map(({ body, method, url }) => [
              method,
              url.pathname.replace("/wp-json/wc/v3", ""),
              url.searchParams.get("force"),
              body
            ]),
            [
              ["POST", "/products", null, '{"name":"A","regular_price":"12.50"}'],
              ["PUT", "/products/7", null, '{"name":"B"}'],
              ["DELETE", "/products/7", null, ""],
              ["DELETE", "/products/3/variations/7", "true", ""]
            ]
          )
          assert.strictEqual(shop.asked[0]?.headers["content-type"], "application/json")
        })
    )
  )

  it.live("fact 18: a refused write carries WooCommerce's code; gone and trash-less things too", () =>
    withShop(
      replaying({
        "POST /products": ["errors", "post-dup-sku"],
        "DELETE /products/213": ["products", "delete-again"]
      }),
      (woo) =>
        Effect.gen(function* () {
          const duplicate = yield* failing(woo.create(Resources.products, { sku: "FR-1000-1" }))
          assert.strictEqual(
            duplicate._tag === "RequestRefused" ? duplicate.code : duplicate._tag,
            "product_invalid_sku"
          )
          const gone = yield* failing(woo.delete(Resources.products, 213))
          assert.strictEqual(gone._tag === "RequestRefused" ? gone.status : gone._tag, 410)
        })
    )
  )

  it.live("fact 17: a batch tells for each change how it went", () =>
    withShop(replaying({ "POST /products/batch": ["batch", "mixed"] }), (woo, shop) =>
      Effect.gen(function* () {
        const answer = yield* woo.batch(Resources.products, {
          create: [{ name: "Batch A" }],
          update: [{ id: 999999, name: "x" }],
          delete: [212]
        })
        assert.strictEqual(
          Option.getOrThrow(Result.getSuccess(answer.create[0] ?? Result.fail(undefined))).value.name,
          "Batch A"
        )
        assert.isTrue([...answer.update, ...answer.delete, ...answer.create].some(Result.isFailure))
        assert.deepStrictEqual(JSON.parse(shop.asked[0]?.body ?? ""), {
          create: [{ name: "Batch A" }],
          update: [{ id: 999999, name: "x" }],
          delete: [212]
        })
      })
    )
  )

  it.live("fact 17: more than 100 changes are not sent; a shop that takes fewer answers 413", () =>
    withShop(replaying({ "POST /products/batch": ["batch", "over-100"] }), (woo, shop) =>
      Effect.gen(function* () {
        const many = yield* failing(
          woo.batch(Resources.products, { delete: Array.from({ length: 101 }, (_, index) => index + 1) })
        )
        assert.strictEqual(many._tag, "InvalidParams")
        assert.strictEqual(shop.asked.length, 0)
        const refused = yield* failing(woo.batch(Resources.products, { delete: [1, 2] }))
        assert.strictEqual(refused._tag === "RequestRefused" ? refused.status : refused._tag, 413)
      })
    )
  )
})
