import { DemoStore, type DemoStoreRefused } from "@optica/demo-store/DemoStore"
import type { WrongSettings } from "@optica/settings/Settings"
import { ShopIdentity } from "@optica/sync/Settings"
import type { InvalidShopUrl } from "@optica/woocommerce/Failures"
import { WooCommerce } from "@optica/woocommerce/WooCommerce"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { type PortWish, shopKeyConfig } from "./Config.ts"

/** Why there is no shop to mirror. */
export type ShopUnusable = WrongSettings | InvalidShopUrl | DemoStoreRefused

/** Where the shop is, for people. */
export class ShopToMirror extends Context.Service<
  ShopToMirror,
  { readonly url: string /** Of the demo store only. */; readonly adminUrl: string | undefined }
>()("@optica/standalone/ShopToMirror") {
  /** A real shop. */
  static readonly layerReal = (url: string) =>
    Layer.unwrap(
      Effect.map(shopKeyConfig, (key) =>
        Layer.effect(
          ShopToMirror,
          Effect.map(WooCommerce, (woo) => ({ url: woo.url, adminUrl: undefined }))
        ).pipe(Layer.provideMerge(WooCommerce.layer({ url, ...key })), Layer.provide(FetchHttpClient.layer))
      )
    )

  /** The demo store, on a thread of its own. */
  static readonly layerDemo = (options: { readonly port: PortWish; readonly products: number }) => {
    const store = (port: number) => DemoStore.layerWorker({ port, products: options.products })
    const free = options.port.asked
      ? store(options.port.port)
      : store(options.port.port).pipe(Layer.catchTag("DemoStorePortInUse", () => store(0)))
    const woo = Layer.unwrap(
      Effect.map(DemoStore, ({ consumerKey, consumerSecret, url }) =>
        WooCommerce.layer({ url, consumerKey: Redacted.make(consumerKey), consumerSecret })
      )
    )
    return Layer.effect(
      ShopToMirror,
      Effect.map(DemoStore, ({ adminUrl, url }) => ({ url, adminUrl }))
    ).pipe(
      Layer.provideMerge(woo),
      Layer.provideMerge(
        // Not by its address: the port may change from start to start.
        Layer.succeed(ShopIdentity, { shop: "the demo store", revision: `${options.products} products` })
      ),
      Layer.provide(free),
      Layer.provide(FetchHttpClient.layer)
    )
  }
}
