import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { parse } from "../src/ShopUrl.ts"

describe("ShopUrl", () => {
  it.each([
    ["https://shop.example", "https://shop.example/"],
    ["https://shop.example/", "https://shop.example/"],
    [" https://shop.example/store// ", "https://shop.example/store"],
    ["https://shop.example/wp-json/wc/v3/", "https://shop.example/"],
    ["https://shop.example/store/wp-json", "https://shop.example/store"],
    ["http://localhost:8071/?p=1#x", "http://localhost:8071/"]
  ])("takes %s", (input, url) => assert.strictEqual(Result.getOrThrow(parse(input)).href, url))

  it.each([["shop.example"], [""], ["ftp://shop.example"], ["https://"], ["https://ck:cs@shop.example"]])(
    "refuses %j in a sentence that names WOO_URL and repeats no password",
    (input) => {
      const { message } = Result.getOrThrow(Result.flip(parse(input)))
      assert.match(message, /^WOO_URL (must|is no)/)
      assert.notInclude(message, "cs@")
    }
  )
})
