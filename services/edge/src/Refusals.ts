/** What went wrong, told as a problem: upstream errors, requests that do not decode, defects. */
import { Code } from "@connectrpc/connect"
import type { RpcError } from "@optica/connect/ConnectError"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { ClientAbort, HttpServerError, type RequestParseError } from "effect/http/HttpServerError"
import { HttpApiSchemaError } from "effect/http-api/HttpApiError"
import * as SchemaIssue from "effect/SchemaIssue"
import * as Combinations from "./Combinations.ts"
import type { Exchange } from "./Exchange.ts"
import * as Problems from "./Problems.ts"

const retrySoon = { "retry-after": "5" }

/**
 * An upstream's error. `parameters` names fields of the proto request as the REST request calls them, without indexes:
 * `{ "filter.category_ids": "categories" }`.
 */
export const fromRpc = (error: RpcError, parameters: Record<string, string> = {}): Problems.Problem => {
  switch (error.code) {
    case Code.NotFound:
      return Problems.notFound(error.message)
    case Code.InvalidArgument:
    case Code.OutOfRange:
      return Problems.make("VALIDATION_ERROR", "The request breaks a rule; see error.details", {
        details: error.violations.map(({ field, message }) => ({
          field: parameters[field.replace(/\[[^\]]*\]/g, "")] ?? field,
          message
        }))
      })
    case Code.AlreadyExists:
    case Code.Aborted: {
      const runId = error.metadata.run_id
      return Problems.make("CONFLICT", error.message, {
        details: runId === undefined ? [] : [{ message: "this run is at work", run_id: runId }],
        headers: runId === undefined ? {} : { location: `/sync/runs/${encodeURIComponent(runId)}` }
      })
    }
    case Code.FailedPrecondition:
      return Problems.make("UNPROCESSABLE", error.message)
    case Code.Unauthenticated:
      return tokensDiffer
    case Code.PermissionDenied:
      return Problems.make("FORBIDDEN", error.message)
    case Code.Unavailable:
    case Code.ResourceExhausted:
      return Problems.make(
        "SERVICE_UNAVAILABLE",
        "A service behind this address does not answer; try again soon",
        {
          headers:
            error.retryAfterMs === undefined
              ? retrySoon
              : { "retry-after": String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))) }
        }
      )
    case Code.DeadlineExceeded:
      return Problems.make("UPSTREAM_TIMEOUT", "A service behind this address did not answer in time")
    default:
      return internalError
  }
}

const internalError = Problems.make(
  "INTERNAL_ERROR",
  "Something went wrong here; quote the request_id when you report it"
)

/** The edge has let the caller in by then: what an upstream refuses is the edge's own token. */
const tokensDiffer = Problems.make(
  "SERVICE_UNAVAILABLE",
  "The services behind this address do not share one OPTICA_OPERATOR_TOKEN: start all of them with the same",
  { headers: { "retry-after": "60" } }
)

/** Tells the log of an upstream's refusal that only who runs the services can mend. */
export const logged = <A, R>(call: Effect.Effect<A, RpcError, R>): Effect.Effect<A, RpcError, R> =>
  Effect.tapError(call, ({ code }) =>
    code === Code.Unauthenticated
      ? Effect.logError(
          "A service refuses the token of the edge: the services do not share one OPTICA_OPERATOR_TOKEN"
        )
      : Effect.void
  )

/** The answer to a call of an operator route without the operator's token. */
export const unauthorized = Problems.make(
  "UNAUTHORIZED",
  "This address is for operators: send `Authorization: Bearer <OPTICA_OPERATOR_TOKEN>`",
  { headers: { "www-authenticate": 'Bearer realm="optica"' } }
)

const unknown = "is not known here"

const issues = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    switch (issue._tag) {
      case "UnexpectedKey":
        return unknown
      case "MissingKey":
        return "is required"
      case "InvalidType":
        return "must be given once, and as the documentation says"
      default:
        return SchemaIssue.defaultLeafHook(issue)
    }
  }
})

/** A request whose path, query or body does not decode: every wrong field at once. */
const fromSchemaError = (error: HttpApiSchemaError, exchange: Exchange): Problems.Problem => {
  if (error.kind === "Body" || error.kind === "ResponseHeaders") return internalError
  const search = new URLSearchParams(exchange.target.slice(exchange.path.length + 1))
  const segments = exchange.route?.template.split("/") ?? []
  const received = (field: string): string | undefined => {
    if (error.kind === "Query") return search.get(field) ?? undefined
    return error.kind === "Params" ? exchange.path.split("/")[segments.indexOf(`:${field}`)] : undefined
  }
  const wrong = issues(error.cause.issue).issues.map(({ path, message }) => ({
    field: path === undefined || path.length === 0 ? "body" : path.map(String).join("."),
    message
  }))
  const details = [...wrong, ...misfits(error.kind, search, wrong)].map(
    ({ field, message }): Problems.Detail => {
      const value = received(field)
      return {
        field,
        message: message === unknown && error.kind === "Query" ? `${unknown}: ${known(exchange)}` : message,
        ...(value === undefined ? {} : { received: value.slice(0, 100) })
      }
    }
  )
  // Nothing where an id stands: what is above that address is asked for without the slash.
  if (error.kind === "Params" && details.every((it) => it.received === "")) return nothingAt(exchange)
  const fields = details.map((it) => it.field).join(", ")
  return Problems.make("VALIDATION_ERROR", `The request is not valid: see error.details (${fields})`, {
    details
  })
}

/** What does not fit together, of fields that are not wrong already. */
const misfits = (
  kind: HttpApiSchemaError["kind"],
  search: URLSearchParams,
  wrong: ReadonlyArray<{ readonly field: string }>
) => {
  if (kind !== "Query") return []
  const told = new Set(wrong.map((it) => it.field))
  return Combinations.misfitsOf(search).filter(({ field }) => !told.has(field))
}

const known = ({ route }: Exchange): string => {
  const names = route?.parameters ?? []
  return names.length === 0 ? "this address takes no parameters" : `this address takes ${names.join(", ")}`
}

/** The answer where nothing is served. */
export const nothingAt = (exchange: Exchange): Problems.Problem =>
  Problems.notFound(`There is nothing at ${exchange.path.slice(0, 200)}; /docs lists what there is`)

/** Whatever ended a request without an answer. Defects are logged, and nothing of them is told. */
export const fromCause = (
  cause: Cause.Cause<unknown>,
  exchange: Exchange
): Effect.Effect<Problems.Problem> => {
  for (const reason of cause.reasons) {
    if (reason._tag === "Interrupt") continue
    const thrown = reason._tag === "Fail" ? reason.error : reason.defect
    if (thrown instanceof Problems.Problem) return Effect.succeed(thrown)
    if (HttpApiSchemaError.is(thrown)) return Effect.succeed(fromSchemaError(thrown, exchange))
    if (thrown instanceof HttpServerError && thrown.reason._tag === "RequestParseError") {
      return Effect.succeed(unreadable(thrown.reason))
    }
  }
  if (Cause.hasInterruptsOnly(cause)) {
    const left = cause.reasons.some((reason) => reason.annotations.has(ClientAbort.key))
    return Effect.succeed(left ? clientLeft : stopping)
  }
  return Effect.as(Effect.logError("a request met a defect", cause), internalError)
}

const stopping = Problems.make("SERVICE_UNAVAILABLE", "This server is stopping; try again", {
  headers: retrySoon
})
/** The answer while as many requests are under way as the server takes. */
export const tooBusy = Problems.make(
  "SERVICE_UNAVAILABLE",
  "This server has as many requests under way as it takes; try again in a second",
  { headers: { "retry-after": "1" } }
)

// Nobody reads this one.
const clientLeft = Problems.make("REQUEST_TIMEOUT", "The caller left")

const unreadable = (reason: RequestParseError): Problems.Problem =>
  reason.reason === "BodyTooLarge"
    ? bodyTooLarge
    : Problems.make("VALIDATION_ERROR", "The body could not be read")

/** Bytes that a request body may have. */
export const bodyLimit = 1_048_576

export const bodyTooLarge = Problems.make(
  "PAYLOAD_TOO_LARGE",
  `A request body may have at most ${bodyLimit} bytes`,
  {
    headers: { connection: "close" }
  }
)

export const methodNotAllowed = (allow: string): Problems.Problem =>
  Problems.make("METHOD_NOT_ALLOWED", `What is here answers to ${allow}`, { headers: { allow } })

export const notAcceptable = (produces: string): Problems.Problem =>
  Problems.make("NOT_ACCEPTABLE", `What is here is ${produces}, which the Accept field leaves out`, {
    details: [{ field: "Accept", message: `must let ${produces} through` }]
  })

export const undecodablePath = Problems.make("VALIDATION_ERROR", "The path is not percent-encoded UTF-8", {
  details: [{ field: "path", message: "must be UTF-8, with each % followed by two hexadecimal digits" }]
})

export const undecodableQuery = Problems.make("VALIDATION_ERROR", "The query is not percent-encoded UTF-8", {
  details: [{ field: "query", message: "must be UTF-8, with each % followed by two hexadecimal digits" }]
})

export const unsupportedMediaType = Problems.make(
  "UNSUPPORTED_MEDIA_TYPE",
  "A body must be application/json",
  {
    details: [{ field: "Content-Type", message: "must be application/json" }],
    headers: { "accept-post": "application/json" }
  }
)

export const unsupportedCoding = Problems.make(
  "UNSUPPORTED_MEDIA_TYPE",
  "A body must be sent as it is, uncompressed",
  {
    details: [{ field: "Content-Encoding", message: "must be identity" }],
    headers: { "accept-encoding": "identity" }
  }
)

/** Stands for an answer that a library made without an explanation. */
export const unexplained = (status: number): Problems.Problem => {
  for (const [code, known] of Object.entries(Problems.catalogue)) {
    if (known.status === status && isCode(code)) return Problems.make(code, known.title)
  }
  return internalError
}

const isCode = (code: string): code is Problems.ProblemCode => code in Problems.catalogue

/** Characters that a request target may have. */
export const targetLimit = 8192

export const targetTooLong = Problems.make(
  "URI_TOO_LONG",
  `An address may have at most ${targetLimit} characters`
)

export const headersTooLarge = Problems.make(
  "HEADERS_TOO_LARGE",
  "The header fields may have at most 16384 bytes"
)

export const hostMissing = Problems.make("VALIDATION_ERROR", "An HTTP/1.1 request needs the field Host", {
  details: [{ field: "Host", message: "is required" }]
})

export const unknownExpectation = Problems.make(
  "VALIDATION_ERROR",
  "Only 100-continue can be expected here",
  {
    details: [{ field: "Expect", message: "must be 100-continue" }]
  }
)

export const noTunnels = Problems.make("METHOD_NOT_ALLOWED", "This server opens no tunnels", {
  headers: { allow: "GET, HEAD, POST, OPTIONS" }
})

const notEncoded = Problems.make(
  "VALIDATION_ERROR",
  "The address holds a character that must be percent-encoded, such as Gr%C3%B6%C3%9Fe for Größe",
  { details: [{ field: "address", message: "must be ASCII: all else percent-encoded, as UTF-8" }] }
)

/** What node's HTTP parser stumbled over, by its error code and the last bytes that came. */
export const fromParser = (code: string, bytes: Buffer | undefined): Problems.Problem => {
  switch (code) {
    case "HPE_HEADER_OVERFLOW": {
      const line = bytes?.indexOf("\n") ?? -1
      return line === -1 || line > targetLimit ? targetTooLong : headersTooLarge
    }
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return bodyTooLarge
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return Problems.make("REQUEST_TIMEOUT", "The request did not arrive in time")
    case "HPE_INVALID_URL":
      return notEncoded
    default:
      return Problems.make("VALIDATION_ERROR", "What arrived is not an HTTP/1.1 request")
  }
}
