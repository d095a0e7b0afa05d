import { assert, it } from "@effect/vitest"
import { Config, ConfigProvider, Effect } from "effect"
import { demoStoreConfig } from "../src/Config.ts"

const read = (env: Record<string, string>) =>
  Effect.provideService(demoStoreConfig, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

it.effect("has defaults for everything", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* read({}), { port: 4180, products: 600, host: "127.0.0.1", seed: "optica" })
  })
)

it.effect("takes from one to a million products, on any port", () =>
  Effect.gen(function* () {
    for (const products of [1, 1_000_000]) {
      const config = yield* read({ DEMO_PRODUCTS: String(products), DEMO_PORT: "0" })
      assert.strictEqual(config.products, products)
      assert.strictEqual(config.port, 0)
    }
  })
)

it.effect.each(["-3", "0", "1000001", "1.5", "many", "1e3", " 5"])("refuses %j products", (products) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(read({ DEMO_PRODUCTS: products }))
    assert.instanceOf(error, Config.ConfigError)
    assert.include(error.message, "Expected a whole number from 1 to 1000000")
    assert.include(error.message, "DEMO_PRODUCTS")
  })
)
