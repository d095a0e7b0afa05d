/**
 * A spectacle prescription as it was entered: any field may be missing or wrong, {@link ./Validation.ts} says what is. Powers
 * are integers in thousandths of a dioptre, lengths in tenths of a millimetre, dates ISO 8601 calendar dates.
 */
import type { Base, Eye } from "./Prism.ts"
import type { SpheroCylinder } from "./SpheroCylinder.ts"

/** One prism of an eye, as it was entered. */
export interface PrismEntry {
  readonly amountMillidioptres: number | null
  readonly base: Base | null
}

/** One eye, as it was entered. Null is what was left empty. */
export interface EyeEntry {
  /** Null where it is missing; of a balance lens it is not asked for. */
  readonly sphereMillidioptres: number | null
  /** Null and 0 alike: no cylinder. */
  readonly cylinderMillidioptres: number | null
  readonly axis: number | null
  readonly additionMillidioptres: number | null
  /** At most one horizontal and one vertical. */
  readonly prisms: ReadonlyArray<PrismEntry>
  /** BAL: a lens that only looks and weighs like the other one. */
  readonly balance: boolean
}

/** Nothing entered. */
export const emptyEye: EyeEntry = {
  sphereMillidioptres: null,
  cylinderMillidioptres: null,
  axis: null,
  additionMillidioptres: null,
  prisms: [],
  balance: false
}

/** The distance between the pupils: of both, or of each from the bridge. */
export type PupillaryDistance =
  | { readonly binocularTenthsMm: number }
  | { readonly rightTenthsMm: number; readonly leftTenthsMm: number }

/** A prescription, as it was entered. */
export interface PrescriptionEntry {
  readonly right: EyeEntry | null
  readonly left: EyeEntry | null
  readonly pd: PupillaryDistance | null
  /** From the lower edge of the lens to the pupil (progressive) or to the segment's upper edge, for each eye. */
  readonly fittingHeight: { readonly rightTenthsMm: number; readonly leftTenthsMm: number } | null
  /** The day that it was written, `2026-01-10`. */
  readonly issued: string | null
  /** The last day that it holds, where it says so. */
  readonly expires: string | null
}

/** The lens of an eye; null without a sphere. */
export const lensOf = (entry: EyeEntry): SpheroCylinder | null =>
  entry.sphereMillidioptres === null
    ? null
    : {
        sphereMillidioptres: entry.sphereMillidioptres,
        cylinderMillidioptres: entry.cylinderMillidioptres ?? 0,
        axis: (entry.cylinderMillidioptres ?? 0) === 0 ? null : entry.axis
      }

/** What is said of an eye, for people. */
export const eyeName: Record<Eye, string> = { right: "Right eye", left: "Left eye" }
