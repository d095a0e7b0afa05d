import { assert, describe, it } from "@effect/vitest"
import { sortable, titleKey } from "../src/TitleKey.ts"

describe("titleKey", () => {
  it("is the name as people read it, without case and accents", () => {
    assert.strictEqual(titleKey("Ros&eacute; &amp; GOLD"), "rose & gold")
    assert.strictEqual(titleKey("A &lt;b&gt; <i>c</i>"), "a <b> c")
    assert.strictEqual(titleKey("&amp;lt;"), "&lt;")
    assert.strictEqual(titleKey("चश्मा"), "चश्मा".normalize("NFKD"))
  })
})

describe("sortable", () => {
  it("fits an index entry and holds nothing that PostgreSQL refuses", () => {
    assert.strictEqual(sortable(`a\0${"b".repeat(500)}`).length, 200)
    assert.isTrue(sortable(`${"x".repeat(199)}👓`).isWellFormed())
  })
})
