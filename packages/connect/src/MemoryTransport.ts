/**
 * Calls services of the same process. Unary calls go straight to the handler, with everything that a client and a server
 * could tell apart from a socket: both messages are serialised and bounded, a failure crosses as its JSON, and the
 * deadline and a client that leaves end the handler. What a socket needs beside (a URL, HTTP headers, streams of bytes)
 * is left out: it took half of such a call.
 */
import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary
} from "@bufbuild/protobuf"
import {
  Code,
  ConnectError,
  type ContextValues,
  createContextValues,
  createRouterTransport,
  type HandlerContext
} from "@connectrpc/connect"
import { errorFromJson, errorToJson } from "@connectrpc/connect/protocol-connect"
import type { ClientTransport } from "./ConnectClient.ts"
import type { ServiceRoutes, UnaryMethod } from "./ConnectRoutes.ts"
import { MESSAGE_MAX_BYTES } from "./MessageSize.ts"

/** A transport to these services. Streams, and methods that nobody serves, go through a router as over a socket. */
export const make = (routes: ReadonlyArray<ServiceRoutes>): ClientTransport => {
  const routed = createRouterTransport(
    (router) => {
      for (const it of routes) it.register(router)
    },
    { router: { readMaxBytes: MESSAGE_MAX_BYTES }, transport: { readMaxBytes: MESSAGE_MAX_BYTES } }
  )
  const served = new Map(routes.flatMap((it) => [...it.unary]))
  return {
    unary: (method, signal, timeoutMs, header, input, values) => {
      const serve = served.get(method)
      return serve === undefined
        ? routed.unary(method, signal, timeoutMs, header, input, values)
        : call(method, serve, signal, timeoutMs, header, input, values)
    },
    stream: routed.stream
  }
}

/** As a transport is given it. */
type Metadata = ConstructorParameters<typeof Headers>[0]

const call = async <I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  serve: UnaryMethod,
  signal: AbortSignal | undefined,
  timeoutMs: number | undefined,
  header: Metadata,
  input: MessageInitShape<I>,
  values: ContextValues | undefined
) => {
  const sent = encode(method.input, input)
  // Connect-ES takes zero for "no timeout".
  const rpc = new MemoryCall(method, header, timeoutMs === 0 ? undefined : timeoutMs, values)
  const answer = await untilAborted(rpc, signal, async () => {
    try {
      return encode(method.output, await serve(decode(method.input, sent), rpc))
    } catch (error) {
      throw asReceived(error)
    }
  })
  const message = decode(method.output, answer)
  return {
    stream: false as const,
    service: method.parent,
    method,
    message,
    get header() {
      return rpc.responseHeader
    },
    get trailer() {
      return rpc.responseTrailer
    }
  }
}

/** What a handler sees of its call. Headers are made for those that ask for them. */
class MemoryCall implements HandlerContext {
  readonly method: DescMethodUnary
  readonly protocolName = "connect"
  readonly requestMethod = "POST"
  readonly requestHeader: Headers
  readonly controller = new AbortController()
  readonly limitMs: number | undefined
  readonly #startedAt: number
  #values: ContextValues | undefined
  #responseHeader: Headers | undefined
  #responseTrailer: Headers | undefined

  constructor(
    method: DescMethodUnary,
    header: Metadata,
    limitMs: number | undefined,
    values: ContextValues | undefined
  ) {
    this.method = method
    this.requestHeader = header instanceof Headers ? header : new Headers(header)
    this.limitMs = limitMs
    this.#startedAt = performance.now()
    this.#values = values
  }

  readonly timeoutMs = (): number | undefined =>
    this.limitMs === undefined ? undefined : this.limitMs - (performance.now() - this.#startedAt)

  get service() {
    return this.method.parent
  }
  get url(): string {
    return `https://in-memory/${this.method.parent.typeName}/${this.method.name}`
  }
  get signal(): AbortSignal {
    return this.controller.signal
  }
  get values(): ContextValues {
    this.#values ??= createContextValues()
    return this.#values
  }
  get responseHeader(): Headers {
    this.#responseHeader ??= new Headers()
    return this.#responseHeader
  }
  get responseTrailer(): Headers {
    this.#responseTrailer ??= new Headers()
    return this.#responseTrailer
  }
}

/** Runs the server's side until it answers, its time is up, or its client leaves. */
const untilAborted = <A>(
  { controller, limitMs }: MemoryCall,
  signal: AbortSignal | undefined,
  run: () => Promise<A>
): Promise<A> =>
  new Promise((resolve, reject) => {
    const abort = (error: ConnectError) => {
      end()
      controller.abort(error)
      reject(error)
    }
    const leave = () => abort(ConnectError.from(signal?.reason, Code.Canceled))
    const timer =
      limitMs === undefined
        ? undefined
        : setTimeout(() => abort(new ConnectError("the operation timed out", Code.DeadlineExceeded)), limitMs)
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener("abort", leave)
    }
    if (signal?.aborted === true) return leave()
    signal?.addEventListener("abort", leave)
    run().finally(end).then(resolve, reject)
  })

const encode = (desc: DescMessage, message: MessageInitShape<DescMessage>): Uint8Array => {
  try {
    return toBinary(desc, create(desc, message))
  } catch (error) {
    throw new ConnectError(`serialize binary: ${sayingOf(error)}`, Code.Internal)
  }
}

const decode = <M extends DescMessage>(desc: M, bytes: Uint8Array): MessageShape<M> => {
  if (bytes.byteLength > MESSAGE_MAX_BYTES) {
    throw new ConnectError(
      `message size ${bytes.byteLength} is larger than configured readMaxBytes ${MESSAGE_MAX_BYTES}`,
      Code.ResourceExhausted
    )
  }
  try {
    return fromBinary(desc, bytes)
  } catch (error) {
    throw new ConnectError(`parse binary: ${sayingOf(error)}`, Code.Internal)
  }
}

const sayingOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** A failure of the server as its client reads it. */
const asReceived = (thrown: unknown): ConnectError => {
  const error = thrown instanceof ConnectError ? thrown : new ConnectError("internal error", Code.Internal)
  return errorFromJson(errorToJson(error, undefined), error.metadata, error)
}
