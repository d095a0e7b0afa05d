/** Prism: what is prescribed, and what a decentred lens makes. Prism dioptres (cm per metre). */
import { powerInMeridian, type SpheroCylinder } from "./SpheroCylinder.ts"

/** Where the thick edge of a prism points, as it is written for one eye: up, down, in (to the nose), out. */
export type Base = "BU" | "BD" | "BI" | "BO"

/** Which eye: right (OD) or left (OS). */
export type Eye = "right" | "left"

/**
 * The direction of a base in degrees (ISO 8429, as the observer who faces the wearer sees it): up 90 and down 270 for both
 * eyes; in is 0 for the right eye and 180 for the left, out the reverse.
 */
export const baseDegrees = (base: Base, eye: Eye): number => {
  if (base === "BU") return 90
  if (base === "BD") return 270
  return (base === "BI") === (eye === "right") ? 0 : 180
}

/** A prism in one direction. */
export interface PrismComponent {
  readonly prismDioptres: number
  readonly base: Base
}

/** Several prisms as one. */
export interface CombinedPrism {
  /** √(H² + V²), not rounded. */
  readonly prismDioptres: number
  /** atan(V/H) in degrees from the horizontal, 0 to 90; 0 without any prism. */
  readonly angleFromHorizontalDegrees: number
  /** "BI" or "BO"; null without a horizontal part. */
  readonly horizontalBase: "BI" | "BO" | null
  /** "BU" or "BD"; null without a vertical part. */
  readonly verticalBase: "BU" | "BD" | null
}

/** The prism that all of these make together; opposite bases take from each other. */
export const combine = (components: ReadonlyArray<PrismComponent>): CombinedPrism => {
  const along = (plus: Base, minus: Base) =>
    components.reduce(
      (sum, { base, prismDioptres }) =>
        base === plus ? sum + prismDioptres : base === minus ? sum - prismDioptres : sum,
      0
    )
  const horizontal = along("BO", "BI")
  const vertical = along("BU", "BD")
  return {
    prismDioptres: Math.hypot(horizontal, vertical),
    angleFromHorizontalDegrees: (Math.atan2(Math.abs(vertical), Math.abs(horizontal)) * 180) / Math.PI,
    horizontalBase: horizontal > 0 ? "BO" : horizontal < 0 ? "BI" : null,
    verticalBase: vertical > 0 ? "BU" : vertical < 0 ? "BD" : null
  }
}

/** From the pupil to the optical centre of the lens. */
export type Direction = "up" | "down" | "in" | "out"

/** What a decentred lens does along the way that it is decentred. */
export interface InducedPrism {
  /** The power in that meridian, dioptres. */
  readonly meridianDioptres: number
  readonly prismDioptres: number
  /** Null where there is no prism. */
  readonly base: Base | null
}

/**
 * The prism that the wearer meets when the optical centre is `distanceMm` off the pupil (Prentice's rule): P = c |F|, c in
 * cm, F the power in the meridian of the displacement. A plus lens has its base toward the optical centre, a minus lens
 * away from it.
 *
 * With an oblique cylinder there is a part across the displacement as well, which {@link inducedPrismVector} has.
 * Source: opticaltraining.com, "Mastering Prentice's rule".
 */
export const inducedPrism = (
  lens: SpheroCylinder,
  distanceMm: number,
  direction: Direction
): InducedPrism => {
  const meridianDioptres = powerInMeridian(lens, direction === "up" || direction === "down" ? 90 : 180) / 1000
  const signed = (meridianDioptres * distanceMm) / 10
  return {
    meridianDioptres,
    prismDioptres: Math.abs(signed),
    base: signed === 0 ? null : signed > 0 ? toward[direction] : toward[opposite[direction]]
  }
}

const toward: Record<Direction, Base> = { up: "BU", down: "BD", in: "BI", out: "BO" }
const opposite: Record<Direction, Direction> = { up: "down", down: "up", in: "out", out: "in" }

/**
 * The prism at a point `rightMm`, `upMm` from the optical centre, in prism dioptres along right and up as the observer who
 * faces the wearer sees them; where the value is positive the base points that way. P = -F d with the dioptric power
 * matrix F: Fxx = S + C sin²A, Fxy = -C sinA cosA, Fyy = S + C cos²A, d in cm.
 */
export const inducedPrismVector = (
  lens: SpheroCylinder,
  rightMm: number,
  upMm: number
): { readonly right: number; readonly up: number } => {
  const radians = ((lens.axis ?? 180) * Math.PI) / 180
  const [sine, cosine] = [Math.sin(radians), Math.cos(radians)]
  const sphere = lens.sphereMillidioptres / 1000
  const cylinder = lens.cylinderMillidioptres / 1000
  const xx = sphere + cylinder * sine * sine
  const xy = -cylinder * sine * cosine
  const yy = sphere + cylinder * cosine * cosine
  return { right: -(xx * rightMm + xy * upMm) / 10 + 0, up: -(xy * rightMm + yy * upMm) / 10 + 0 }
}
