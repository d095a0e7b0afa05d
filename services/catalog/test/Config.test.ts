import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { catalogConfig } from "../src/Config.ts"

const needed = { DATABASE_URL: "postgres://127.0.0.1/optica", OPTICA_OPERATOR_TOKEN: "0123456789abcdef" }

const read = (env: Record<string, string>) =>
  Effect.provideService(catalogConfig, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

describe("catalogConfig", () => {
  it.effect("has a default for all that is no secret, and reads the keys that the public may see", () =>
    Effect.gen(function* () {
      const config = yield* read(needed)
      assert.deepInclude(config, { host: "127.0.0.1", port: 4101, metaAllow: [] })
      assert.strictEqual(Redacted.value(config.operatorToken), needed.OPTICA_OPERATOR_TOKEN)
      const { metaAllow } = yield* read({ ...needed, CATALOG_META_ALLOW: " lens_code,, gtin " })
      assert.deepStrictEqual(metaAllow, ["lens_code", "gtin"])
    })
  )

  it.effect.each(["short", "0123456789abcde", "0123456789 abcdef"])(
    "refuses the operator token %j and names the setting",
    (token) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(read({ ...needed, OPTICA_OPERATOR_TOKEN: token }))
        assert.include(error.message, "OPTICA_OPERATOR_TOKEN")
        assert.include(error.message, "at least 16 characters without blanks")
      })
  )
})
