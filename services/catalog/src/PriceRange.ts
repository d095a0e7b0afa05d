/** Prices that belong together: as filters of a list, `minPrice` and `maxPrice` leave just the products of the range. */
export interface PriceRange {
  readonly minPrice: string
  /** Just below the next range; "" for the topmost, which has no end. */
  readonly maxPrice: string
}

/** WooCommerce keeps prices with four decimals to filter by, and so do we: prices and bounds of filters are rounded. */
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

/** The ranges that the bounds of a filter meet. */
export interface MetRanges {
  readonly keys: ReadonlyArray<string>
  /** Where the first one begins, if that is below the bound; "" otherwise. */
  readonly below: string
  /** Where the last one ends, if that is above the bound: "" if it has no end, undefined if it is not above. */
  readonly above: string | undefined
}

/** The ranges that lie at least in part between two bounds of a filter: decimals, or "" for none. */
export const metRanges = (minPrice: string, maxPrice: string): MetRanges => {
  const from = minPrice === "" ? 0n : scaled(minPrice)
  const to = maxPrice === "" ? undefined : scaled(maxPrice)
  const met = ranges.filter(
    ({ highest, lowest }) =>
      (highest === undefined || highest >= from) && (to === undefined || (lowest <= to && from <= to))
  )
  const [first, last] = [met[0], met.at(-1)]
  return {
    keys: met.map((range) => range.minPrice),
    below: first !== undefined && first.lowest < from ? first.minPrice : "",
    above: last === undefined || to === undefined || last.highest === to ? undefined : last.maxPrice
  }
}

/** Whether no price can lie between two bounds of a filter, as they were written: decimals, or "" for none. */
export const areCrossed = (minPrice: string, maxPrice: string): boolean =>
  minPrice !== "" && maxPrice !== "" && exact(minPrice) > exact(maxPrice)

/** A bound of a filter, which has ten decimals at most, without its point. */
const exact = (bound: string): bigint => {
  const [whole = "", fraction = ""] = bound.split(".")
  return BigInt(`${whole}${fraction.padEnd(10, "0")}`)
}

/** A decimal in ten-thousandths, rounded as PostgreSQL rounds: a half away from 0. */
const scaled = (price: string): bigint => {
  const isNegative = price.startsWith("-")
  const [whole = "", fraction = ""] = price.slice(isNegative ? 1 : 0).split(".")
  const digits = BigInt(`${whole}${fraction.slice(0, DECIMALS).padEnd(DECIMALS, "0")}`)
  const rounded = (fraction[DECIMALS] ?? "0") >= "5" ? digits + 1n : digits
  return isNegative ? -rounded : rounded
}
