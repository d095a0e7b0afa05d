/**
 * How thick and how heavy a lens will be. All results are estimates in millimetres and grams, not rounded: frame shape,
 * base curve and aspheric form all matter. Show them to 0.1 mm, and say that they are estimates.
 *
 * Powers are in dioptres, lengths in millimetres, densities in g/cm³; `index` is the refractive index n.
 */
import * as Schema from "effect/Schema"

/** A surface of this power is a sphere smaller than the lens is wide: there is no such lens. */
export class SagittaImpossible extends Schema.TaggedError<SagittaImpossible>()("SagittaImpossible", {
  /** Radius of the surface, mm. */
  radiusMm: Schema.Number,
  diameterMm: Schema.Number
}) {
  override get message() {
    return `A surface with a radius of ${this.radiusMm.toFixed(1)} mm cannot be ${this.diameterMm} mm wide: choose a higher index or a smaller frame`
  }
}

/** What a surface is made of and how wide it is. */
export interface Surface {
  readonly dioptres: number
  readonly index: number
  readonly diameterMm: number
}

/** The radius of curvature of a surface, mm: r = 1000 (n - 1) / |F|. */
export const radius = (surface: Surface): number => (1000 * (surface.index - 1)) / Math.abs(surface.dioptres)

/** The height of the cap that a surface makes over its width, mm: s = r - √(r² - (d/2)²). 0 for a flat one. */
export const sagitta = (surface: Surface): number | SagittaImpossible => {
  if (surface.dioptres === 0) return 0
  const r = radius(surface)
  const half = surface.diameterMm / 2
  return half > r
    ? new SagittaImpossible({ radiusMm: r, diameterMm: surface.diameterMm })
    : r - Math.sqrt(r * r - half * half)
}

/** The textbook approximation, mm: s ≈ (d/2)² |F| / (2000 (n - 1)); low for strong surfaces. Source: ABDO, Worked Problems. */
export const sagittaApproximate = (surface: Surface): number =>
  ((surface.diameterMm / 2) ** 2 * Math.abs(surface.dioptres)) / (2000 * (surface.index - 1))

/** Thickness in the middle and at the edge, mm. */
export interface Thickness {
  readonly centreMm: number
  readonly edgeMm: number
}

/** A lens of this centre by the approximate sagitta: minus lenses grow to the edge (CT + s), plus lenses thin out (CT - s). */
export const fromCentre = (lens: Surface, centreMm: number): Thickness => ({
  centreMm,
  edgeMm: centreMm - Math.sign(lens.dioptres) * sagittaApproximate(lens)
})

/** A lens of this edge by the approximate sagitta, the other way round. */
export const fromEdge = (lens: Surface, edgeMm: number): Thickness => ({
  centreMm: edgeMm + Math.sign(lens.dioptres) * sagittaApproximate(lens),
  edgeMm
})

/** A lens with `thinnestMm` where it is thinnest: in the middle of a minus lens, at the edge of a plus lens. */
export const fromThinnest = (lens: Surface, thinnestMm: number): Thickness =>
  lens.dioptres > 0 ? fromEdge(lens, thinnestMm) : fromCentre(lens, thinnestMm)

/** A lens with two curved sides. */
export interface Meniscus {
  /** Power of the front surface. */
  readonly frontDioptres: number
  /** The power of the lens as it is measured and prescribed: from its back. */
  readonly backVertexDioptres: number
  readonly index: number
  readonly diameterMm: number
  readonly centreMm: number
}

/** The power of the back surface, dioptres: F2 = Fv' - F1 / (1 - (t/n) F1), t in metres. */
export const backSurfacePower = (lens: Meniscus): number =>
  lens.backVertexDioptres - lens.frontDioptres / (1 - reduced(lens) * lens.frontDioptres)

/** The edge of a meniscus, mm: CT - s1 + s2, each sagitta with the sign of its surface, both exact. */
export const meniscusEdge = (lens: Meniscus): number | SagittaImpossible => {
  const { diameterMm, index } = lens
  const back = backSurfacePower(lens)
  const front = sagitta({ dioptres: lens.frontDioptres, index, diameterMm })
  const rear = sagitta({ dioptres: back, index, diameterMm })
  if (typeof front !== "number") return front
  if (typeof rear !== "number") return rear
  return lens.centreMm - Math.sign(lens.frontDioptres) * front - Math.sign(back) * rear
}

/** Powers of a thick lens, dioptres. */
export interface VertexPowers {
  /** F1 + F2. */
  readonly nominal: number
  /** F1 + F2 / (1 - (t/n) F2). */
  readonly frontVertex: number
  /** F2 + F1 / (1 - (t/n) F1). */
  readonly backVertex: number
}

/** Powers of a lens with these two surfaces. Source: the vertex power formulas of any optics text, t in metres. */
export const vertexPowers = (lens: {
  readonly frontDioptres: number
  readonly backSurfaceDioptres: number
  readonly index: number
  readonly centreMm: number
}): VertexPowers => {
  const { backSurfaceDioptres: back, frontDioptres: front } = lens
  const thickness = reduced(lens)
  return {
    nominal: front + back,
    frontVertex: front + back / (1 - thickness * back),
    backVertex: back + front / (1 - thickness * front)
  }
}

/** t/n, metres. */
const reduced = (lens: { readonly centreMm: number; readonly index: number }): number =>
  lens.centreMm / 1000 / lens.index

/**
 * The weight of a round uncut lens, g: π (d/2)² (CT + ET)/2 × density / 1000. A plus and a minus lens alike are taken for a
 * disc of their mean thickness.
 */
export const weight = (
  lens: Thickness & { readonly diameterMm: number; readonly densityGramsPerCm3: number }
): number =>
  (((Math.PI * (lens.diameterMm / 2) ** 2 * (lens.centreMm + lens.edgeMm)) / 2) * lens.densityGramsPerCm3) /
  1000
