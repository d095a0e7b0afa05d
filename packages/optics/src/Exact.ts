/**
 * Exact decimals as integers of a small unit: powers in thousandths of a dioptre, because eighths (0.125 D) are real, and
 * lengths in tenths of a millimetre. A binary float never holds either.
 */

/** Half of JavaScript's safe integers in digits: longer numbers are no measurement. */
const longest = 12

/**
 * Reads a plain decimal such as `-1.25` as an integer of `10^-places` units; undefined for anything else, for more places
 * than that, and for what is too long to be a measurement. Trailing zeros do not count as places.
 */
export const fromDecimal = (text: string, places: number): number | undefined => {
  const match = /^([+-]?)([0-9]+)(?:\.([0-9]+))?$/.exec(text)
  if (match === null) return undefined
  const [, sign, whole = "", fraction = ""] = match
  const digits = fraction.replace(/0+$/, "")
  if (digits.length > places || whole.length > longest) return undefined
  const units = Number(whole + digits.padEnd(places, "0"))
  return sign === "-" && units !== 0 ? -units : units
}

/** Writes an integer of `10^-places` units as a decimal with at least `shown` places: -1250 of 3 as `-1.25`. */
export const toDecimal = (units: number, places: number, shown: number): string => {
  const digits = String(Math.abs(units)).padStart(places + 1, "0")
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits
    .slice(digits.length - places)
    .replace(/0+$/, "")
    .padEnd(shown, "0")
  return `${units < 0 ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`
}

/** A power in thousandths of a dioptre as people write it: `+1.25`, `-0.75`, `0.00`, `-3.125`. */
export const formatPower = (millidioptres: number): string =>
  `${millidioptres > 0 ? "+" : ""}${toDecimal(millidioptres, 3, 2)}`

/** A length in tenths of a millimetre as people write it: `63`, `31.5`. */
export const formatLength = (tenthsMm: number): string => toDecimal(tenthsMm, 1, 0)
