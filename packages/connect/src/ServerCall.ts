/**
 * One call on the server: a span below the caller's, validation, the handler's fiber bound to the call's signal, and
 * its outcome as a wire error.
 */
import type {
  DescMessage,
  DescMethod,
  DescMethodServerStreaming,
  DescMethodUnary,
  MessageInitShape,
  MessageShape
} from "@bufbuild/protobuf"
import { createValidator, violationsToProto } from "@bufbuild/protovalidate"
import {
  Code,
  ConnectError,
  createContextKey,
  type HandlerContext,
  type MethodImpl
} from "@connectrpc/connect"
import { RpcServerDuration } from "@optica/telemetry/Metrics"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpHeaders from "effect/http/Headers"
import * as HttpTraceContext from "effect/http/HttpTraceContext"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { internalError, toConnectError } from "./ConnectError.ts"
import type { Call, RpcFailure, ServerStreamHandler, UnaryHandler, UnaryMethod } from "./ConnectRoutes.ts"
import { Deadline } from "./Deadline.ts"
import * as RpcMetrics from "./RpcMetrics.ts"
import { isServerFault, recordOutcome, spanAttributes, spanName } from "./RpcSpan.ts"

/** What a call has of the server that it runs in. In memory there is no server, and none of it. */
export interface ServerLife {
  /** Aborts with a `ConnectError` when the server begins to drain. Streams end then; unary calls go on. */
  readonly draining: AbortSignal
  /** Says that a call began. The function that it returns says that the call's fiber has ended. */
  readonly enter: () => () => void
}

/** Where a server leaves its {@link ServerLife} for each call. */
export const serverLife = createContextKey<ServerLife | undefined>(undefined, { description: "ServerLife" })

/** A unary handler as Connect-ES wants it. */
export const serveUnary = <R>(
  method: DescMethodUnary,
  handler: UnaryHandler<DescMessage, DescMessage, R>,
  context: Context.Context<R>
): UnaryMethod => {
  const run = Effect.runPromiseExitWith(context)
  const record = RpcMetrics.recorder(RpcServerDuration, method)
  const told: Told = { at: Number.NEGATIVE_INFINITY }
  return async (request, rpc) => {
    const startedAt = performance.now()
    const leave = rpc.values.get(serverLife)?.enter()
    const call = toCall(rpc)
    const answer = Effect.useSpan(spanName(method), spanOptions(method, rpc), (span) =>
      Effect.suspend(
        (): Effect.Effect<MessageInitShape<DescMessage>, RpcFailure | ConnectError, R> =>
          invalid(method, request) ?? handler(request, call)
      ).pipe(
        Effect.interruptible,
        Effect.matchCauseEffect({
          onSuccess: (response) => {
            recordOutcome(span, rpc.protocolName, undefined)
            record(context, rpc.protocolName, undefined, startedAt)
            return Effect.succeed(response)
          },
          onFailure: (cause) =>
            Effect.flatMap(toWire(cause, method, rpc.signal, told), (error) => {
              recordOutcome(span, rpc.protocolName, error)
              record(context, rpc.protocolName, error.code, startedAt)
              return isServerFault(error.code) ? Effect.fail(error) : Effect.succeed(error)
            })
        }),
        (answered) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) =>
            Effect.provideContext(answered, callContext(span, call, now))
          )
      )
    )
    try {
      // Interruption is for the handler alone: how the call ended is written down in any case.
      const exit = await run(answer, { signal: rpc.signal, uninterruptible: true })
      if (Exit.isFailure(exit)) throw Cause.squash(exit.cause)
      if (exit.value instanceof ConnectError) throw exit.value
      return exit.value
    } finally {
      leave?.()
    }
  }
}

/** A server stream's handler as Connect-ES wants it. */
export const serveStream = <R>(
  method: DescMethodServerStreaming,
  handler: ServerStreamHandler<DescMessage, DescMessage, R>,
  context: Context.Context<R>
): MethodImpl<DescMethodServerStreaming> => {
  const record = RpcMetrics.recorder(RpcServerDuration, method)
  const told: Told = { at: Number.NEGATIVE_INFINITY }
  return async function* (request, rpc) {
    const startedAt = performance.now()
    const life = rpc.values.get(serverLife)
    const leave = life?.enter()
    const stop = life === undefined ? rpc.signal : AbortSignal.any([rpc.signal, life.draining])
    const call: Call = { ...toCall(rpc), signal: stop }
    const stream = Stream.unwrap(
      Effect.gen(function* () {
        let failure: ConnectError | undefined
        const now = yield* Clock.currentTimeMillis
        const span = yield* Effect.acquireRelease(
          Effect.makeSpan(spanName(method), spanOptions(method, rpc)),
          (span) =>
            Effect.map(Clock.currentTimeNanos, (now) => {
              if (stop.aborted) failure ??= abortReason(stop)
              recordOutcome(span, rpc.protocolName, failure)
              record(context, rpc.protocolName, failure?.code, startedAt)
              span.end(
                now,
                failure !== undefined && isServerFault(failure.code) ? Exit.fail(failure) : Exit.void
              )
            })
        )
        return Stream.suspend(
          (): Stream.Stream<MessageInitShape<DescMessage>, RpcFailure | ConnectError, R> => {
            const refusal = invalid(method, request)
            return refusal === undefined ? handler(request, call) : Stream.fromEffect(refusal)
          }
        ).pipe(
          Stream.catchCause((cause) =>
            Stream.fromEffect(
              Effect.flatMap(toWire(cause, method, stop, told), (error) => {
                failure = error
                return Effect.fail(error)
              })
            )
          ),
          Stream.provideContext(callContext(span, call, now))
        )
      })
    )
    const iterator = Stream.toAsyncIterableWith(stream, context)[Symbol.asyncIterator]()
    // An iterator that waits for the stream's next message is freed by return(), which runs the stream's finalizers.
    const close = () => iterator.return?.().then(undefined, () => undefined)
    stop.addEventListener("abort", close)
    try {
      while (!stop.aborted) {
        const next = await iterator.next()
        if (next.done === true) break
        yield next.value
      }
    } finally {
      stop.removeEventListener("abort", close)
      await close()
      leave?.()
    }
    if (stop.aborted) throw abortReason(stop)
  }
}

const toCall = (rpc: HandlerContext): Call => ({
  requestHeader: rpc.requestHeader,
  get responseHeader() {
    return rpc.responseHeader
  },
  signal: rpc.signal,
  timeoutMs: rpc.timeoutMs()
})

const spanOptions = (method: DescMethod, rpc: HandlerContext): Tracer.SpanOptionsNoTrace => {
  const parent = parentSpan(rpc.requestHeader)
  return {
    kind: "server",
    attributes: spanAttributes(method, rpc.protocolName),
    // Without a caller's span this is a root: what is captured at start may hold the span of the start itself.
    ...(parent === undefined ? { root: true } : { parent })
  }
}

const parentSpan = (header: Headers): Tracer.ExternalSpan | undefined => {
  const traceparent = header.get("traceparent")
  if (traceparent === null) return undefined
  return Option.getOrUndefined(HttpTraceContext.fromHeaders(HttpHeaders.fromRecordUnsafe({ traceparent })))
}

/** What a handler's fiber has beside what was captured at start. */
const callContext = (
  span: Tracer.Span,
  { timeoutMs }: Call,
  now: number
): Context.Context<Tracer.ParentSpan> =>
  Context.make(Tracer.ParentSpan, span).pipe(
    Context.add(Deadline, timeoutMs === undefined ? undefined : now + timeoutMs)
  )

const validator = createValidator()

/** What breaks the rules of the proto, as `INVALID_ARGUMENT` with `buf.validate.Violations`; undefined for nothing. */
const invalid = (
  method: DescMethod,
  request: MessageShape<DescMessage>
): Effect.Effect<never, ConnectError> | undefined => {
  const result = validator.validate(method.input, request)
  switch (result.kind) {
    case "valid":
      return undefined
    case "invalid": {
      const [value, desc] = violationsToProto(result.violations)
      return Effect.fail(
        new ConnectError(result.error.message, Code.InvalidArgument, undefined, [{ desc, value }])
      )
    }
    case "error":
      return Effect.die(result.error)
  }
}

/** How a handler failed, as it may cross. What the caller is not told goes to the log. */
const toWire = (
  cause: Cause.Cause<RpcFailure | ConnectError>,
  method: DescMethod,
  signal: AbortSignal,
  told: Told
): Effect.Effect<ConnectError> => {
  const failure = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (failure instanceof ConnectError) return Effect.succeed(failure)
  if (failure !== undefined) return Effect.as(logFault(failure, cause, method, told), toConnectError(failure))
  if (signal.aborted && Cause.hasInterruptsOnly(cause)) return Effect.succeed(abortReason(signal))
  return Effect.as(Effect.logError(`${spanName(method)} failed`, cause), internalError())
}

/** When a passing fault of a method was last told, in milliseconds since the epoch. */
interface Told {
  at: number
}

/**
 * Faults of the server are worth a line in its log. That a caller asked for something impossible is not. What passes by
 * itself, such as a database that starts, fails every call until it has: it is told once a second, in its own words.
 */
const logFault = (
  failure: RpcFailure,
  cause: Cause.Cause<unknown>,
  method: DescMethod,
  told: Told
): Effect.Effect<void> => {
  if (!isServerFault(failure.connectCode)) return Effect.void
  const passing = failure.connectCode === Code.Unavailable || failure.connectCode === Code.DeadlineExceeded
  if (!passing) return Effect.logError(`${spanName(method)} failed`, cause)
  return Effect.flatMap(Clock.currentTimeMillis, (now) => {
    if (now >= told.at && now - told.at < 1000) return Effect.void
    told.at = now
    return Effect.logWarning(`${spanName(method)} failed: ${failure.message}`)
  })
}

/** Why a call was cut off: its deadline, the server's end, or, however that showed on the wire, that the client left. */
const abortReason = (signal: AbortSignal): ConnectError => {
  const reason = ConnectError.from(signal.reason, Code.Canceled)
  return reason.code === Code.DeadlineExceeded || reason.code === Code.Unavailable
    ? reason
    : new ConnectError("the client left", Code.Canceled)
}
