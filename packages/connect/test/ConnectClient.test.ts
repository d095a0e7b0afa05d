import { expect, it } from "@effect/vitest"
import { Cause, Effect, Exit } from "effect"
import { isBaseUrl, transportHttp } from "../src/ConnectClient.ts"

it.each(["http://127.0.0.1:4101", "https://catalog.example", "HTTP://[::1]:80/"])(
  "%s is an address",
  (text) => {
    expect(isBaseUrl(text)).toBe(true)
  }
)

it.effect.each(["foo", "", "127.0.0.1:4101", "localhost:4101", "http://", "http://x:99999", "ftp://x"])(
  "%j is none, and making a transport to it does not throw",
  (baseUrl) =>
    Effect.gen(function* () {
      expect(isBaseUrl(baseUrl)).toBe(false)
      const exit = yield* Effect.exit(transportHttp({ baseUrl }))
      expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toContain(
        `${JSON.stringify(baseUrl)} is no address`
      )
    })
)
