import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { priceRanges, rangeOf } from "../src/PriceRange.ts"

/** Prices around the ends of ranges and far from them, up to 40 digits. */
const Price = Schema.Union([
  Schema.String.check(Schema.isPattern(/^-?[0-9]{1,4}(\.[0-9]{1,6})?$/)),
  Schema.String.check(Schema.isPattern(/^(1|2|3|5|7|15)0{0,15}(\.0{1,6}1?)?$/)),
  Schema.String.check(Schema.isPattern(/^(1|2|4|6|14|29)9{0,15}(\.9{1,6})?$/)),
  Schema.String.check(Schema.isPattern(/^-?[0-9]{20,30}\.[0-9]{1,9}$/)),
  Schema.Literals(["0", "00.10", ".5", "5.", "-.5", "0.99995", "-0", "199.99990000"])
])

/** By their digits, without the arithmetic that is tested. */
const compare = (left: string, right: string): number => {
  const [a, b] = [digits(left), digits(right)]
  if (a.negative !== b.negative) return a.negative ? -1 : 1
  const order = a.text < b.text ? -1 : a.text > b.text ? 1 : 0
  return a.negative ? -order : order
}
const digits = (price: string) => {
  const [whole = "", fraction = ""] = price.replace("-", "").split(".")
  const text = whole.padStart(45, "0") + fraction.padEnd(45, "0")
  return { negative: price.startsWith("-") && /[1-9]/.test(text), text }
}

const all = priceRanges("0", "9".repeat(40)).map((key) => ({ key, range: rangeOf(key) }))

describe("price ranges", () => {
  it("begin at 0, end open, and lie side by side", () => {
    assert.deepStrictEqual(all[0], { key: "0", range: { minPrice: "0", maxPrice: "0.9999" } })
    assert.deepStrictEqual(all[1], { key: "1", range: { minPrice: "1", maxPrice: "1.4999" } })
    assert.deepStrictEqual(
      all.slice(2, 8).map(({ key }) => key),
      ["1.5", "2", "3", "5", "7", "10"]
    )
    assert.deepStrictEqual(all.at(-1)?.range, { minPrice: "700000000000000", maxPrice: "" })
    for (const [position, { range }] of all.entries()) {
      if (position > 0)
        assert.deepStrictEqual(priceRanges(range?.minPrice ?? "", range?.minPrice ?? "").length, 1)
    }
  })

  it.prop(
    "of two prices are those whose filters list the product",
    [Price, Price],
    ([one, other]) => {
      const [min, max] = compare(one, other) <= 0 ? [one, other] : [other, one]
      const listed = all.filter(
        ({ range }) =>
          range !== undefined &&
          compare(max, range.minPrice) >= 0 &&
          (range.maxPrice === "" || compare(min, range.maxPrice) <= 0)
      )
      assert.deepStrictEqual(
        priceRanges(min, max),
        listed.map(({ key }) => key)
      )
    },
    { arbitrary: { runs: 2_000 } }
  )

  it("hold every price of four decimals in just one", () => {
    for (const price of ["0", "0.9999", "1", "1.4999", "1.5", "149.9999", "150", "199.99"]) {
      assert.strictEqual(priceRanges(price, price).length, 1, price)
    }
  })

  it("have filters that a request may hold", () => {
    for (const { range } of all) {
      assert.match(range?.minPrice ?? "none", /^[0-9]{1,15}([.][0-9]{1,10})?$/)
      assert.match(range?.maxPrice ?? "none", /^$|^[0-9]{1,15}([.][0-9]{1,10})?$/)
    }
  })

  it("are none of a key that is not one", () => {
    for (const key of ["", "4", "1.50", "-1", "constructor"]) assert.isUndefined(rangeOf(key))
  })
})
