import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { Resources } from "../src/Resource.ts"
import { WooCommerce } from "../src/WooCommerce.ts"
import { verify } from "./PhpOAuth.ts"
import { record } from "./Recorded.ts"
import { clients, consumerKey, consumerSecret, layer, withShop } from "./ShopClient.ts"
import { type Answering, listReply, serve } from "./TestShop.ts"

const frame = { id: 18, status: "publish" }
const onePage: Answering = () => listReply([frame], 1, 1)

const failing = <A, E>(effect: Effect.Effect<A, E>) => Effect.flip(effect)

/** Answers the given statuses in turn, then a good page. */
const statuses =
  (...codes: ReadonlyArray<{ readonly status: number; readonly retryAfter?: string }>): Answering =>
  (_, index) => {
    const code = codes[index]
    return code === undefined
      ? listReply([frame], 1, 1)
      : {
          status: code.status,
          ...(code.retryAfter === undefined ? {} : { headers: { "retry-after": code.retryAfter } }),
          body: {}
        }
  }

describe("Transport", () => {
  describe("basic auth over https", () => {
    it.live("sends the key in the header and nothing in the address", () =>
      withShop(
        onePage,
        (woo, shop) =>
          Effect.gen(function* () {
            yield* woo.list(Resources.products, { per_page: 5 })
            const [asked] = shop.asked
            const credentials = Buffer.from(`${consumerKey}:${consumerSecret}`).toString("base64")
            assert.strictEqual(asked?.headers.authorization, `Basic ${credentials}`)
            assert.strictEqual(asked?.target, "/wp-json/wc/v3/products?per_page=5")
          }),
        { https: true }
      )
    )

    it.live("a certificate that nobody trusts: says so, names WOO_URL and the way out, asks once", () =>
      withShop(
        onePage,
        (woo, shop) =>
          Effect.gen(function* () {
            const error = yield* failing(woo.list(Resources.products))
            assert.strictEqual(error._tag === "ShopUnreachable" ? error.reason : error._tag, "tls")
            assert.match(
              error.message,
              /WOO_URL \(https:.*TLS certificate is not trusted.*NODE_EXTRA_CA_CERTS/
            )
            assert.strictEqual(shop.asked.length, 0)
          }),
        { https: true, client: FetchHttpClient.layer }
      )
    )
  })

  describe("OAuth over http", () => {
    const seen = new Set<string>()
    const verifying: Answering = (asked) => {
      const refusal = verify(consumerKey, asked.method, asked.url, consumerSecret, seen, Date.now())
      return refusal === undefined
        ? listReply([frame], 1, 1)
        : {
            status: 401,
            body: { code: "woocommerce_rest_authentication_error", message: refusal, data: { status: 401 } }
          }
    }

    for (const [name, client] of Object.entries(clients)) {
      it.live(`a shop that verifies as WooCommerce does lets ${name} in, whatever is in the query`, () =>
        withShop(
          verifying,
          (woo, shop) =>
            Effect.gen(function* () {
              yield* woo.list(Resources.products, {
                search: "Rosé & Gold + 50% *(~'!",
                _fields: ["id", "name"],
                page: 1
              })
              yield* woo.list(Resources.products, {
                include: [18, 19],
                extra: { "cat[]": [3, 1, 2], "filter[brand]": "x y" }
              })
              yield* woo.list(Resources.products, {
                extra: { "many[]": Array.from({ length: 12 }, (_, index) => index) }
              })
              yield* woo.count(Resources.products)
              assert.isTrue(shop.asked.every(({ headers }) => headers.authorization === undefined))
            }),
          { client }
        )
      )
    }

    it.live("a wrong secret is a 401 that names both possible causes", () =>
      withShop(
        verifying,
        (woo) =>
          Effect.gen(function* () {
            const error = yield* failing(woo.list(Resources.products))
            assert.strictEqual(error._tag, "WrongCredentials")
            assert.match(
              error.message,
              /WOO_CONSUMER_SECRET is wrong, or WOO_URL is not written exactly as the Site Address/
            )
          }),
        { tuning: { consumerSecret: Redacted.make("cs_other") } }
      )
    )

    it.live("every attempt has its own nonce and signature, also a retry of the same request", () =>
      withShop(statuses({ status: 503 }, { status: 502 }), (woo, shop) =>
        Effect.gen(function* () {
          yield* woo.list(Resources.products)
          assert.strictEqual(shop.asked.length, 3)
          for (const name of ["oauth_nonce", "oauth_signature"]) {
            assert.strictEqual(new Set(shop.asked.map(({ url }) => url.searchParams.get(name))).size, 3, name)
          }
        })
      )
    )

    it.live("a pasted blank around the key does no harm", () =>
      withShop(verifying, (woo) => woo.list(Resources.products), {
        tuning: {
          consumerKey: Redacted.make(` ${consumerKey}\n`),
          consumerSecret: Redacted.make(`${consumerSecret}\n`)
        }
      })
    )
  })

  describe("retries", () => {
    it.live("of reads, until the shop is well again", () =>
      withShop(statuses({ status: 500 }, { status: 429 }, { status: 503 }), (woo, shop) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* woo.list(Resources.products)).items.length, 1)
          assert.strictEqual(shop.asked.length, 4)
        })
      )
    )

    it.live("are bounded, and the last failure is told", () =>
      withShop(
        () => ({ status: 503, body: "<h1>Maintenance</h1>", headers: { "content-type": "text/html" } }),
        (woo, shop) =>
          Effect.gen(function* () {
            const error = yield* failing(woo.list(Resources.products))
            assert.strictEqual(error._tag === "ShopFailed" ? error.status : error._tag, 503)
            assert.strictEqual(shop.asked.length, 3)
          }),
        { tuning: { retries: 2 } }
      )
    )

    it.live("never of refusals: a 400, 401 or 404 is asked once", () =>
      Effect.forEach([400, 401, 403, 404, 410], (status) =>
        withShop(
          () => ({ status, body: { code: "x", message: "no" } }),
          (woo, shop) =>
            Effect.gen(function* () {
              yield* failing(woo.get(Resources.products, 5))
              assert.strictEqual(shop.asked.length, 1, String(status))
            })
        )
      )
    )

    it.live("never of writes: nobody knows whether a lost one happened", () =>
      withShop(
        () => ({ status: 503, body: {} }),
        (woo, shop) =>
          Effect.gen(function* () {
            yield* failing(woo.create(Resources.products, { name: "x" }))
            yield* failing(woo.update(Resources.products, 5, { name: "x" }))
            yield* failing(woo.delete(Resources.products, 5))
            yield* failing(woo.batch(Resources.products, { delete: [5] }))
            assert.deepStrictEqual(
              shop.asked.map(({ method }) => method),
              ["POST", "PUT", "DELETE", "POST"]
            )
          })
      )
    )

    it.live("of a connection that breaks off", () =>
      Effect.scoped(
        Effect.gen(function* () {
          let first = true
          const shop = yield* serve((asked) => {
            if (!first) return listReply([frame], 1, 1)
            first = false
            return {
              headers: { "content-length": "500", "x-wp-total": "1", "x-wp-totalpages": "1" },
              body: asked.target
            }
          })
          yield* Effect.flatMap(WooCommerce, (woo) => woo.list(Resources.products)).pipe(
            Effect.provide(layer(shop.url, { requestTimeoutMs: 400 }))
          )
          assert.strictEqual(shop.asked.length, 2)
        })
      )
    )

    it.live("Retry-After in seconds is waited for", () =>
      withShop(statuses({ status: 429, retryAfter: "1" }), (woo, shop) =>
        Effect.gen(function* () {
          yield* woo.list(Resources.products)
          const [first, second] = shop.asked.map(({ at }) => at)
          assert.isAtLeast((second ?? 0) - (first ?? 0), 990)
        })
      )
    )

    it.live("Retry-After as a date is waited for", () =>
      Effect.gen(function* () {
        const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000)
        yield* withShop(statuses({ status: 503, retryAfter: until.toUTCString() }), (woo) =>
          Effect.gen(function* () {
            yield* woo.list(Resources.products)
            assert.isAtLeast(Date.now(), until.getTime() - 5)
          })
        )
      })
    )

    it.live("Retry-After of WordPress in maintenance (600 s) is bounded", () =>
      withShop(
        statuses({ status: 503, retryAfter: "600" }),
        (woo, shop) =>
          Effect.gen(function* () {
            yield* woo.list(Resources.products)
            assert.strictEqual(shop.asked.length, 2)
          }),
        { tuning: { maxRetryAfterMs: 50 } }
      )
    )
  })

  describe("bounds", () => {
    it.live("a shop that does not answer in time is given up, the connection with it", () =>
      withShop(
        () => new Promise(() => {}),
        (woo, shop) =>
          Effect.gen(function* () {
            const error = yield* failing(woo.list(Resources.products))
            assert.strictEqual(error._tag === "ShopUnreachable" ? error.reason : error._tag, "timeout")
            assert.match(error.message, /WOO_URL .*no answer in time \(0.1 s\)/)
            yield* Effect.sleep(20)
            assert.strictEqual(shop.aborted(), 2)
          }),
        { tuning: { requestTimeoutMs: 100, retries: 1 } }
      )
    )

    it.live("interrupting the caller closes the connection", () =>
      withShop(
        () => new Promise(() => {}),
        (woo, shop) =>
          Effect.gen(function* () {
            const fiber = yield* Effect.forkChild(Stream.runDrain(woo.pages(Resources.products)))
            while (shop.asked.length === 0) yield* Effect.sleep(5)
            yield* Fiber.interrupt(fiber)
            while (shop.aborted() === 0) yield* Effect.sleep(5)
            assert.strictEqual(shop.aborted(), 1)
          })
      )
    )

    it.live("an answer larger than the limit is refused before it is read", () =>
      withShop(
        () => listReply([{ id: 1, status: "publish", description: "x".repeat(300_000) }], 1, 1),
        (woo, shop) =>
          Effect.gen(function* () {
            const error = yield* failing(woo.list(Resources.products))
            assert.strictEqual(error._tag === "AnswerUnreadable" ? error.reason : error._tag, "too-large")
            assert.match(error.message, /more than 100000 bytes.*per_page/)
            assert.strictEqual(shop.asked.length, 1)
          }),
        { tuning: { maxResponseBytes: 100_000 } }
      )
    )

    it.live("nobody listens at WOO_URL: says so", () =>
      Effect.gen(function* () {
        const gone = yield* Effect.scoped(serve(onePage))
        const error = yield* failing(
          Effect.flatMap(WooCommerce, (woo) => woo.list(Resources.products)).pipe(
            Effect.provide(layer(gone.url, { retries: 0 }))
          )
        )
        assert.strictEqual(error._tag === "ShopUnreachable" ? error.reason : error._tag, "refused")
        assert.match(error.message, /Check host and port in WOO_URL.*\(ECONNREFUSED\)/)
      })
    )

    it.live("a name that DNS does not know: says so, asks once", () =>
      Effect.gen(function* () {
        const error = yield* failing(
          Effect.flatMap(WooCommerce, (woo) => woo.list(Resources.products)).pipe(
            Effect.provide(layer("http://shop.invalid"))
          )
        )
        assert.strictEqual(error._tag === "ShopUnreachable" ? error.reason : error._tag, "name")
        assert.match(error.message, /Check the host in WOO_URL/)
      })
    )
  })

  describe("never follows", () => {
    for (const [name, client] of Object.entries(clients)) {
      it.live(`a redirect, with ${name}: the other place is never asked`, () =>
        withShop(onePage, (_, elsewhere) =>
          withShop(
            (asked) => ({ status: 301, headers: { location: `${elsewhere.url}${asked.target}` } }),
            (woo, shop) =>
              Effect.gen(function* () {
                const error = yield* failing(woo.list(Resources.products))
                assert.strictEqual(error._tag, "ShopMoved")
                assert.include(error.message, `probably ${elsewhere.url}:`)
                assert.include(error.message, `WOO_URL (${shop.url})`)
                assert.strictEqual(elsewhere.asked.length, 0)
              }),
            { client }
          )
        )
      )
    }

    it.live("Link: the recorded one repeats the secret, and only WOO_URL is asked", () =>
      Effect.gen(function* () {
        const { link = "" } = record("errors", "auth-query-string").headers
        assert.include(link, consumerSecret)
        yield* withShop(onePage, (_, elsewhere) =>
          withShop(
            (asked) => {
              const page = Number(asked.url.searchParams.get("page") ?? 1)
              const next = `<${elsewhere.url}/wp-json/wc/v3/products?page=2&consumer_secret=${consumerSecret}>; rel="next"`
              return {
                ...listReply([{ id: page, status: "publish" }], 3, 3),
                headers: { "x-wp-total": "3", "x-wp-totalpages": "3", link: next }
              }
            },
            (woo, shop) =>
              Effect.gen(function* () {
                const pages = yield* Stream.runCollect(woo.pages(Resources.products, { per_page: 1 }))
                assert.deepStrictEqual(
                  Array.from(pages, ({ items }) => items[0]?.value.id),
                  [1, 2, 3]
                )
                assert.strictEqual(elsewhere.asked.length, 0)
                assert.isTrue(shop.asked.every(({ target }) => !target.includes(consumerSecret)))
              })
          )
        )
      })
    )
  })

  describe("connections", () => {
    const answering: Answering = ({ url }) =>
      url.pathname.endsWith("/404")
        ? { status: 404, body: { code: "woocommerce_rest_product_invalid_id", message: "Invalid ID." } }
        : url.pathname.endsWith("/5")
          ? { body: frame }
          : listReply([frame], 1, 1)

    for (const [name, client] of Object.entries(clients)) {
      it.live(`are kept alive and used again with ${name}, also after refusals`, () =>
        withShop(
          answering,
          (woo, shop) =>
            Effect.gen(function* () {
              for (let round = 0; round < 5; round++) {
                yield* woo.list(Resources.products)
                yield* woo.get(Resources.products, 5)
                yield* failing(woo.get(Resources.products, 404))
                yield* woo.update(Resources.products, 5, { name: "x" })
              }
              assert.strictEqual(shop.asked.length, 20)
              // Undici opens a second one at the start, with bare fetch just the same.
              assert.isAtMost(shop.connections(), 2)
            }),
          { client }
        )
      )
    }

    it.live("pages that are asked for side by side share a few", () =>
      withShop(
        ({ url }) => listReply([{ id: Number(url.searchParams.get("page")), status: "publish" }], 40, 40),
        (woo, shop) =>
          Effect.gen(function* () {
            const pages = yield* Stream.runCollect(woo.pages(Resources.products, { per_page: 1 }))
            assert.deepStrictEqual(
              Array.from(pages, ({ page }) => page),
              Array.from({ length: 40 }, (_, index) => index + 1)
            )
            assert.isAtMost(shop.connections(), 6)
          }),
        { tuning: { maxConcurrency: 3 } }
      )
    )
  })
})
