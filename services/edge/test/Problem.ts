/** Decoding what the edge answers, as a client would. */
import { expect } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Detail } from "../src/Problems.ts"

const ProblemBody = Schema.Struct({
  type: Schema.String,
  title: Schema.String,
  status: Schema.Int,
  detail: Schema.String,
  instance: Schema.String,
  success: Schema.Literal(false),
  error: Schema.Struct({ code: Schema.String, message: Schema.String, details: Schema.Array(Detail) }),
  request_id: Schema.String,
  trace_id: Schema.NullOr(Schema.String)
})
export type ProblemBody = typeof ProblemBody.Type

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(ProblemBody), { onExcessProperty: "error" })

/** Reads a problem, and holds it to what RFC 9457 and the contract say of every one. */
export const problemOf = (response: Response): Effect.Effect<ProblemBody> =>
  Effect.map(
    Effect.promise(() => response.text()),
    (text) => {
      const problem = decode(text)
      expect(response.headers.get("content-type")).toBe("application/problem+json")
      expect(problem.status).toBe(response.status)
      expect(problem.request_id).toBe(response.headers.get("x-request-id"))
      expect(problem.detail.length).toBeGreaterThan(0)
      return problem
    }
  )

/** Reads a problem out of the bytes of a whole answer. */
export const problemIn = (answer: string): ProblemBody => decode(answer.slice(answer.indexOf("\r\n\r\n") + 4))

export const json = <S extends Schema.ConstraintDecoder<unknown>>(schema: S) => {
  const read = Schema.decodeUnknownSync(Schema.fromJsonString(schema))
  return (response: Response): Effect.Effect<S["Type"]> =>
    Effect.map(
      Effect.promise(() => response.text()),
      (text) => read(text)
    )
}
