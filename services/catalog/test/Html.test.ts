import { assert, describe, it } from "@effect/vitest"
import { sanitize, webAddress } from "../src/Html.ts"
import { recorded } from "./Shop.ts"

describe("sanitize", () => {
  it("leaves text, plain markup and the shop's prices as they were", () => {
    const price = recorded("products").map((json) => String(json.price_html))
    for (const html of [
      ...price,
      "",
      "5 mm, light",
      "<p>Choose your colour and lens.</p>\n",
      "<ul><li>A &amp; B</li><li>1 &lt; 2 &#8377;</li></ul><br />"
    ]) {
      assert.strictEqual(sanitize(html), html)
    }
  })

  it("keeps pictures, links and tables that are harmless", () => {
    const html =
      '<a href="https://shop.example/a">A</a><img src="/b.jpg" alt="B" /><table><tr><td colspan="2">x</td></tr></table>'
    assert.strictEqual(sanitize(html), html)
  })

  it.each([
    "<script>alert(1)</script>",
    "<scr<p>ipt>alert(1)</scr</p>ipt>",
    "<<p>script>alert(1)<</p>/script>",
    '<img src=x onerror="alert(1)">',
    '<p onclick="alert(1)">x</p>',
    '<p class="a" onclick="alert(1)">x</p>',
    '<p class="a"onclick="alert(1)">x</p>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#115;cript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "<svg><animate onbegin=alert(1)></svg>",
    '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<form action="//evil.example"><input name=x></form>',
    '<p style="background:url(javascript:alert(1))">x</p>',
    '<p id="location">x</p>',
    "<!--><script>alert(1)</script>-->",
    "<p><script>alert(1)</p></script>",
    "<p",
    "&lt;script&gt;<script>alert(1)</script>"
  ])("takes out what could act: %s", (html) => {
    const clean = sanitize(html)
    assert.notMatch(clean, /<(?!\/?(?:p|a|img|li|ul|br|span)\b)/)
    assert.notMatch(clean, /<[^>]*(?:\son|style|\sid=|javascript|data:|srcdoc)/i)
    assert.strictEqual(sanitize(clean), clean)
  })

  it("lets no page that is opened reach back", () => {
    assert.include(sanitize('<a href="https://a.example" target="_blank">A</a>'), 'rel="noopener noreferrer"')
  })

  it("takes time in proportion to the text, however it is made", () => {
    const started = performance.now()
    sanitize(`${'<p class="'.repeat(50_000)}`)
    sanitize(`${"&".repeat(200_000)}<`)
    sanitize(`<p${' class="a"'.repeat(50_000)}`)
    assert.isBelow(performance.now() - started, 5_000)
  })
})

describe("webAddress", () => {
  it("is empty for every scheme but http and https", () => {
    assert.strictEqual(
      webAddress("https://partner.example/item?id=7&ref=lab"),
      "https://partner.example/item?id=7&ref=lab"
    )
    for (const url of ["javascript:alert(1)", " https://a.example", "data:,x", "//a.example", ""]) {
      assert.strictEqual(webAddress(url), "")
    }
  })
})
