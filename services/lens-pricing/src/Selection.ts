/** What someone wants to have made, and for whom. */
import type { Frame } from "@optica/optics/Frame"
import type { PrescriptionEntry } from "@optica/optics/Prescription"
import type { Eye } from "@optica/optics/Prism"

/** What the glasses are for. */
export type Use = "everyday" | "driving" | "night_driving" | "sport"

/** A choice from the catalogue, by codes. */
export interface Selection {
  readonly type: string
  readonly material: string
  /** In any order, each once. */
  readonly coatings: ReadonlyArray<string>
  readonly tint: string | null
  /** Services such as a rush order: codes of surcharges with the measure `option`. */
  readonly options: ReadonlyArray<string>
  /** Both, or the one that is to be replaced. */
  readonly eyes: ReadonlyArray<Eye>
}

/** Whoever wears them. */
export interface Wearer {
  /** Null where it was not said. */
  readonly ageYears: number | null
  readonly uses: ReadonlyArray<Use>
}

/** All that a quote depends on, beside the catalogue and the day. */
export interface Order {
  readonly selection: Selection
  readonly prescription: PrescriptionEntry
  readonly frame: Frame | null
  readonly wearer: Wearer
  /** Codes of warnings that the buyer has confirmed. */
  readonly confirmedWarnings: ReadonlyArray<string>
  /** ISO 3166-1 alpha-2: where they are sold. */
  readonly country: string
}
