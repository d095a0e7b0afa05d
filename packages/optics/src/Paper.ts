/**
 * Reads what people write on paper. Nothing is guessed: what could mean two things is refused with a hint, and the caller
 * shows what was understood before anything is made of it.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { fromDecimal, toDecimal } from "./Exact.ts"
import { type EyeEntry, emptyEye, type PrismEntry, type PupillaryDistance } from "./Prescription.ts"
import type { Base } from "./Prism.ts"

/** Something that cannot be read, or could mean two things. */
export class Unreadable extends Schema.TaggedError<Unreadable>()("Unreadable", {
  /** What was being read. */
  field: Schema.Literals(["sphere", "cylinder", "axis", "addition", "prism", "pd", "eye"]),
  /** What was written. */
  text: Schema.String,
  /** What to write instead. */
  hint: Schema.String
}) {
  override get message() {
    return `${this.field} "${this.text}" cannot be read. ${this.hint}`
  }
}

type Reading<A> = Result.Result<A, Unreadable>
type Field = Unreadable["field"]

const refuse = (field: Field, text: string, hint: string): Reading<never> =>
  Result.fail(new Unreadable({ field, text: text.slice(0, 60), hint }))

/** Signs, spaces and dioptre marks as printers and telephones write them. */
const tidy = (text: string): string =>
  text
    .normalize("NFKC")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/\s+/g, " ")
    .trim()

const plano = /^(?:[+-]? ?0|pl|plan|plano|infinity|inf|\u221e)$/i
const noCylinder = /^(?:ds|d\.s\.|sph|sphere|-{1,3}|\/)?$/i

/** A power in thousandths of a dioptre; `PL`, `plano` and `∞` are 0. */
export const readPower = (field: "sphere" | "cylinder" | "addition", text: string): Reading<number> => {
  const written = tidy(text).replace(/ ?(?:d|dpt|dptr|dioptres?|diopters?)\.?$/i, "")
  if (plano.test(written)) return Result.succeed(0)
  const match = /^([+-]?) ?([0-9]+)(?:([.,])([0-9]+))?$/.exec(written)
  if (match === null)
    return refuse(field, text, "Write it with a sign and a point, such as -1.25, or PL for none.")
  const [, sign = "", whole = "", separator, fraction = ""] = match
  if (separator === "," && fraction.length > 2) {
    return refuse(field, text, `Write ${sign}${whole}.${fraction} if the comma separates decimals.`)
  }
  // "-125" means -1.25 to the person who wrote it, and -125 to a machine: neither is taken for granted.
  if (
    separator === undefined &&
    (whole.length > 2 || (whole.length > 1 && whole.startsWith("0")) || Number(whole) > 20)
  ) {
    const hundredths = whole.padStart(3, "0")
    return refuse(
      field,
      text,
      `Write ${sign}${Number(hundredths.slice(0, -2))}.${hundredths.slice(-2)} if that is meant.`
    )
  }
  const thousandths = fromDecimal(`${sign}${whole}.${fraction || "0"}`, 3)
  return thousandths === undefined
    ? refuse(field, text, "Write it in quarters or eighths of a dioptre, such as -1.25.")
    : Result.succeed(thousandths + 0)
}

/** A cylinder in thousandths of a dioptre; `DS`, `SPH` and a dash are none. */
export const readCylinder = (text: string): Reading<number> =>
  noCylinder.test(tidy(text)) ? Result.succeed(0) : readPower("cylinder", text)

/** An axis in degrees: `90`, `x 90`, `090`, `90°`. Its range is for validation to judge. */
export const readAxis = (text: string): Reading<number> => {
  const match = /^(?:x|×|ax|axis|@)? ?([0-9]{1,3}) ?(?:°|deg|degrees)?$/i.exec(tidy(text))
  return match === null
    ? refuse("axis", text, "Write a whole number of degrees from 1 to 180.")
    : Result.succeed(Number(match[1]))
}

const bases: Record<string, Base> = {
  u: "BU",
  up: "BU",
  d: "BD",
  down: "BD",
  i: "BI",
  in: "BI",
  o: "BO",
  out: "BO"
}

/** One prism, `2 BU`, `1.5 base in`, `2Δ BO`; without a base, or without an amount, that is left open. */
export const readPrism = (text: string): Reading<PrismEntry> => {
  const match =
    /^(?:([0-9]+(?:[.,][0-9]{1,3})?) ?(?:Δ|\u2206|pd|prism)?)? ?(?:b(?:ase)? ?(up|down|in|out|u|d|i|o))?$/i.exec(
      tidy(text)
    )
  const amount = match?.[1] === undefined ? null : fromDecimal(match[1].replace(",", "."), 3)
  if (match === null || amount === undefined || match[0] === "") {
    return refuse("prism", text, "Write an amount and a base, such as 2.00 BU.")
  }
  return Result.succeed({ amountMillidioptres: amount, base: bases[(match[2] ?? "").toLowerCase()] ?? null })
}

/** A distance between the pupils in mm: `63` of both, `31.5/32` right and left. */
export const readPd = (text: string): Reading<PupillaryDistance> => {
  const parts = tidy(text).replace(/ ?mm$/i, "").split("/")
  const [first, second, ...more] = parts.map((part) => fromDecimal(part.trim().replace(",", "."), 1))
  if (first === undefined || more.length > 0 || (parts.length === 2 && second === undefined)) {
    return refuse("pd", text, "Write 63 for both eyes, or 31.5/32 for right and left, in millimetres.")
  }
  return Result.succeed(
    second === undefined ? { binocularTenthsMm: first } : { rightTenthsMm: first, leftTenthsMm: second }
  )
}

const number = "(?:[+-] ?)?[0-9]+(?:[.,][0-9]+)?|pl(?:ano?)?|∞|infinity"
const line = new RegExp(
  String.raw`^(?:(?<sphere>${number})(?: ?(?:d|ds|d\.s\.|sph|sphere)\b\.?)?)(?:[ /]+(?<cylinder>[+-] ?[0-9]+(?:[.,][0-9]+)?)(?: ?d)?(?: ?(?:x|×|ax|axis|@) ?(?<axis>[0-9]{1,3})°?)?)?(?:[ ,;/]+(?:add|addition) ?(?<addition>\+? ?[0-9]+(?:[.,][0-9]+)?))?$`,
  "i"
)

/**
 * The line of one eye: `-2.25 -0.75 x 27`, `PL / -0.50 x 180 add +2,00`, `+1.00 DS`, `BAL`. Prisms are read apart. A prefix
 * such as OD, OS, R or L is for the caller to take off: which eye it is must never be guessed.
 */
export const readEye = (text: string): Reading<EyeEntry> => {
  const written = tidy(text)
  if (/^bal(?:ance)?\.?(?: lens)?$/i.test(written)) return Result.succeed({ ...emptyEye, balance: true })
  const parts = line.exec(written)?.groups
  if (parts === undefined) {
    return refuse(
      "eye",
      text,
      "Write sphere, cylinder and axis, such as -2.25 -0.75 x 27, or -2.00 DS without a cylinder."
    )
  }
  return Result.gen(function* () {
    const { addition, axis, cylinder, sphere = "" } = parts
    return {
      ...emptyEye,
      sphereMillidioptres: yield* readPower("sphere", sphere),
      cylinderMillidioptres: cylinder === undefined ? null : yield* readPower("cylinder", cylinder),
      axis: axis === undefined ? null : Number(axis),
      additionMillidioptres: addition === undefined ? null : yield* readPower("addition", addition)
    }
  })
}

/** What was understood of an eye, for the person who wrote it to compare. */
export const printEye = (entry: EyeEntry): string => {
  if (entry.balance) return "BAL"
  const power = (value: number) => `${value > 0 ? "+" : ""}${toDecimal(value, 3, 2)}`
  const sphere = entry.sphereMillidioptres === null ? "?" : power(entry.sphereMillidioptres)
  const cylinder = entry.cylinderMillidioptres ?? 0
  return [
    sphere,
    cylinder === 0 ? "DS" : `${power(cylinder)} x ${entry.axis ?? "?"}`,
    ...(entry.additionMillidioptres === null ? [] : [`add ${power(entry.additionMillidioptres)}`])
  ].join(" ")
}
