import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { metRanges, priceRanges, rangeOf } from "../src/PriceRange.ts"

/** Prices around the ends of ranges and far from them, up to 40 digits. */
const Price = Schema.Union([
  Schema.String.check(Schema.isPattern(/^-?[0-9]{1,4}(\.[0-9]{1,6})?$/)),
  Schema.String.check(Schema.isPattern(/^(1|2|3|5|7|15)0{0,15}(\.0{1,6}1?)?$/)),
  Schema.String.check(Schema.isPattern(/^(1|2|4|6|14|29)9{0,15}(\.9{1,6})?$/)),
  Schema.String.check(Schema.isPattern(/^-?[0-9]{20,30}\.[0-9]{1,9}$/)),
  Schema.Literals(["0", "00.10", ".5", "5.", "-.5", "0.99995", "-0", "-0.00004", "199.99990000"])
])
const Bound = Schema.Union([
  Schema.Literals(["", "0", "1", "1.4999", "150", "199.9999", "199.99995", "0.00001"]),
  Schema.String.check(Schema.isPattern(/^[0-9]{1,15}(\.[0-9]{1,10})?$/)),
  Schema.String.check(Schema.isPattern(/^(1|15|2|3|5|7)0{0,3}$/))
])

/** With so many decimals that nothing is rounded. */
const fine = (price: string): bigint => {
  const [whole = "", fraction = ""] = price.replace("-", "").split(".")
  const digits = BigInt(whole + fraction.padEnd(20, "0"))
  return price.startsWith("-") ? -digits : digits
}
/** As the database keeps and compares it: to four decimals. */
const kept = (price: string): bigint => {
  const unit = 10n ** 16n
  const value = fine(price)
  const away = (value < 0n ? -value : value) + unit / 2n
  return (value < 0n ? -1n : 1n) * (away - (away % unit))
}
const matches = (min: string, max: string, minPrice: string, maxPrice: string): boolean =>
  (minPrice === "" || kept(max) >= kept(minPrice)) && (maxPrice === "" || kept(min) <= kept(maxPrice))

const all = priceRanges("0", "9".repeat(40)).map((key) => {
  const range = rangeOf(key)
  if (range === undefined) throw new Error(key)
  return { key, ...range }
})

describe("price ranges", () => {
  it("begin at 0, end open, and lie side by side", () => {
    assert.deepStrictEqual(all[0], { key: "0", minPrice: "0", maxPrice: "0.9999" })
    assert.deepStrictEqual(all[1], { key: "1", minPrice: "1", maxPrice: "1.4999" })
    const keys = all.map(({ key }) => key)
    assert.deepStrictEqual(keys.slice(2, 9), ["1.5", "2", "3", "5", "7", "10", "15"])
    assert.deepStrictEqual(all.at(-1), { key: "700000000000000", minPrice: "700000000000000", maxPrice: "" })
  })

  it("have filters that a request may hold", () => {
    for (const { maxPrice, minPrice } of all) {
      assert.match(minPrice, /^[0-9]{1,15}([.][0-9]{1,10})?$/)
      assert.match(maxPrice, /^$|^[0-9]{1,15}([.][0-9]{1,10})?$/)
    }
  })

  it.prop(
    "of two prices are those whose filters list the product",
    [Price, Price],
    ([one, other]) => {
      const [min, max] = fine(one) <= fine(other) ? [one, other] : [other, one]
      assert.deepStrictEqual(
        priceRanges(min, max),
        all.filter((range) => matches(min, max, range.minPrice, range.maxPrice)).map(({ key }) => key)
      )
    },
    { arbitrary: { runs: 2_000 } }
  )

  it.prop("hold a price in just one; a negative one in none", [Price], ([price]) => {
    assert.strictEqual(priceRanges(price, price).length, kept(price) < 0n ? 0 : 1)
  })

  it.prop(
    "that a filter meets, without the prices at their ends that it does not, are what it lists",
    [Price, Price, Bound, Bound],
    ([one, other, minPrice, maxPrice]) => {
      const [min, max] = fine(one) <= fine(other) ? [one, other] : [other, one]
      const { above, below, keys } = metRanges(minPrice, maxPrice)
      const found = new Set(priceRanges(min, max))
      const isBelow = below !== "" && kept(max) >= fine(below) && kept(max) < kept(minPrice)
      const isAbove =
        above !== undefined && kept(min) > kept(maxPrice) && (above === "" || kept(min) <= fine(above))
      const isEmpty = minPrice !== "" && maxPrice !== "" && kept(minPrice) > kept(maxPrice)
      assert.strictEqual(
        (keys.some((key) => found.has(key)) && !isBelow && !isAbove) || (minPrice === "" && kept(max) < 0n),
        matches(min, max, minPrice, maxPrice) && !isEmpty
      )
    },
    { arbitrary: { runs: 10_000 } }
  )

  it("end where the filter ends when it is that of a range", () => {
    for (const { key, maxPrice, minPrice } of all) {
      assert.deepStrictEqual(metRanges(minPrice, maxPrice), { keys: [key], below: "", above: undefined })
    }
  })

  it("are none of a key that is not one", () => {
    for (const key of ["", "4", "1.50", "-1", "constructor"]) assert.isUndefined(rangeOf(key))
  })
})
