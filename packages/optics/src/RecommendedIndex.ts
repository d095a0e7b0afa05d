/** Which refractive index suits which power: public charts disagree, so it is a setting of the shop. */

/** Up to this strongest meridian (inclusive), this index. */
export interface IndexBand {
  readonly upToMillidioptres: number
  /** The index as it is sold, for example `1.60`. */
  readonly index: string
}

/**
 * The default chart. Sources compared: medicaloptica.es (1.50 to 2.00, 1.60 to 3.50, 1.67 to 5.00), opticone.ae (2.00, 4.00,
 * 7.00), eyetools.co.uk (1.60 to 6.00, 1.67 to 8.00).
 */
export const defaultBands: ReadonlyArray<IndexBand> = [
  { upToMillidioptres: 2000, index: "1.50" },
  { upToMillidioptres: 4000, index: "1.60" },
  { upToMillidioptres: 7000, index: "1.67" },
  { upToMillidioptres: Number.POSITIVE_INFINITY, index: "1.74" }
]

/** The index for a lens whose strongest meridian is this many thousandths of a dioptre; undefined past the last band. */
export const recommendedIndex = (
  strongestMillidioptres: number,
  bands: ReadonlyArray<IndexBand> = defaultBands
): string | undefined => bands.find((band) => strongestMillidioptres <= band.upToMillidioptres)?.index

/** BS 7394-2: normal from 1.48, mid from 1.54, high from 1.64, very high from 1.74. */
export const indexClass = (index: number): "normal" | "mid" | "high" | "very high" =>
  index >= 1.74 ? "very high" : index >= 1.64 ? "high" : index >= 1.54 ? "mid" : "normal"
