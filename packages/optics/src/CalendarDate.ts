/** Calendar dates as ISO 8601 text, `2026-01-31`: they compare as text, and no time zone can move them. */

/** Whether it is a date that the calendar has. */
export const isDate = (text: string): boolean => {
  const parts = partsOf(text)
  if (parts === undefined) return false
  const { day, month, year } = parts
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

/** So many months later, on the same day or on the last one of a month that is too short. */
export const addMonths = (date: string, months: number): string => {
  const { day, month, year } = partsOf(date) ?? { year: 0, month: 1, day: 1 }
  const total = year * 12 + (month - 1) + months
  const [toYear, toMonth] = [Math.floor(total / 12), (total % 12) + 1]
  return [
    String(toYear).padStart(4, "0"),
    String(toMonth).padStart(2, "0"),
    String(Math.min(day, daysIn(toYear, toMonth))).padStart(2, "0")
  ].join("-")
}

const partsOf = (text: string) => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  return match === null
    ? undefined
    : { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) }
}

const daysIn = (year: number, month: number): number => {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}
