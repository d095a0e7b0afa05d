/**
 * The metrics of a service on its own port, for Prometheus (`/metrics`) and for people and programs (`/health/metrics`,
 * the same as JSON): for callers on this machine that came through no proxy and asked for this machine, and for those
 * with the operator's token.
 */
import { Code } from "@connectrpc/connect"
import * as MetricsText from "@optica/telemetry/MetricsText"
import type * as Context from "effect/Context"
import type * as Redacted from "effect/Redacted"
import { isFromHere } from "./Loopback.ts"
import { presentsToken } from "./OperatorToken.ts"
import * as Refusal from "./Refusal.ts"
import type { RpcListener } from "./RpcListener.ts"

type Asked = Parameters<RpcListener>[0]

/** Pages by their paths. Without a token nobody elsewhere may see them. `host` is where the server listens. */
export const make = (
  context: Context.Context<never>,
  host: string,
  token: Redacted.Redacted<string> | undefined
): ReadonlyMap<string, RpcListener> => {
  const page =
    (render: (request: Asked) => MetricsText.Exposition): RpcListener =>
    (request, response) => {
      if (request.method !== "GET" && request.method !== "HEAD") {
        return Refusal.send(methodNotAllowed, request, response)
      }
      if (!isFromHere(request, host) && !presentsToken(request.headers.authorization, token)) {
        return Refusal.send(tokenRequired, request, response)
      }
      const { contentType, text } = render(request)
      request.resume()
      response.setHeader("content-type", contentType)
      response.setHeader("cache-control", "private, no-store")
      response.end(text)
    }
  return new Map([
    ["/metrics", page((request) => MetricsText.exposition(context, request.headers.accept))],
    [
      "/health/metrics",
      page(() => ({
        contentType: "application/json",
        text: JSON.stringify({ success: true, data: { metrics: MetricsText.figures(context) } })
      }))
    ]
  ])
}

const methodNotAllowed: Refusal.Refusal = {
  status: 405,
  code: Code.Unimplemented,
  message: "metrics are read by GET",
  headers: { allow: "GET, HEAD" }
}

const tokenRequired: Refusal.Refusal = {
  status: 401,
  code: Code.Unauthenticated,
  message: "metrics are for this machine, or for the operator's token: `authorization: Bearer <token>`",
  headers: { "www-authenticate": "Bearer" }
}
