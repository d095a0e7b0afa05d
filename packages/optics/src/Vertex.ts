import type { SpheroCylinder } from "./SpheroCylinder.ts"

/** A power that was computed: dioptres, not rounded, and advice only. */
export interface EffectivePower {
  readonly sphereDioptres: number
  readonly cylinderDioptres: number
  readonly axis: number | null
}

/**
 * The power that has the same effect when the lens is moved by `distanceMm` toward the eye (negative: away from it), for
 * example 12 to 14 mm from a spectacle lens to the cornea: Fc = F / (1 - dF), d in metres, on each principal meridian; the
 * cylinder is the difference of the two and the axis stays. Converting the cylinder as if it were a lens is wrong.
 *
 * Advice, never an order: contact lenses need a prescription of their own. Undefined where a meridian has its focus
 * within the distance, so that no power has the same effect.
 *
 * Source: nfos.org module 11a2; it matters from about ±4.00 D.
 */
export const moveTowardEye = (lens: SpheroCylinder, distanceMm: number): EffectivePower | undefined => {
  const along = moved(lens.sphereMillidioptres / 1000, distanceMm)
  const across = moved((lens.sphereMillidioptres + lens.cylinderMillidioptres) / 1000, distanceMm)
  return along === undefined || across === undefined
    ? undefined
    : { sphereDioptres: along, cylinderDioptres: across - along, axis: lens.axis }
}

const moved = (dioptres: number, distanceMm: number): number | undefined => {
  const remaining = 1 - (distanceMm / 1000) * dioptres
  return remaining <= 0 ? undefined : dioptres / remaining
}
