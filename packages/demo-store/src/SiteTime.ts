/**
 * The shop's clock and zone, and WordPress's two zoneless renderings of an instant (fact 15).
 *
 * Instants are whole seconds since 1970 UTC: WordPress stores no fraction (fact 1). `Date` serves here as a calendar
 * only; the present always comes from the `now` that was passed in.
 */
export interface Timezone {
  /** IANA name, shown by the index and the settings. */
  readonly name: string
  /** Minutes east of UTC. Fixed: zones with daylight saving are not simulated. */
  readonly offsetMinutes: number
}

/** The zone of the recorded shop: its half hour shows every confusion of local time and GMT. */
export const kolkata: Timezone = { name: "Asia/Kolkata", offsetMinutes: 330 }

/** `2026-11-21T02:54:52`, the `_gmt` form. */
export const gmt = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19)

/** The same instant on the wall clock of the shop. */
export const local = (seconds: number, zone: Timezone): string => gmt(seconds + zone.offsetMinutes * 60)

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(Z|z|[+-]\d{2}:?\d{2})?$/

/** A date as a request wrote it: its wall-clock seconds, and the offset in minutes where it named one. */
export interface WrittenDate {
  readonly wall: number
  readonly offset: number | undefined
}

/** Reads ISO 8601 as PHP's `rest_parse_date` does; undefined where WordPress says "Invalid date." */
export const parse = (text: string): WrittenDate | undefined => {
  const match = pattern.exec(text.trim())
  if (match === null) return undefined
  const [, year, month, day, hour = "0", minute = "0", second = "0", zone] = match
  const wall = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second)
  )
  if (Number.isNaN(wall) || Number(month) > 12 || Number(day) > 31 || Number(hour) > 24) return undefined
  if (zone === undefined) return { wall: wall / 1000, offset: undefined }
  if (zone === "Z" || zone === "z") return { wall: wall / 1000, offset: 0 }
  const digits = zone.replace(":", "")
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5))
  return { wall: wall / 1000, offset: digits.startsWith("-") ? -minutes : minutes }
}
