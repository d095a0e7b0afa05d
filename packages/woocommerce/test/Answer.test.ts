import { assert, describe, it } from "@effect/vitest"
import { Result, type Schema } from "effect"
import { Headers } from "effect/http"
import { type Asked, excerpt, read } from "../src/Answer.ts"
import { recorded } from "./Recorded.ts"

const asked: Asked = {
  method: "GET",
  shop: "https://shop.example",
  route: "/products",
  signed: false,
  redact: (text) => text.replaceAll("cs_topsecret", "<redacted>"),
  retryAfterMs: undefined
}

const reply = (
  status: number,
  body: Schema.Json,
  headers: Record<string, string> = {},
  about: Partial<Asked> = {}
) => {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  return read(
    { ...asked, ...about },
    { status, headers: Headers.fromInput(headers), text, bytes: text.length }
  )
}

const failure = (...args: Parameters<typeof reply>) => Result.getOrThrow(Result.flip(reply(...args)))

const html = { "content-type": "text/html; charset=UTF-8" }

describe("Answer", () => {
  describe("recorded refusals", () => {
    const expected: ReadonlyArray<readonly [string, string, RegExp]> = [
      ["auth-none", "WrongCredentials", /does not know WOO_CONSUMER_KEY/],
      ["auth-bad-key", "WrongCredentials", /does not know WOO_CONSUMER_KEY/],
      ["auth-bad-secret", "WrongCredentials", /WOO_CONSUMER_SECRET does not belong to WOO_CONSUMER_KEY/],
      ["auth-basic-over-http", "WrongCredentials", /tell PHP about HTTPS/],
      ["auth-wo-read", "WrongCredentials", /more permissions/],
      ["auth-ro-write", "WrongCredentials", /more permissions/],
      [
        "oauth1-bad-signature",
        "WrongCredentials",
        /WOO_CONSUMER_SECRET is wrong, or WOO_URL is not written exactly as the Site Address/
      ],
      ["oauth1-old-timestamp", "WrongCredentials", /set this machine's clock/],
      ["route-404", "RouteMissing", /no route GET \/wp-json\/wc\/v3/],
      ["product-404", "RequestRefused", /woocommerce_rest_product_invalid_id/],
      ["per-page-101", "RequestRefused", /per_page must be between 1 \(inclusive\) and 100/],
      ["orderby-bad", "RequestRefused", /orderby is not one of date, id/],
      ["bad-date", "RequestRefused", /Invalid date/],
      ["post-dup-sku", "RequestRefused", /product_invalid_sku/],
      ["post-regular-price-number", "RequestRefused", /regular_price is not of type string/]
    ]
    for (const [name, tag, says] of expected) {
      it(`fact 18: ${name} is ${tag}`, () => {
        const { body, status } = recorded("errors")[name] ?? { body: null, status: 0 }
        const error = failure(status, body)
        assert.strictEqual(error._tag, tag)
        assert.match(error.message, says)
        assert.match(error.message, /WOO_URL|The shop refuses/)
      })
    }

    it("fact 18: every recorded error has a tag and a sentence", () => {
      for (const [name, { body, status }] of Object.entries(recorded("errors"))) {
        if (status < 400) continue
        const error = failure(status, body)
        assert.include(["WrongCredentials", "RouteMissing", "RequestRefused"], error._tag, name)
        assert.isAtMost(error.message.length, 900, name)
      }
    })

    it("names the wrong parameters one by one", () => {
      const error = failure(400, recorded("errors")["post-bad-type"]?.body ?? null)
      assert.strictEqual(error._tag, "RequestRefused")
      assert.deepStrictEqual(Object.keys(error._tag === "RequestRefused" ? error.params : {}), [
        "type",
        "stock_quantity"
      ])
    })
  })

  describe("what is no WooCommerce", () => {
    it("a web page where the API should be: WOO_URL and permalinks", () => {
      const error = failure(
        404,
        "<!DOCTYPE html><html><title>Page not found</title><body>Oops</body></html>",
        html
      )
      assert.strictEqual(error._tag, "NotWooCommerce")
      assert.match(
        error.message,
        /WOO_URL \(https:\/\/shop.example\) answers with a web page.*\(404\).*Settings > Permalinks/
      )
    })

    it("a captive portal with a 200", () => {
      const error = failure(200, "<html><body>Please sign in to the WiFi</body></html>", html)
      assert.strictEqual(error._tag, "NotWooCommerce")
      assert.include(error.message, "Please sign in to the WiFi")
    })

    it("an empty answer", () => assert.match(failure(200, "").message, /answers with nothing/))

    it("a firewall's 403 page is about access, not about the key", () => {
      const error = failure(403, "<html><h1>403 Forbidden</h1></html>", html)
      assert.strictEqual(error._tag, "WrongCredentials")
      assert.match(error.message, /Something in front of the shop at WOO_URL/)
    })
  })

  describe("a shop in trouble", () => {
    it("fact 18: a PHP fatal is ShopFailed, without markup, stack trace and server paths", () => {
      const error = failure(500, {
        code: "internal_server_error",
        message:
          "<p>There has been a critical error on this website.</p>PHP Fatal error: Uncaught Error: Call to undefined function foo() in /var/www/html/wp-content/plugins/x/x.php:12\nStack trace:\n#0 /var/www/html/wp-includes/class-wp-hook.php(324): x('cs_topsecret')",
        data: { status: 500, error: { file: "/var/www/html/x.php" } }
      })
      assert.strictEqual(error._tag, "ShopFailed")
      assert.include(error.message, "critical error on this website")
      assert.include(error.message, "PHP error log")
      for (const leak of ["/var/www", "Stack trace", "#0", "<p>", "cs_topsecret", ".php"])
        assert.notInclude(error.message, leak)
    })

    it("WordPress in maintenance", () => {
      const error = failure(
        503,
        "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>Briefly unavailable for scheduled maintenance. Check back in a minute.</h1></body></html>",
        html
      )
      assert.strictEqual(error._tag, "ShopFailed")
      assert.match(error.message, /is in maintenance mode \(503\)/)
    })

    it("a gateway's 502 page and a 429", () => {
      assert.strictEqual(
        failure(502, "<html><center>502 Bad Gateway</center></html>", html)._tag,
        "ShopFailed"
      )
      assert.match(failure(429, "Too many requests").message, /refuses more requests for now \(429\)/)
    })

    it("PHP warnings printed before the JSON: says so, and where to switch them off", () => {
      for (const text of [
        '<br />\n<b>Warning</b>:  Undefined variable $x in <b>/var/www/html/a.php</b> on line <b>3</b><br />\n[{"id":1}]',
        'Deprecated: Function foo is deprecated in /srv/a.php on line 3\n{"id":1}'
      ]) {
        const error = failure(200, text, html)
        assert.strictEqual(error._tag === "AnswerUnreadable" ? error.reason : error._tag, "php-output")
        assert.match(error.message, /prints PHP warnings before its JSON.*WP_DEBUG_DISPLAY/)
        assert.notInclude(error.message, "a.php")
      }
    })

    it("JSON that was cut off", () => {
      const error = failure(200, '[{"id":1},{"id', { "content-type": "application/json" })
      assert.strictEqual(error._tag === "AnswerUnreadable" ? error.reason : error._tag, "not-json")
    })
  })

  it("a redirect names the address to set, and goes nowhere", () => {
    const error = failure(301, "", {
      location: "https://www.shop.example/wp-json/wc/v3/products?oauth_signature=abc"
    })
    assert.strictEqual(error._tag, "ShopMoved")
    assert.match(
      error.message,
      /WOO_URL \(https:\/\/shop.example\) redirects to .*probably https:\/\/www.shop.example:/
    )
    assert.notInclude(JSON.stringify(error), "oauth_signature")
  })

  it("a byte order mark before the JSON is no trouble", () =>
    assert.deepStrictEqual(Result.getOrThrow(reply(200, '\uFEFF{"id":1}')).json, { id: 1 }))

  it("an excerpt is short, of one line, without scripts", () => {
    const text = excerpt(
      asked,
      `<script>steal()</script><style>b{}</style><p>one\n\n  two</p>${"long ".repeat(200)}`
    )
    assert.match(text, /^one two long/)
    assert.isAtMost(text.length, 201)
  })

  it("an excerpt is well-formed text without control characters, wherever it is cut", () => {
    assert.strictEqual(excerpt(asked, `${"x".repeat(199)}👓${"y".repeat(50)}`), `${"x".repeat(199)}…`)
    assert.strictEqual(excerpt(asked, `${"x".repeat(198)}👓${"y".repeat(50)}`), `${"x".repeat(198)}👓…`)
    assert.strictEqual(excerpt(asked, "a\u0000b\u001bc\ud83d"), "a b c\ufffd")
  })
})
