import { assert, describe, layer } from "@effect/vitest"
import { Resources } from "@optica/woocommerce/Resource"
import { WooCommerce } from "@optica/woocommerce/WooCommerce"
import { Effect, Layer, Redacted, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { DemoStore } from "../src/DemoStore.ts"

const shop = Layer.unwrap(
  Effect.map(DemoStore, (store) =>
    WooCommerce.layer({
      url: store.url,
      consumerKey: Redacted.make(store.consumerKey),
      consumerSecret: store.consumerSecret
    })
  )
).pipe(
  Layer.provide(FetchHttpClient.layer),
  Layer.provideMerge(DemoStore.layerWorker({ port: 0, products: 350 }))
)

/** Ids of all items, and what the client refused. */
const walk = Effect.fnUntraced(function* (
  resource: (typeof Resources)["products"] | Parameters<WooCommerce["Service"]["count"]>[0]
) {
  const woo = yield* WooCommerce
  const pages = yield* Stream.runCollect(
    woo.pages(resource, { per_page: 100, ...(resource.paged ? { orderby: "id", order: "asc" } : {}) })
  )
  return {
    ids: pages.flatMap((page) => page.items.map((item) => item.source)),
    refused: pages.flatMap((page) => page.refused),
    total: pages[0]?.total
  }
})

layer(shop, { excludeTestServices: true })("the demo store, read by @optica/woocommerce", (it) => {
  describe("every item passes the client's schemas", () => {
    for (const resource of [
      Resources.products,
      Resources.variations,
      Resources.categories,
      Resources.tags,
      Resources.attributes,
      Resources.termsOf(4),
      Resources.reviews,
      Resources.customers,
      Resources.orders
    ]) {
      it.effect(resource.path, () =>
        Effect.gen(function* () {
          const { ids, refused, total } = yield* walk(resource)
          assert.deepStrictEqual(refused, [])
          assert.strictEqual(ids.length, total)
          assert.isAbove(ids.length, 0)
        })
      )
    }
  })

  it.effect("all 350 products come, each once, whatever their status", () =>
    Effect.gen(function* () {
      const woo = yield* WooCommerce
      const pages = yield* Stream.runCollect(
        woo.pages(Resources.products, { per_page: 100, orderby: "id", order: "asc" })
      )
      const items = pages.flatMap((page) => page.items)
      assert.strictEqual(new Set(items.map((item) => item.value.id)).size, 350)
      assert.includeMembers(
        [...new Set(items.map((item) => item.value.status))],
        ["publish", "draft", "private", "future"]
      )
    })
  )

  it.effect("a product is made, changed, trashed and gone", () =>
    Effect.gen(function* () {
      const woo = yield* WooCommerce
      const made = yield* woo.create(Resources.products, {
        name: "Rosé & Gold 7",
        regular_price: "12999.999",
        sku: "T-1"
      })
      assert.strictEqual(made.value.name, "Rosé &amp; Gold 7")
      const { id } = made.value
      const changed = yield* woo.update(Resources.products, id, { sale_price: "9999" })
      assert.strictEqual(changed.value.price, "9999")
      yield* woo.delete(Resources.products, id)
      assert.strictEqual((yield* woo.get(Resources.products, id)).value.status, "trash")
      yield* woo.delete(Resources.products, id, { force: true })
      const gone = yield* Effect.flip(woo.get(Resources.products, id))
      assert.strictEqual(gone._tag, "ResourceNotFound")
    })
  )
})
