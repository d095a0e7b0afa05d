/** Says everything that is wrong with a prescription, and everything that the buyer has to confirm, at once. */

import { addMonths, isDate } from "./CalendarDate.ts"
import { formatLength, formatPower } from "./Exact.ts"
import { type EyeEntry, emptyEye, eyeName, lensOf, type PrescriptionEntry } from "./Prescription.ts"
import type { Eye } from "./Prism.ts"
import type { Design, Range, Ruleset } from "./Ruleset.ts"
import { sphericalEquivalentHalfMillidioptres } from "./SpheroCylinder.ts"

/** Why a prescription is refused. */
export type ErrorCode =
  | "SPH_REQUIRED"
  | "SPH_OUT_OF_RANGE"
  | "SPH_STEP"
  | "CYL_OUT_OF_RANGE"
  | "CYL_STEP"
  | "AXIS_REQUIRED"
  | "AXIS_OUT_OF_RANGE"
  | "COMBINED_POWER_OUT_OF_RANGE"
  | "ADD_REQUIRED"
  | "ADD_OUT_OF_RANGE"
  | "ADD_STEP"
  | "PRISM_BASE_REQUIRED"
  | "PRISM_AMOUNT_REQUIRED"
  | "PRISM_OUT_OF_RANGE"
  | "PRISM_STEP"
  | "PRISM_BASES_ALIKE"
  | "PD_REQUIRED"
  | "PD_OUT_OF_RANGE"
  | "FITTING_HEIGHT_REQUIRED"
  | "FITTING_HEIGHT_TOO_LOW"
  | "RX_DATE_INVALID"
  | "RX_DATE_FUTURE"
  | "RX_EXPIRED"

/** What the buyer has to confirm: it may well be meant. */
export type WarningCode =
  | "AXIS_WITHOUT_CYL"
  | "ADD_IGNORED"
  | "CYL_SIGN_MIXED"
  | "SPH_SIGN_MIXED"
  | "ANISOMETROPIA_HIGH"

/** One thing that was found. */
export interface Finding<Code extends string> {
  readonly code: Code
  /** Null for what concerns both, or neither. */
  readonly eye: Eye | null
  /** Names the eye, the field, the value and the remedy. */
  readonly message: string
}

/** Everything that was found. Accepted without errors; warnings have to be confirmed. */
export interface Validation {
  readonly accepted: boolean
  readonly errors: ReadonlyArray<Finding<ErrorCode>>
  readonly warnings: ReadonlyArray<Finding<WarningCode>>
}

/** What the prescription is wanted for. */
export interface Purpose {
  readonly design: Design
  /** The design's own least fitting height, tenths of a millimetre, where it has one. */
  readonly leastFittingHeightTenthsMm?: number | undefined
  /** The calendar date in the shop, `2026-06-01`. */
  readonly today: string
}

/**
 * Checks a prescription. Every bound is allowed itself; of one quantity the first fault only is told: a sphere that is out
 * of range has no wrong step as well.
 */
export const validate = (ruleset: Ruleset, entry: PrescriptionEntry, purpose: Purpose): Validation => {
  const errors: Array<Finding<ErrorCode>> = []
  const warnings: Array<Finding<WarningCode>> = []
  const demands = ruleset.designs[purpose.design]
  if (demands.prescription) {
    for (const eye of ["right", "left"] as const) {
      const found = checkEye(ruleset, purpose.design, entry[eye] ?? emptyEye)
      errors.push(...found.errors.map((finding) => ofEye(eye, finding)))
      warnings.push(...found.warnings.map((finding) => ofEye(eye, finding)))
    }
    errors.push(
      ...checkPd(ruleset, entry),
      ...checkHeight(ruleset, entry, purpose),
      ...checkDates(ruleset, entry, purpose)
    )
    warnings.push(...compareEyes(ruleset, entry))
  }
  return { accepted: errors.length === 0, errors, warnings }
}

interface Found<Code extends string> {
  readonly code: Code
  readonly message: string
}

const ofEye = <Code extends string>(eye: Eye, found: Found<Code>): Finding<Code> => ({
  code: found.code,
  eye,
  message: `${eyeName[eye]}: ${found.message}`
})

const checkEye = (ruleset: Ruleset, design: Design, entry: EyeEntry) => {
  const errors: Array<Found<ErrorCode>> = []
  const warnings: Array<Found<WarningCode>> = []
  const sphere = entry.sphereMillidioptres
  const cylinder = entry.cylinderMillidioptres ?? 0
  const sphereFault = entry.balance && sphere === null ? undefined : checkSphere(ruleset, sphere)
  if (sphereFault !== undefined) errors.push(sphereFault)
  const cylinderFault =
    cylinder === 0
      ? undefined
      : checkRange(ruleset.cylinder, cylinder, {
          field: "cylinder",
          outOfRange: "CYL_OUT_OF_RANGE",
          step: "CYL_STEP"
        })
  if (cylinderFault !== undefined) errors.push(cylinderFault)
  if (cylinder !== 0) errors.push(...checkAxis(entry.axis, cylinder))
  else if (entry.axis !== null) {
    warnings.push({
      code: "AXIS_WITHOUT_CYL",
      message: `axis ${entry.axis} has no cylinder and is left out. Confirm that there is no cylinder.`
    })
  }
  if (sphere !== null && sphereFault === undefined && cylinderFault === undefined) {
    const across = sphere + cylinder
    if (Math.abs(across) > ruleset.strongestMeridian) {
      errors.push({
        code: "COMBINED_POWER_OUT_OF_RANGE",
        message: `sphere ${formatPower(sphere)} and cylinder ${formatPower(cylinder)} make ${formatPower(across)} in one meridian; at most ${formatPower(ruleset.strongestMeridian)} of either sign can be made.`
      })
    }
  }
  const addition = checkAddition(ruleset, design, entry.additionMillidioptres)
  errors.push(...addition.errors, ...checkPrisms(ruleset, entry))
  warnings.push(...addition.warnings)
  return { errors, warnings }
}

const checkSphere = (ruleset: Ruleset, sphere: number | null): Found<ErrorCode> | undefined =>
  sphere === null
    ? { code: "SPH_REQUIRED", message: "sphere is missing. Write 0.00 (or PL) if there is none." }
    : checkRange(ruleset.sphere, sphere, {
        field: "sphere",
        outOfRange: "SPH_OUT_OF_RANGE",
        step: "SPH_STEP"
      })

const checkRange = (
  range: Range,
  value: number,
  names: { readonly field: string; readonly outOfRange: ErrorCode; readonly step: ErrorCode }
): Found<ErrorCode> | undefined => {
  if (value < range.least || value > range.most) {
    return {
      code: names.outOfRange,
      message: `${names.field} ${formatPower(value)} is out of range. It can be ${formatPower(range.least)} to ${formatPower(range.most)}.`
    }
  }
  return value % range.step === 0
    ? undefined
    : {
        code: names.step,
        message: `${names.field} ${formatPower(value)} is no step of ${formatPower(range.step).slice(1)}. Check the digits.`
      }
}

const checkAxis = (axis: number | null, cylinder: number): ReadonlyArray<Found<ErrorCode>> => {
  if (axis === null) {
    return [
      {
        code: "AXIS_REQUIRED",
        message: `axis is missing. A cylinder of ${formatPower(cylinder)} needs an axis from 1 to 180.`
      }
    ]
  }
  return Number.isInteger(axis) && axis >= 1 && axis <= 180
    ? []
    : [
        {
          code: "AXIS_OUT_OF_RANGE",
          message: `axis ${axis} is not a whole number from 1 to 180.${axis === 0 ? " Write 180 if 0 is meant." : ""}`
        }
      ]
}

const checkAddition = (ruleset: Ruleset, design: Design, addition: number | null) => {
  const errors: Array<Found<ErrorCode>> = []
  const warnings: Array<Found<WarningCode>> = []
  const wanted = ruleset.designs[design].addition
  if (addition === null) {
    if (wanted) {
      errors.push({
        code: "ADD_REQUIRED",
        message: `addition is missing. A ${design} lens needs one from ${formatPower(ruleset.addition.least)} to ${formatPower(ruleset.addition.most)}.`
      })
    }
    return { errors, warnings }
  }
  const names = { field: "addition", outOfRange: "ADD_OUT_OF_RANGE", step: "ADD_STEP" } as const
  const fault = checkRange(ruleset.addition, addition, names)
  if (fault !== undefined) errors.push(fault)
  if (!wanted) {
    warnings.push({
      code: "ADD_IGNORED",
      message: `addition ${formatPower(addition)} is not used by a ${design} lens. Confirm that it is not wanted.`
    })
  }
  return { errors, warnings }
}

const checkPrisms = (ruleset: Ruleset, entry: EyeEntry): ReadonlyArray<Found<ErrorCode>> => {
  const errors: Array<Found<ErrorCode>> = []
  for (const { amountMillidioptres: amount, base } of entry.prisms) {
    if (amount === null) {
      errors.push({
        code: "PRISM_AMOUNT_REQUIRED",
        message: `prism with base ${base ?? "?"} has no amount. Write how many prism dioptres.`
      })
      continue
    }
    if (base === null) {
      errors.push({
        code: "PRISM_BASE_REQUIRED",
        message: `prism ${formatPower(amount).replace("+", "")} has no base. Write BU, BD, BI or BO.`
      })
    }
    const names = { field: "prism", outOfRange: "PRISM_OUT_OF_RANGE", step: "PRISM_STEP" } as const
    const fault = checkRange(ruleset.prism, amount, names)
    if (fault !== undefined) errors.push(fault)
  }
  const vertical = entry.prisms.filter(({ base }) => base === "BU" || base === "BD").length
  const horizontal = entry.prisms.filter(({ base }) => base === "BI" || base === "BO").length
  if (vertical > 1 || horizontal > 1) {
    errors.push({
      code: "PRISM_BASES_ALIKE",
      message: "two prisms lie in the same direction. Write one horizontal and one vertical prism at most."
    })
  }
  return errors
}

const checkPd = (ruleset: Ruleset, { pd }: PrescriptionEntry): ReadonlyArray<Finding<ErrorCode>> => {
  if (pd === null) {
    return [
      both(
        "PD_REQUIRED",
        "The distance between the pupils (PD) is missing. Lenses cannot be centred without it."
      )
    ]
  }
  const binocular = "binocularTenthsMm" in pd
  const range = binocular ? ruleset.binocularPd : ruleset.monocularPd
  const values = binocular ? [pd.binocularTenthsMm] : [pd.rightTenthsMm, pd.leftTenthsMm]
  const wrong = values.filter((value) => value < range.least || value > range.most)
  return wrong.length === 0
    ? []
    : [
        both(
          "PD_OUT_OF_RANGE",
          `A ${binocular ? "binocular" : "monocular"} PD of ${wrong.map(formatLength).join(" and ")} mm is out of range. It can be ${formatLength(range.least)} to ${formatLength(range.most)} mm: measure again.`
        )
      ]
}

const checkHeight = (
  ruleset: Ruleset,
  { fittingHeight }: PrescriptionEntry,
  { design, leastFittingHeightTenthsMm }: Purpose
): ReadonlyArray<Finding<ErrorCode>> => {
  const demanded = ruleset.designs[design].fittingHeightTenthsMm
  if (demanded === null) return []
  const least = leastFittingHeightTenthsMm ?? demanded
  if (fittingHeight === null) {
    return [
      both(
        "FITTING_HEIGHT_REQUIRED",
        `A ${design} lens needs the fitting height in this frame, ${formatLength(least)} mm at least.`
      )
    ]
  }
  const lowest = Math.min(fittingHeight.rightTenthsMm, fittingHeight.leftTenthsMm)
  return lowest >= least
    ? []
    : [
        both(
          "FITTING_HEIGHT_TOO_LOW",
          `A fitting height of ${formatLength(lowest)} mm is too low for this ${design} lens, which needs ${formatLength(least)} mm. Choose a deeper frame or a shorter corridor.`
        )
      ]
}

const checkDates = (
  ruleset: Ruleset,
  { expires, issued }: PrescriptionEntry,
  { today }: Purpose
): ReadonlyArray<Finding<ErrorCode>> => {
  const wrong = [issued, expires].filter((date) => date !== null && !isDate(date))
  if (wrong.length > 0) {
    return [
      both(
        "RX_DATE_INVALID",
        `${wrong.join(" and ")} is no date. Write it as year-month-day, such as 2026-01-31.`
      )
    ]
  }
  if (issued !== null && issued > today) {
    return [
      both("RX_DATE_FUTURE", `The prescription is dated ${issued}, which has not come yet. Check the date.`)
    ]
  }
  const last = expires ?? (issued === null ? null : addMonths(issued, ruleset.monthsValid))
  return last !== null && today > last
    ? [both("RX_EXPIRED", `The prescription expired on ${last}. A new eye test is needed.`)]
    : []
}

const compareEyes = (
  ruleset: Ruleset,
  { left, right }: PrescriptionEntry
): ReadonlyArray<Finding<WarningCode>> => {
  const [rightLens, leftLens] = [right === null ? null : lensOf(right), left === null ? null : lensOf(left)]
  if (rightLens === null || leftLens === null) return []
  const opposite = (one: number, other: number) => (one < 0 && other > 0) || (one > 0 && other < 0)
  const warnings: Array<Finding<WarningCode>> = []
  const difference = Math.abs(
    sphericalEquivalentHalfMillidioptres(rightLens) - sphericalEquivalentHalfMillidioptres(leftLens)
  )
  if (difference >= 2 * ruleset.anisometropiaMillidioptres) {
    warnings.push(
      both(
        "ANISOMETROPIA_HIGH",
        `The eyes differ by ${formatPower(Math.floor(difference / 2)).slice(1)} D. Confirm that both are right.`
      )
    )
  }
  if (opposite(rightLens.cylinderMillidioptres, leftLens.cylinderMillidioptres)) {
    warnings.push(
      both(
        "CYL_SIGN_MIXED",
        "One cylinder is plus, the other minus. Confirm that both are written as on the prescription."
      )
    )
  }
  if (opposite(rightLens.sphereMillidioptres, leftLens.sphereMillidioptres)) {
    warnings.push(both("SPH_SIGN_MIXED", "One sphere is plus, the other minus. Confirm both signs."))
  }
  return warnings
}

const both = <Code extends string>(code: Code, message: string): Finding<Code> => ({
  code,
  eye: null,
  message
})
