/**
 * Worked examples with their answers, in a JSON file: each is calculated by the functions of this package and compared. The
 * calculation does not see the answer.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { calculate } from "./VectorKinds.ts"

const Values = Schema.Record(Schema.String, Schema.Json)

/** One example. */
export const Vector = Schema.Struct({
  id: Schema.String,
  kind: Schema.String,
  input: Values,
  expected: Values,
  /** Absolute, of every number; 0 where it is missing. */
  tolerance: Schema.optionalKey(Schema.Number)
})
export type Vector = typeof Vector.Type

/** A file of examples. */
export const VectorFile = Schema.Struct({
  schema: Schema.Literal("optics-vectors/1"),
  vectors: Schema.Array(Vector)
})

/** Why an example failed; undefined when it passed. */
export const check = (vector: Vector): string | undefined => {
  const calculated = calculate(vector.kind, vector.input)
  if (Result.isFailure(calculated)) return calculated.failure
  const wrong = Object.entries(vector.expected).flatMap(([name, expected]) => {
    const actual = calculated.success[name]
    return agree(expected, actual, vector.tolerance ?? 0)
      ? []
      : [`${name}: expected ${JSON.stringify(expected)}, calculated ${JSON.stringify(actual) ?? "nothing"}`]
  })
  return wrong.length === 0 ? undefined : wrong.join("; ")
}

/** Decimals of the file are exact only to this much once they are binary. */
const representation = 1e-9

const agree = (expected: Schema.Json, actual: Schema.Json | undefined, tolerance: number): boolean => {
  if (typeof expected === "number") {
    return typeof actual === "number" && Math.abs(expected - actual) <= tolerance + representation
  }
  // Findings in whatever order.
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return JSON.stringify(expected.toSorted()) === JSON.stringify(actual.toSorted())
  }
  return JSON.stringify(expected) === JSON.stringify(actual)
}
