/** Prices that belong together: as filters of a list, `minPrice` and `maxPrice` leave just the products of the range. */
export interface PriceRange {
  readonly minPrice: string
  /** Just below the next range; "" for the topmost, which has no end. */
  readonly maxPrice: string
}

/** WooCommerce keeps prices with four decimals to filter by, and so do we: the others are rounded. */
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
  const from = scaled(min)
  const to = scaled(max)
  return ranges
    .filter(({ highest, lowest }) => to >= lowest && (highest === undefined || from <= highest))
    .map(({ minPrice }) => minPrice)
}

/** The filters that list the products of a range; undefined for what is no key of one. */
export const rangeOf = (key: string): PriceRange | undefined => byKey.get(key)

/** How the filters of a list cut the ranges. */
export interface CutRanges {
  /** Keys of the ranges that lie within the filters as a whole: a product has one of them, or a price beside them. */
  readonly whole: ReadonlyArray<string>
  /** Where the first of them begins; "" if that is where the filters begin as well. */
  readonly below: string
  /** Where the last of them ends; "" if that is where the filters end as well. */
  readonly above: string
}

/** Cuts the ranges by two bounds of a filter, decimals or "" for none. */
export const cutRanges = (minPrice: string, maxPrice: string): CutRanges => {
  const from = minPrice === "" ? undefined : scaledUp(minPrice)
  const to = maxPrice === "" ? undefined : scaledDown(maxPrice)
  const whole = ranges.filter(
    ({ highest, lowest }) =>
      (from === undefined || lowest >= from) && (to === undefined || (highest !== undefined && highest <= to))
  )
  const [first, last] = [whole[0], whole.at(-1)]
  return {
    whole: whole.map((range) => range.minPrice),
    // Without a bound there are negative prices below 0, in no range.
    below: first === undefined || first.lowest === from ? "" : first.minPrice,
    above: last === undefined || last.highest === to ? "" : last.maxPrice
  }
}

/** A decimal in ten-thousandths, rounded as PostgreSQL rounds: a half away from 0. */
const scaled = (price: string): bigint => {
  const isNegative = price.startsWith("-")
  const { digits, rest } = cut(isNegative ? price.slice(1) : price)
  const rounded = rest >= "5" ? digits + 1n : digits
  return isNegative ? -rounded : rounded
}

/** The lowest price that is not below a bound: bounds may be finer than prices. */
const scaledUp = (bound: string): bigint => {
  const { digits, rest } = cut(bound)
  return /[1-9]/.test(rest) ? digits + 1n : digits
}

/** The highest price that is not above a bound. */
const scaledDown = (bound: string): bigint => cut(bound).digits

const cut = (price: string) => {
  const [whole = "", fraction = ""] = price.split(".")
  return {
    digits: BigInt(`${whole}${fraction.slice(0, DECIMALS).padEnd(DECIMALS, "0")}`),
    rest: fraction.slice(DECIMALS)
  }
}
