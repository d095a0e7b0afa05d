/**
 * Spans of RPCs, named and described as OpenTelemetry's semantic conventions for RPC say.
 */
import type { DescMethod } from "@bufbuild/protobuf"
import { Code } from "@connectrpc/connect"
import { codeToString } from "@connectrpc/connect/protocol-connect"
import type * as Tracer from "effect/Tracer"
import { systemOf } from "./RpcMetrics.ts"

/** Name of a call's span and of its log lines: `optica.catalog.v1.CatalogService/GetProduct`. */
export const spanName = (method: DescMethod): string => `${method.parent.typeName}/${method.name}`

/** The attributes that a call has from its beginning; those of a client name the server. */
export const spanAttributes = (
  method: DescMethod,
  protocol: string,
  server?: { readonly address: string; readonly port: number } | undefined
): Record<string, unknown> => ({
  ...(server === undefined ? {} : { "server.address": server.address, "server.port": server.port }),
  "rpc.system": systemOf(protocol),
  "rpc.service": method.parent.typeName,
  "rpc.method": method.name
})

/** Writes how a call ended. `rpc.connect_rpc.error_code` is there only for a failure, `rpc.grpc.status_code` always. */
export const recordOutcome = (
  span: Tracer.Span,
  protocol: string,
  failure: { readonly code: Code } | undefined
): void => {
  if (protocol !== "connect") span.attribute("rpc.grpc.status_code", failure?.code ?? 0)
  else if (failure !== undefined) span.attribute("rpc.connect_rpc.error_code", codeToString(failure.code))
}

/**
 * Whether a server answers for this code. The others are answers to a caller that asked for too much, and leave the
 * server's span unmarked; a client's span is marked by all.
 */
export const isServerFault = (code: Code): boolean => serverFaults.has(code)

const serverFaults = new Set([
  Code.Unknown,
  Code.DeadlineExceeded,
  Code.Unimplemented,
  Code.Internal,
  Code.Unavailable,
  Code.DataLoss
])
