/** Which materials suit a prescription and a frame: ranked, with estimates of thickness and weight, and why. */
import { type Frame, minimumBlank } from "@optica/optics/Frame"
import type { PrescriptionEntry } from "@optica/optics/Prescription"
import type { Eye } from "@optica/optics/Prism"
import { type SpheroCylinder, strongestMeridian } from "@optica/optics/SpheroCylinder"
import { fromThinnest, type Thickness, weight } from "@optica/optics/Thickness"
import { madePower, refusals } from "./Compatibility.ts"
import type { LensCatalogue, LensType, Material } from "./LensCatalogue.ts"
import { defaultThresholds, type SafetyThresholds } from "./SafetyRules.ts"
import type { Order } from "./Selection.ts"

/** One lens, as it will roughly be: estimates, rounded to 0.1. */
export interface LensEstimate {
  readonly eye: Eye
  readonly centreTenthsMm: number
  /** At the edge of the effective diameter, in the meridian where it is thickest. */
  readonly edgeTenthsMm: number
  /** Of the round uncut lens. */
  readonly weightTenthsGram: number
  /** The smallest blank that it can be cut from, likely. */
  readonly minimumBlankTenthsMm: number
}

/** A material, and how well it suits. */
export interface Recommendation {
  readonly material: string
  /** From 1, the best first; the refused ones last. */
  readonly rank: number
  /** Why it cannot be had; empty for those that can. */
  readonly refusals: ReadonlyArray<{ readonly rule: string; readonly message: string }>
  readonly lenses: ReadonlyArray<LensEstimate>
  /** What speaks for it, and against: names that stay the same. */
  readonly reasons: ReadonlyArray<Reason>
}

export type Reason =
  | "RECOMMENDED_FOR_POWER"
  | "THICKER_THAN_NEEDED"
  | "THINNER_THAN_NEEDED"
  | "IMPACT_RESISTANT"
  | "IMPACT_RESISTANCE_REQUIRED"
  | "LOW_ABBE"
  | "BLANK_LIKELY_TOO_SMALL"

/** The least edge of a plus lens, mm; common practice, without a source. */
const leastEdgeMm = 1
/** Below this Abbe number colours fringe noticeably off the centre; common practice, without a source. */
const lowAbbe = 32
/** The largest blank that laboratories stock, tenths of a millimetre. */
const largestBlankTenthsMm = 800

/** Every material of the catalogue for this type, prescription and frame. */
export const recommend = (
  catalogue: LensCatalogue,
  order: Pick<Order, "selection" | "prescription" | "wearer"> & { readonly frame: Frame },
  thresholds: SafetyThresholds = defaultThresholds
): ReadonlyArray<Recommendation> => {
  const { frame, prescription, selection, wearer } = order
  const type = catalogue.types.get(selection.type)
  if (type === undefined) return []
  const powers = selection.eyes.flatMap((eye) => {
    const power = madePower(type, prescription, eye)
    return power === null ? [] : [{ eye, power }]
  })
  const strongest = Math.max(0, ...powers.map(({ power }) => strongestMeridian(power)))
  const needsImpact =
    wearer.uses.includes("sport") ||
    (wearer.ageYears !== null && wearer.ageYears < thresholds.childBelowYears)
  const materials = [...catalogue.materials.values()].filter(({ enabled }) => enabled)
  const fitting = leastFitting(materials, strongest)
  const judged = materials.map((material) => {
    const refused = [
      ...refusals(
        catalogue,
        { ...selection, material: material.code, coatings: [], tint: null },
        prescription
      ).filter(
        // Coatings are chosen after the material.
        ({ rule }) => rule !== "COATING_MANDATORY"
      ),
      ...(needsImpact && !material.impactResistant
        ? [{ rule: "IMPACT_MATERIAL_REQUIRED", message: `${material.name} may break.` }]
        : [])
    ]
    const lenses = powers.map(({ eye, power }) => estimate(material, power, frame, prescription, eye))
    return {
      material,
      refusals: refused.map(({ message, rule }) => ({ rule, message })),
      lenses,
      reasons: reasonsFor(material, fitting, strongest, needsImpact, lenses),
      badness: badness(material, fitting, strongest)
    }
  })
  return judged
    .toSorted(
      (a, b) =>
        Number(a.refusals.length > 0) - Number(b.refusals.length > 0) ||
        a.badness - b.badness ||
        price(type, a.material) - price(type, b.material) ||
        (a.material.code < b.material.code ? -1 : 1)
    )
    .map(({ lenses, material, reasons, refusals }, index) => ({
      material: material.code,
      rank: index + 1,
      refusals,
      lenses,
      reasons
    }))
}

/** The lowest bound of recommendation that still reaches the power: what is recommended further is thinner than needed. */
const leastFitting = (materials: ReadonlyArray<Material>, strongest: number): number =>
  Math.min(
    ...materials.filter(({ recommendedUpTo }) => recommendedUpTo >= strongest).map((it) => it.recommendedUpTo)
  )

const badness = (material: Material, fitting: number, strongest: number): number =>
  material.recommendedUpTo < strongest
    ? 1_000_000 + strongest - material.recommendedUpTo
    : material.recommendedUpTo - fitting

const price = (type: LensType, material: Material): number =>
  type.design === "single_vision" || type.design === "plano" ? material.price : material.priceMultifocal

const reasonsFor = (
  material: Material,
  fitting: number,
  strongest: number,
  needsImpact: boolean,
  lenses: ReadonlyArray<LensEstimate>
): ReadonlyArray<Reason> => [
  material.recommendedUpTo < strongest
    ? "THICKER_THAN_NEEDED"
    : material.recommendedUpTo === fitting
      ? "RECOMMENDED_FOR_POWER"
      : "THINNER_THAN_NEEDED",
  ...(material.impactResistant ? (["IMPACT_RESISTANT"] as const) : []),
  ...(needsImpact && !material.impactResistant ? (["IMPACT_RESISTANCE_REQUIRED"] as const) : []),
  ...(material.abbe < lowAbbe ? (["LOW_ABBE"] as const) : []),
  ...(lenses.some((lens) => lens.minimumBlankTenthsMm > largestBlankTenthsMm)
    ? (["BLANK_LIKELY_TOO_SMALL"] as const)
    : [])
]

/** A lens of the effective diameter, by the meridian that makes it thickest; the material's least centre is a floor. */
const estimate = (
  material: Material,
  power: SpheroCylinder,
  frame: Frame,
  prescription: PrescriptionEntry,
  eye: Eye
): LensEstimate => {
  const pd = prescription.pd
  const blank =
    pd === null
      ? frame.edTenthsMm + 20
      : minimumBlank(
          frame,
          "binocularTenthsMm" in pd
            ? pd
            : { monocularTenthsMm: eye === "right" ? pd.rightTenthsMm : pd.leftTenthsMm }
        )
  // What is cut away does not count: the farthest point of the lens from its optical centre does.
  const diameterMm = (blank - 20) / 10
  const leastCentreMm = material.leastCentreTenthsMm / 10
  const index = material.indexThousandths / 1000
  const meridians = [power.sphereMillidioptres, power.sphereMillidioptres + power.cylinderMillidioptres].map(
    (it) => fromThinnest({ dioptres: it / 1000, index, diameterMm }, it > 0 ? leastEdgeMm : leastCentreMm)
  )
  const centreMm = Math.max(leastCentreMm, ...meridians.map((it) => it.centreMm))
  const thinned = meridians.map((it): Thickness => ({ centreMm, edgeMm: it.edgeMm + centreMm - it.centreMm }))
  const edgeMm = Math.max(...thinned.map((it) => it.edgeMm))
  const mean = thinned.reduce((sum, it) => sum + it.edgeMm, 0) / thinned.length
  return {
    eye,
    centreTenthsMm: Math.round(centreMm * 10),
    edgeTenthsMm: Math.round(edgeMm * 10),
    weightTenthsGram: Math.round(
      weight({ centreMm, edgeMm: mean, diameterMm, densityGramsPerCm3: material.densityHundredths / 100 }) *
        10
    ),
    minimumBlankTenthsMm: blank
  }
}
