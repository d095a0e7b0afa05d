import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { authorize, baseString, normalizeParams, percentEncode, sign } from "../src/OAuth.ts"
import { recorded } from "./Recorded.ts"

const secret = "cs_fa347a4f63aa539578d73e50ac176c2c449e37cd"

describe("OAuth", () => {
  describe("signatures that the recorded shop accepted", () => {
    const accepted = Object.entries(recorded("errors")).filter(
      ([name, { line, status }]) =>
        status === 200 && line.includes("HMAC-SHA256") && name.startsWith("oauth1")
    )

    it("the recording has some", () => assert.isAtLeast(accepted.length, 2))

    for (const [name, { line, origin }] of accepted) {
      it(`${name}: the same request gets the same signature`, () => {
        const [method = "", target = ""] = line.split(" ")
        const url = new URL(target, origin)
        const all = [...url.searchParams]
        const value = (key: string) => url.searchParams.get(key) ?? ""
        const oauth = authorize({
          method,
          url,
          params: all.filter(([key]) => !key.startsWith("oauth_")),
          consumerKey: value("oauth_consumer_key"),
          consumerSecret: secret,
          nonce: value("oauth_nonce"),
          timestamp: Number(value("oauth_timestamp"))
        })
        assert.deepStrictEqual(
          Object.fromEntries(oauth),
          Object.fromEntries(all.filter(([key]) => key.startsWith("oauth_")))
        )
      })
    }

    it("the refused one gets another signature", () => {
      const refused = recorded("errors")["oauth1-bad-signature"]
      const url = new URL(refused?.line.split(" ")[1] ?? "", refused?.origin)
      const params = [...url.searchParams].filter(([key]) => key !== "oauth_signature")
      assert.notStrictEqual(
        sign(baseString("GET", url, params), secret),
        url.searchParams.get("oauth_signature")
      )
    })
  })

  describe("RFC 5849", () => {
    it("3.6: leaves only unreserved characters as they are", () => {
      assert.strictEqual(percentEncode("azAZ09-._~"), "azAZ09-._~")
      assert.strictEqual(percentEncode("!*'()"), "%21%2A%27%28%29")
      assert.strictEqual(percentEncode("a b+c&d=e/%[]"), "a%20b%2Bc%26d%3De%2F%25%5B%5D")
      assert.strictEqual(percentEncode("é✓"), "%C3%A9%E2%9C%93")
    })

    it("3.4.1.3.2: the example's parameters, sorted by name then value", () => {
      assert.strictEqual(
        normalizeParams([
          ["b5", "=%3D"],
          ["a3", "a"],
          ["c@", ""],
          ["a2", "r b"],
          ["oauth_consumer_key", "9djdj82h48djs9d2"],
          ["oauth_token", "kkk9d7dh3k39sjv7"],
          ["oauth_signature_method", "HMAC-SHA1"],
          ["oauth_timestamp", "137131201"],
          ["oauth_nonce", "7d8f3e4a"],
          ["c2", ""],
          ["a3", "2 q"]
        ]),
        "a2=r%20b&a3=2%20q&a3=a&b5=%3D%253D&c%40=&c2=&oauth_consumer_key=9djdj82h48djs9d2&oauth_nonce=7d8f3e4a&oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131201&oauth_token=kkk9d7dh3k39sjv7"
      )
    })

    it("3.4.1.2: host in lower case, default port left out, another port kept, no query", () => {
      assert.strictEqual(
        baseString("get", new URL("HTTP://EXAMPLE.COM:80/r%20v/X?id=123"), [["id", "123"]]),
        "GET&http%3A%2F%2Fexample.com%2Fr%2520v%2FX&id%3D123"
      )
      assert.strictEqual(
        baseString("GET", new URL("http://example.com:8080/"), []),
        "GET&http%3A%2F%2Fexample.com%3A8080%2F&"
      )
    })

    it("3.4.2: the key is the secret and an ampersand, no token", () => {
      assert.strictEqual(
        sign("GET&a&b", "cs_1"),
        createHmac("sha256", "cs_1&").update("GET&a&b").digest("base64")
      )
    })
  })

  // What PHP makes of the query, flattened as WC_REST_Authentication does: by top-level name, then in PHP's order.
  it("numbered list parameters are signed as WooCommerce verifies them: each bracket encoded twice", () => {
    assert.strictEqual(
      baseString("GET", new URL("http://shop.test/wp-json/wc/v3/products"), [
        ["include[0]", "18"],
        ["include[1]", "19"]
      ]),
      "GET&http%3A%2F%2Fshop.test%2Fwp-json%2Fwc%2Fv3%2Fproducts&include%255B0%255D%3D18%26include%255B1%255D%3D19"
    )
  })

  it("comma lists: the comma is encoded once for the value and once for the whole", () => {
    assert.include(
      baseString("GET", new URL("http://shop.test/"), [["include", "18,19"]]),
      "include%3D18%252C19"
    )
  })
})
