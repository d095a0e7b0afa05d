import { fromDecimal } from "@optica/optics/Exact"

/** Currencies whose minor unit is not a hundredth (ISO 4217, list one, 2026). */
const exceptions: Readonly<Record<string, number>> = {
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  CLF: 4,
  UYW: 4
}

const known: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"))

/** How many decimals the currency has; undefined for what is no currency. */
export const exponentOf = (currency: string): number | undefined =>
  known.has(currency) ? (exceptions[currency] ?? 2) : undefined

/** A decimal price in minor units; undefined where the currency has no coin that small. */
export const minorUnits = (price: string, exponent: number): number | undefined =>
  fromDecimal(price, exponent)
