import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer } from "effect"
import { DemoStore } from "../src/DemoStore.ts"
import { signed } from "./oauthFetch.ts"

const listing = Effect.gen(function* () {
  const store = yield* DemoStore
  const response = yield* Effect.promise(() =>
    fetch(signed(store.url, "/products?per_page=3&orderby=id&order=asc"))
  )
  const body: ReadonlyArray<unknown> = yield* Effect.promise(async () => JSON.parse(await response.text()))
  return { response, body }
})

describe("DemoStore", () => {
  for (const [name, layer] of [
    ["this thread", DemoStore.layer],
    ["a worker", DemoStore.layerWorker]
  ] as const) {
    it.live(`serves the shop on ${name}`, () =>
      Effect.gen(function* () {
        const { response, body } = yield* listing
        assert.strictEqual(response.status, 200)
        assert.strictEqual(response.headers.get("x-wp-total"), "60")
        assert.strictEqual(response.headers.get("x-wp-totalpages"), "20")
        assert.strictEqual(body.length, 3)
      }).pipe(Effect.provide(layer({ port: 0, products: 60 })))
    )

    it.live(`names the port that is taken (${name})`, () =>
      Effect.gen(function* () {
        const store = yield* DemoStore
        const port = Number(new URL(store.url).port)
        const second = yield* Layer.build(layer({ port, products: 1 })).pipe(Effect.scoped, Effect.flip)
        assert.strictEqual(second._tag, "DemoStorePortInUse")
        assert.include(second.message, `127.0.0.1:${port}, which is already in use; set DEMO_PORT`)
      }).pipe(Effect.provide(layer({ port: 0, products: 1 })))
    )

    it.live(`does not take an address that is not there for a port that is taken (${name})`, () =>
      Effect.gen(function* () {
        // Set aside for documentation (RFC 5737): no machine has it.
        const options = { host: "203.0.113.1", port: 4180, products: 1 }
        const error = yield* Layer.build(layer(options)).pipe(Effect.scoped, Effect.flip)
        assert.strictEqual(error._tag, "DemoStoreUnavailable")
        assert.include(error.message, "203.0.113.1:4180 (EADDRNOTAVAIL)")
      })
    )

    it.live(`is gone when its scope closes, idle connections too (${name})`, () =>
      Effect.gen(function* () {
        const url = yield* listing.pipe(
          Effect.andThen(DemoStore),
          Effect.map((store) => store.url),
          Effect.provide(layer({ port: 0, products: 5 }))
        )
        const exit = yield* Effect.exit(Effect.tryPromise(() => fetch(url)))
        assert.isTrue(Exit.isFailure(exit))
      })
    )
  }
})
