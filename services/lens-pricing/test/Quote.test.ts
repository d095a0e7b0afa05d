import { describe, expect, it } from "@effect/vitest"
import { emptyEye } from "@optica/optics/Prescription"
import { transpose } from "@optica/optics/SpheroCylinder"
import { type Quote, quote } from "../src/Quote.ts"
import { catalogue, order, select, today } from "./Catalogue.ts"

const told = (answer: Quote) => answer.refusals.map(({ rule }) => rule)

describe("a quote", () => {
  it("is lines that add up to the total, in the package that they make", () => {
    const answer = quote(catalogue, order, today)
    expect(answer.outcome).toBe("accepted")
    expect(answer.lines.map(({ amount, code, eye }) => [code, eye, amount])).toEqual([
      ["SV-D", "right", 1450],
      ["SV-D", "left", 1450],
      ["160", "right", 2250],
      ["160", "left", 2250],
      ["HC", "right", 0],
      ["HC", "left", 0],
      ["AR+", "right", 2450],
      ["AR+", "left", 2450],
      ["COMFORT", null, -1400]
    ])
    expect(answer.total).toBe(10_900)
    expect(answer.tax).toEqual([{ code: "corrective", rate: 1000, net: 9909, tax: 991, gross: 10_900 }])
  })

  it("is the same for both ways of writing the prescription", () => {
    const written = transpose({ sphereMillidioptres: -2250, cylinderMillidioptres: -750, axis: 27 })
    const other = { ...order, prescription: { ...order.prescription, right: { ...emptyEye, ...written } } }
    const { lines, total } = quote(catalogue, order, today)
    expect(quote(catalogue, other, today)).toMatchObject({ lines, total })
  })

  it("of one lens is half of a pair, outside of packages", () => {
    expect(quote(catalogue, select({ eyes: ["left"] }), today).total).toBe(1450 + 2250 + 2450)
  })

  it("is refused for what cannot be made, with rule, field and remedy", () => {
    expect(told(quote(catalogue, select({ material: "174", coatings: [] }), today))).toEqual([
      "COATING_MANDATORY"
    ])
    expect(told(quote(catalogue, select({ material: "159", tint: "GY-50" }), today))).toEqual([
      "TINT_TOO_DENSE_FOR_MATERIAL"
    ])
    expect(told(quote(catalogue, select({ coatings: ["MIR"] }), today))).toEqual(["MIRROR_NEEDS_BASE_TINT"])
    expect(told(quote(catalogue, select({ coatings: ["AR", "BL"] }), today))).toEqual([
      "COATINGS_EXCLUDE_EACH_OTHER",
      "COATINGS_EXCLUDE_EACH_OTHER"
    ])
    expect(told(quote(catalogue, { ...order, country: "FR" }, today))).toEqual(["TAX_RATE_UNKNOWN"])
  })

  it("keeps children, sport and drivers safe", () => {
    const child = { ...order, wearer: { ageYears: 12, uses: ["everyday"] as const } }
    expect(told(quote(catalogue, child, today))).toEqual(["IMPACT_MATERIAL_REQUIRED"])
    const safe = { ...select({ material: "153", coatings: [] }), wearer: child.wearer }
    expect(quote(catalogue, safe, today).outcome).toBe("needs_professional")
    const night = {
      ...select({ coatings: [], tint: "GY-50" }),
      wearer: { ageYears: 30, uses: ["night_driving"] as const }
    }
    expect(told(quote(catalogue, night, today))).toEqual(["TOO_DARK_FOR_NIGHT_DRIVING"])
  })

  it("taxes what corrects nothing at the other rate", () => {
    const plano = {
      ...select({ type: "PLANO", material: "150", coatings: [], tint: "GY-85" }),
      country: "ES"
    }
    expect(quote(catalogue, plano, today).tax[0]?.rate).toBe(2100)
  })
})
