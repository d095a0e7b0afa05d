/**
 * Answers to requests that no handler sees, in the words of the protocol that the client speaks, and never without any.
 */
import type * as http from "node:http"
import type * as http2 from "node:http2"
import { base64Decode } from "@bufbuild/protobuf/wire"
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect"
import type { UniversalHandler, UniversalServerRequest } from "@connectrpc/connect/protocol"
import { codeToString } from "@connectrpc/connect/protocol-connect"

/** Why a request is refused. */
export interface Refusal {
  /** Of HTTP. gRPC says it all in its own status. */
  readonly status: number
  readonly code: Code
  readonly message: string
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Sends a refusal, and reads on what the client still sends, so that the connection can serve others. */
export const send = (
  refusal: Refusal,
  request: http.IncomingMessage | http2.Http2ServerRequest,
  response: http.ServerResponse | http2.Http2ServerResponse
): void => {
  const contentType = request.headers["content-type"] ?? ""
  request.resume()
  for (const [name, value] of Object.entries(refusal.headers ?? {})) response.setHeader(name, value)
  if (contentType.startsWith("application/grpc")) {
    const isWeb = contentType.startsWith("application/grpc-web")
    response.setHeader("content-type", isWeb ? "application/grpc-web+proto" : "application/grpc")
    response.setHeader("grpc-status", String(refusal.code))
    response.setHeader("grpc-message", encodeURIComponent(refusal.message))
    response.end()
  } else {
    response.statusCode = refusal.status
    response.setHeader("content-type", "application/json")
    response.end(json(refusal))
  }
}

/** The whole answer on a connection whose bytes are no request. The connection has to be closed after it. */
export const bytes = (status: 400 | 408 | 431): string => {
  const [phrase, message] = unreadable[status]
  const body = json({ code: Code.InvalidArgument, message })
  return [
    `HTTP/1.1 ${status} ${phrase}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
    "",
    body
  ].join("\r\n")
}

const unreadable = {
  400: ["Bad Request", "what was sent is no HTTP request"],
  408: ["Request Timeout", "the request took too long to arrive"],
  431: ["Request Header Fields Too Large", "the header of the request is too large"]
} as const

const json = ({ code, message }: Pick<Refusal, "code" | "message">): string =>
  JSON.stringify({ code: codeToString(code), message })

export const noSuchRpc: Refusal = {
  status: 404,
  code: Code.Unimplemented,
  message: "the server has no such RPC"
}

export const tooLarge = (maxBytes: number): Refusal => ({
  status: 413,
  code: Code.ResourceExhausted,
  message: `a request of this RPC may have at most ${maxBytes} bytes`
})

export const badAddress: Refusal = {
  status: 400,
  code: Code.InvalidArgument,
  message: "the request's Host and path are no address"
}

export const unknownExpectation: Refusal = {
  status: 417,
  code: Code.InvalidArgument,
  message: "the only expectation that can be met is 100-continue"
}

export const failed: Refusal = { status: 500, code: Code.Internal, message: "internal error" }

/** What Connect-ES refuses by a bare status: a method, a content type or a version of HTTP. */
export const ofStatus = (status: number, handler: UniversalHandler): Refusal => {
  switch (status) {
    case 405: {
      const allow = handler.allowedMethods.join(", ")
      return {
        status,
        code: Code.Unimplemented,
        message: `this RPC is called by ${allow} only`,
        headers: { allow }
      }
    }
    case 415: {
      const types =
        handler.method.methodKind === "unary"
          ? "application/json, application/proto"
          : "application/connect+json, application/connect+proto"
      const all = `${types}, application/grpc, application/grpc-web`
      return {
        status,
        code: Code.InvalidArgument,
        message: `the request's content type has to be one of ${all}`,
        headers: { "accept-post": all }
      }
    }
    default:
      return { status, code: Code.Unimplemented, message: "this RPC cannot be called like that" }
  }
}

/** A GET whose message is not in the encoding that it claims. Connect-ES would take that for a fault of its own. */
export const ofQuery = ({ method, url }: UniversalServerRequest): Refusal | undefined => {
  if (method !== "GET" || !url.includes("base64=1")) return undefined
  try {
    base64Decode(new URL(url).searchParams.get("message") ?? "")
    return undefined
  } catch {
    return { status: 400, code: Code.InvalidArgument, message: "the query's message is no base64" }
  }
}

/**
 * Has bytes that cannot be read answered with INVALID_ARGUMENT. Connect-ES says INTERNAL of some of them, for which
 * nothing but its own code could be changed: the error is told by its message, and changed when the call is aborted
 * with it, which is before it is written. A handler's own failures say INTERNAL in other words.
 */
export const blameCaller = ({ method, signal }: HandlerContext): void => {
  const onAbort = () => {
    const error: unknown = signal.reason
    if (!(error instanceof ConnectError) || error.code !== Code.Internal) return
    const message = unreadableMessage(error.rawMessage, method.input.typeName)
    if (message === undefined) return
    Reflect.set(error, "code", Code.InvalidArgument)
    Reflect.set(error, "rawMessage", message)
  }
  signal.addEventListener("abort", onAbort, { once: true })
}

const unreadableMessage = (said: string, typeName: string): string | undefined => {
  if (said.startsWith(PARSE)) return `the request is no ${typeName}: ${said.slice(PARSE.length)}`
  if (said === "decompression failed") return "the request cannot be decompressed"
  return said.startsWith("received compressed envelope")
    ? "the message is marked as compressed, but the request does not say how"
    : undefined
}

const PARSE = "parse binary: "
