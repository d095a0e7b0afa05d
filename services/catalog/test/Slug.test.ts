import { assert, describe, it } from "@effect/vitest"
import { slugOf, storedSlug } from "../src/Slug.ts"
import { recorded } from "./Shop.ts"

describe("slugOf", () => {
  it("is the slug that the shop gave the terms that were recorded", () => {
    for (const { name, slug } of recorded("terms")) assert.strictEqual(slugOf(String(name)), slug)
    for (const { name, slug } of recorded("tags")) assert.strictEqual(slugOf(String(name)), slug)
    for (const { name, slug } of recorded("categories")) assert.strictEqual(slugOf(String(name)), slug)
  })

  it("is what WordPress makes of letters, entities and punctuation", () => {
    for (const [name, slug] of [
      ["Rosé &amp; Gold", "rose-gold"],
      ["  Single   Vision -- HD  ", "single-vision-hd"],
      ["1.50", "1-50"],
      ["50/50", "50-50"],
      ["Größe ÆØÅ Łódź", "grose-aeoa-lodz"],
      ["50×18", "50x18"],
      ["Black – matte", "black-matte"],
      ["<b>Bold</b>!", "bold"],
      ["100% UV", "100-uv"],
      ["Синий", "%d1%81%d0%b8%d0%bd%d0%b8%d0%b9"],
      ["", ""]
    ] as const) {
      assert.strictEqual(slugOf(name), slug, name)
    }
  })
})

describe("storedSlug", () => {
  it("is what WordPress stores, however a slug was written", () => {
    for (const written of [
      "नीला-blue",
      "%e0%a4%a8%e0%a5%80%e0%a4%b2%e0%a4%be-blue",
      "%E0%A4%A8ी%e0%A4%B2ा-blue"
    ]) {
      assert.strictEqual(storedSlug(written), "%e0%a4%a8%e0%a5%80%e0%a4%b2%e0%a4%be-blue", written)
    }
    for (const other of ["black", "100%", "a%zz", ""]) assert.strictEqual(storedSlug(other), other)
  })
})
