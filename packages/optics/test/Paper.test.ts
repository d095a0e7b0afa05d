import { describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  printEye,
  readAxis,
  readCylinder,
  readEye,
  readPd,
  readPower,
  readPrism,
  type Unreadable
} from "../src/Paper.ts"
import { type EyeEntry, emptyEye } from "../src/Prescription.ts"

const read = <A>(result: Result.Result<A, Unreadable>) =>
  Result.isSuccess(result) ? result.success : result.failure.message

const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** In eighths of a dioptre. */
const Eye = Schema.Struct({
  sphere: whole(-160, 160),
  cylinder: whole(-48, 48),
  axis: whole(1, 180),
  addition: Schema.NullOr(whole(4, 28))
})

describe("powers", () => {
  it.each([
    ["-1.25", -1250],
    ["+1,50", 1500],
    ["−0.75", -750],
    ["+ 2.00 D", 2000],
    ["-3.125", -3125],
    ["PL", 0],
    ["plano", 0],
    ["∞", 0],
    ["-0.00", 0],
    ["-2", -2000],
    ["2.5", 2500]
  ])("reads %s", (text, thousandths) => {
    expect(read(readPower("sphere", text))).toBe(thousandths)
  })

  it.each([
    ["-125", "Write -1.25 if that is meant."],
    ["+075", "Write +0.75 if that is meant."],
    ["50", "Write 0.50 if that is meant."],
    ["-1,250", "Write -1.250 if the comma separates decimals."]
  ])("refuses %s with a hint, and guesses nothing", (text, hint) => {
    expect(read(readPower("sphere", text))).toBe(`sphere "${text}" cannot be read. ${hint}`)
  })

  it.each(["", "1.2.3", "1,234.5", "-1.2e3", "--1", "0x10", "١.٥", "-1.23456"])("refuses %j", (text) => {
    expect(read(readPower("sphere", text))).toContain("cannot be read")
  })
})

describe("cylinders", () => {
  it.each(["DS", "sph", "-", "", "D.S."])("reads %j as none", (text) => {
    expect(read(readCylinder(text))).toBe(0)
  })
})

describe("axes", () => {
  it.each([
    ["90", 90],
    ["x 7", 7],
    ["X180", 180],
    ["090°", 90],
    ["0", 0]
  ])("reads %s", (text, degrees) => {
    expect(read(readAxis(text))).toBe(degrees)
  })

  it("refuses half degrees", () => {
    expect(read(readAxis("90.5"))).toContain("whole number of degrees")
  })
})

describe("prisms", () => {
  it.each([
    ["2.00 BU", 2000, "BU"],
    ["1,5 base in", 1500, "BI"],
    ["3Δ BO", 3000, "BO"],
    ["2", 2000, null],
    ["BD", null, "BD"]
  ])("reads %s", (text, amountMillidioptres, base) => {
    expect(read(readPrism(text))).toEqual({ amountMillidioptres, base })
  })

  it("refuses an empty one", () => {
    expect(read(readPrism(" "))).toContain("cannot be read")
  })
})

describe("distances between the pupils", () => {
  it("reads one of both eyes, and one of each", () => {
    expect(read(readPd("63"))).toEqual({ binocularTenthsMm: 630 })
    expect(read(readPd("31,5 / 32 mm"))).toEqual({ rightTenthsMm: 315, leftTenthsMm: 320 })
    expect(read(readPd("63/"))).toContain("cannot be read")
  })
})

describe("the line of an eye", () => {
  it.each([
    ["-2.25 -0.75 x 27", "-2.25 -0.75 x 27"],
    ["PL / -0.50 x 180 add +2,00", "0.00 -0.50 x 180 add +2.00"],
    ["+1.00 DS", "+1.00 DS"],
    ["-2.00 SPH", "-2.00 DS"],
    ["-1,50 +0,75 x 5", "-1.50 +0.75 x 5"],
    ["-1.00 -0.50", "-1.00 -0.50 x ?"],
    ["BAL", "BAL"]
  ])("reads %s", (text, printed) => {
    const result = readEye(text)
    expect(Result.isSuccess(result) ? printEye(result.success) : result.failure.message).toBe(printed)
  })

  it.each(["-225 -75 x 27", "OD -1.00", "-1.00 0.50 x 90", "hello"])("refuses %j", (text) => {
    expect(read(readEye(text))).toContain("cannot be read")
  })

  it.prop("prints what it reads", [Eye], ([drawn]) => {
    const { addition, axis, cylinder, sphere } = drawn
    const entry: EyeEntry = {
      ...emptyEye,
      sphereMillidioptres: sphere * 125,
      cylinderMillidioptres: cylinder === 0 ? null : cylinder * 125,
      axis: cylinder === 0 ? null : axis,
      additionMillidioptres: addition === null ? null : addition * 125
    }
    expect(read(readEye(printEye(entry)))).toEqual(entry)
  })

  it.prop("takes any text without failing", [Schema.String], ([text]) => {
    expect(read(readEye(text))).toBeDefined()
  })
})
