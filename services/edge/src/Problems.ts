/**
 * Every refusal and failure that the edge answers with: RFC 9457 problem details. The only place that knows which
 * status a failure has.
 */
import type { ServerResponse } from "node:http"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import type { Exchange, Summary } from "./Exchange.ts"

/** Codes that clients branch on, with their status and title. */
export const catalogue = {
  VALIDATION_ERROR: { status: 400, title: "Bad Request" },
  UNAUTHORIZED: { status: 401, title: "Unauthorized" },
  FORBIDDEN: { status: 403, title: "Forbidden" },
  NOT_FOUND: { status: 404, title: "Not Found" },
  METHOD_NOT_ALLOWED: { status: 405, title: "Method Not Allowed" },
  NOT_ACCEPTABLE: { status: 406, title: "Not Acceptable" },
  REQUEST_TIMEOUT: { status: 408, title: "Request Timeout" },
  CONFLICT: { status: 409, title: "Conflict" },
  PRECONDITION_FAILED: { status: 412, title: "Precondition Failed" },
  PAYLOAD_TOO_LARGE: { status: 413, title: "Payload Too Large" },
  URI_TOO_LONG: { status: 414, title: "URI Too Long" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "Unsupported Media Type" },
  UNPROCESSABLE: { status: 422, title: "Unprocessable Content" },
  RATE_LIMIT_EXCEEDED: { status: 429, title: "Too Many Requests" },
  HEADERS_TOO_LARGE: { status: 431, title: "Request Header Fields Too Large" },
  INTERNAL_ERROR: { status: 500, title: "Internal Server Error" },
  SERVICE_UNAVAILABLE: { status: 503, title: "Service Unavailable" },
  UPSTREAM_TIMEOUT: { status: 504, title: "Gateway Timeout" }
} as const

export type ProblemCode = keyof typeof catalogue

/** One thing that is wrong: a field of the request, or a fact that a client can act on. */
export const Detail = Schema.Struct({
  /** Parameter, header or body field. */
  field: Schema.optionalKey(Schema.String),
  message: Schema.String,
  /** What was sent there, cut to 100 characters. */
  received: Schema.optionalKey(Schema.String),
  /** Of a CONFLICT with a run at work: its id. */
  run_id: Schema.optionalKey(Schema.String)
})
export type Detail = typeof Detail.Type

/** A refusal on its way to an answer. */
export class Problem extends Schema.TaggedError<Problem>()("Problem", {
  code: Schema.Literals(Struct.keys(catalogue)),
  /** A sentence for people: what is wrong and how to mend it. */
  message: Schema.String,
  details: Schema.Array(Detail),
  headers: Schema.Record(Schema.String, Schema.String)
}) {}

/** A problem; `headers` such as Allow or Retry-After go with the answer. */
export const make = (
  code: ProblemCode,
  message: string,
  options: { readonly details?: ReadonlyArray<Detail>; readonly headers?: Record<string, string> } = {}
): Problem => new Problem({ code, message, details: options.details ?? [], headers: options.headers ?? {} })

export const notFound = (message: string): Problem => make("NOT_FOUND", message)

export const contentType = "application/problem+json"

/** The body of a problem, as text. */
export const body = (problem: Problem, exchange: Summary): string => {
  const { status, title } = catalogue[problem.code]
  return JSON.stringify({
    type: typeOf(problem.code),
    title,
    status,
    detail: problem.message,
    instance: exchange.path,
    success: false,
    error: { code: problem.code, message: problem.message, details: problem.details },
    request_id: exchange.id,
    trace_id: exchange.traceId
  })
}

/** Where the documentation tells of a problem: relative, since the edge does not know its public name. */
export const typeOf = (code: ProblemCode): string =>
  `/docs#problem-${code.toLowerCase().replaceAll("_", "-")}`

const answerHeaders = (problem: Problem): Record<string, string> => ({
  "content-type": contentType,
  "cache-control": "no-store",
  ...problem.headers
})

/** The answer to a request that meets a problem. */
export const toResponse = (problem: Problem, exchange: Exchange): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(body(problem, exchange), {
    status: catalogue[problem.code].status,
    headers: answerHeaders(problem),
    contentType
  })

/** Answers a request by hand, before any Effect runs. `headers` are those that every answer carries. */
export const send = (
  problem: Problem,
  exchange: Exchange,
  response: ServerResponse,
  headers: Record<string, string>
): void => {
  const text = body(problem, exchange)
  response.writeHead(catalogue[problem.code].status, {
    ...headers,
    ...answerHeaders(problem),
    "content-length": String(Buffer.byteLength(text))
  })
  response.end(exchange.method === "HEAD" ? undefined : text)
}

/** The whole answer as bytes, for a socket on which no HTTP request could be read. */
export const bytes = (problem: Problem, exchange: Summary, headers: Record<string, string>): string => {
  const { status, title } = catalogue[problem.code]
  const text = body(problem, exchange)
  const fields = {
    ...headers,
    ...answerHeaders(problem),
    connection: "close",
    "content-length": String(Buffer.byteLength(text))
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${title}\r\n${lines.join("")}\r\n${text}`
}

const words = (code: ProblemCode): ReadonlyArray<string> =>
  code.split("_").map((word) => word.charAt(0) + word.slice(1).toLowerCase())

/** A problem as the contract declares it. */
export const documented = (code: ProblemCode) => {
  const { status, title } = catalogue[code]
  return Schema.Struct({
    type: Schema.Literal(typeOf(code)),
    title: Schema.Literal(title),
    status: Schema.Literal(status),
    detail: Schema.String,
    instance: Schema.String,
    success: Schema.Literal(false),
    error: Schema.Struct({
      code: Schema.Literal(code),
      message: Schema.String,
      details: Schema.Array(Detail)
    }),
    request_id: Schema.String,
    trace_id: Schema.NullOr(Schema.String)
  })
    .annotate({ identifier: `${words(code).join("")}Problem`, description: `${code}: ${title}` })
    .pipe(HttpApiSchema.status(status), HttpApiSchema.asJson({ contentType }))
}

/** Declared by more than one route. */
export const NotFound = documented("NOT_FOUND")
