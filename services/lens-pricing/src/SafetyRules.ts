/** Rules that keep people from harm, whatever a shop would sell. Which ones hold depends on the market. */

import { lensOf } from "@optica/optics/Prescription"
import { combine } from "@optica/optics/Prism"
import { strongestMeridian } from "@optica/optics/SpheroCylinder"
import type { Validation } from "@optica/optics/Validation"
import type { Refusal } from "./Compatibility.ts"
import type { LensCatalogue } from "./LensCatalogue.ts"
import type { Order } from "./Selection.ts"

/** Thresholds that a shop may set; powers in thousandths of a dioptre. The defaults are common practice, without a source. */
export interface SafetyThresholds {
  /** Below this age a professional has to see the order, and only impact-resistant materials are sold. */
  readonly childBelowYears: number
  /** Above this prism of one eye a professional has to see the order. */
  readonly prismAbove: number
  /** Above this strongest meridian as well. */
  readonly powerAbove: number
  /** Transmittance below which nobody may drive at night, hundredths of a percent. */
  readonly nightTransmittance: number
}

export const defaultThresholds: SafetyThresholds = {
  childBelowYears: 16,
  prismAbove: 5000,
  powerAbove: 12_000,
  nightTransmittance: 7500
}

/** Why a professional has to see the order before it is made. */
export interface Referral {
  readonly rule: string
  readonly field: string
  readonly message: string
}

/** What the rules say of an order. */
export interface Safety {
  readonly refusals: ReadonlyArray<Refusal>
  readonly referrals: ReadonlyArray<Referral>
  /** What has to be told to the wearer. */
  readonly labels: ReadonlyArray<string>
}

/** All rules that hold in the order's country. */
export const safety = (
  catalogue: LensCatalogue,
  order: Order,
  validation: Validation,
  thresholds: SafetyThresholds = defaultThresholds
): Safety => {
  const light = filterOf(catalogue, order)
  const market = markets[order.country]
  return {
    refusals: [...impact(catalogue, order, thresholds), ...driving(order, light, thresholds)],
    referrals: [
      ...common(order, validation, thresholds),
      ...(market === undefined ? [] : market(catalogue, order))
    ],
    labels: [
      ...(light.category === 4 ? ["NOT_FOR_DRIVING"] : []),
      ...(light.transmittance < thresholds.nightTransmittance ? ["NOT_FOR_NIGHT_DRIVING"] : [])
    ]
  }
}

/** The darkest that the lens gets: of a tint its darkest zone, of polarised and photochromic lenses their category. */
const filterOf = (catalogue: LensCatalogue, { selection }: Order) => {
  const tint = selection.tint === null ? undefined : catalogue.tints.get(selection.tint)
  const coatings = selection.coatings.flatMap((code) => catalogue.coatings.get(code) ?? [])
  const category = Math.max(
    tint?.filterCategory ?? 0,
    ...coatings.map(({ filterCategory }) => filterCategory)
  )
  return {
    category,
    transmittance: Math.min(tint?.transmittance ?? 10_000, mostLight[category] ?? 10_000),
    /** What forbids driving by day, or at night, by the catalogue's own word. */
    day: tint?.dayDriving ?? true,
    night: tint?.nightDriving ?? true
  }
}

/** The most light that lenses of a category let through, hundredths of a percent (ISO 12312-1). */
const mostLight: ReadonlyArray<number> = [10_000, 8000, 4300, 1800, 800]

/** Children and sport: impact-resistant materials only. Source: eyecarebusiness.com, "Ask the labs" (2002). */
const impact = (
  catalogue: LensCatalogue,
  { selection, wearer }: Order,
  { childBelowYears }: SafetyThresholds
) => {
  const isChild = wearer.ageYears !== null && wearer.ageYears < childBelowYears
  const material = catalogue.materials.get(selection.material)
  if (material === undefined || material.impactResistant || !(isChild || wearer.uses.includes("sport")))
    return []
  const safe = [...catalogue.materials.values()].filter((it) => it.impactResistant && it.enabled)
  return [
    {
      rule: "IMPACT_MATERIAL_REQUIRED",
      field: "material",
      message: `${material.name} may break: ${isChild ? `below ${childBelowYears} years` : "for sport"} only impact-resistant materials are sold.`,
      remedy: `Choose ${safe.map(({ name }) => name).join(" or ")}.`
    }
  ]
}

/** Source: College of Optometrists, "Tints and driving": category 4 never, below 75 % of light not at night. */
const driving = (
  { wearer }: Order,
  light: ReturnType<typeof filterOf>,
  { nightTransmittance }: SafetyThresholds
): ReadonlyArray<Refusal> => {
  const drives = wearer.uses.includes("driving") || wearer.uses.includes("night_driving")
  const found: Array<Refusal> = []
  if (drives && (light.category === 4 || !light.day)) {
    found.push({
      rule: "TOO_DARK_FOR_DRIVING",
      field: "tint",
      message: "Lenses of filter category 4 are never for driving.",
      remedy: "Choose a tint of category 3 at most."
    })
  }
  if (wearer.uses.includes("night_driving") && (light.transmittance < nightTransmittance || !light.night)) {
    found.push({
      rule: "TOO_DARK_FOR_NIGHT_DRIVING",
      field: "tint",
      message: `Lenses that let through less than ${nightTransmittance / 100} % of light are not for driving at night.`,
      remedy: "Choose clear lenses, or a lighter tint."
    })
  }
  return found
}

const common = (
  order: Order,
  validation: Validation,
  thresholds: SafetyThresholds
): ReadonlyArray<Referral> => {
  const found: Array<Referral> = []
  for (const { code, message } of validation.warnings) {
    if (code === "ANISOMETROPIA_HIGH" || code === "SPH_SIGN_MIXED")
      found.push({ rule: code, field: "prescription", message })
  }
  const { ageYears } = order.wearer
  if (ageYears !== null && ageYears < thresholds.childBelowYears) {
    found.push({
      rule: "WEARER_IS_A_CHILD",
      field: "wearer.age_years",
      message: `Glasses for a wearer below ${thresholds.childBelowYears} years are seen by a professional first.`
    })
  }
  for (const eye of order.selection.eyes) {
    const entry = order.prescription[eye]
    const lens = entry === null ? null : lensOf(entry)
    if (entry === null) continue
    const prism = combine(
      entry.prisms.flatMap(({ amountMillidioptres, base }) =>
        amountMillidioptres === null || base === null
          ? []
          : [{ base, prismDioptres: amountMillidioptres / 1000 }]
      )
    )
    if (prism.prismDioptres * 1000 > thresholds.prismAbove) {
      found.push({
        rule: "PRISM_HIGH",
        field: `prescription.${eye}.prisms`,
        message: `A prism above ${thresholds.prismAbove / 1000} is seen by a professional first.`
      })
    }
    if (lens !== null && strongestMeridian(lens) > thresholds.powerAbove) {
      found.push({
        rule: "POWER_HIGH",
        field: `prescription.${eye}.sphere`,
        message: `A power above ${thresholds.powerAbove / 1000} dioptres is seen by a professional first.`
      })
    }
  }
  return found
}

type MarketRule = (catalogue: LensCatalogue, order: Order) => ReadonlyArray<Referral>

/**
 * United Kingdom, Opticians Act 1989 s. 27: glasses are sold by or under the supervision of a registrant, except to wearers
 * of 16 and older two single-vision lenses of the same plus power up to +4.00 for presbyopia.
 */
const unitedKingdom: MarketRule = (catalogue, { prescription, selection, wearer }) => {
  const type = catalogue.types.get(selection.type)
  if (type === undefined || type.design === "plano") return []
  const [right, left] = [prescription.right, prescription.left].map((entry) =>
    entry === null ? null : lensOf(entry)
  )
  const isReadyReader =
    (wearer.ageYears ?? 0) >= 16 &&
    type.design === "single_vision" &&
    type.forNear &&
    right !== null &&
    left !== null &&
    right !== undefined &&
    left !== undefined &&
    [right, left].every((lens) => lens.cylinderMillidioptres === 0 && lens.sphereMillidioptres > 0) &&
    right.sphereMillidioptres === left.sphereMillidioptres &&
    right.sphereMillidioptres <= 4000
  return isReadyReader
    ? []
    : [
        {
          rule: "UK_OPTICIANS_ACT_S27",
          field: "prescription",
          message:
            "In the United Kingdom these glasses are sold under the supervision of a registered optician."
        }
      ]
}

/** A market without a rule of its own has the common ones only. */
const markets: Readonly<Record<string, MarketRule>> = { GB: unitedKingdom }
