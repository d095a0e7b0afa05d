/**
 * What a shop sells to put into frames. Powers are thousandths of a dioptre, lengths tenths of a millimetre, prices minor
 * units of the currency (ISO 4217), percentages hundredths of a percent: whole numbers all.
 */
import type { Design } from "@optica/optics/Ruleset"

/** Which pupillary distance a design is centred by. */
export type PdKind =
  | "distance"
  | "near"
  | "intermediate"
  | "distance+near"
  | "monocular distance"
  | "monocular"
  | "none"

/** A lens type: what the lens is for. */
export interface LensType {
  readonly code: string
  readonly name: string
  readonly design: Design
  /** Of a pair. */
  readonly price: number
  /** Codes of the materials that it is made of. */
  readonly materials: ReadonlyArray<string>
  /** The design's own least fitting height; null where none is needed. */
  readonly leastFittingHeightTenthsMm: number | null
  readonly pdKind: PdKind
  readonly recommendedMaterial: string
  /** Whether it is made for near: the sphere is the prescribed one plus the addition. */
  readonly forNear: boolean
  readonly enabled: boolean
}

/** A material, with the powers that it is made in. */
export interface Material {
  readonly code: string
  readonly name: string
  /** The index as it is sold, `1.60`. */
  readonly indexLabel: string
  /** The refractive index (nd) in thousandths. */
  readonly indexThousandths: number
  readonly abbe: number
  /** In hundredths of g/cm³. */
  readonly densityHundredths: number
  readonly leastCentreTenthsMm: number
  /** Of a pair, on top of the type: of a single-vision or plano lens, and of any other. */
  readonly price: number
  readonly priceMultifocal: number
  /** The strongest meridian that it is recommended up to. */
  readonly recommendedUpTo: number
  readonly sphereLeast: number
  readonly sphereMost: number
  readonly cylinderMost: number
  readonly strongestMost: number
  readonly coatings: ReadonlyArray<string>
  /** Hundredths of a percent; 0 takes no dye. */
  readonly maxTintDensity: number
  /** Codes of coatings that it has by nature. */
  readonly intrinsic: ReadonlyArray<string>
  /** A kind of coating that it must not be sold without. */
  readonly mandatoryCoatingKind: string | null
  /** Whether it withstands a blow: for children and sport. */
  readonly impactResistant: boolean
  readonly enabled: boolean
}

/** A coating, or what a lens is made with: photochromic, polarised. */
export interface Coating {
  readonly code: string
  readonly name: string
  readonly kind: string
  /** Of a pair. */
  readonly price: number
  readonly requires: ReadonlyArray<string>
  readonly excludes: ReadonlyArray<string>
  /** The filter category that it makes of a clear lens at its darkest, 0 to 4; 0 of what does not darken. */
  readonly filterCategory: number
  readonly enabled: boolean
}

/** A dyed tint. */
export interface Tint {
  readonly code: string
  readonly name: string
  readonly gradient: boolean
  /** Light that is held back in the darkest zone. */
  readonly density: number
  /** Light that passes there: 100 % - density. */
  readonly transmittance: number
  /** ISO 12312-1, 0 to 4. */
  readonly filterCategory: number
  readonly nightDriving: boolean
  readonly dayDriving: boolean
  readonly price: number
  readonly enabled: boolean
}

/** Whether a coating goes with a tint. */
export interface CoatingTint {
  readonly allowed: boolean
  /** Why not; "" where it is allowed. */
  readonly reason: string
  readonly price: number
}

/** What a surcharge depends on. */
export type Measure = "cyl_abs" | "max_meridian_abs" | "prism_total" | "add" | "min_blank_mm" | "option"

/** A charge for what is hard to make, in a band of a measure. */
export interface Surcharge {
  readonly code: string
  readonly measure: Measure
  /** Codes of the materials that it is for; null for all. */
  readonly materials: ReadonlyArray<string> | null
  /** Both included, in the unit of the measure; 0 of an option. */
  readonly from: number
  readonly to: number
  readonly per: "lens" | "pair" | "order"
  readonly price: number
}

/** Lens type, material and coatings at a price of their own. */
export interface Package {
  readonly code: string
  readonly types: ReadonlyArray<string>
  readonly material: string
  readonly coatings: ReadonlyArray<string>
  /** Of a pair, for type, material and coatings together. */
  readonly price: number
}

/** A rate of value added tax. */
export interface TaxClass {
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  readonly code: string
  readonly rate: number
  /** The first day that it applies; null for ever since. */
  readonly validFrom: string | null
}

/** Everything, by code. */
export interface LensCatalogue {
  readonly currency: string
  /** Minor units of the currency, as a power of ten. */
  readonly exponent: number
  readonly pricesIncludeTax: boolean
  readonly types: ReadonlyMap<string, LensType>
  readonly materials: ReadonlyMap<string, Material>
  readonly coatings: ReadonlyMap<string, Coating>
  readonly tints: ReadonlyMap<string, Tint>
  /** By `pairKey(coating, tint)`. */
  readonly coatingTints: ReadonlyMap<string, CoatingTint>
  readonly surcharges: ReadonlyArray<Surcharge>
  readonly packages: ReadonlyArray<Package>
  readonly taxClasses: ReadonlyArray<TaxClass>
}

/** The key of a coating and a tint in `coatingTints`. */
export const pairKey = (coating: string, tint: string): string => `${coating} ${tint}`
