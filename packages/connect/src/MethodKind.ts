/** Narrows a method's descriptor to its kind. */
import type { DescMethod, DescMethodServerStreaming, DescMethodUnary } from "@bufbuild/protobuf"

export const isUnary = (method: DescMethod): method is DescMethodUnary => method.methodKind === "unary"

export const isServerStream = (method: DescMethod): method is DescMethodServerStreaming =>
  method.methodKind === "server_streaming"
