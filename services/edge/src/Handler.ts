/**
 * One request from its head to its answer: what is refused before any route runs, the route, the problem that stands for
 * every failure, and what all answers have in common.
 */
import * as Deadline from "@optica/connect/Deadline"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Compression from "./Compression.ts"
import * as Exchange from "./Exchange.ts"
import { accepts, isJson } from "./MediaTypes.ts"
import * as Problems from "./Problems.ts"
import * as Refusals from "./Refusals.ts"
import * as ResponseHeaders from "./ResponseHeaders.ts"
import * as ServerSpan from "./ServerSpan.ts"

export interface Options {
  readonly cors: ResponseHeaders.Cors
  /** Milliseconds that a request may take, from its head on. */
  readonly requestTimeoutMs: number
}

type Answer = HttpServerResponse.HttpServerResponse

/** Answers every request: with what its route says, or with a problem. */
export const make =
  (options: Options) =>
  <E, R>(
    routed: Effect.Effect<Answer, E, R>
  ): Effect.Effect<Answer, never, R | HttpServerRequest.HttpServerRequest> =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
      const exchange = Exchange.of(request)
      const answer = Effect.suspend(() => {
        const early = beforeRouting(exchange, options.cors)
        return early === undefined
          ? Deadline.within(options.requestTimeoutMs - Exchange.elapsed(exchange))(routed)
          : Effect.succeed(early)
      }).pipe(Effect.catchCause((cause) => explain(cause, exchange)))
      return Effect.flatMap(ServerSpan.around(exchange, request, answer), (response) =>
        finish(exchange, response, options.cors)
      ).pipe(
        Effect.catchCause((cause) =>
          Effect.map(explain(cause, exchange), (response) =>
            HttpServerResponse.setHeaders(response, ResponseHeaders.common(exchange, options.cors))
          )
        )
      )
    })

const explain = (cause: Cause.Cause<unknown>, exchange: Exchange.Exchange): Effect.Effect<Answer> =>
  Effect.map(Refusals.fromCause(cause, exchange), (problem) => Problems.toResponse(problem, exchange))

/** What can be said without looking further than the head. */
const beforeRouting = (exchange: Exchange.Exchange, cors: ResponseHeaders.Cors): Answer | undefined => {
  const { route, method } = exchange
  const refuse = (problem: Problems.Problem) => Problems.toResponse(problem, exchange)
  if (!isDecodable(exchange.path)) return refuse(Refusals.undecodablePath)
  if (route === undefined) return refuse(Refusals.nothingAt(exchange))
  if (method === "OPTIONS") {
    const headers = { allow: route.allow, ...ResponseHeaders.preflight(exchange, cors, route.allow) }
    return HttpServerResponse.empty({ status: 204, headers })
  }
  if (!route.methods.has(method)) return refuse(Refusals.methodNotAllowed(route.allow))
  const { headers } = exchange.request
  const produced = [route.produces, route.alternative ?? route.produces]
  if (!produced.some((type) => accepts(headers.accept, type)))
    return refuse(Refusals.notAcceptable(route.produces))
  const { search } = splitTarget(exchange)
  if (!isDecodable(search)) return refuse(Refusals.undecodableQuery)
  return method === "GET" || method === "HEAD" ? undefined : refuseBody(exchange)
}

const refuseBody = (exchange: Exchange.Exchange): Answer | undefined => {
  const { headers } = exchange.request
  if (Number(headers["content-length"] ?? 0) > Refusals.bodyLimit) {
    return Problems.toResponse(Refusals.bodyTooLarge, exchange)
  }
  const coding = headers["content-encoding"]
  if (coding !== undefined && coding.toLowerCase() !== "identity") {
    return Problems.toResponse(Refusals.unsupportedCoding, exchange)
  }
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0
  return hasBody && !isJson(headers["content-type"])
    ? Problems.toResponse(Refusals.unsupportedMediaType, exchange)
    : undefined
}

const splitTarget = ({ target, path }: Exchange.Exchange) => ({ search: target.slice(path.length + 1) })

const isDecodable = (text: string): boolean => {
  if (!text.includes("%")) return true
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Adds what every answer carries, and encodes the body as the caller likes it. */
const finish = (
  exchange: Exchange.Exchange,
  response: Answer,
  cors: ResponseHeaders.Cors
): Effect.Effect<Answer> => {
  const sound = isSound(response)
    ? response
    : Problems.toResponse(Refusals.unexplained(response.status), exchange)
  const common = ResponseHeaders.common(exchange, cors)
  const { body, headers, status } = sound
  if (body._tag === "Stream") return Effect.succeed(HttpServerResponse.setHeaders(sound, common))
  // A 304 says what the 200 would have said, and whatever can be asked for conditionally is text.
  const isText = body._tag === "Empty" ? status === 304 : Compression.isCompressible(body.contentType)
  if (!isText) {
    return Effect.succeed(HttpServerResponse.setHeaders(sound, merge(common, headers)))
  }
  const fields = merge(common, headers)
  fields.vary = ResponseHeaders.vary(fields.vary, "Accept-Encoding")
  const coding = Compression.negotiate(exchange.request.headers["accept-encoding"])
  const ready = headers["content-encoding"] !== undefined
  if (
    ready ||
    body._tag !== "Uint8Array" ||
    body.contentLength < Compression.THRESHOLD ||
    coding === undefined
  ) {
    return Effect.succeed(HttpServerResponse.setHeaders(sound, fields))
  }
  return Effect.map(Compression.compress(coding, body.body), (encoded) => {
    fields["content-encoding"] = coding
    fields["content-length"] = String(encoded.byteLength)
    return HttpServerResponse.uint8Array(encoded, { status, headers: fields, contentType: body.contentType })
  })
}

/** The answer's own fields win over the common ones, save that it may vary by more. */
const merge = (
  common: Record<string, string>,
  own: Readonly<Record<string, string>>
): Record<string, string> => {
  const fields = Object.assign({}, common, own)
  if (common.vary !== undefined && own.vary !== undefined)
    fields.vary = ResponseHeaders.vary(common.vary, own.vary)
  return fields
}

/** A failure that no problem explains was made by a library; it is replaced. */
const isSound = (response: Answer): boolean =>
  response.status < 400 || response.headers["content-type"] === Problems.contentType
