/** What a prescription has to be like to be accepted: ranges, steps and demands that a shop may set for itself. */

/** Whole numbers from least to most, both allowed, in steps counted from 0. */
export interface Range {
  readonly least: number
  readonly most: number
  readonly step: number
}

/** What a lens design asks of a prescription. */
export interface DesignDemands {
  /** Whether it corrects anything: without, nothing of a prescription is needed. */
  readonly prescription: boolean
  /** Whether it has a second power. */
  readonly addition: boolean
  /** The lowest fitting or segment height, tenths of a millimetre; null where none is needed. */
  readonly fittingHeightTenthsMm: number | null
}

/** Kinds of lenses (ISO 13666: degressive and anti-fatigue are power-variation lenses). */
export type Design =
  | "single_vision"
  | "bifocal"
  | "trifocal"
  | "progressive"
  | "degressive"
  | "anti_fatigue"
  | "plano"

/** Powers in thousandths of a dioptre, lengths in tenths of a millimetre. */
export interface Ruleset {
  readonly name: string
  readonly sphere: Range
  readonly cylinder: Range
  readonly addition: Range
  readonly prism: Range
  /** The strongest meridian, |S| or |S + C|, at most. */
  readonly strongestMeridian: number
  readonly binocularPd: Range
  readonly monocularPd: Range
  /** Months that a prescription holds that does not say how long. */
  readonly monthsValid: number
  /** From this difference of the spherical equivalents on the buyer has to confirm. */
  readonly anisometropiaMillidioptres: number
  readonly designs: Record<Design, DesignDemands>
}

const lens = (addition: boolean, fittingHeightTenthsMm: number | null): DesignDemands => ({
  prescription: true,
  addition,
  fittingHeightTenthsMm
})

/**
 * Ranges of common shops. Sources: speccart prescription settings (sphere, cylinder, addition, PD), ezcontacts and
 * VisionWeb (axis), FHIR VisionPrescription ("typically two years"); the prism range and the threshold of anisometropia
 * are common practice without a source.
 */
export const defaultV1: Ruleset = {
  name: "default-v1",
  sphere: { least: -20_000, most: 20_000, step: 250 },
  cylinder: { least: -6000, most: 6000, step: 250 },
  addition: { least: 500, most: 3500, step: 250 },
  prism: { least: 250, most: 10_000, step: 250 },
  strongestMeridian: 20_000,
  binocularPd: { least: 460, most: 800, step: 1 },
  monocularPd: { least: 200, most: 400, step: 1 },
  monthsValid: 24,
  anisometropiaMillidioptres: 2000,
  designs: {
    single_vision: lens(false, null),
    bifocal: lens(true, 140),
    trifocal: lens(true, 180),
    progressive: lens(true, 160),
    degressive: lens(true, 180),
    anti_fatigue: lens(false, 140),
    plano: { prescription: false, addition: false, fittingHeightTenthsMm: null }
  }
}

/** The same, with spheres and cylinders in eighths of a dioptre, as laboratories grind them. */
export const laboratoryV1: Ruleset = {
  ...defaultV1,
  name: "laboratory-v1",
  sphere: { ...defaultV1.sphere, step: 125 },
  cylinder: { ...defaultV1.cylinder, step: 125 }
}
