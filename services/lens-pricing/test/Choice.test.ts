import { describe, expect, it } from "@effect/vitest"
import { available } from "../src/Availability.ts"
import { refusals } from "../src/Compatibility.ts"
import { recommend } from "../src/Recommendation.ts"
import { catalogue, eye, order, select } from "./Catalogue.ts"

describe("what may still be chosen", () => {
  it("is refused for the same reasons as the whole choice", () => {
    const { coatings, tints } = available(catalogue, order.selection, order.prescription)
    for (const { code, refusals: found } of coatings) {
      const chosen = select({ coatings: [...new Set([...order.selection.coatings, code])] })
      expect(found).toEqual(refusals(catalogue, chosen.selection, chosen.prescription))
    }
    expect(coatings.find(({ code }) => code === "BL")?.refusals[0]?.rule).toBe("COATINGS_EXCLUDE_EACH_OTHER")
    expect(tints.find(({ code }) => code === "GY-50")?.refusals).toEqual([])
  })

  it("is not refused for what has not been chosen yet", () => {
    const nothing = {
      type: null,
      material: null,
      coatings: [],
      tint: null,
      options: [],
      eyes: ["right", "left"] as const
    }
    const { coatings, materials, types } = available(catalogue, nothing, null)
    for (const option of [
      ...types,
      ...materials.filter(({ code }) => code !== "174"),
      ...coatings.filter(({ code }) => code !== "MIR")
    ]) {
      expect(option.refusals, option.code).toEqual([])
    }
  })
})

describe("recommended materials", () => {
  const frame = { aTenthsMm: 520, bTenthsMm: 400, dblTenthsMm: 180, edTenthsMm: 540 }
  const ranked = (change: object) => recommend(catalogue, { ...order, frame, ...change })

  it("begin with the one that the power calls for", () => {
    const [best] = ranked({})
    expect(best).toMatchObject({ rank: 1, refusals: [] })
    expect(best?.reasons).toContain("RECOMMENDED_FOR_POWER")
  })

  it("are thinner and lighter the higher the index, for a strong minus lens", () => {
    const strong = { prescription: { ...order.prescription, right: eye(-6000), left: eye(-6000) } }
    const of = (code: string) => ranked(strong).find(({ material }) => material === code)?.lenses[0]
    expect(of("167")?.edgeTenthsMm).toBeLessThan(of("150")?.edgeTenthsMm ?? 0)
    expect(of("150")).toMatchObject({ eye: "right", centreTenthsMm: 20, minimumBlankTenthsMm: 630 })
  })

  it("leave children impact-resistant ones only", () => {
    const child = ranked({ wearer: { ageYears: 9, uses: [] } }).filter(
      ({ refusals }) => refusals.length === 0
    )
    expect(child.map(({ material }) => material).sort()).toEqual(["153", "159"])
  })

  it("are the same for both ways of writing a prescription", () => {
    const plus = { prescription: { ...order.prescription, right: eye(-3000, 750, 117) } }
    expect(ranked(plus)).toEqual(ranked({}))
  })
})
