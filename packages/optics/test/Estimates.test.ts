import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { afterAllowance, extractTax, proportion } from "../src/Charge.ts"
import { formatPower, fromDecimal, toDecimal } from "../src/Exact.ts"
import { minimumBlank } from "../src/Frame.ts"
import { baseDegrees, inducedPrism, inducedPrismVector } from "../src/Prism.ts"
import { indexClass, recommendedIndex } from "../src/RecommendedIndex.ts"
import { fromThinnest, SagittaImpossible, sagitta } from "../src/Thickness.ts"
import { moveTowardEye } from "../src/Vertex.ts"

const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

describe("exact decimals", () => {
  it.prop("come back as they were", [whole(-(10 ** 9), 10 ** 9), whole(0, 6)], ([units, places]) => {
    expect(fromDecimal(toDecimal(units, places, 0), places)).toBe(units)
  })

  it("are written with a sign and two places at least", () => {
    expect([1250, -750, 0, -3125].map(formatPower)).toEqual(["+1.25", "-0.75", "0.00", "-3.125"])
  })

  it("refuse more places than there are units for", () => {
    expect([fromDecimal("1.2500", 3), fromDecimal("1.2505", 3), fromDecimal("1e3", 3)]).toEqual([
      1250,
      undefined,
      undefined
    ])
  })
})

describe("vertex distance", () => {
  it("comes back when the lens is moved back", () => {
    const moved = moveTowardEye({ sphereMillidioptres: -8000, cylinderMillidioptres: 0, axis: null }, 12)
    expect(moved?.sphereDioptres).toBeCloseTo(-8 / (1 + 0.012 * 8), 9)
  })

  it("has no answer where the focus lies within the distance", () => {
    expect(
      moveTowardEye({ sphereMillidioptres: 20_000, cylinderMillidioptres: 0, axis: null }, 50)
    ).toBeUndefined()
  })
})

describe("thickness", () => {
  it("grows toward the edge of a minus lens and toward the middle of a plus lens", () => {
    const lens = (dioptres: number) => fromThinnest({ dioptres, index: 1.6, diameterMm: 60 }, 1.5)
    expect(lens(-4)).toMatchObject({ centreMm: 1.5, edgeMm: 1.5 + 3 })
    expect(lens(4)).toMatchObject({ centreMm: 1.5 + 3, edgeMm: 1.5 })
    expect(lens(0)).toEqual({ centreMm: 1.5, edgeMm: 1.5 })
  })

  it("says which surfaces there are not", () => {
    expect(sagitta({ dioptres: -20, index: 1.498, diameterMm: 70 })).toBeInstanceOf(SagittaImpossible)
    expect(sagitta({ dioptres: 0, index: 1.498, diameterMm: 70 })).toBe(0)
  })
})

describe("prism", () => {
  it("knows which way in is for each eye", () => {
    expect([
      baseDegrees("BI", "right"),
      baseDegrees("BI", "left"),
      baseDegrees("BO", "right"),
      baseDegrees("BD", "left")
    ]).toEqual([0, 180, 180, 270])
  })

  it.prop(
    "of a decentred sphere is the same by Prentice's rule and by the matrix",
    [whole(-80, 80), whole(0, 20)],
    ([quarters, mm]) => {
      const lens = { sphereMillidioptres: quarters * 250, cylinderMillidioptres: 0, axis: null }
      // The optical centre is above the pupil, so the pupil is below the optical centre.
      const { base, prismDioptres } = inducedPrism(lens, mm, "up")
      expect(inducedPrismVector(lens, 0, -mm).up).toBeCloseTo(
        base === "BD" ? -prismDioptres : prismDioptres,
        9
      )
    }
  )

  it("has a vertical part where an oblique cylinder is decentred sideways", () => {
    const lens = { sphereMillidioptres: 0, cylinderMillidioptres: -4000, axis: 45 }
    expect(inducedPrismVector(lens, 10, 0).up).toBeCloseTo(-2, 9)
  })
})

describe("blanks", () => {
  it("take the decentration of each eye by its own PD", () => {
    const frame = { aTenthsMm: 520, dblTenthsMm: 200, edTenthsMm: 540 }
    expect(minimumBlank(frame, { monocularTenthsMm: 300 })).toBe(
      minimumBlank(frame, { binocularTenthsMm: 600 })
    )
    expect(minimumBlank(frame, { monocularTenthsMm: 290 })).toBe(540 + 140 + 20)
  })
})

describe("the recommended index", () => {
  it("follows the shop's chart, bounds included", () => {
    expect([0, 2000, 2250, 4000, 7000, 7250].map((power) => recommendedIndex(power))).toEqual([
      "1.50",
      "1.50",
      "1.60",
      "1.60",
      "1.67",
      "1.74"
    ])
    expect(recommendedIndex(9000, [{ upToMillidioptres: 8000, index: "1.67" }])).toBeUndefined()
  })

  it("has a class by BS 7394-2", () => {
    expect([1.498, 1.557, 1.661, 1.74].map(indexClass)).toEqual(["normal", "mid", "high", "very high"])
  })
})

describe("charges", () => {
  it.prop(
    "take tax out of a gross amount so that both add up",
    [whole(0, 10 ** 9), whole(0, 10_000)],
    ([cents, rate]) => {
      const gross = BigInt(cents)
      const { net, tax } = extractTax(gross, BigInt(rate))
      expect(net + tax).toBe(gross)
      expect(tax >= 0n && tax <= gross).toBe(true)
    }
  )

  it("hold the tax of a rate", () => {
    expect(extractTax(12_100n, 2100n)).toEqual({ net: 10_000n, tax: 2100n })
  })

  it("round the half away from zero", () => {
    expect([proportion(5n, 1n, 2n), proportion(-5n, 1n, 2n), proportion(7n, 1n, 3n)]).toEqual([3n, -3n, 2n])
  })

  it("leave the buyer what exceeds the allowance, less the discount", () => {
    expect([afterAllowance(20_000n, 14_000n, 2000n), afterAllowance(14_000n, 14_000n, 2000n)]).toEqual([
      4800n,
      0n
    ])
  })
})
