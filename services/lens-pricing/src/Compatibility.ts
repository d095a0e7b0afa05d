/**
 * Which choices go together. A refusal names the rule, the field and the remedy. The same function answers for one selection
 * and for everything that could still be chosen, so that both always agree.
 */

import { formatPower } from "@optica/optics/Exact"
import { eyeName, lensOf, type PrescriptionEntry } from "@optica/optics/Prescription"
import type { Eye } from "@optica/optics/Prism"
import { minusCylinder, near, type SpheroCylinder, strongestMeridian } from "@optica/optics/SpheroCylinder"
import { type Coating, type LensCatalogue, type LensType, type Material, pairKey } from "./LensCatalogue.ts"
import type { Selection } from "./Selection.ts"

/** Why something cannot be made or sold. */
export interface Refusal {
  /** A name that stays the same. */
  readonly rule: string
  /** The field of the selection that is refused, `coatings.MIR`. */
  readonly field: string
  readonly message: string
  /** What to choose instead. */
  readonly remedy: string
}

const refusal = (rule: string, field: string, message: string, remedy: string): Refusal => ({
  rule,
  field,
  message,
  remedy
})

/** Everything that keeps these choices from being made together. */
export const refusals = (
  catalogue: LensCatalogue,
  selection: Selection,
  prescription: PrescriptionEntry | null
): ReadonlyArray<Refusal> => {
  const type = catalogue.types.get(selection.type)
  const material = catalogue.materials.get(selection.material)
  const found = [
    ...(type?.enabled === true ? [] : [unknown("type", selection.type, "lens type")]),
    ...(material?.enabled === true ? [] : [unknown("material", selection.material, "material")]),
    ...refuseCoatings(catalogue, selection, material),
    ...refuseTint(catalogue, selection, material)
  ]
  if (type === undefined || material === undefined) return found
  if (!type.materials.includes(material.code)) {
    found.push(
      refusal(
        "TYPE_NOT_IN_MATERIAL",
        "material",
        `${type.name} is not made of ${material.name}.`,
        `Choose one of ${type.materials.join(", ")}.`
      )
    )
  }
  if (prescription !== null && type.design !== "plano") {
    for (const eye of selection.eyes) found.push(...refusePower(type, material, prescription, eye))
  }
  return found
}

const unknown = (field: string, code: string, what: string): Refusal =>
  refusal("NOT_SOLD", field, `There is no ${what} ${code}.`, `Choose a ${what} of the catalogue.`)

const refuseCoatings = (
  catalogue: LensCatalogue,
  selection: Selection,
  material: Material | undefined
): ReadonlyArray<Refusal> => {
  const found: Array<Refusal> = []
  const chosen = selection.coatings.flatMap((code) => catalogue.coatings.get(code) ?? [])
  for (const code of selection.coatings) {
    if (catalogue.coatings.get(code)?.enabled !== true)
      found.push(unknown(`coatings.${code}`, code, "coating"))
  }
  for (const coating of chosen) {
    const field = `coatings.${coating.code}`
    if (material !== undefined && !takes(material, coating)) {
      found.push(
        refusal(
          "COATING_NOT_ON_MATERIAL",
          field,
          `${material.name} does not take ${coating.name}.`,
          `Choose another material, or one of ${material.coatings.join(", ")}.`
        )
      )
    }
    for (const other of chosen) {
      if (coating.excludes.includes(other.code)) {
        found.push(
          refusal(
            "COATINGS_EXCLUDE_EACH_OTHER",
            field,
            `${coating.name} and ${other.name} do not go together.`,
            `Leave out ${other.code} or ${coating.code}.`
          )
        )
      }
    }
    for (const code of coating.requires) {
      const needed = catalogue.coatings.get(code)
      if (needed === undefined || material === undefined || selection.coatings.includes(code)) continue
      if (!takes(material, needed)) {
        found.push(
          refusal(
            "COATING_REQUIRES",
            field,
            `${coating.name} needs ${needed.name}, which ${material.name} does not take.`,
            "Choose another material."
          )
        )
      }
    }
    if (
      coating.kind === "mirror" &&
      selection.tint === null &&
      !chosen.some(({ kind }) => kind === "polarised")
    ) {
      found.push(
        refusal(
          "MIRROR_NEEDS_BASE_TINT",
          field,
          `${coating.name} needs a dark lens behind it.`,
          "Choose a tint of category 2 or 3, or a polarised lens."
        )
      )
    }
  }
  const kind = material?.mandatoryCoatingKind ?? null
  if (material !== undefined && kind !== null && !chosen.some((coating) => coating.kind === kind)) {
    found.push(
      refusal(
        "COATING_MANDATORY",
        "coatings",
        `${material.name} is not sold without a coating of the kind ${kind}.`,
        `Choose one of ${material.coatings.filter((code) => catalogue.coatings.get(code)?.kind === kind).join(", ")}.`
      )
    )
  }
  return found
}

/** A coating that the material has by nature is no choice to refuse. */
const takes = (material: Material, coating: Coating): boolean =>
  material.coatings.includes(coating.code) || material.intrinsic.includes(coating.code)

const refuseTint = (
  catalogue: LensCatalogue,
  selection: Selection,
  material: Material | undefined
): ReadonlyArray<Refusal> => {
  if (selection.tint === null) return []
  const tint = catalogue.tints.get(selection.tint)
  if (tint?.enabled !== true) return [unknown("tint", selection.tint, "tint")]
  const found: Array<Refusal> = []
  if (material !== undefined && tint.density > material.maxTintDensity) {
    found.push(
      refusal(
        "TINT_TOO_DENSE_FOR_MATERIAL",
        "tint",
        material.maxTintDensity === 0
          ? `${material.name} takes no dye.`
          : `${material.name} takes dye up to ${material.maxTintDensity / 100} %; ${tint.name} has ${tint.density / 100} %.`,
        "Choose another material or a lighter tint."
      )
    )
  }
  for (const code of selection.coatings) {
    const cell = catalogue.coatingTints.get(pairKey(code, tint.code))
    if (cell === undefined || cell.allowed) continue
    found.push(
      refusal(
        cell.reason,
        "tint",
        `${tint.name} does not go with ${catalogue.coatings.get(code)?.name ?? code}.`,
        `Leave out ${code}, or choose another tint.`
      )
    )
  }
  return found
}

/** The power that a lens of this type is made with, in its minus-cylinder form; null without a sphere. */
export const madePower = (
  type: LensType,
  prescription: PrescriptionEntry,
  eye: Eye
): SpheroCylinder | null => {
  const entry = prescription[eye]
  const lens = entry === null ? null : lensOf(entry)
  if (entry === null || lens === null) return null
  const addition = type.forNear ? (entry.additionMillidioptres ?? 0) : 0
  return minusCylinder(near(lens, addition))
}

const refusePower = (
  type: LensType,
  material: Material,
  prescription: PrescriptionEntry,
  eye: Eye
): ReadonlyArray<Refusal> => {
  const power = madePower(type, prescription, eye)
  if (power === null) return []
  const { cylinderMillidioptres: cylinder, sphereMillidioptres: sphere } = power
  const out = (what: string, value: number, bound: string) =>
    refusal(
      "POWER_NOT_IN_MATERIAL",
      "material",
      `${eyeName[eye]}: ${what} ${formatPower(value)} is not made of ${material.name}, which goes ${bound}.`,
      "Choose a material with a higher index."
    )
  // In the minus-cylinder form, so that both ways of writing a prescription are refused alike.
  const found: Array<Refusal> = []
  if (sphere < material.sphereLeast || sphere > material.sphereMost) {
    found.push(
      out(
        "sphere",
        sphere,
        `from ${formatPower(material.sphereLeast)} to ${formatPower(material.sphereMost)}`
      )
    )
  }
  if (Math.abs(cylinder) > material.cylinderMost) {
    found.push(out("cylinder", cylinder, `to ${formatPower(-material.cylinderMost)}`))
  }
  if (strongestMeridian(power) > material.strongestMost) {
    found.push(
      out(
        "the strongest meridian",
        strongestMeridian(power),
        `to ${formatPower(material.strongestMost)} of either sign`
      )
    )
  }
  return found
}
