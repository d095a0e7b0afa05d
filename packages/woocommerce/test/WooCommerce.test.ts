import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Schema, Stream } from "effect"
import { Resources } from "../src/Resource.ts"
import { Id } from "../src/Scalars.ts"
import { WooCommerce } from "../src/WooCommerce.ts"
import { WooDate } from "../src/WooDate.ts"
import { record, recorded } from "./Recorded.ts"
import { layer, withShop } from "./ShopClient.ts"
import { listReply, replaying } from "./TestShop.ts"

const failing = <A, E>(effect: Effect.Effect<A, E>) => Effect.flip(effect)

const rowsOf = (
  url: URL,
  total: number,
  row: (index: number) => unknown = (index) => ({ id: index + 1, status: "publish" })
) => {
  const page = Number(url.searchParams.get("page") ?? 1)
  const perPage = Number(url.searchParams.get("per_page") ?? 10)
  const from = (page - 1) * perPage
  const length = Math.max(0, Math.min(perPage, total - from))
  return listReply(
    Array.from({ length }, (_, index) => row(from + index)),
    total,
    Math.ceil(total / perPage)
  )
}

describe("WooCommerce", () => {
  describe("list", () => {
    it.live("a recorded page of products: items with their source, totals, size", () =>
      withShop(replaying({ "GET /products": ["products", "list-id-asc-per18-page1"] }), (woo, shop) =>
        Effect.gen(function* () {
          const page = yield* woo.list(Resources.products, {
            orderby: "id",
            order: "asc",
            per_page: 18,
            page: 1
          })
          assert.deepStrictEqual([page.page, page.perPage, page.total, page.totalPages], [1, 18, 57, 4])
          assert.strictEqual(page.items.length, 18)
          assert.deepStrictEqual(page.refused, [])
          assert.isAbove(page.bytes, 50_000)
          assert.deepStrictEqual(
            page.items.map(({ source }) => source),
            record("products", "list-id-asc-per18-page1").body
          )
          assert.match(
            shop.asked[0]?.target ?? "",
            /^\/wp-json\/wc\/v3\/products\?orderby=id&order=asc&per_page=18&page=1&/
          )
        })
      )
    )

    it.live("an item that breaks a rule is refused by id, path and rule; the rest of the page is there", () =>
      withShop(
        () =>
          listReply(
            [
              { id: 1, status: "publish" },
              { id: 2, status: "publish", regular_price: {} },
              "no object",
              { id: 3, status: "publish" }
            ],
            4,
            1
          ),
        (woo) =>
          Effect.gen(function* () {
            const page = yield* woo.list(Resources.products)
            assert.deepStrictEqual(
              page.items.map(({ value }) => value.id),
              [1, 3]
            )
            assert.deepStrictEqual(
              page.refused.map(({ id, path, rule }) => [id, path, rule]),
              [
                [2, "regular_price", 'Expected a decimal amount such as "12.50", or ""'],
                [undefined, "", "Expected object"]
              ]
            )
            assert.deepStrictEqual(page.refused[0]?.source, { id: 2, status: "publish", regular_price: {} })
          })
      )
    )

    it.live(
      "fact 10: past the end there is nothing, with the true totals for products and 0/0 for orders",
      () =>
        withShop(
          replaying({
            "GET /products": ["products", "list-page-past-end"],
            "GET /orders": ["orders", "list-page-past-end"]
          }),
          (woo) =>
            Effect.gen(function* () {
              const products = yield* woo.list(Resources.products, { page: 99, per_page: 20 })
              assert.deepStrictEqual([products.items.length, products.total, products.totalPages], [0, 57, 3])
              const orders = yield* woo.list(Resources.orders, { page: 99, per_page: 20 })
              assert.deepStrictEqual([orders.items.length, orders.total, orders.totalPages], [0, 0, 0])
            })
        )
    )

    it.live(
      "fact 3: the list of all variations carries their products; of a missing product there are none (fact 10)",
      () =>
        withShop(
          replaying({
            "GET /variations": ["variations", "global-list"],
            "GET /products/999999/variations": ["variations", "of-missing"]
          }),
          (woo) =>
            Effect.gen(function* () {
              const { items } = yield* woo.list(Resources.variations, { per_page: 2 })
              assert.isTrue(items.every(({ value }) => value.parent_id > 0))
              assert.strictEqual((yield* woo.list(Resources.variationsOf(999999))).items.length, 0)
            })
        )
    )

    it.live("an older shop has no list of all variations: RouteMissing", () =>
      withShop(replaying({}), (woo) =>
        Effect.gen(function* () {
          const error = yield* failing(woo.list(Resources.variations))
          assert.strictEqual(error._tag, "RouteMissing")
          assert.match(error.message, /no route GET \/wp-json\/wc\/v3\/variations/)
        })
      )
    )

    it.live("attributes take no page and are not asked for one; terms are asked for per attribute", () =>
      withShop(
        replaying({
          "GET /products/attributes": ["attributes", "list"],
          "GET /products/attributes/1/terms": [
            "terms",
            Object.keys(recorded("terms")).find((name) => Array.isArray(recorded("terms")[name]?.body)) ?? ""
          ]
        }),
        (woo, shop) =>
          Effect.gen(function* () {
            const pages = yield* Stream.runCollect(woo.pages(Resources.attributes, { per_page: 50 }))
            assert.strictEqual(Array.from(pages).length, 1)
            assert.isFalse(shop.asked[0]?.url.searchParams.has("page"))
            assert.isFalse(shop.asked[0]?.url.searchParams.has("per_page"))
            const terms = yield* woo.list(Resources.termsOf(1))
            assert.isAbove(terms.items.length, 0)
          })
      )
    )

    it.live("fact 2: a moment reaches the shop zoneless, in UTC, with dates_are_gmt", () =>
      withShop(
        () => listReply([], 0, 0),
        (woo, shop) =>
          Effect.gen(function* () {
            yield* woo.list(Resources.products, {
              modified_after: DateTime.makeUnsafe("2026-11-21T08:31:55+05:30")
            })
            const query = shop.asked[0]?.url.searchParams
            assert.strictEqual(query?.get("modified_after"), "2026-11-21T03:01:55")
            assert.strictEqual(query?.get("dates_are_gmt"), "true")
          })
      )
    )

    it.live("parameters that would lose rows are refused before anything is sent", () =>
      withShop(
        () => listReply([], 0, 0),
        (woo, shop) =>
          Effect.gen(function* () {
            const error = yield* failing(
              woo.list(Resources.products, { modified_after: "2026-11-21T03:01:55Z", dates_are_gmt: true })
            )
            assert.strictEqual(error._tag, "InvalidParams")
            assert.strictEqual(shop.asked.length, 0)
          })
      )
    )

    it.live("withSchema: sync reads an id and a date, and has the rest raw", () =>
      withShop(replaying({ "GET /products": ["products", "list-id-asc-per18-page1"] }), (woo) =>
        Effect.gen(function* () {
          const seen = Resources.products.withSchema(Schema.Struct({ id: Id, date_modified_gmt: WooDate }))
          const { items } = yield* woo.list(seen, { per_page: 18 })
          assert.deepStrictEqual(items[0]?.value, { id: 18, date_modified_gmt: "2026-11-21T02:57:05" })
          assert.include(JSON.stringify(items[0]?.source), "Bolt Round Frame")
        })
      )
    )

    it.live("an object where a list should be, or a list without totals, is no answer", () =>
      Effect.gen(function* () {
        const shape = yield* withShop(
          () => ({ ...listReply([], 0, 0), body: { data: [] } }),
          (woo) => failing(woo.list(Resources.products))
        )
        assert.strictEqual(shape._tag === "AnswerUnreadable" ? shape.reason : shape._tag, "shape")
        for (const headers of [
          {},
          { "x-wp-total": "abc", "x-wp-totalpages": "1" },
          { "x-wp-total": "-1", "x-wp-totalpages": "1" },
          { "x-wp-total": "5", "x-wp-totalpages": "0" }
        ]) {
          const totals = yield* withShop(
            () => ({ headers, body: [] }),
            (woo) => failing(woo.list(Resources.products))
          )
          assert.strictEqual(totals._tag === "AnswerUnreadable" ? totals.reason : totals._tag, "totals")
          assert.match(totals.message, /X-WP-Total/)
        }
      })
    )

    it.live("a wrong WOO_URL: a web page instead of the API", () =>
      withShop(
        () => ({
          status: 200,
          headers: { "content-type": "text/html" },
          body: "<!DOCTYPE html><html><body>Welcome</body></html>"
        }),
        (woo, shop) =>
          Effect.gen(function* () {
            const error = yield* failing(woo.list(Resources.products))
            assert.strictEqual(error._tag, "NotWooCommerce")
            assert.include(error.message, `WOO_URL (${shop.url}) answers with a web page`)
          })
      )
    )

    it.live("a shop in a folder is asked there", () =>
      withShop(
        () => listReply([], 0, 0),
        (woo, shop) =>
          Effect.gen(function* () {
            yield* Effect.flatMap(WooCommerce, (inFolder) => inFolder.list(Resources.tags)).pipe(
              Effect.provide(layer(`${shop.url}/store/`))
            )
            assert.match(shop.asked[0]?.target ?? "", /^\/store\/wp-json\/wc\/v3\/products\/tags\?/)
            assert.strictEqual(woo.url, shop.url)
          })
      )
    )
  })

  describe("pages", () => {
    it.live("walks all pages in order, side by side as far as the pace allows", () => {
      let running = 0
      let most = 0
      return withShop(
        async ({ url }) => {
          running += 1
          most = Math.max(most, running)
          await new Promise((resolve) => setTimeout(resolve, 5))
          running -= 1
          return rowsOf(url, 245)
        },
        (woo) =>
          Effect.gen(function* () {
            const pages = Array.from(
              yield* Stream.runCollect(
                woo.pages(Resources.products, { per_page: 10, orderby: "id", order: "asc" })
              )
            )
            assert.deepStrictEqual(
              pages.map(({ page }) => page),
              Array.from({ length: 25 }, (_, index) => index + 1)
            )
            assert.deepStrictEqual(
              pages.flatMap(({ items }) => items.map(({ value }) => value.id)),
              Array.from({ length: 245 }, (_, index) => index + 1)
            )
            assert.isAtLeast(most, 2)
            assert.isAtMost(most, 3)
            assert.isAtLeast(yield* woo.concurrency, 2)
          }),
        { tuning: { maxConcurrency: 3 } }
      )
    })

    it.live("slows down when the shop does: an overloaded shop is asked one at a time", () => {
      let running = 0
      const tooMany: Array<number> = []
      return withShop(
        async ({ url }) => {
          running += 1
          const busy = running
          await new Promise((resolve) => setTimeout(resolve, 3))
          running -= 1
          if (busy > 1) {
            tooMany.push(busy)
            return { status: 503, body: {} }
          }
          return rowsOf(url, 300)
        },
        (woo, shop) =>
          Effect.gen(function* () {
            const pages = Array.from(
              yield* Stream.runCollect(woo.pages(Resources.products, { per_page: 10 }))
            )
            assert.strictEqual(pages.length, 30)
            assert.isAtMost(Math.max(1, ...tooMany), 2)
            assert.isBelow(tooMany.length, 30)
            assert.isAtMost(shop.asked.length, 30 + tooMany.length)
          }),
        { tuning: { maxConcurrency: 4, retries: 10 } }
      )
    })

    it.live("begins where it is told", () =>
      withShop(
        ({ url }) => rowsOf(url, 50),
        (woo, shop) =>
          Effect.gen(function* () {
            const pages = yield* Stream.runCollect(
              woo.pages(Resources.products, {}, { startPage: 4, concurrency: 1 })
            )
            assert.deepStrictEqual(
              Array.from(pages, ({ page }) => page),
              [4, 5]
            )
            assert.strictEqual(shop.asked.length, 2)
          })
      )
    )
  })

  describe("count", () => {
    it.live("fact 17: is a HEAD for one row", () =>
      withShop(replaying({ "HEAD /products": ["products", "head"] }), (woo, shop) =>
        Effect.gen(function* () {
          const total = Number(record("products", "head").headers["x-wp-total"])
          assert.strictEqual(yield* woo.count(Resources.products, { status: "any" }), total)
          assert.match(shop.asked[0]?.target ?? "", /\?status=any&per_page=1&_fields=id/)
        })
      )
    )

    it.live("of a route that is not there is RouteMissing, though HEAD has no body to say so", () =>
      withShop(replaying({}), (woo) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* failing(woo.count(Resources.variations)))._tag, "RouteMissing")
        })
      )
    )
  })

  describe("get", () => {
    const answers = replaying({
      "GET /products/18": ["products", "single-context-edit"],
      "GET /products/213": ["products", "trashed-single"],
      "GET /products/999999": ["errors", "product-404"],
      "GET /products/39": ["variations", "as-product"],
      "GET /products/categories/999999": ["errors", "category-404"],
      "GET /orders/999999": ["errors", "order-404"],
      "GET /customers/999999": ["errors", "customer-404"],
      "GET /coupons/999999": ["errors", "coupon-404"],
      "GET /products/reviews/999999": ["errors", "review-404"]
    })

    it.live("one by id", () =>
      withShop(answers, (woo, shop) =>
        Effect.gen(function* () {
          const { value } = yield* woo.get(Resources.products, 18, { context: "edit" })
          assert.strictEqual(value.id, 18)
          assert.strictEqual(shop.asked[0]?.url.searchParams.get("context"), "edit")
        })
      )
    )

    it.live("fact 9: what is in the trash is found and says so", () =>
      withShop(answers, (woo) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* woo.get(Resources.products, 213)).value.status, "trash")
        })
      )
    )

    it.live("a variation of the list of all variations is read as a product", () =>
      withShop(answers, (woo) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* woo.get(Resources.variations, 39)).value.parent_id, 38)
        })
      )
    )

    it.live("fact 9: what is deleted for good is ResourceNotFound, whatever the kind calls it", () =>
      withShop(answers, (woo) =>
        Effect.gen(function* () {
          for (const resource of [
            Resources.products,
            Resources.categories,
            Resources.orders,
            Resources.customers,
            Resources.coupons,
            Resources.reviews
          ]) {
            const error = yield* failing(woo.get(resource.withSchema(Schema.Unknown), 999999))
            assert.strictEqual(error._tag, "ResourceNotFound", resource.name)
            assert.strictEqual(error._tag === "ResourceNotFound" ? error.id : 0, 999999)
          }
        })
      )
    )

    it.live("an id that cannot be is not asked for", () =>
      withShop(answers, (woo, shop) =>
        Effect.gen(function* () {
          for (const id of [0, -1, 1.5, Number.NaN])
            assert.strictEqual((yield* failing(woo.get(Resources.products, id)))._tag, "InvalidParams")
          assert.strictEqual(shop.asked.length, 0)
        })
      )
    )

    it.live("one that breaks a rule names the field", () =>
      withShop(
        () => ({ body: { id: 5, status: "publish", images: [{ src: 7 }, { src: {} }] } }),
        (woo) =>
          Effect.gen(function* () {
            const error = yield* failing(woo.get(Resources.products, 5))
            assert.strictEqual(error._tag === "AnswerUnreadable" ? error.path : error._tag, "images[1].src")
            assert.match(error.message, /products 5 breaks a rule at images\[1\].src: Expected text\./)
          })
      )
    )
  })

  it.effect("a WOO_URL that is none fails the layer in one sentence", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(WooCommerce, layer("shop.example")))
      assert.strictEqual(
        error.message,
        "WOO_URL must begin with https:// or http://, such as https://shop.example."
      )
    })
  )
})
