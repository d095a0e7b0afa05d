import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Logger, Schema, Tracer } from "effect"
import { HttpClient } from "effect/http"
import { Resources } from "../src/Resource.ts"
import type { WooCommerce } from "../src/WooCommerce.ts"
import { consumerKey, consumerSecret, withShop } from "./ShopClient.ts"
import { type Answering, listReply } from "./TestShop.ts"

const onePage: Answering = () => listReply([{ id: 18, status: "publish" }], 1, 1)

describe("secrets and personal data", () => {
  const leaks = [
    consumerKey,
    consumerSecret,
    Buffer.from(`${consumerKey}:${consumerSecret}`).toString("base64"),
    "ada@shop.example",
    "Lovelace"
  ]

  const observed = <A, E>(
    https: boolean,
    answering: Answering,
    use: (woo: WooCommerce["Service"]) => Effect.Effect<A, E>
  ) =>
    Effect.gen(function* () {
      const spans: Array<string> = []
      const logs: Array<unknown> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          const end = span.end.bind(span)
          span.end = (at, exit) => {
            end(at, exit)
            const failure = Exit.isFailure(exit) ? Cause.pretty(exit.cause) : ""
            spans.push(JSON.stringify([span.name, [...span.attributes], span.events, failure]))
          }
          return span
        }
      })
      const exit = yield* withShop(
        answering,
        (woo) => Effect.exit(use(woo).pipe(Effect.tapCause((cause) => Effect.logError("it failed", cause)))),
        { https, tuning: { retries: 1 } }
      ).pipe(
        Effect.withTracer(tracer),
        // The worst a host program may have set: every header into spans.
        Effect.provideService(HttpClient.TracerHeaderFilter, () => true),
        Effect.provide(
          Logger.layer([Logger.make((entry) => void logs.push(entry.message, Cause.pretty(entry.cause)))])
        )
      )
      return {
        spans,
        text: [...spans, JSON.stringify(logs), JSON.stringify(exit), String(exit)].join("\n")
      }
    })

  for (const https of [true, false]) {
    const over = https ? "https" : "http"
    it.live(`over ${over}: none in spans, logs and errors of a good answer`, () =>
      Effect.gen(function* () {
        const { spans, text } = yield* observed(
          https,
          (asked) => ({
            ...onePage(asked, 0),
            headers: {
              "x-wp-total": "1",
              "x-wp-totalpages": "1",
              link: `<http://x/${asked.target}&consumer_secret=${consumerSecret}>`
            }
          }),
          (woo) =>
            woo.list(Resources.customers.withSchema(Schema.Struct({ id: Schema.Int })), {
              email: "ada@shop.example",
              search: "Lovelace"
            })
        )
        assert.isTrue(
          spans.some((span) => span.includes("/wp-json/wc/v3/customers")),
          "the request has a span"
        )
        assert.isTrue(
          spans.some(
            (span) =>
              span.startsWith('["WooCommerce.list"') &&
              span.includes('["optica.woocommerce.resource","customers"]')
          )
        )
        for (const leak of leaks) assert.notInclude(text, leak)
        assert.notMatch(text, /oauth_(signature|nonce|timestamp)=(?!REDACTED|<redacted>)/)
      })
    )

    it.live(`over ${over}: none of what a shop echoes in an error`, () =>
      Effect.gen(function* () {
        const { text } = yield* observed(
          https,
          (asked) => ({
            status: 500,
            body: { code: "x", message: `boom at ${asked.target} for ${consumerKey}:${consumerSecret}` }
          }),
          (woo) => woo.get(Resources.products, 5)
        )
        assert.include(text, "boom")
        for (const leak of leaks) assert.notInclude(text, leak)
        assert.notMatch(text, /oauth_signature=(?!REDACTED|<redacted>)/)
      })
    )
  }
})
