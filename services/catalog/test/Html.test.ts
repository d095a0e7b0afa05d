import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import {
  isHeavy,
  plainText,
  sanitize,
  sanitizeThoroughly,
  webAddress,
  webAddresses,
  wordsOnly
} from "../src/Html.ts"
import { recorded } from "./Shop.ts"

/** Runs of plain tags in every order, among them well-formed ones. */
const pieces: ReadonlyArray<string> = [
  "<p>",
  "</p>",
  "<ul>",
  "</ul>",
  "<li>",
  "</li>",
  "<ul><li>",
  "</li></ul>",
  "<h2>",
  "</h2>",
  "<hr />",
  "<br>",

  "<b>",
  "</b>",
  "<b>x</b>",
  "<i>x</i>",
  "<p>x</p>",
  '<span class="a b">',
  "</span>",
  '<del aria-hidden="true">',

  "</del>",
  "<br/>",
  "&amp;",
  "&lt;",
  "&#8377;",
  "text",
  " ",
  "</br>",
  "<P>",
  '<span class="a" translate="no">',
  "<p class=a>",
  "&",
  "<",
  ">"
]
const Markup = Schema.Array(Schema.Literals(pieces)).check(Schema.isMaxLength(12))

/** The same text to a parser: entities as characters, empty tags spelled one way. */
const asWritten = (html: string) => html.replaceAll("&#8377;", "\u20b9").replace(/<(br|hr) ?\/?>/g, "<$1 />")

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

  it.prop(
    "lets through only what the sanitizer would write just so: nothing is unclosed, closed twice, or moved",
    [Markup],
    ([pieces]) => {
      const html = pieces.join("")
      const clean = sanitize(html)
      assert.strictEqual(asWritten(clean), asWritten(sanitizeThoroughly(html)))
    },
    { arbitrary: { runs: 5_000 } }
  )

  it.each([
    "</p>",
    "<p>",
    "<p>x</p></span>",
    "<b><i>x</b></i>",
    "<p><ul><li>x</li></ul></p>",
    "<p><p>x</p></p>",
    "<ul><li>a<li>b</ul>",
    "<li>x</li>",
    "</br>",
    `${"<b>".repeat(33)}${"</b>".repeat(33)}`
  ])("leaves to the sanitizer what a parser would not take as it is written: %s", (html) => {
    assert.strictEqual(sanitize(html), sanitizeThoroughly(html))
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

describe("what would hold up the sanitizer", () => {
  it.each([
    "<div>".repeat(200_000),
    "<b x></p>".repeat(50_000),
    "<svg>".repeat(50_000),
    "<b>".repeat(5001),
    `<a href="javascript:x">${"y".repeat(70_000)}`
  ])("is reduced to its words: %.20s", (markup) => {
    const html = `${markup}1 < 2 <img src=x onerror=alert(1)> <<b>script> end`
    assert.isTrue(isHeavy(html))
    assert.strictEqual(sanitize(html), wordsOnly(html))
    assert.strictEqual(plainText(html), wordsOnly(html))
    assert.notMatch(sanitize(html), /[<>]/)
    assert.isTrue(sanitize(html).endsWith("1 &lt; 2  &lt;script&gt; end"))
  })

  it("is no text of a usual size, and no long one of plain tags", () => {
    assert.isFalse(isHeavy("<b>".repeat(5000)))
    const long = "<p>words</p>".repeat(10_000)
    assert.strictEqual(sanitize(long), long)
  })

  it("is a srcset longer than any editor writes; the picture stays", () => {
    const picture = (candidates: number) =>
      sanitize(
        `<img src="https://a.example/1.jpg" srcset="${Array(candidates).fill("https://a.example/1.jpg 1w").join(", ")}">`
      )
    assert.include(picture(2), "srcset=")
    assert.strictEqual(picture(200), '<img src="https://a.example/1.jpg" />')
  })
})

describe("plainText", () => {
  it.prop("is byte for byte what holds no markup", [Schema.String], ([text]) => {
    const bare = text.replace(/[<>]/g, "")
    assert.strictEqual(plainText(bare), bare)
    assert.strictEqual(plainText(`Ros&eacute; &amp; "Gold" ${bare}`), `Ros&eacute; &amp; "Gold" ${bare}`)
  })

  it.prop("never holds a tag", [Hostile], ([pieces]) => {
    assert.notMatch(plainText(pieces.join("")), /[<>]/)
  })

  it("keeps the words of a name that has markup in it", () => {
    assert.strictEqual(plainText("<img src=x onerror=alert(1)>Frame &amp; <b>Case</b>"), "Frame &amp; Case")
    assert.strictEqual(plainText("<script>alert(1)</script>A < B"), "A &lt; B")
  })
})

describe("webAddress", () => {
  it("is empty for every scheme but http and https", () => {
    assert.strictEqual(webAddress("//cdn.example/a.jpg"), "//cdn.example/a.jpg")
    assert.strictEqual(
      webAddress('https://a.example/"onload=alert(1) <'),
      "https://a.example/%22onload=alert(1)%20%3C"
    )
    assert.strictEqual(
      webAddress("https://partner.example/item?id=7&ref=lab"),
      "https://partner.example/item?id=7&ref=lab"
    )
    for (const url of [
      "javascript:alert(1)",
      " https://a.example",
      "java\nscript://a",
      "data:,x",
      "//",
      "/a",
      ""
    ]) {
      assert.strictEqual(webAddress(url), "")
    }
  })
})

describe("webAddresses", () => {
  it("keeps the candidates that may be loaded", () => {
    const srcset = "https://a.example/1,2.jpg 300w, //cdn.example/2.jpg 1.5x, https://a.example/3.jpg"
    assert.strictEqual(webAddresses(srcset), srcset)
    assert.strictEqual(
      webAddresses("javascript:alert(1) 1w, https://a.example/1.jpg 2w, data:image/svg+xml,x 3w"),
      "https://a.example/1.jpg 2w"
    )
    assert.strictEqual(webAddresses('https://a.example/1.jpg 1w" onload="alert(1)'), "")
    assert.strictEqual(webAddresses(""), "")
  })
})

const hostile: ReadonlyArray<string> = [
  "<",
  ">",
  "&",
  '"',
  "'",
  "/",
  "<p",
  "</p>",
  "<script>",
  "</script>",
  "<!--",
  "-->",
  "<![CDATA[",
  "]]>",

  "<img src=x onerror=alert(1)>",
  "&lt;",
  "&#60;",
  "&#x3c",
  "<svg",
  "<style>",
  "</title>",
  "\0",
  " ",
  "a",
  "="
]
const Hostile = Schema.Array(Schema.Literals(hostile))
