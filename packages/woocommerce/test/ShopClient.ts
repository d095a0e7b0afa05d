/** The client against a {@link TestShop}, with waits short enough for tests. */
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { FetchHttpClient, type HttpClient } from "effect/http"
import { WooCommerce, type WooCommerceOptions } from "../src/WooCommerce.ts"
import { type Answering, serve, type TestShop, tls } from "./TestShop.ts"

export const consumerKey = "ck_73d5e7939793dd962396768de76a9185bd399aa7"
export const consumerSecret = "cs_fa347a4f63aa539578d73e50ac176c2c449e37cd"

export type Tuning = Partial<WooCommerceOptions>

export const clients: { readonly [name: string]: Layer.Layer<HttpClient.HttpClient> } = {
  fetch: FetchHttpClient.layer,
  undici: NodeHttpClient.layerUndici,
  "node:http": NodeHttpClient.layerNodeHttpOptions({ keepAlive: true })
}

/** Trusts the certificate of the test shop. */
const trusting = NodeHttpClient.layerUndiciOptions({ connect: { ca: tls.cert } })

export const layer = (
  url: string,
  tuning: Tuning = {},
  client: Layer.Layer<HttpClient.HttpClient> = FetchHttpClient.layer
) =>
  WooCommerce.layer({
    url,
    consumerKey: Redacted.make(consumerKey),
    consumerSecret: Redacted.make(consumerSecret),
    minGapMs: 0,
    retryBaseMs: 1,
    ...tuning
  }).pipe(Layer.provide(client))

/** Runs a test against a shop that answers as told. */
export const withShop = <A, E>(
  answering: Answering,
  test: (woo: WooCommerce["Service"], shop: TestShop) => Effect.Effect<A, E>,
  options: {
    readonly https?: boolean
    readonly tuning?: Tuning
    readonly client?: Layer.Layer<HttpClient.HttpClient>
  } = {}
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const shop = yield* serve(answering, options)
      const client = options.client ?? (options.https === true ? trusting : FetchHttpClient.layer)
      return yield* Effect.flatMap(WooCommerce, (woo) => test(woo, shop)).pipe(
        Effect.provide(layer(shop.url, options.tuning, client))
      )
    })
  )
