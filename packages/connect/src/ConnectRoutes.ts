/**
 * Serves a protobuf service with Effect handlers.
 *
 * A handler receives the decoded, validated request and answers with an Effect (unary) or a Stream (server stream).
 * Its typed failures are {@link RpcFailure}s: a handler with any other error does not compile.
 */
import type {
  DescMessage,
  DescMethod,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape
} from "@bufbuild/protobuf"
import { Code, type ConnectRouter, type HandlerContext } from "@connectrpc/connect"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { toConnectError } from "./ConnectError.ts"
import { MESSAGE_MAX_BYTES } from "./MessageSize.ts"
import { isServerStream, isUnary } from "./MethodKind.ts"
import { OperatorToken, OperatorTokenRequired, presentsToken } from "./OperatorToken.ts"
import * as Refusal from "./Refusal.ts"
import { serveStream, serveUnary } from "./ServerCall.ts"

/** What a handler knows of its call beside the request. */
export interface Call {
  /** Metadata that the client sent; names are case-insensitive. */
  readonly requestHeader: Headers
  /** Metadata to answer with. On a server stream set it before the first message. */
  readonly responseHeader: Headers
  /** Aborts when the client left, the deadline passed or the server drains. The handler's fiber is interrupted then. */
  readonly signal: AbortSignal
  /** Milliseconds left until the client's deadline as the call came in; undefined without one. */
  readonly timeoutMs: number | undefined
}

/**
 * A failure that may cross the wire: a `Schema.TaggedError` class that says which status code it is.
 *
 * It crosses as its code and message, with a `google.rpc.ErrorInfo` (reason = `_tag`, domain "optica", metadata).
 */
export interface RpcFailure {
  readonly _tag: string
  /** Shown to the caller: no secrets, no internals. */
  readonly message: string
  readonly connectCode: Code
  /** Facts that a client can branch on, such as ids. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** Wrong fields of the request; cross as `google.rpc.BadRequest`. */
  readonly violations?: ReadonlyArray<{ readonly field: string; readonly message: string }> | undefined
  /** When to try again, in milliseconds; crosses as `google.rpc.RetryInfo`. */
  readonly retryAfterMs?: number | undefined
}

/** Answers one request with one message. */
export type UnaryHandler<I extends DescMessage, O extends DescMessage, R> = (
  request: MessageShape<I>,
  call: Call
) => Effect.Effect<MessageInitShape<O>, RpcFailure, R>

/** Answers one request with many messages. */
export type ServerStreamHandler<I extends DescMessage, O extends DescMessage, R> = (
  request: MessageShape<I>,
  call: Call
) => Stream.Stream<MessageInitShape<O>, RpcFailure, R>

/** The handler of one method. Client and bidirectional streams are not supported. */
export type Handler<M extends DescMethod, R> =
  M extends DescMethodUnary<infer I, infer O>
    ? UnaryHandler<I, O, R>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? ServerStreamHandler<I, O, R>
      : never

/** One handler for each method of a service. */
export type Handlers<S extends DescService, R> = {
  readonly [K in keyof S["method"]]: Handler<S["method"][K], R>
}

/** A service with its handlers, ready for a server or for memory. */
export interface ServiceRoutes {
  readonly service: DescService
  readonly register: (router: ConnectRouter) => void
  /** Its methods that take requests of up to `MESSAGE_MAX_BYTES`, and operators only. */
  readonly large?: ReadonlySet<DescMethod>
  /** Its unary methods, for who calls them without a router. */
  readonly unary: ReadonlyMap<DescMethod, UnaryMethod>
}

/** A unary method as a router calls it: the request is decoded, the answer is not encoded yet. */
export type UnaryMethod = (
  request: MessageShape<DescMessage>,
  rpc: HandlerContext
) => Promise<MessageInitShape<DescMessage>>

/** All that the handlers of a service require. */
export type Requirements<H> = {
  [K in keyof H]: H[K] extends (...args: infer _Args) => Effect.Effect<infer _A, infer _E, infer R>
    ? R
    : H[K] extends (...args: infer _Args) => Stream.Stream<infer _A, infer _E, infer R>
      ? R
      : never
}[keyof H]

/**
 * Binds handlers to a service. What the handlers require is captured once, here.
 *
 * A request may have `REQUEST_MAX_BYTES`. Those of the unary methods that `large` names may have `MESSAGE_MAX_BYTES`, and
 * only an operator may send them: the token is asked for before a byte of the request is read.
 *
 * @example
 * const routes = ConnectRoutes.make(CatalogService, { getProduct: (request) => catalog.get(request.id), … })
 */
export const make = <S extends DescService, H extends Handlers<S, unknown>>(
  service: S,
  handlers: H,
  options: Options<S> = {}
): Effect.Effect<ServiceRoutes, never, Requirements<H>> => bind(service, handlers, missing, options)

/**
 * As {@link make}, for some methods of a service. The others answer UNIMPLEMENTED, also those that the contract gets
 * later: for stand-ins in tests, which serve what their test calls.
 */
export const makePartial = <S extends DescService, H extends Partial<Handlers<S, unknown>>>(
  service: S,
  handlers: H & { readonly [K in Exclude<keyof H, keyof S["method"]>]: never },
  options: Options<S> = {}
): Effect.Effect<ServiceRoutes, never, Requirements<H>> => bind<H>(service, handlers, unimplemented, options)

/** What is to be known of methods beside their handlers. */
export interface Options<S extends DescService> {
  /** Methods with large requests, for operators. */
  readonly large?: ReadonlyArray<keyof S["method"]> | undefined
}

const bind = <H extends object>(
  service: DescService,
  handlers: H,
  absent: (method: DescMethod) => unknown,
  options: { readonly large?: ReadonlyArray<PropertyKey> | undefined }
): Effect.Effect<ServiceRoutes, never, Requirements<H>> =>
  Effect.map(Effect.context<Requirements<H>>(), (context) => {
    const handlerOf = (method: DescMethod): unknown =>
      Reflect.get(handlers, method.localName) ?? absent(method)
    const unary = new Map<DescMethod, UnaryMethod>()
    for (const method of service.methods) {
      const handler = handlerOf(method)
      if (isUnary(method) && isUnaryHandler<Requirements<H>>(handler))
        unary.set(method, serveUnary(method, handler, context))
    }
    const large = new Set(service.methods.filter((it) => options.large?.includes(it.localName)))
    const token = Option.getOrUndefined(Context.getOption(context, OperatorToken))
    const forOperators = {
      readMaxBytes: MESSAGE_MAX_BYTES,
      requestGate: (rpc: HandlerContext) => {
        Refusal.blameCaller(rpc)
        if (presentsToken(rpc.requestHeader.get("authorization") ?? undefined, token)) return
        throw toConnectError(new OperatorTokenRequired())
      }
    }
    return {
      service,
      large,
      unary,
      register: (router) => {
        for (const method of service.methods) {
          const serve = unary.get(method)
          if (isUnary(method) && serve !== undefined)
            router.rpc(method, serve, large.has(method) ? forOperators : {})
          else registerStream(router, method, handlerOf(method), context)
        }
      }
    }
  })

const missing = (): undefined => undefined

class MethodUnimplemented extends Schema.TaggedError<MethodUnimplemented>()("MethodUnimplemented", {
  method: Schema.String
}) {
  readonly connectCode = Code.Unimplemented
  override get message() {
    return `${this.method} is not implemented here`
  }
}

const unimplemented = (method: DescMethod) => {
  const failure = new MethodUnimplemented({ method: `${method.parent.typeName}/${method.name}` })
  return isServerStream(method) ? () => Stream.fail(failure) : () => Effect.fail(failure)
}

const registerStream = <R>(
  router: ConnectRouter,
  method: DescMethod,
  handler: unknown,
  context: Context.Context<R>
): void => {
  if (isServerStream(method) && isServerStreamHandler<R>(handler)) {
    router.rpc(method, serveStream(method, handler, context))
  } else {
    throw new Error(`${method.parent.typeName}/${method.name} has no handler for a ${method.methodKind} call`)
  }
}

// `make` has the compiler check every handler against its method. Looked up by name they lose that type; these two
// give it back.
const isUnaryHandler = <R>(handler: unknown): handler is UnaryHandler<DescMessage, DescMessage, R> =>
  typeof handler === "function"

const isServerStreamHandler = <R>(
  handler: unknown
): handler is ServerStreamHandler<DescMessage, DescMessage, R> => typeof handler === "function"
