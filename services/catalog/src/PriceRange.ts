/** Prices that belong together: as filters of a list, `minPrice` and `maxPrice` leave just the products of the range. */
export interface PriceRange {
  readonly minPrice: string
  /** Just below the next range; "" for the topmost, which has no end. */
  readonly maxPrice: string
}

/** WooCommerce keeps prices with four decimals: what follows them lies between two ranges, in none. */
const DECIMALS = 4
const ONE = 10n ** BigInt(DECIMALS)

interface Range extends PriceRange {
  /** The lowest and the highest price, in ten-thousandths; without an end undefined. */
  readonly lowest: bigint
  readonly highest: bigint | undefined
}

/** 1, 1.5, 2, 3, 5 and 7 times each power of ten that a filter can say: 15 digits before the point. */
const bounds: ReadonlyArray<bigint> = [
  0n,
  ...Array.from({ length: 15 }, (_, power) => ONE * 10n ** BigInt(power)).flatMap((one) =>
    [10n, 15n, 20n, 30n, 50n, 70n].map((tenths) => (one / 10n) * tenths)
  )
]

const text = (price: bigint): string => {
  const digits = String(price).padStart(DECIMALS + 1, "0")
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, "")
  return `${digits.slice(0, -DECIMALS)}${fraction === "" ? "" : `.${fraction}`}`
}

const ranges: ReadonlyArray<Range> = bounds.map((lowest, position) => {
  const next = bounds[position + 1]
  const highest = next === undefined ? undefined : next - 1n
  return { lowest, highest, minPrice: text(lowest), maxPrice: highest === undefined ? "" : text(highest) }
})

const byKey: ReadonlyMap<string, PriceRange> = new Map(
  ranges.map(({ maxPrice, minPrice }) => [minPrice, { minPrice, maxPrice }])
)

/**
 * Keys of all ranges that the prices from `min` to `max` meet, rising: the lowest price of each. The ranges are fixed, so
 * a product's do not change with what else the shop sells. Both are decimals without an exponent; negative prices have
 * no range.
 */
export const priceRanges = (min: string, max: string): ReadonlyArray<string> => {
  // Of fractions finer than a range's ends it only matters on which side of them they are.
  const from = scaled(min, "up")
  const to = scaled(max, "down")
  return ranges
    .filter(({ highest, lowest }) => to >= lowest && (highest === undefined || from <= highest))
    .map(({ minPrice }) => minPrice)
}

/** The filters that list the products of a range; undefined for what is no key of one. */
export const rangeOf = (key: string): PriceRange | undefined => byKey.get(key)

/** A decimal in ten-thousandths, rounded. */
const scaled = (price: string, towards: "up" | "down"): bigint => {
  const isNegative = price.startsWith("-")
  const [whole = "", fraction = ""] = price.slice(isNegative ? 1 : 0).split(".")
  const cut = BigInt(`${whole}${fraction.slice(0, DECIMALS).padEnd(DECIMALS, "0")}`)
  const isExact = /^0*$/.test(fraction.slice(DECIMALS))
  const away = !isExact && isNegative === (towards === "down") ? cut + 1n : cut
  return isNegative ? -away : away
}
