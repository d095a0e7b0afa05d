import { Code } from "@connectrpc/connect"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { OperatorToken, OperatorTokenRequired, requireOperator } from "../src/OperatorToken.ts"

const withToken = (token: string) => Effect.provide(Layer.succeed(OperatorToken, Redacted.make(token)))

it.effect("lets the operator's token pass", () =>
  Effect.gen(function* () {
    yield* requireOperator(new Headers({ authorization: "Bearer s3cret" }))
    yield* requireOperator(new Headers({ Authorization: "bearer  s3cret" }))
  }).pipe(withToken("s3cret"))
)

it.effect("lets whoever presents it as `authorization` does pass, and shows it to nobody", () =>
  Effect.gen(function* () {
    const authorization = OperatorToken.authorization(yield* OperatorToken)
    expect(String(authorization)).not.toContain("s3cret")
    yield* requireOperator(new Headers({ authorization: Redacted.value(authorization) }))
  }).pipe(withToken("s3cret"))
)

it.effect.each([
  undefined,
  "",
  "Bearer",
  "Bearer ",
  "Bearer s3cre",
  "Bearer s3crets",
  "Bearer S3CRET",
  "Basic s3cret",
  "s3cret",
  "Bearer s3cret extra"
])("refuses %s", (authorization) =>
  Effect.gen(function* () {
    const headers = new Headers(authorization === undefined ? {} : { authorization })
    const error = yield* Effect.flip(requireOperator(headers))
    expect(error).toBeInstanceOf(OperatorTokenRequired)
    expect(error.connectCode).toBe(Code.Unauthenticated)
    expect(error.message).toContain("OPTICA_OPERATOR_TOKEN")
    expect(error.message).not.toContain("s3cret")
  }).pipe(withToken("s3cret"))
)

it.effect("lets no one pass where the token is empty", () =>
  Effect.gen(function* () {
    for (const authorization of ["Bearer ", "Bearer", ""]) {
      expect(yield* Effect.flip(requireOperator(new Headers({ authorization })))).toBeInstanceOf(
        OperatorTokenRequired
      )
    }
  }).pipe(withToken(""))
)
