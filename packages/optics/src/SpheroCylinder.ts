/**
 * The power of a lens as a sphere and a cylinder. Exact: integers in thousandths of a dioptre.
 */

/** Sphere and cylinder in thousandths of a dioptre; axis in degrees, 1 to 180 (ISO 8429, "TABO"), null without cylinder. */
export interface SpheroCylinder {
  readonly sphereMillidioptres: number
  /** Of either sign: both forms mean the same lens. */
  readonly cylinderMillidioptres: number
  readonly axis: number | null
}

/**
 * The same lens in the other form: S' = S + C, C' = -C, A' = A + 90 if A <= 90, else A - 90. The axis is never 0. Twice is
 * the identity. Without a cylinder there is no other form.
 *
 * Source: eyeandcontacts.com, "Glasses or spectacle power" (2021-12).
 */
export const transpose = (lens: SpheroCylinder): SpheroCylinder =>
  lens.cylinderMillidioptres === 0
    ? { ...lens, axis: null }
    : {
        sphereMillidioptres: unsigned(lens.sphereMillidioptres + lens.cylinderMillidioptres),
        cylinderMillidioptres: -lens.cylinderMillidioptres,
        axis: lens.axis === null ? null : lens.axis <= 90 ? lens.axis + 90 : lens.axis - 90
      }

/**
 * The form that prices, thickness and stock are looked up by: a cylinder of zero or less, an axis from 1 to 180 exactly
 * where there is a cylinder. Both ways of writing a prescription come to the same.
 */
export const minusCylinder = (lens: SpheroCylinder): SpheroCylinder => {
  const sphereMillidioptres = unsigned(lens.sphereMillidioptres)
  if (lens.cylinderMillidioptres > 0) return transpose(lens)
  if (lens.cylinderMillidioptres === 0) return { sphereMillidioptres, cylinderMillidioptres: 0, axis: null }
  return { ...lens, sphereMillidioptres }
}

/**
 * The spherical equivalent S + C/2, doubled so that it stays a whole number: in half thousandths of a dioptre. It is not
 * rounded to a quarter: eighths are kept.
 */
export const sphericalEquivalentHalfMillidioptres = (lens: SpheroCylinder): number =>
  unsigned(2 * lens.sphereMillidioptres + lens.cylinderMillidioptres)

/** The powers along the axis and across it, in thousandths of a dioptre: S and S + C. */
export const principalMeridians = (lens: SpheroCylinder): readonly [along: number, across: number] => [
  lens.sphereMillidioptres,
  lens.sphereMillidioptres + lens.cylinderMillidioptres
]

/** The greater of |S| and |S + C|, in thousandths of a dioptre: the same in both forms. */
export const strongestMeridian = (lens: SpheroCylinder): number => {
  const [along, across] = principalMeridians(lens)
  return Math.max(Math.abs(along), Math.abs(across))
}

/**
 * The power in the meridian at `degrees` (TABO), in thousandths of a dioptre, not rounded: S + C sin²(t - A). An estimate
 * save in the principal meridians.
 */
export const powerInMeridian = (lens: SpheroCylinder, degrees: number): number => {
  if (lens.cylinderMillidioptres === 0 || lens.axis === null) return lens.sphereMillidioptres
  const sine = Math.sin(((degrees - lens.axis) * Math.PI) / 180)
  return lens.sphereMillidioptres + lens.cylinderMillidioptres * sine * sine
}

/** The lens for near: the sphere plus the addition; cylinder and axis stay. */
export const near = (lens: SpheroCylinder, additionMillidioptres: number): SpheroCylinder => ({
  ...lens,
  sphereMillidioptres: unsigned(lens.sphereMillidioptres + additionMillidioptres)
})

/** The addition that two spheres of one prescription stand for, in thousandths of a dioptre: near minus distance. */
export const additionBetween = (nearMillidioptres: number, distanceMillidioptres: number): number =>
  unsigned(nearMillidioptres - distanceMillidioptres)

/** -0 is 0. */
const unsigned = (value: number): number => value + 0
