/**
 * Errors on their way over the wire, in both directions.
 *
 * A typed failure crosses as its code with a `google.rpc.ErrorInfo`. Everything else crosses as `internal` with a
 * constant message, so that nothing of the inside leaks.
 */
import type { MessageInitShape } from "@bufbuild/protobuf"
import { durationFromMs, durationMs } from "@bufbuild/protobuf/wkt"
import { type FieldPath, ViolationsSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js"
import { Code, ConnectError } from "@connectrpc/connect"
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema
} from "@optica/contracts/google/rpc/error_details_pb"
import * as Schema from "effect/Schema"
import type { RpcFailure } from "./ConnectRoutes.ts"

/** The `domain` of every `google.rpc.ErrorInfo` that Optica sends. */
const ERROR_DOMAIN = "optica"

/** One wrong field of a request. */
const Violation = Schema.Struct({
  /** Path of the field as in the proto, such as `changes[2].id`; "" for a rule of the whole message. */
  field: Schema.String,
  message: Schema.String
})

/** What every client call fails with. */
export class RpcError extends Schema.TaggedError<RpcError>()("RpcError", {
  /** The status code, `Code` of `@connectrpc/connect` (the same numbers as gRPC). */
  code: Schema.Enum(Code),
  /** `_tag` of the failure on the server; "" where it sent none. */
  reason: Schema.String,
  /** What the failure says beside its message. */
  metadata: Schema.Record(Schema.String, Schema.String),
  message: Schema.String,
  /** Wrong fields of the request, from `buf.validate.Violations` or `google.rpc.BadRequest`. */
  violations: Schema.Array(Violation),
  /** After how many milliseconds the server wants to be asked again, from `google.rpc.RetryInfo`. */
  retryAfterMs: Schema.optionalKey(Schema.Finite)
}) {}

/** A typed failure as it crosses. */
export const toConnectError = (failure: RpcFailure): ConnectError => {
  const error = new ConnectError(failure.message, failure.connectCode, undefined, [
    {
      desc: ErrorInfoSchema,
      value: { reason: failure._tag, domain: ERROR_DOMAIN, metadata: { ...failure.metadata } }
    }
  ])
  if (failure.violations !== undefined && failure.violations.length > 0) {
    const fieldViolations = failure.violations.map((it) => ({ field: it.field, description: it.message }))
    error.details.push({ desc: BadRequestSchema, value: { fieldViolations } })
  }
  if (failure.retryAfterMs !== undefined) {
    const value: MessageInitShape<typeof RetryInfoSchema> = {
      retryDelay: durationFromMs(failure.retryAfterMs)
    }
    error.details.push({ desc: RetryInfoSchema, value })
  }
  return error
}

/** What a defect, or an error that nobody declared, crosses as. */
export const internalError = (): ConnectError => new ConnectError("internal error", Code.Internal)

/** Anything that a transport throws, as the client's error. */
export const fromUnknown = (thrown: unknown): RpcError => {
  const error = ConnectError.from(thrown)
  const info = error.findDetails(ErrorInfoSchema)[0]
  const retry = error.findDetails(RetryInfoSchema)[0]?.retryDelay
  return new RpcError({
    code: isLostConnection(error) ? Code.Unavailable : error.code,
    reason: info?.reason ?? "",
    metadata: info?.metadata ?? {},
    message: error.rawMessage,
    violations: [
      ...error.findDetails(ViolationsSchema).flatMap((it) =>
        it.violations.map((violation) => ({
          field: fieldPath(violation.field),
          message: violation.message
        }))
      ),
      ...error
        .findDetails(BadRequestSchema)
        .flatMap((it) =>
          it.fieldViolations.map((violation) => ({ field: violation.field, message: violation.description }))
        )
    ],
    ...(retry === undefined ? {} : { retryAfterMs: durationMs(retry) })
  })
}

/**
 * Connect-ES tells a connection that broke under a call by codes that the server never sent: "aborted" over HTTP/1.1,
 * "canceled" or "aborted" over HTTP/2. A client that cancels a call itself is interrupted, and never asks.
 */
const isLostConnection = (error: ConnectError): boolean =>
  !error.isWireError && (error.code === Code.Aborted || error.code === Code.Canceled)

/** `a.b[0].c["key"]`, as protovalidate writes it. */
const fieldPath = (path: FieldPath | undefined): string =>
  (path?.elements ?? [])
    .map((element, position) => {
      const { case: kind, value } = element.subscript
      const subscript = kind === undefined ? "" : `[${kind === "stringKey" ? JSON.stringify(value) : value}]`
      return `${position === 0 ? "" : "."}${element.fieldName}${subscript}`
    })
    .join("")
