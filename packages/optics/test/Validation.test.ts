import { describe, expect, it } from "@effect/vitest"
import { emptyEye, type PrescriptionEntry } from "../src/Prescription.ts"
import { defaultV1, laboratoryV1, type Ruleset } from "../src/Ruleset.ts"
import { type Purpose, validate } from "../src/Validation.ts"

const sphere = (sphereMillidioptres: number) => ({ ...emptyEye, sphereMillidioptres })
const good: PrescriptionEntry = {
  right: sphere(-2250),
  left: sphere(-2000),
  pd: { binocularTenthsMm: 630 },
  fittingHeight: { rightTenthsMm: 180, leftTenthsMm: 180 },
  issued: "2026-01-10",
  expires: null
}

const found = (
  change: Partial<PrescriptionEntry>,
  purpose: Partial<Purpose> = {},
  ruleset: Ruleset = defaultV1
): ReadonlyArray<string> => {
  const { errors, warnings } = validate(
    ruleset,
    { ...good, ...change },
    { design: "single_vision", today: "2026-06-01", ...purpose }
  )
  return [...errors, ...warnings].map(({ code, eye }) => (eye === null ? code : `${eye}.${code}`))
}
const right = (change: Partial<typeof emptyEye>) => ({ right: { ...sphere(-2250), ...change } })

describe("validation", () => {
  it("accepts a good prescription", () => {
    expect(found({})).toEqual([])
  })

  it("names everything at once", () => {
    expect(
      found(
        {
          right: { ...emptyEye, cylinderMillidioptres: -6250, axis: 200 },
          left: { ...sphere(-2100), prisms: [{ amountMillidioptres: 2000, base: null }] },
          pd: { binocularTenthsMm: 300 },
          fittingHeight: null,
          issued: "2020-01-01"
        },
        { design: "progressive" }
      )
    ).toEqual([
      "right.SPH_REQUIRED",
      "right.CYL_OUT_OF_RANGE",
      "right.AXIS_OUT_OF_RANGE",
      "right.ADD_REQUIRED",
      "left.SPH_STEP",
      "left.ADD_REQUIRED",
      "left.PRISM_BASE_REQUIRED",
      "PD_OUT_OF_RANGE",
      "FITTING_HEIGHT_REQUIRED",
      "RX_EXPIRED"
    ])
  })

  it("tells of one quantity the first fault only", () => {
    expect(found(right({ sphereMillidioptres: -20_100 }))).toEqual([
      "right.SPH_OUT_OF_RANGE",
      "ANISOMETROPIA_HIGH"
    ])
    expect(
      found({
        ...right({ sphereMillidioptres: -18_000, cylinderMillidioptres: -3000, axis: 9 }),
        left: sphere(-18_000)
      })
    ).toEqual(["right.COMBINED_POWER_OUT_OF_RANGE"])
  })

  it("allows the bounds themselves", () => {
    expect(found({ right: sphere(20_000), left: sphere(20_000) })).toEqual([])
    expect(found({ pd: { binocularTenthsMm: 460 } })).toEqual([])
    expect(found({ pd: { rightTenthsMm: 200, leftTenthsMm: 400 } })).toEqual([])
    expect(found({ pd: { rightTenthsMm: 199, leftTenthsMm: 400 } })).toEqual(["PD_OUT_OF_RANGE"])
  })

  it("takes eighths where laboratories do", () => {
    expect(found(right({ sphereMillidioptres: -2125 }))).toEqual(["right.SPH_STEP"])
    expect(found(right({ sphereMillidioptres: -2125 }), {}, laboratoryV1)).toEqual([])
  })

  it("warns of an axis without a cylinder, whatever it is", () => {
    expect(found(right({ axis: 300 }))).toEqual(["right.AXIS_WITHOUT_CYL"])
  })

  it("refuses an axis of 0 and half a degree, with the hint to write 180", () => {
    const { errors } = validate(
      defaultV1,
      { ...good, ...right({ cylinderMillidioptres: -500, axis: 0 }) },
      { design: "single_vision", today: "2026-06-01" }
    )
    expect(errors.map(({ message }) => message)).toEqual([
      "Right eye: axis 0 is not a whole number from 1 to 180. Write 180 if 0 is meant."
    ])
    expect(found(right({ cylinderMillidioptres: -500, axis: 27.5 }))).toEqual(["right.AXIS_OUT_OF_RANGE"])
  })

  it("checks an addition even where it is not used", () => {
    expect(found(right({ additionMillidioptres: 2000 }))).toEqual(["right.ADD_IGNORED"])
    expect(found(right({ additionMillidioptres: 4000 }))).toEqual([
      "right.ADD_OUT_OF_RANGE",
      "right.ADD_IGNORED"
    ])
  })

  it("wants an amount and a base of each prism, and one of a direction", () => {
    const prism = (amountMillidioptres: number | null, base: "BU" | "BD" | "BI" | null) => ({
      amountMillidioptres,
      base
    })
    expect(found(right({ prisms: [prism(2000, "BU"), prism(1000, "BI")] }))).toEqual([])
    expect(found(right({ prisms: [prism(null, "BU")] }))).toEqual(["right.PRISM_AMOUNT_REQUIRED"])
    expect(found(right({ prisms: [prism(10_250, "BU")] }))).toEqual(["right.PRISM_OUT_OF_RANGE"])
    expect(found(right({ prisms: [prism(2000, "BU"), prism(1000, "BD")] }))).toEqual([
      "right.PRISM_BASES_ALIKE"
    ])
  })

  it("measures the fitting height by the design's own least one where it has one", () => {
    const eyes = {
      right: { ...sphere(0), additionMillidioptres: 2000 },
      left: { ...sphere(0), additionMillidioptres: 2000 }
    }
    const height = (tenths: number) => ({
      ...eyes,
      fittingHeight: { rightTenthsMm: tenths, leftTenthsMm: 200 }
    })
    expect(found(height(155), { design: "progressive" })).toEqual(["FITTING_HEIGHT_TOO_LOW"])
    expect(found(height(155), { design: "progressive", leastFittingHeightTenthsMm: 140 })).toEqual([])
  })

  it("holds a prescription on the day that it expires, and not after it", () => {
    expect(found({ issued: "2024-06-01" })).toEqual([])
    expect(found({ issued: "2024-05-31" })).toEqual(["RX_EXPIRED"])
    expect(found({ issued: "2020-01-01", expires: "2026-06-01" })).toEqual([])
    expect(found({ issued: "2024-02-29" }, { today: "2026-02-28" })).toEqual([])
    expect(found({ issued: "2026-06-02" })).toEqual(["RX_DATE_FUTURE"])
    expect(found({ issued: "2026-02-30" })).toEqual(["RX_DATE_INVALID"])
  })

  it("asks nothing of lenses without a prescription", () => {
    const nothing = { right: null, left: null, pd: null, fittingHeight: null, issued: null, expires: null }
    expect(found(nothing, { design: "plano" })).toEqual([])
  })

  it("lets a balance lens be without a sphere", () => {
    expect(found({ right: { ...emptyEye, balance: true } })).toEqual([])
  })
})
