/** What an order costs, or why it is not sold. The same order on the same day from the same catalogue has the same answer. */

import { lensOf } from "@optica/optics/Prescription"
import { defaultV1, type Ruleset } from "@optica/optics/Ruleset"
import { type Finding, validate, type WarningCode } from "@optica/optics/Validation"
import { type Refusal, refusals } from "./Compatibility.ts"
import type { LensCatalogue, TaxClass } from "./LensCatalogue.ts"
import { type PriceLine, priceLines, type TaxGroup, taxOf } from "./Price.ts"
import { defaultThresholds, type Referral, type SafetyThresholds, safety } from "./SafetyRules.ts"
import type { Order } from "./Selection.ts"

/** How a quote ends. */
export type Outcome = "accepted" | "needs_confirmation" | "needs_professional" | "refused"

/** What the shop has set for itself. */
export interface Rules {
  readonly prescription: Ruleset
  readonly safety: SafetyThresholds
}

const defaultRules: Rules = { prescription: defaultV1, safety: defaultThresholds }

/** The frame, at the price of the shop's own catalogue. */
export interface FrameItem {
  readonly label: string
  readonly amount: number
}

/** An answer to an order. */
export interface Quote {
  readonly outcome: Outcome
  readonly refusals: ReadonlyArray<Refusal>
  readonly referrals: ReadonlyArray<Referral>
  /** Warnings that are not confirmed yet. */
  readonly warnings: ReadonlyArray<Finding<WarningCode>>
  readonly labels: ReadonlyArray<string>
  /** Empty when refused. */
  readonly lines: ReadonlyArray<PriceLine>
  readonly tax: ReadonlyArray<TaxGroup>
  /** The sum of the lines, with tax. */
  readonly total: number
}

/** Quotes an order as of a day in the shop, `2026-06-01`. */
export const quote = (
  catalogue: LensCatalogue,
  order: Order,
  today: string,
  frame: FrameItem | null = null,
  rules: Rules = defaultRules
): Quote => {
  const { prescription, selection } = order
  const type = catalogue.types.get(selection.type)
  const validation = validate(rules.prescription, prescription, {
    design: type?.design ?? "plano",
    leastFittingHeightTenthsMm: type?.leastFittingHeightTenthsMm ?? undefined,
    today
  })
  const safe = safety(catalogue, order, validation, rules.safety)
  const tax = taxClassOf(catalogue, order, today)
  const refused: ReadonlyArray<Refusal> = [
    ...validation.errors.map(({ code, eye, message }) => ({
      rule: code,
      field: eye === null ? "prescription" : `prescription.${eye}`,
      message,
      remedy: "Correct the prescription."
    })),
    ...refusals(catalogue, selection, prescription),
    ...safe.refusals,
    ...("rule" in tax ? [tax] : [])
  ]
  const warnings = validation.warnings.filter(({ code }) => !order.confirmedWarnings.includes(code))
  const answer = { refusals: refused, referrals: safe.referrals, warnings, labels: safe.labels }
  if (refused.length > 0 || "rule" in tax) {
    return { ...answer, outcome: "refused", lines: [], tax: [], total: 0 }
  }
  const lines: ReadonlyArray<PriceLine> = [
    ...(frame === null
      ? []
      : [{ code: "FRAME", label: frame.label, kind: "frame", eye: null, amount: frame.amount } as const]),
    ...priceLines(catalogue, selection, prescription, order.frame)
  ]
  const sum = lines.reduce((total, line) => total + line.amount, 0)
  const group = { code: tax.code, ...taxOf(sum, tax.rate, catalogue.pricesIncludeTax) }
  return {
    ...answer,
    outcome:
      safe.referrals.length > 0
        ? "needs_professional"
        : warnings.length > 0
          ? "needs_confirmation"
          : "accepted",
    lines,
    tax: [group],
    total: group.gross
  }
}

/** Corrective lenses, and a frame that is sold with them, are taxed apart from sunglasses and fashion in some countries. */
const taxClassOf = (catalogue: LensCatalogue, order: Order, today: string): TaxClass | Refusal => {
  const wanted = isCorrective(catalogue, order)
    ? ["corrective"]
    : order.selection.tint === null
      ? ["cosmetic", "sun_non_rx"]
      : ["sun_non_rx", "cosmetic"]
  for (const code of wanted) {
    const rates = catalogue.taxClasses
      .filter((row) => row.country === order.country && row.code === code && (row.validFrom ?? "") <= today)
      .toSorted((a, b) => ((a.validFrom ?? "") < (b.validFrom ?? "") ? 1 : -1))
    if (rates[0] !== undefined) return rates[0]
  }
  return {
    rule: "TAX_RATE_UNKNOWN",
    field: "country",
    message: `There is no rate of tax for ${wanted[0]} glasses in ${order.country}.`,
    remedy: "Add one to the catalogue's tax classes."
  }
}

const isCorrective = (catalogue: LensCatalogue, { prescription, selection }: Order): boolean =>
  catalogue.types.get(selection.type)?.design !== "plano" &&
  selection.eyes.some((eye) => {
    const entry = prescription[eye]
    const lens = entry === null ? null : lensOf(entry)
    return (
      (lens !== null && (lens.sphereMillidioptres !== 0 || lens.cylinderMillidioptres !== 0)) ||
      (entry?.additionMillidioptres ?? 0) !== 0 ||
      (entry?.prisms.length ?? 0) > 0
    )
  })
