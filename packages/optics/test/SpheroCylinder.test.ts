import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import {
  minusCylinder,
  powerInMeridian,
  principalMeridians,
  type SpheroCylinder,
  sphericalEquivalentHalfMillidioptres,
  strongestMeridian,
  transpose
} from "../src/SpheroCylinder.ts"

const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** In eighths of a dioptre. */
const Lens = Schema.Struct({ sphere: whole(-160, 160), cylinder: whole(-48, 48), axis: whole(1, 180) })
const lens = ({ axis, cylinder, sphere }: typeof Lens.Type): SpheroCylinder => ({
  sphereMillidioptres: sphere * 125,
  cylinderMillidioptres: cylinder * 125 + 0,
  axis: cylinder === 0 ? null : axis
})

describe("transposition", () => {
  it.prop("twice is the identity", [Lens], ([drawn]) => {
    expect(transpose(transpose(lens(drawn)))).toEqual(lens(drawn))
  })

  it.prop("never writes an axis of 0, nor -0", [Lens], ([drawn]) => {
    const { axis, cylinderMillidioptres, sphereMillidioptres } = transpose(lens(drawn))
    expect(axis === null || (axis >= 1 && axis <= 180)).toBe(true)
    expect(Object.is(sphereMillidioptres, -0) || Object.is(cylinderMillidioptres, -0)).toBe(false)
  })

  it.prop("keeps the power in every meridian", [Lens, whole(0, 359)], ([drawn, degrees]) => {
    expect(powerInMeridian(transpose(lens(drawn)), degrees)).toBeCloseTo(
      powerInMeridian(lens(drawn), degrees),
      6
    )
  })

  it.prop("keeps the spherical equivalent and the strongest meridian", [Lens], ([drawn]) => {
    const [one, other] = [lens(drawn), transpose(lens(drawn))]
    expect(sphericalEquivalentHalfMillidioptres(other)).toBe(sphericalEquivalentHalfMillidioptres(one))
    expect(strongestMeridian(other)).toBe(strongestMeridian(one))
  })
})

describe("the minus-cylinder form", () => {
  it.prop("is the same for both ways of writing a lens", [Lens], ([drawn]) => {
    expect(minusCylinder(transpose(lens(drawn)))).toEqual(minusCylinder(lens(drawn)))
  })

  it.prop("has no plus cylinder, and an axis exactly where there is a cylinder", [Lens], ([drawn]) => {
    const { axis, cylinderMillidioptres } = minusCylinder(lens(drawn))
    expect(cylinderMillidioptres).toBeLessThanOrEqual(0)
    expect(axis === null).toBe(cylinderMillidioptres === 0)
  })
})

describe("power in a meridian", () => {
  it("is the sphere along the axis and sphere and cylinder across it", () => {
    const it = { sphereMillidioptres: -2000, cylinderMillidioptres: -1500, axis: 30 }
    const [along, across] = principalMeridians(it)
    expect(powerInMeridian(it, 30)).toBeCloseTo(along, 9)
    expect(powerInMeridian(it, 120)).toBeCloseTo(across, 9)
  })
})
