import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Settings from "../src/Settings.ts"

const settings = {
  port: Settings.withDefault(Settings.port("APP_PORT"), 4000),
  host: Settings.withDefault(Settings.host("APP_HOST"), "127.0.0.1"),
  pages: Settings.withDefault(Settings.whole("APP_PAGES", { least: 1, most: 9, unit: "pages" }), undefined),
  mode: Settings.withDefault(Settings.oneOf("APP_MODE", ["auto", "never"]), "auto"),
  keys: Settings.withDefault(
    Settings.list("APP_KEYS", (it) => /^[a-z]+$/.test(it), "keys of small letters"),
    []
  ),
  token: Settings.required(Settings.operatorToken)
}
const token = { OPTICA_OPERATOR_TOKEN: "0123456789abcdef" }

const read = (env: Record<string, string>) =>
  Effect.provideService(
    Settings.together(settings, Effect.all(settings)),
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromEnv({ env })
  )

describe("settings", () => {
  it.effect("have defaults where they need not be set", () =>
    Effect.gen(function* () {
      const { token: secret, ...rest } = yield* read(token)
      assert.deepStrictEqual(rest, {
        port: 4000,
        host: "127.0.0.1",
        pages: undefined,
        mode: "auto",
        keys: []
      })
      assert.strictEqual(Redacted.value(secret), token.OPTICA_OPERATOR_TOKEN)
    })
  )

  it.effect("are taken from the environment", () =>
    Effect.gen(function* () {
      const env = { APP_PORT: "0", APP_HOST: "::", APP_PAGES: "9", APP_MODE: "never", APP_KEYS: " a,, b " }
      const { token: _, ...rest } = yield* read({ ...token, ...env })
      assert.deepStrictEqual(rest, { port: 0, host: "::", pages: 9, mode: "never", keys: ["a", "b"] })
    })
  )

  it.effect("count as not set where they are empty", () =>
    Effect.gen(function* () {
      const { mode, port } = yield* read({ ...token, APP_PORT: "", APP_MODE: "" })
      assert.deepStrictEqual([port, mode], [4000, "auto"])
    })
  )

  it.effect("that are wrong or missing are all told of at once, and never shown", () =>
    Effect.gen(function* () {
      const env = { APP_PORT: "65536", APP_HOST: "a b", APP_PAGES: "1e1", APP_MODE: "Auto", APP_KEYS: "a,B" }
      const { message } = yield* Effect.flip(read(env))
      assert.deepStrictEqual(message.split("\n"), [
        "APP_PORT must be a whole number from 0 to 65535; 0 takes any free port.",
        "APP_HOST must be an address to listen on, such as 127.0.0.1 or 0.0.0.0.",
        "APP_PAGES must be a whole number of pages from 1 to 9.",
        "APP_MODE must be one of auto, never.",
        "APP_KEYS must be keys of small letters.",
        "OPTICA_OPERATOR_TOKEN must be at least 16 characters without blanks, the same for all services."
      ])
      const short = yield* Effect.flip(read({ OPTICA_OPERATOR_TOKEN: "hunter2" }))
      assert.notInclude(short.message, "hunter2")
    })
  )
})
