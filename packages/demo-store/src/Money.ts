/** Exact money: a decimal string to whole paise (half up) and back. Never a float. */
export const paise = (text: string): bigint => {
  const match = /^(-?)(\d*)\.?(\d*)$/.exec(text.trim())
  if (match === null) return 0n
  const [, sign = "", whole = "", fraction = ""] = match
  const thousandths = BigInt(`${whole === "" ? "0" : whole}${fraction.padEnd(3, "0").slice(0, 3)}`)
  const rounded = (thousandths + 5n) / 10n
  return sign === "-" ? -rounded : rounded
}

/** `123456n` → `1234.56`; with more decimals, zeros: nothing was stored behind the paise. */
export const decimals = (amount: bigint, places = 2): string => {
  const digits = String(amount < 0n ? -amount : amount).padStart(3, "0")
  const sign = amount < 0n ? "-" : ""
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2).padEnd(places, "0")}`
}

/** 18 % goods and services tax, half up. */
export const gst = (amount: bigint): bigint => (amount * 18n + 50n) / 100n
