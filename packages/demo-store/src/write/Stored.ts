/** How WooCommerce stores what was sent: the small conversions that every write passes. */
import { isArray, isObject, type Json, type JsonObject } from "../Json.ts"
import type { Meta } from "../Product.ts"
import { parse, type Timezone } from "../SiteTime.ts"
import { slugify } from "../seed/Terms.ts"

/** `wc_format_decimal`: digits and one point as sent, unrounded; what is no number becomes "". */
export const decimal = (text: string): string => {
  const clean = text
    .trim()
    .replace(/,/g, ".")
    .replace(/[^0-9.-]/g, "")
  return /^-?\d*\.?\d+$|^-?\d+\.$/.test(clean) ? clean.replace(/\.$/, "") : ""
}

/**
 * Meta values go through MySQL as text (fact 14): true → "1", false → "", numbers → digits, {} → []; arrays and
 * objects keep their numbers.
 */
const metaValue = (value: Json): Json => {
  if (value === true) return "1"
  if (value === false) return ""
  if (typeof value === "number")
    return Number.isSafeInteger(value) || Math.abs(value) < 1e15 ? String(value) : phpFloat(value)
  if (isObject(value) && Object.keys(value).length === 0) return []
  return value
}

/** PHP prints 14 significant digits: 12345678901234567890 → "1.2345678901235E+19" */
const phpFloat = (value: number): string =>
  value
    .toPrecision(14)
    .replace(/\.?0+e/, "e")
    .replace("e", "E")

/** Merges `meta_data` as sent: by id, else by key; a null value deletes; an empty key is dropped. */
export const mergeMeta = (
  held: ReadonlyArray<Meta>,
  sent: Json | undefined,
  newId: () => number
): ReadonlyArray<Meta> => {
  if (!isArray(sent)) return held
  let rows = [...held]
  for (const entry of sent) {
    if (!isObject(entry)) continue
    const id = typeof entry.id === "number" ? entry.id : undefined
    const key = typeof entry.key === "string" ? entry.key : rows.find((row) => row.id === id)?.key
    if (key === undefined || key === "") continue
    const known = rows.find((row) => (id === undefined ? row.key === key : row.id === id))
    const value = entry.value
    if (value === undefined || value === null) rows = rows.filter((row) => row !== known)
    else if (known === undefined) rows.push({ id: newId(), key, value: metaValue(value) })
    else rows = rows.map((row) => (row === known ? { ...row, key, value: metaValue(value) } : row))
  }
  return rows
}

/** A slug nobody has yet: `bolt-round-frame`, `bolt-round-frame-2`, … */
export const uniqueSlug = (wanted: string, taken: (slug: string) => boolean): string => {
  const base = wanted === "" ? "product" : wanted
  for (let number = 1; ; number++) {
    const slug = number === 1 ? base : `${base}-${number}`
    if (!taken(slug)) return slug
  }
}

export const slugOfName = (name: string): string =>
  slugify(name.replace(/&#?\w+;/g, " ").replace(/<[^>]*>/g, ""))

/**
 * Seconds of a date that was written. `…_gmt` and dates with a zone are what they say; one without a zone is the
 * shop's wall clock, but a date_created is read as UTC (fact 15).
 */
export const seconds = (
  value: Json | undefined,
  zone: Timezone,
  zoneless: "utc" | "local"
): number | null | undefined => {
  if (value === undefined) return undefined
  if (typeof value !== "string" || value === "") return null
  const written = parse(value)
  if (written === undefined) return null
  if (written.offset !== undefined) return written.wall - written.offset * 60
  return zoneless === "utc" ? written.wall : written.wall - zone.offsetMinutes * 60
}

/** Ids of `[{ id: 4 }, …]`. */
export const idsOf = (value: Json | undefined): ReadonlyArray<number> | undefined =>
  isArray(value) ? value.flatMap((entry) => (isObject(entry) ? numberOf(entry.id) : [])) : undefined

const numberOf = (value: Json | undefined): ReadonlyArray<number> => {
  const id = typeof value === "string" ? Number(value) : value
  return typeof id === "number" && Number.isInteger(id) ? [id] : []
}

export const string = (body: JsonObject, name: string, fallback: string): string => {
  const value = body[name]
  return typeof value === "string" ? value : fallback
}

export const boolean = (body: JsonObject, name: string, fallback: boolean): boolean => {
  const value = body[name]
  return typeof value === "boolean" ? value : fallback
}

export const number = (body: JsonObject, name: string, fallback: number): number => {
  const value = body[name]
  return typeof value === "number" ? value : fallback
}

/** Undefined = not sent, null = emptied. */
export const maybeNumber = (body: JsonObject, name: string, fallback: number | null): number | null => {
  const value = body[name]
  return value === undefined ? fallback : typeof value === "number" ? value : null
}
