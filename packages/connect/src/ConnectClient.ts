/**
 * Calls a protobuf service with Effects and Streams, over a socket or in memory.
 */
import { Agent } from "node:http"
import type {
  DescMessage,
  DescMethod,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape
} from "@bufbuild/protobuf"
import { Code, ConnectError, type Transport } from "@connectrpc/connect"
import { createAsyncIterable } from "@connectrpc/connect/protocol"
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager
} from "@connectrpc/connect-node"
import { RpcClientDuration } from "@optica/telemetry/Metrics"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpTraceContext from "effect/http/HttpTraceContext"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { fromUnknown, RpcError } from "./ConnectError.ts"
import type { ServiceRoutes } from "./ConnectRoutes.ts"
import { longestMs, remaining } from "./Deadline.ts"
import * as MemoryTransport from "./MemoryTransport.ts"
import { MESSAGE_MAX_BYTES, SESSION_MAX_MEGABYTES } from "./MessageSize.ts"
import { isServerStream, isUnary } from "./MethodKind.ts"
import * as RpcMetrics from "./RpcMetrics.ts"
import { recordOutcome, spanAttributes, spanName } from "./RpcSpan.ts"

/** Metadata of a call. Values that are secret stay `Redacted` until they are written. */
export type RequestHeaders = Readonly<Record<string, string | Redacted.Redacted<string>>>

/** What one call may say for itself. */
export interface CallOptions {
  /** Milliseconds. The `Deadline` of the work at hand bounds it. */
  readonly timeoutMs?: number | undefined
  readonly headers?: RequestHeaders | undefined
}

/** What all calls of a client have in common. */
export interface ClientOptions {
  readonly headers?: RequestHeaders | undefined
  /** Milliseconds for calls that say nothing else. Server streams have no default. */
  readonly timeoutMs?: number | undefined
}

/** A `Transport` that can say how it speaks, for the client's spans. */
export interface ClientTransport extends Transport {
  readonly protocol?: Protocol | undefined
  readonly server?: { readonly address: string; readonly port: number } | undefined
}

export type Protocol = "connect" | "grpc" | "grpc-web"

/** One method of a client. */
export type ClientMethod<M extends DescMethod> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, options?: CallOptions) => Effect.Effect<MessageShape<O>, RpcError>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageInitShape<I>, options?: CallOptions) => Stream.Stream<MessageShape<O>, RpcError>
      : never

/** The client of a service: its methods, by their names. Client and bidirectional streams are not supported. */
export type Client<S extends DescService> = {
  readonly [K in keyof S["method"]]: ClientMethod<S["method"][K]>
}

/** The client of a service over a transport. */
export const make = <S extends DescService>(
  service: S,
  transport: ClientTransport,
  options: ClientOptions = {}
): Client<S> => {
  const client: Record<string, unknown> = {}
  for (const method of service.methods) {
    if (isUnary(method)) client[method.localName] = unary(method, transport, options)
    else if (isServerStream(method)) client[method.localName] = serverStream(method, transport, options)
  }
  if (!isClientOf(service, client)) throw new Error(`${service.typeName} has no method that can be called`)
  return client
}

/** Whether `transportHttp` takes the text for an address. For whoever reads settings, who can say which one is wrong. */
export const isBaseUrl = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text)

interface HttpOptions {
  /** Such as `http://127.0.0.1:4001`. */
  readonly baseUrl: string
  /** Default "connect". */
  readonly protocol?: Protocol | undefined
  /** Default "2". gRPC speaks "2" in any case. */
  readonly httpVersion?: "1.1" | "2" | undefined
  /** Largest message to accept, in bytes. Default 16 MiB. */
  readonly readMaxBytes?: number | undefined
}

/**
 * Over HTTP/2 without TLS ("h2c", prior knowledge) or with it, by the scheme of the address.
 *
 * The address has to have passed `isBaseUrl`: another one is a mistake of the program, and a defect that says so.
 */
export const transportHttp = (options: HttpOptions): Effect.Effect<ClientTransport, never, Scope.Scope> =>
  Effect.suspend(() =>
    isBaseUrl(options.baseUrl)
      ? connectHttp(options)
      : Effect.die(
          new TypeError(`${JSON.stringify(options.baseUrl)} is no address such as http://127.0.0.1:4001`)
        )
  )

const connectHttp = (options: HttpOptions): Effect.Effect<ClientTransport, never, Scope.Scope> => {
  const protocol = options.protocol ?? "connect"
  const url = new URL(options.baseUrl)
  const spoken = {
    protocol,
    server: { address: url.hostname, port: Number(url.port || (url.protocol === "https:" ? 443 : 80)) }
  }
  const common = {
    baseUrl: options.baseUrl,
    readMaxBytes: options.readMaxBytes ?? MESSAGE_MAX_BYTES,
    // The services of one machine or cluster gain nothing from compressing what they tell each other.
    acceptCompression: []
  }
  if (options.httpVersion === "1.1" && protocol !== "grpc") {
    const create = protocol === "connect" ? createConnectTransport : createGrpcWebTransport
    return Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => new Agent({ keepAlive: true })),
        (agent) => Effect.sync(() => agent.destroy())
      ),
      (agent) => ({ ...create({ ...common, httpVersion: "1.1", nodeOptions: { agent } }), ...spoken })
    )
  }
  const create = {
    connect: createConnectTransport,
    grpc: createGrpcTransport,
    "grpc-web": createGrpcWebTransport
  }
  return Effect.map(
    Effect.acquireRelease(
      Effect.sync(
        () =>
          new Http2SessionManager(
            options.baseUrl,
            // A server that vanished without a word is noticed while calls wait for it.
            { pingIntervalMs: 30_000, pingTimeoutMs: 10_000 },
            { maxSessionMemory: SESSION_MAX_MEGABYTES }
          )
      ),
      (sessions) => Effect.sync(() => sessions.abort())
    ),
    (sessionManager) => ({ ...create[protocol]({ ...common, httpVersion: "2", sessionManager }), ...spoken })
  )
}

/**
 * To services of the same process. Messages are serialised, validated, bounded and traced as over a socket, so that
 * neither side can tell.
 */
export const transportInMemory: (routes: ReadonlyArray<ServiceRoutes>) => ClientTransport =
  MemoryTransport.make

const unary = (method: DescMethodUnary, transport: ClientTransport, common: ClientOptions) => {
  const protocol = transport.protocol ?? "connect"
  const record = RpcMetrics.recorder(RpcClientDuration, method)
  return (request: MessageInitShape<DescMessage>, options: CallOptions = {}) =>
    Effect.useSpan(
      spanName(method),
      { kind: "client", attributes: spanAttributes(method, protocol, transport.server) },
      (span) => {
        const startedAt = performance.now()
        return Effect.flatMap(timeLeft(options.timeoutMs ?? common.timeoutMs), (timeoutMs) =>
          Effect.tryPromise({
            try: (signal) =>
              transport.unary(method, signal, timeoutMs, requestHeaders(span, common, options), request),
            catch: fromUnknown
          })
        ).pipe(
          Effect.map((response) => response.message),
          Effect.onExit((exit) =>
            Effect.contextWith((context) => {
              const failure = outcome(exit)
              recordOutcome(span, protocol, failure)
              record(context, protocol, failure?.code, startedAt)
              return Effect.void
            })
          )
        )
      }
    )
}

const serverStream = (
  method: DescMethodServerStreaming,
  transport: ClientTransport,
  common: ClientOptions
) => {
  const protocol = transport.protocol ?? "connect"
  const record = RpcMetrics.recorder(RpcClientDuration, method)
  return (request: MessageInitShape<DescMessage>, options: CallOptions = {}) =>
    Stream.unwrap(
      Effect.gen(function* () {
        const startedAt = performance.now()
        const context = yield* Effect.context<never>()
        const span = yield* Effect.makeSpanScoped(spanName(method), {
          kind: "client",
          attributes: spanAttributes(method, protocol, transport.server)
        })
        yield* Effect.addFinalizer((exit) =>
          Effect.sync(() => {
            const failure = outcome(exit)
            recordOutcome(span, protocol, failure)
            record(context, protocol, failure?.code, startedAt)
          })
        )
        // Whoever stops reading, for whatever reason, ends the call.
        const controller = yield* Effect.acquireRelease(
          Effect.sync(() => new AbortController()),
          (controller) => Effect.sync(() => controller.abort())
        )
        const timeoutMs = yield* timeLeft(options.timeoutMs)
        const headers = requestHeaders(span, common, options)
        const response = yield* Effect.tryPromise({
          try: () =>
            transport.stream(method, controller.signal, timeoutMs, headers, createAsyncIterable([request])),
          catch: fromUnknown
        })
        return Stream.fromAsyncIterable(response.message, fromUnknown)
      })
    )
}

/** The nearer of the call's own timeout and the deadline of the work at hand, in whole milliseconds. */
const timeLeft = (timeoutMs: number | undefined): Effect.Effect<number | undefined, RpcError> =>
  Effect.flatMap(remaining, (left) => {
    if (left === undefined && timeoutMs === undefined) return Effect.succeed(undefined)
    const bound = Math.ceil(Math.min(left ?? longestMs, timeoutMs ?? longestMs, longestMs))
    // Connect-ES takes zero for "no timeout".
    return bound > 0
      ? Effect.succeed(bound)
      : Effect.fail(fromUnknown(new ConnectError("the deadline has passed", Code.DeadlineExceeded)))
  })

const requestHeaders = (span: Tracer.Span, common: ClientOptions, options: CallOptions): Headers => {
  const headers = new Headers()
  for (const record of [common.headers, options.headers]) {
    for (const [name, value] of Object.entries(record ?? {})) {
      headers.set(name, Redacted.isRedacted(value) ? Redacted.value(value) : value)
    }
  }
  // Where tracing is switched off there is a span without ids.
  if (!Context.get(span.annotations, Tracer.DisablePropagation)) {
    const { traceparent } = HttpTraceContext.toHeaders(span)
    if (traceparent !== undefined) headers.set("traceparent", traceparent)
  }
  return headers
}

const outcome = (exit: Exit.Exit<unknown, unknown>): { readonly code: Code } | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  if (Cause.hasInterruptsOnly(exit.cause)) return { code: Code.Canceled }
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  return error instanceof RpcError ? error : { code: Code.Unknown }
}

/** Whether an object has the methods of a service's client. */
export const isClientOf = <S extends DescService>(service: S, client: object): client is Client<S> =>
  service.methods.every(
    (method) => method.localName in client || !(isUnary(method) || isServerStream(method))
  )
