import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted } from "effect"
import { edgeConfig } from "../src/Config.ts"

const needed = {
  CATALOG_URL: "http://127.0.0.1:4101",
  SYNC_URL: "http://127.0.0.1:4102",
  OPTICA_OPERATOR_TOKEN: "0123456789abcdef"
}

const read = (env: Record<string, string>) =>
  Effect.provideService(edgeConfig, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

it.effect("has a default for all that is no secret", () =>
  Effect.gen(function* () {
    const config = yield* read({ OPTICA_OPERATOR_TOKEN: needed.OPTICA_OPERATOR_TOKEN })
    expect(config).toMatchObject({
      catalogUrl: "http://127.0.0.1:4101",
      syncUrl: "http://127.0.0.1:4102",
      host: "127.0.0.1",
      port: 3000,
      corsOrigins: [],
      requestTimeoutMs: 10_000,
      productMaxAge: 30,
      listMaxAge: 15,
      stockMaxAge: 10,
      reviewsMaxAge: 60,
      searchMaxAge: 30
    })
    expect(Redacted.value(config.operatorToken)).toBe(needed.OPTICA_OPERATOR_TOKEN)
    expect(JSON.stringify(config)).not.toContain(needed.OPTICA_OPERATOR_TOKEN)
  })
)

it.effect("takes what is set", () =>
  Effect.gen(function* () {
    const config = yield* read({
      ...needed,
      HOST: "::",
      PORT: "0",
      CORS_ORIGIN: "https://shop.example, http://localhost:5173,",
      REQUEST_TIMEOUT_MS: "250",
      CACHE_TTL_PRODUCT: "0",
      CACHE_TTL_LIST: "60",
      CACHE_TTL_STOCK: "1",
      CACHE_TTL_REVIEWS: "2",
      CACHE_TTL_SEARCH: "3"
    })
    expect(config).toMatchObject({
      host: "::",
      port: 0,
      corsOrigins: ["https://shop.example", "http://localhost:5173"],
      requestTimeoutMs: 250,
      productMaxAge: 0,
      listMaxAge: 60,
      stockMaxAge: 1,
      reviewsMaxAge: 2,
      searchMaxAge: 3
    })
  })
)

it.effect.each([
  ["PORT", "x"],
  ["PORT", "65536"],
  ["PORT", "-1"],
  ["PORT", "3e3"],
  ["HOST", "a b"],
  ["CATALOG_URL", "127.0.0.1:4101"],
  ["CATALOG_URL", "ftp://x"],
  ["SYNC_URL", "foo"],
  ["OPTICA_OPERATOR_TOKEN", "short"],
  ["OPTICA_OPERATOR_TOKEN", "with blanks in the middle"],
  ["CORS_ORIGIN", "*"],
  ["CORS_ORIGIN", "shop.example"],
  ["CORS_ORIGIN", "https://shop.example/"],
  ["CORS_ORIGIN", "https://shop.example/path"],
  ["REQUEST_TIMEOUT_MS", "10s"],
  ["REQUEST_TIMEOUT_MS", "0"],
  ["CACHE_TTL_PRODUCT", "-1"],
  ["CACHE_TTL_LIST", "1.5"],
  ["CACHE_TTL_STOCK", "86401"],
  ["CACHE_TTL_REVIEWS", "1m"],
  ["CACHE_TTL_SEARCH", "1e3"]
] as const)("refuses %s=%s in a sentence", ([name, value]) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(read({ ...needed, [name]: value }))
    expect(error.message).toMatch(new RegExp(`^${name} must [^\n]+\\.$`))
    if (name === "OPTICA_OPERATOR_TOKEN") expect(error.message).not.toContain(value)
  })
)

it.effect("takes a variable that is empty for one that is not set", () =>
  Effect.gen(function* () {
    expect(yield* read({ ...needed, PORT: "", HOST: "" })).toMatchObject({ port: 3000, host: "127.0.0.1" })
  })
)

it.effect("tells of all that is wrong at once", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(
      read({ PORT: "x", CATALOG_URL: "x", SYNC_URL: "x", REQUEST_TIMEOUT_MS: "x" })
    )
    expect(
      error.message
        .split("\n")
        .map((sentence) => sentence.split(" ")[0])
        .sort()
    ).toStrictEqual(["CATALOG_URL", "OPTICA_OPERATOR_TOKEN", "PORT", "REQUEST_TIMEOUT_MS", "SYNC_URL"])
  })
)
