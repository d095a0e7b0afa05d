/**
 * A frame in the boxing system (ISO 8624) and the lens blank that it needs. Exact: integers in tenths of a millimetre.
 */

/** The boxed size of a frame, tenths of a millimetre. */
export interface Frame {
  /** A: the horizontal boxed lens size. */
  readonly aTenthsMm: number
  /** B: the vertical boxed lens size. */
  readonly bTenthsMm: number
  /** DBL: the distance between lenses. */
  readonly dblTenthsMm: number
  /** ED: twice the distance from the boxed centre to the farthest edge. It does not follow from A and B. */
  readonly edTenthsMm: number
}

/** The distance between the boxed centres, tenths of a millimetre: A + DBL ("frame PD"). */
export const boxedCentreDistance = (frame: Pick<Frame, "aTenthsMm" | "dblTenthsMm">): number =>
  frame.aTenthsMm + frame.dblTenthsMm

/**
 * How far one eye's optical centre stands from the boxed centre, twentieths of a millimetre so that it is whole:
 * A + DBL - PD for both eyes, A + DBL - 2 × PD of the eye. Positive: inward.
 */
export const decentrationTwentiethsMm = (
  frame: Pick<Frame, "aTenthsMm" | "dblTenthsMm">,
  pd: { readonly binocularTenthsMm: number } | { readonly monocularTenthsMm: number }
): number =>
  boxedCentreDistance(frame) - ("binocularTenthsMm" in pd ? pd.binocularTenthsMm : 2 * pd.monocularTenthsMm)

/**
 * The smallest blank that the lens can be cut from, tenths of a millimetre: ED + 2 × decentration + an allowance for
 * edging. A rule of thumb (2 mm is usual): only a trace of the frame is exact, so call a blank below it "likely too small".
 *
 * Source: nbeophysiooptics.passetra.com. Others shift one side only, which is too small: one eye's shift moves the edge by
 * twice as much in diameter.
 */
export const minimumBlank = (
  frame: Pick<Frame, "aTenthsMm" | "dblTenthsMm" | "edTenthsMm">,
  pd: { readonly binocularTenthsMm: number } | { readonly monocularTenthsMm: number },
  allowanceTenthsMm = 20
): number => frame.edTenthsMm + Math.abs(decentrationTwentiethsMm(frame, pd)) + allowanceTenthsMm

/**
 * The distance between the pupils when they look at something near, tenths of a millimetre, not rounded: an estimate.
 * PD × W / (W + s), W the working distance and s the distance from the spectacle plane to the centre of rotation of the
 * eyes, 27 mm. Measured is better.
 *
 * Source: optiboard 29253.
 */
export const nearPupillaryDistance = (
  distancePdTenthsMm: number,
  workingDistanceMm: number,
  stopMm = 27
): number => (distancePdTenthsMm * workingDistanceMm) / (workingDistanceMm + stopMm)
