/**
 * What a selection costs, line by line. Amounts are minor units of the catalogue's currency and add up exactly: prices are of a
 * pair, and where a pair's price is odd the right lens has the odd unit.
 */

import { extractTax, proportion } from "@optica/optics/Charge"
import type { Frame } from "@optica/optics/Frame"
import { minimumBlank } from "@optica/optics/Frame"
import type { PrescriptionEntry } from "@optica/optics/Prescription"
import type { Eye } from "@optica/optics/Prism"
import { strongestMeridian } from "@optica/optics/SpheroCylinder"
import { madePower } from "./Compatibility.ts"
import { type LensCatalogue, type LensType, type Material, pairKey, type Surcharge } from "./LensCatalogue.ts"
import type { Selection } from "./Selection.ts"

/** One line of a quote. */
export interface PriceLine {
  /** The code of what is paid for. */
  readonly code: string
  readonly label: string
  readonly kind: "frame" | "lens" | "material" | "coating" | "tint" | "surcharge" | "service" | "package"
  /** Null for what is for the pair, or the order. */
  readonly eye: Eye | null
  /** Negative for what is taken off. */
  readonly amount: number
}

/** The lines of a selection that nothing refuses. */
export const priceLines = (
  catalogue: LensCatalogue,
  selection: Selection,
  prescription: PrescriptionEntry,
  frame: Frame | null
): ReadonlyArray<PriceLine> => {
  const type = catalogue.types.get(selection.type)
  const material = catalogue.materials.get(selection.material)
  if (type === undefined || material === undefined) return []
  const parts = [
    { kind: "lens", code: type.code, label: type.name, price: type.price } as const,
    {
      kind: "material",
      code: material.code,
      label: material.name,
      price: materialPrice(type, material)
    } as const,
    ...coatingsOf(catalogue, selection, material).map(
      (coating) =>
        ({ kind: "coating", code: coating.code, label: coating.name, price: coating.price }) as const
    ),
    ...tintsOf(catalogue, selection)
  ]
  return [
    ...parts.flatMap(({ price, ...part }) =>
      perLens(selection.eyes, price).map(({ amount, eye }) => ({ ...part, eye, amount }))
    ),
    ...surchargeLines(catalogue, selection, type, prescription, frame),
    ...packageLine(catalogue, selection, type, material)
  ]
}

/** A pair's price, lens by lens: the odd unit goes to the right one, and a lens alone costs half, rounded up. */
const perLens = (
  eyes: ReadonlyArray<Eye>,
  price: number
): ReadonlyArray<{ readonly eye: Eye; readonly amount: number }> => {
  const half = Math.ceil(price / 2)
  return eyes.map((eye, index) => ({ eye, amount: index === 0 ? half : price - half }))
}

const materialPrice = (type: LensType, material: Material): number =>
  type.design === "single_vision" || type.design === "plano" ? material.price : material.priceMultifocal

/** The coatings that are put on: those chosen and those that they require, in the order of the catalogue. */
const coatingsOf = (catalogue: LensCatalogue, selection: Selection, material: Material) => {
  const wanted = new Set(selection.coatings)
  for (const code of wanted)
    for (const required of catalogue.coatings.get(code)?.requires ?? []) wanted.add(required)
  return [...catalogue.coatings.values()].filter(
    ({ code }) => wanted.has(code) && !material.intrinsic.includes(code)
  )
}

const tintsOf = (catalogue: LensCatalogue, selection: Selection) => {
  const tint = selection.tint === null ? undefined : catalogue.tints.get(selection.tint)
  if (tint === undefined) return []
  const extra = selection.coatings.reduce(
    (sum, code) => sum + (catalogue.coatingTints.get(pairKey(code, tint.code))?.price ?? 0),
    0
  )
  return [{ kind: "tint", code: tint.code, label: tint.name, price: tint.price + extra } as const]
}

const surchargeLines = (
  catalogue: LensCatalogue,
  selection: Selection,
  type: LensType,
  prescription: PrescriptionEntry,
  frame: Frame | null
): ReadonlyArray<PriceLine> =>
  catalogue.surcharges.flatMap((surcharge): ReadonlyArray<PriceLine> => {
    const line = (eye: Eye | null, amount: number): PriceLine => ({
      code: surcharge.code,
      label: surcharge.code,
      kind: surcharge.measure === "option" ? "service" : "surcharge",
      eye,
      amount
    })
    if (surcharge.measure === "option")
      return selection.options.includes(surcharge.code) ? [line(null, surcharge.price)] : []
    if (type.design === "plano" || surcharge.materials?.includes(selection.material) === false) return []
    const hit = selection.eyes.filter((eye) =>
      isInBand(surcharge, measure(surcharge, type, prescription, frame, eye))
    )
    if (hit.length === 0) return []
    return surcharge.per === "lens"
      ? hit.map((eye) => line(eye, surcharge.price))
      : [line(null, selection.eyes.length === 1 ? Math.ceil(surcharge.price / 2) : surcharge.price)]
  })

const isInBand = (surcharge: Surcharge, value: number | null): boolean =>
  value !== null && value >= surcharge.from && value <= surcharge.to

/** In thousandths of a dioptre, of a blank in tenths of a millimetre; null where it cannot be known. */
const measure = (
  surcharge: Surcharge,
  type: LensType,
  prescription: PrescriptionEntry,
  frame: Frame | null,
  eye: Eye
): number | null => {
  const power = madePower(type, prescription, eye)
  const entry = prescription[eye]
  if (power === null || entry === null) return null
  switch (surcharge.measure) {
    case "cyl_abs":
      return Math.abs(power.cylinderMillidioptres)
    case "max_meridian_abs":
      return strongestMeridian(power)
    case "prism_total":
      // The sum of the components: exact, where the length of the vector is not.
      return entry.prisms.reduce((sum, prism) => sum + (prism.amountMillidioptres ?? 0), 0)
    case "add":
      return entry.additionMillidioptres
    case "min_blank_mm":
      return frame === null || prescription.pd === null ? null : blank(frame, prescription.pd, eye)
    case "option":
      return null
  }
}

const blank = (frame: Frame, pd: NonNullable<PrescriptionEntry["pd"]>, eye: Eye): number =>
  minimumBlank(
    frame,
    "binocularTenthsMm" in pd
      ? pd
      : { monocularTenthsMm: eye === "right" ? pd.rightTenthsMm : pd.leftTenthsMm }
  )

/** The package that saves most, where its parts are all chosen: only pairs are sold in packages. */
const packageLine = (
  catalogue: LensCatalogue,
  selection: Selection,
  type: LensType,
  material: Material
): ReadonlyArray<PriceLine> => {
  if (selection.eyes.length < 2) return []
  const put = coatingsOf(catalogue, selection, material)
  const offers = catalogue.packages.flatMap((offer) => {
    const fits =
      offer.types.includes(type.code) &&
      offer.material === material.code &&
      offer.coatings.every((code) => put.some((coating) => coating.code === code))
    if (!fits) return []
    const parts = put
      .filter(({ code }) => offer.coatings.includes(code))
      .reduce((sum, { price }) => sum + price, 0)
    const saved = type.price + materialPrice(type, material) + parts - offer.price
    return saved > 0 ? [{ offer, saved }] : []
  })
  const best = offers.toSorted((a, b) => b.saved - a.saved || (a.offer.code < b.offer.code ? -1 : 1))[0]
  return best === undefined
    ? []
    : [{ code: best.offer.code, label: best.offer.code, kind: "package", eye: null, amount: -best.saved }]
}

/** Amounts of one rate of tax. */
export interface TaxGroup {
  readonly code: string
  /** Hundredths of a percent. */
  readonly rate: number
  readonly net: number
  readonly tax: number
  readonly gross: number
}

/** The tax in an amount, or on top of it: net and tax always make the gross amount. */
export const taxOf = (amount: number, rate: number, included: boolean): Omit<TaxGroup, "code"> => {
  if (included) {
    const { net, tax } = extractTax(BigInt(amount), BigInt(rate))
    return { rate, net: Number(net), tax: Number(tax), gross: amount }
  }
  const tax = Number(proportion(BigInt(amount), BigInt(rate), 10_000n))
  return { rate, net: amount, tax, gross: amount + tax }
}
