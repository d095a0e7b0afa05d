import type { PrescriptionEntry } from "@optica/optics/Prescription"
import { type Refusal, refusals } from "./Compatibility.ts"
import type { LensCatalogue } from "./LensCatalogue.ts"
import type { Selection } from "./Selection.ts"

/** One thing that could be chosen, beside what is chosen already. */
export interface Availability {
  readonly code: string
  /** Why not; empty for what may be chosen. */
  readonly refusals: ReadonlyArray<Refusal>
}

/** Everything that the catalogue has, with what choosing it would break. */
export interface Available {
  readonly types: ReadonlyArray<Availability>
  readonly materials: ReadonlyArray<Availability>
  readonly coatings: ReadonlyArray<Availability>
  readonly tints: ReadonlyArray<Availability>
}

/** A choice that is not complete yet. */
export interface PartialSelection extends Omit<Selection, "type" | "material"> {
  readonly type: string | null
  readonly material: string | null
}

/**
 * What may still be chosen: each option is tried in the place of what is chosen now (a coating beside the others), and is
 * refused for every reason that a quote would refuse the whole for.
 */
export const available = (
  catalogue: LensCatalogue,
  selection: PartialSelection,
  prescription: PrescriptionEntry | null
): Available => {
  const whole = (partial: PartialSelection): Selection => ({
    ...partial,
    type: partial.type ?? "",
    material: partial.material ?? ""
  })
  const attempt = (code: string, changed: PartialSelection): Availability => ({
    code,
    refusals: refusals(catalogue, whole(changed), prescription).filter(
      // What is not chosen yet is no fault of what is.
      ({ field, rule }) =>
        !(
          rule === "NOT_SOLD" &&
          ((field === "type" && changed.type === null) || (field === "material" && changed.material === null))
        )
    )
  })
  const enabled = <A extends { readonly code: string; readonly enabled: boolean }>(
    options: ReadonlyMap<string, A>
  ) => [...options.values()].filter((option) => option.enabled).map(({ code }) => code)
  return {
    types: enabled(catalogue.types).map((code) => attempt(code, { ...selection, type: code })),
    materials: enabled(catalogue.materials).map((code) => attempt(code, { ...selection, material: code })),
    coatings: enabled(catalogue.coatings).map((code) =>
      attempt(code, { ...selection, coatings: [...new Set([...selection.coatings, code])] })
    ),
    tints: enabled(catalogue.tints).map((code) => attempt(code, { ...selection, tint: code }))
  }
}
