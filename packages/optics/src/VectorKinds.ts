/** The kinds of worked examples: what each takes, and which functions calculate it. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { afterAllowance, extractTax } from "./Charge.ts"
import { fromDecimal } from "./Exact.ts"
import {
  boxedCentreDistance,
  decentrationTwentiethsMm,
  minimumBlank,
  nearPupillaryDistance
} from "./Frame.ts"
import type { EyeEntry, PrescriptionEntry } from "./Prescription.ts"
import { combine, inducedPrism } from "./Prism.ts"
import { type Design, defaultV1 } from "./Ruleset.ts"
import {
  additionBetween,
  near,
  type SpheroCylinder,
  sphericalEquivalentHalfMillidioptres,
  transpose
} from "./SpheroCylinder.ts"
import {
  backSurfacePower,
  fromCentre,
  fromEdge,
  meniscusEdge,
  sagitta,
  sagittaApproximate,
  vertexPowers,
  weight
} from "./Thickness.ts"
import { type Finding, validate } from "./Validation.ts"
import { moveTowardEye } from "./Vertex.ts"

type Answer = Readonly<Record<string, Schema.Json>>

/** A JSON number as an integer of `10^-places` units: its shortest decimal is what was written. */
const exact = (places: number) => (value: number, field: string) => {
  const units = fromDecimal(String(value), places)
  if (units === undefined) throw new Refused(`${field}: ${value} has more than ${places} decimals`)
  return units
}
const milli = exact(3)
const tenths = exact(1)

class Refused extends Error {}

const Power = Schema.Struct({
  sph: Schema.Number,
  cyl: Schema.optionalKey(Schema.Number),
  axis: Schema.optionalKey(Schema.NullOr(Schema.Number))
})

const lens = (power: typeof Power.Type): SpheroCylinder => ({
  sphereMillidioptres: milli(power.sph, "sph"),
  cylinderMillidioptres: milli(power.cyl ?? 0, "cyl"),
  axis: power.axis ?? null
})

const written = (power: SpheroCylinder): Answer => ({
  sph: power.sphereMillidioptres / 1000,
  cyl: power.cylinderMillidioptres / 1000,
  axis: power.axis
})

const kind = <A>(schema: Schema.Codec<A, Schema.Json>, answer: (input: A) => Answer) => {
  const decode = Schema.decodeUnknownResult(schema)
  return (input: Schema.Json): Result.Result<Answer, string> => {
    const decoded = decode(input)
    if (Result.isFailure(decoded))
      return Result.fail(`input: ${SchemaIssue.makeFormatterDefault()(decoded.failure.issue)}`)
    try {
      return Result.succeed(answer(decoded.success))
    } catch (error) {
      if (error instanceof Refused) return Result.fail(error.message)
      throw error
    }
  }
}

const Surface = { n: Schema.Number, diameter_mm: Schema.Number }
const Direction = Schema.Literals(["up", "down", "in", "out"])
const Base = Schema.Literals(["BU", "BD", "BI", "BO"])
const Money = Schema.Union([Schema.Number, Schema.String])

const cents = (value: number | string, field: string): bigint => BigInt(exact(2)(Number(value), field))
const amount = (minor: bigint): number => Number(minor) / 100

const Eye = Schema.Struct({
  sph: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  cyl: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  axis: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  add: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  prism: Schema.optionalKey(
    Schema.NullOr(
      Schema.Array(
        Schema.Struct({
          amount: Schema.optionalKey(Schema.NullOr(Schema.Number)),
          base: Schema.optionalKey(Schema.NullOr(Base))
        })
      )
    )
  )
})

const power = (value: number | null | undefined, field: string): number | null =>
  value === null || value === undefined ? null : milli(value, field)

const eyeEntry = (eye: typeof Eye.Type | null | undefined): EyeEntry | null =>
  eye === undefined || eye === null
    ? null
    : {
        sphereMillidioptres: power(eye.sph, "sph"),
        cylinderMillidioptres: power(eye.cyl, "cyl"),
        axis: eye.axis ?? null,
        additionMillidioptres: power(eye.add, "add"),
        prisms: (eye.prism ?? []).map((prism) => ({
          amountMillidioptres: power(prism.amount, "prism"),
          base: prism.base ?? null
        })),
        balance: false
      }

/** Lens types as the examples name them. */
const designs: Record<string, Design> = {
  single_vision: "single_vision",
  single_vision_distance: "single_vision",
  single_vision_reading: "single_vision",
  single_vision_intermediate: "single_vision",
  bifocal: "bifocal",
  trifocal: "trifocal",
  progressive: "progressive",
  office: "degressive",
  degressive: "degressive",
  anti_fatigue: "anti_fatigue",
  plano: "plano"
}

const Height = Schema.Union([Schema.Number, Schema.Struct({ od: Schema.Number, os: Schema.Number })])

const Validate = Schema.Struct({
  lens_type: Schema.String,
  od: Schema.optionalKey(Schema.NullOr(Eye)),
  os: Schema.optionalKey(Schema.NullOr(Eye)),
  pd: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  pd_mono: Schema.optionalKey(Schema.NullOr(Schema.Struct({ od: Schema.Number, os: Schema.Number }))),
  fitting_height: Schema.optionalKey(Schema.NullOr(Height)),
  issued: Schema.optionalKey(Schema.NullOr(Schema.String)),
  expires: Schema.optionalKey(Schema.NullOr(Schema.String)),
  today: Schema.optionalKey(Schema.String)
})

const prescription = (input: typeof Validate.Type): PrescriptionEntry => {
  const height = input.fitting_height ?? null
  return {
    right: eyeEntry(input.od),
    left: eyeEntry(input.os),
    pd:
      input.pd_mono !== undefined && input.pd_mono !== null
        ? {
            rightTenthsMm: tenths(input.pd_mono.od, "pd_mono"),
            leftTenthsMm: tenths(input.pd_mono.os, "pd_mono")
          }
        : input.pd === undefined || input.pd === null
          ? null
          : { binocularTenthsMm: tenths(input.pd, "pd") },
    fittingHeight:
      height === null
        ? null
        : {
            rightTenthsMm: tenths(typeof height === "number" ? height : height.od, "fitting_height"),
            leftTenthsMm: tenths(typeof height === "number" ? height : height.os, "fitting_height")
          },
    issued: input.issued ?? null,
    expires: input.expires ?? null
  }
}

const code = ({ code, eye }: Finding<string>): string =>
  eye === null ? code : `${eye === "right" ? "od" : "os"}.${code}`

const kinds: Record<string, (input: Schema.Json) => Result.Result<Answer, string>> = {
  transpose: kind(Power, (input) => written(transpose(lens(input)))),
  spherical_equivalent: kind(Power, (input) => ({
    se: sphericalEquivalentHalfMillidioptres(lens(input)) / 2000
  })),
  vertex_to_cornea: kind(Schema.Struct({ ...Power.fields, vertex_mm: Schema.Number }), (input) => {
    const moved = moveTowardEye(lens(input), input.vertex_mm)
    return moved === undefined
      ? { error: "VERTEX_IMPOSSIBLE" }
      : { sph: moved.sphereDioptres, cyl: moved.cylinderDioptres, axis: input.axis ?? null }
  }),
  sagitta: kind(
    Schema.Struct({ ...Surface, power: Schema.Number, method: Schema.Literals(["exact", "approx"]) }),
    (input) => {
      const surface = { dioptres: input.power, index: input.n, diameterMm: input.diameter_mm }
      const sag = input.method === "exact" ? sagitta(surface) : sagittaApproximate(surface)
      return typeof sag === "number" ? { sag_mm: sag } : { error: "SAG_IMPOSSIBLE" }
    }
  ),
  thickness: (input) => thickness(input),
  prentice: kind(
    Schema.Struct({
      power: Schema.optionalKey(Schema.Number),
      sph: Schema.optionalKey(Schema.Number),
      cyl: Power.fields.cyl,
      axis: Power.fields.axis,
      oc_from_pupil_mm: Schema.Number,
      direction: Direction
    }),
    (input) => {
      const { cyl = 0, axis = null } = input
      const induced = inducedPrism(
        lens({ sph: input.sph ?? input.power ?? 0, cyl, axis }),
        input.oc_from_pupil_mm,
        input.direction
      )
      return { prism: induced.prismDioptres, base: induced.base, meridian_power: induced.meridianDioptres }
    }
  ),
  prism_combine: kind(
    Schema.Struct({ components: Schema.Array(Schema.Struct({ prism: Schema.Number, base: Base })) }),
    ({ components }) => {
      const combined = combine(components.map(({ base, prism }) => ({ base, prismDioptres: prism })))
      return { prism: combined.prismDioptres, angle_from_horizontal_deg: combined.angleFromHorizontalDegrees }
    }
  ),
  blank_size: kind(
    Schema.Struct({
      a: Schema.Number,
      dbl: Schema.Number,
      pd: Schema.Number,
      ed: Schema.Number,
      allowance_mm: Schema.Number
    }),
    (input) => {
      const frame = {
        aTenthsMm: tenths(input.a, "a"),
        dblTenthsMm: tenths(input.dbl, "dbl"),
        edTenthsMm: tenths(input.ed, "ed")
      }
      const pd = { binocularTenthsMm: tenths(input.pd, "pd") }
      return {
        frame_pd: boxedCentreDistance(frame) / 10,
        dec_per_eye: Math.abs(decentrationTwentiethsMm(frame, pd)) / 20,
        mbs: minimumBlank(frame, pd, tenths(input.allowance_mm, "allowance_mm")) / 10
      }
    }
  ),
  near_pd: kind(
    Schema.Struct({
      distance_pd: Schema.Number,
      working_distance_cm: Schema.Number,
      stop_mm: Schema.optionalKey(Schema.Number)
    }),
    (input) => ({
      near_pd:
        nearPupillaryDistance(
          tenths(input.distance_pd, "distance_pd"),
          input.working_distance_cm * 10,
          input.stop_mm ?? 27
        ) / 10
    })
  ),
  near_rx: kind(
    Schema.Union([
      Schema.Struct({ ...Power.fields, add: Schema.Number }),
      Schema.Struct({ near_sph: Schema.Number, distance_sph: Schema.Number })
    ]),
    (input) =>
      "near_sph" in input
        ? {
            add:
              additionBetween(milli(input.near_sph, "near_sph"), milli(input.distance_sph, "distance_sph")) /
              1000
          }
        : written(near(lens(input), milli(input.add, "add")))
  ),
  validate: kind(Validate, (input) => {
    const design = designs[input.lens_type]
    if (design === undefined) throw new Refused(`lens_type: ${input.lens_type} is not known`)
    const found = validate(defaultV1, prescription(input), { design, today: input.today ?? "9999-12-31" })
    return { accept: found.accepted, errors: found.errors.map(code), warnings: found.warnings.map(code) }
  }),
  allowance: kind(
    Schema.Struct({ price: Money, allowance: Money, discount_on_excess_pct: Money }),
    (input) => ({
      customer_pays: amount(
        afterAllowance(
          cents(input.price, "price"),
          cents(input.allowance, "allowance"),
          cents(input.discount_on_excess_pct, "discount_on_excess_pct")
        )
      )
    })
  ),
  vat_extract: kind(Schema.Struct({ gross: Money, rate_pct: Money }), (input) => {
    const { net, tax } = extractTax(cents(input.gross, "gross"), cents(input.rate_pct, "rate_pct"))
    return { net: amount(net), vat: amount(tax) }
  })
}

const thickness = kind(
  Schema.Union([
    Schema.Struct({
      ...Surface,
      power: Schema.Number,
      centre_mm: Schema.Number,
      method: Schema.Literal("approx")
    }),
    Schema.Struct({
      ...Surface,
      power: Schema.Number,
      edge_mm: Schema.Number,
      method: Schema.Literal("approx")
    }),
    Schema.Struct({
      ...Surface,
      power: Schema.Number,
      density_g_cm3: Schema.Number,
      centre_mm: Schema.Number,
      method: Schema.Literal("weight_approx")
    }),
    Schema.Struct({
      ...Surface,
      front_power: Schema.Number,
      back_vertex_power: Schema.Number,
      centre_mm: Schema.Number,
      method: Schema.Literal("meniscus_exact")
    }),
    Schema.Struct({
      n: Schema.Number,
      front_power: Schema.Number,
      back_surface_power: Schema.Number,
      centre_mm: Schema.Number,
      method: Schema.Literal("vertex_powers")
    })
  ]),
  (input): Answer => {
    if (input.method === "vertex_powers") {
      const powers = vertexPowers({
        frontDioptres: input.front_power,
        backSurfaceDioptres: input.back_surface_power,
        index: input.n,
        centreMm: input.centre_mm
      })
      return {
        nominal: powers.nominal,
        front_vertex_power: powers.frontVertex,
        back_vertex_power: powers.backVertex
      }
    }
    if (input.method === "meniscus_exact") {
      const meniscus = {
        frontDioptres: input.front_power,
        backVertexDioptres: input.back_vertex_power,
        index: input.n,
        diameterMm: input.diameter_mm,
        centreMm: input.centre_mm
      }
      const edge = meniscusEdge(meniscus)
      return typeof edge === "number"
        ? { back_surface_power: backSurfacePower(meniscus), edge_mm: edge }
        : { error: "SAG_IMPOSSIBLE" }
    }
    const surface = { dioptres: input.power, index: input.n, diameterMm: input.diameter_mm }
    if ("edge_mm" in input) return { centre_mm: fromEdge(surface, input.edge_mm).centreMm }
    const made = fromCentre(surface, input.centre_mm)
    return input.method === "weight_approx"
      ? {
          edge_mm: made.edgeMm,
          weight_g: weight({
            ...made,
            diameterMm: input.diameter_mm,
            densityGramsPerCm3: input.density_g_cm3
          })
        }
      : { edge_mm: made.edgeMm }
  }
)

/** Calculates an example of a kind; what cannot be calculated says why. */
export const calculate = (name: string, input: Schema.Json): Result.Result<Answer, string> => {
  const calculated = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  return calculated === undefined ? Result.fail(`there is no kind ${name}`) : calculated(input)
}
