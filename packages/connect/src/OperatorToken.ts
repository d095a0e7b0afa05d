/**
 * The bearer token that operators present. It stands in for sign-in until that arrives.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import { Code } from "@connectrpc/connect"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** The token that a caller must present to operate the mirror. */
export class OperatorToken extends Context.Service<OperatorToken, Redacted.Redacted<string>>()(
  "@optica/connect/OperatorToken"
) {
  /** The `authorization` field of a call that presents the token. */
  static readonly authorization = (token: Redacted.Redacted<string>): Redacted.Redacted<string> =>
    Redacted.make(`Bearer ${Redacted.value(token)}`)
}

/** The call carried no operator token, or a wrong one. */
export class OperatorTokenRequired extends Schema.TaggedError<OperatorTokenRequired>()(
  "OperatorTokenRequired",
  {}
) {
  readonly connectCode = Code.Unauthenticated
  override get message() {
    return "This call needs the operator's token: send `authorization: Bearer <OPTICA_OPERATOR_TOKEN>`"
  }
}

/** Lets a call with the operator's token pass. */
export const requireOperator: (
  headers: Headers
) => Effect.Effect<void, OperatorTokenRequired, OperatorToken> = Effect.fnUntraced(function* (headers) {
  if (!presentsToken(headers.get("authorization") ?? undefined, yield* OperatorToken))
    return yield* new OperatorTokenRequired({})
})

/** Whether an `authorization` field presents the token. The comparison takes the same time whatever is given. */
export const presentsToken = (
  authorization: string | undefined,
  token: Redacted.Redacted<string> | undefined
): boolean => {
  const expected = token === undefined ? "" : Redacted.value(token)
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? ""
  // Digests are of one length, as timingSafeEqual demands, and hide the length of the token.
  return expected !== "" && timingSafeEqual(digest(given), digest(expected))
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()
