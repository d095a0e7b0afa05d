import { Resources } from "@optica/woocommerce/Resource"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { assert, it } from "vitest"
import { highlighted, markable } from "../src/Highlight.ts"
import { htmlText } from "../src/HtmlText.ts"
import { searchText, wordsOf } from "../src/SearchText.ts"
import { searchWords } from "../src/SearchWords.ts"
import { product, recorded } from "./Shop.ts"

const textOf = (json: Schema.JsonObject) =>
  searchText(Result.getOrThrow(Resources.products.decode(json)).value)

it("takes the words of a product apart by what they tell", () => {
  const text = textOf(
    product(1, {
      name: "Ray-Ban &#8211; Caf&eacute; &amp; Co",
      sku: "FR-1001",
      global_unique_id: "4006381333931",
      brands: [{ id: 1, name: "L&#8217;Or&eacute;al", slug: "loreal" }],
      attributes: [{ id: 1, name: "Colour", slug: "pa_color", options: ["Sea Green", "Blue"] }],
      categories: [{ id: 1, name: "Glasses", slug: "glasses" }],
      tags: [{ id: 1, name: "New", slug: "new" }],
      short_description: "<p>Short<br>and</p><p>s<b>wee</b>t</p>",
      description: "<script>no()</script><style>p{}</style>Long"
    })
  )
  assert.deepStrictEqual(text, {
    a: "ray ban café co rayban",
    b: "fr 1001 fr1001 4006381333931 l oréal loréal",
    c: "colour sea green blue glasses new",
    d: "short and sweet long"
  })
})

it("has words of every recorded product", () => {
  for (const json of recorded("products")) assert.notStrictEqual(textOf(json).a, "")
})

it("reads HTML of any kind in proportion to its length", () => {
  for (const piece of ["<!--", "<script>", "<", "&", "<a ", "</", "&amp", "<script", "<!", "]]>"]) {
    assert.isAtMost(htmlText(piece.repeat(300_000), 20_000).length, 20_000)
  }
  assert.strictEqual(htmlText("a<!-- b -->c &amp;lt;b&amp;gt; &nbsp; &#x1F576;", 100), "a c &lt;b&gt; 🕶")
  assert.isTrue(htmlText("🕶".repeat(100), 5).isWellFormed())
})

it("folds words as they are typed on any keyboard", () => {
  assert.deepStrictEqual(wordsOf("Ｆｕｌｌ WIDTH ΟΔΟΣ İstanbul"), ["full", "width", "οδοσ", "i̇stanbul"])
  assert.deepStrictEqual(wordsOf("a\u200Bb\u202Ec \uFEFFd"), ["abc", "d"])
  assert.deepStrictEqual(wordsOf("it's 50% off: a&b|c!(d)<->e:*'\\"), [
    "it",
    "s",
    "50",
    "off",
    "a",
    "b",
    "c",
    "d",
    "e"
  ])
  assert.deepStrictEqual(wordsOf("--- ... '' 🕶️ "), [])
  assert.deepStrictEqual(
    wordsOf("x".repeat(100)).map((word) => word.length),
    [64, 36]
  )
})

it("reads at most ten words of a search, and codes as they are typed", () => {
  assert.strictEqual(searchWords("a ".repeat(50_000)).words.length, 10)
  assert.deepStrictEqual(searchWords("black FR-1001"), {
    words: ["black", "fr", "1001"],
    pieces: [1, 2, 2],
    codes: [
      { piece: 1, code: "black" },
      { piece: 2, code: "FR-1001" },
      { piece: 0, code: "black FR-1001" }
    ],
    codePrefix: "FR-1001"
  })
  assert.deepInclude(searchWords("978-3-16-148410-0").codes, { piece: 1, code: "9783161484100" })
  assert.deepStrictEqual(searchWords(" \u200B !! \0 \uD800 "), {
    words: [],
    pieces: [],
    codes: [],
    codePrefix: ""
  })
})

it("marks in the text itself, whatever it holds", () => {
  const text = `<b>Étui</b> "Noir" \uE000x\uE001 & co`
  assert.strictEqual(markable(text).length, text.length)
  assert.strictEqual(
    highlighted(text, markable(text).replace("noir", "\uE000noir\uE001")),
    "&lt;b&gt;Étui&lt;/b&gt; &quot;<mark>Noir</mark>&quot; \uE000x\uE001 &amp; co"
  )
})
