/** Who may use the routes that are not for the public. */
import { OperatorToken, requireOperator } from "@optica/connect/OperatorToken"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as Layer from "effect/Layer"
import * as Exchange from "./Exchange.ts"
import * as Problems from "./Problems.ts"
import { unauthorized } from "./Refusals.ts"

const Unauthorized = Problems.documented("UNAUTHORIZED")

/** Only with the operator's token. */
export class OperatorAccess extends HttpApiMiddleware.Service<OperatorAccess>()(
  "@optica/edge/OperatorAccess",
  {
    error: Unauthorized,
    security: { operator: HttpApiSecurity.bearer }
  }
) {
  static readonly layer: Layer.Layer<OperatorAccess, never, OperatorToken> = Layer.effect(
    OperatorAccess,
    Effect.map(OperatorToken, (token) => ({ operator: (answer) => admit(answer, token, () => false) }))
  )
}

/** From this machine without a token, from elsewhere with the operator's. */
export class LocalAccess extends HttpApiMiddleware.Service<LocalAccess>()("@optica/edge/LocalAccess", {
  error: Unauthorized
}) {
  static readonly layer: Layer.Layer<LocalAccess, never, OperatorToken> = Layer.effect(
    LocalAccess,
    Effect.map(OperatorToken, (token) => (answer) => admit(answer, token, (exchange) => exchange.loopback))
  )
}

const admit = <E, R>(
  answer: Effect.Effect<HttpServerResponse, E, R>,
  token: OperatorToken["Service"],
  exempt: (exchange: Exchange.Exchange) => boolean
): Effect.Effect<HttpServerResponse, E, R | HttpServerRequest.HttpServerRequest> =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
    const exchange = Exchange.of(request)
    if (exempt(exchange)) return answer
    const { authorization } = exchange.request.headers
    const headers = new Headers(authorization === undefined ? {} : { authorization })
    return requireOperator(headers).pipe(
      Effect.provideService(OperatorToken, token),
      Effect.matchEffect({
        onFailure: () => Effect.succeed(Problems.toResponse(unauthorized, exchange)),
        onSuccess: () => answer
      })
    )
  })
