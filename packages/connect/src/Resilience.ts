/**
 * Calls that hold when a service falters: a deadline, retries and a circuit breaker around the unary methods of a client.
 *
 * From the inside out: every try ends by the deadline, retries fill the time that is left of it, and the breaker of the
 * method counts all tries as one call. Use it on one level only, or retries multiply. Server streams pass as they are: whoever follows
 * one knows where to take it up again.
 */
import type { DescMethod, DescService } from "@bufbuild/protobuf"
import { MethodOptions_IdempotencyLevel as IdempotencyLevel } from "@bufbuild/protobuf/wkt"
import { Code } from "@connectrpc/connect"
import { RpcCircuit, RpcRetries } from "@optica/telemetry/Metrics"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type CallOptions, type Client, isClientOf } from "./ConnectClient.ts"
import { RpcError } from "./ConnectError.ts"
import * as Deadline from "./Deadline.ts"
import { isUnary } from "./MethodKind.ts"

/** How to hold. All times in milliseconds. */
export interface Policy {
  /** For a call with all its retries, unless a nearer deadline is set. Default 10,000. */
  readonly timeoutMs?: number | undefined
  /** How often to try again at most. Default 2; 0 for never. */
  readonly retries?: number | undefined
  /** A retry waits a random time of up to this, doubled each time: "full jitter". Default 50. */
  readonly retryDelayMs?: number | undefined
  /** The longest such time. Default 1000. */
  readonly retryDelayMaxMs?: number | undefined
  /** So many calls in a row that the service failed open the circuit. Default 5. */
  readonly breakerFailures?: number | undefined
  /** How long it stays open before one call may try the service again. Default 5000. */
  readonly breakerOpenMs?: number | undefined
}

/** Whether calls are made as they are. */
const Probing = Context.Reference<boolean>("@optica/connect/Resilience/Probing", {
  defaultValue: () => false
})

/**
 * Makes the calls of an effect once each, whatever the circuits say, and counts them in none: for who asks how a service
 * is now. What a circuit says of it is seconds old, and may be about a method that callers made fail.
 */
export const probing: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> =
  Effect.provideService(Probing, true)

/** `reason` of the UNAVAILABLE that calls fail with while the circuit is open. `retryAfterMs` says for how long. */
export const CIRCUIT_OPEN = "CircuitOpen"

/** Whether the proto says that a call may be made twice. */
export const isRepeatable = (method: DescMethod): boolean =>
  method.idempotency === IdempotencyLevel.NO_SIDE_EFFECTS ||
  method.idempotency === IdempotencyLevel.IDEMPOTENT

/**
 * A client that holds. Each method has a circuit of its own, so that one that fails, or that callers make fail, takes no
 * other with it; they live as long as the scope.
 *
 * Only methods that the proto marks NO_SIDE_EFFECTS or IDEMPOTENT are tried again, and only on UNAVAILABLE, or on
 * RESOURCE_EXHAUSTED where the server says when to come back; never past the deadline.
 */
export const wrap = <S extends DescService>(
  service: S,
  client: Client<S>,
  policy: Policy = {}
): Effect.Effect<Client<S>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const store = yield* Layer.build(CircuitBreaker.layerStoreMemory())
    const breaker = yield* CircuitBreaker.make({
      tripPolicy: CircuitBreaker.consecutive(policy.breakerFailures ?? 5),
      openDuration: policy.breakerOpenMs ?? 5000
    }).pipe(Effect.provideContext(store))
    const context = yield* Effect.context<never>()
    // Circuits are kept, and told of, by the names of methods: as many as the contract has.
    const noteCircuit = (method: string, state: keyof typeof circuitStates) =>
      RpcCircuit.update(context, circuitStates[state], service.typeName, method)
    for (const method of service.methods) if (isUnary(method)) noteCircuit(method.name, "Closed")
    yield* breaker.transitions.pipe(
      Stream.runForEach(({ from, key, to }) => {
        noteCircuit(key, to)
        return Effect.logWarning(`Circuit of ${service.typeName}/${key}: ${from} -> ${to}`)
      }),
      Effect.forkScoped({ startImmediately: true })
    )
    const hold = (method: DescMethod, call: UnaryCall): UnaryCall => {
      return (request, options) => {
        const tried = call(request, options)
        const guarded = (isRepeatable(method) ? retried(method, tried, policy) : tried).pipe(
          Deadline.within(policy.timeoutMs ?? 10_000),
          breaker.execute({ key: method.name, classify }),
          Effect.catchTag("CircuitBreakerError", (error) => Effect.fail(circuitOpen(error)))
        )
        // A call that comes too late fails of itself, and says nothing of the service.
        const held = Effect.flatMap(Deadline.remaining, (left) =>
          left !== undefined && left <= 0 ? tried : guarded
        )
        return Effect.flatMap(Probing, (isProbing) => (isProbing ? tried : held))
      }
    }
    const held: Record<string, unknown> = {}
    for (const method of service.methods) {
      const call: unknown = Reflect.get(client, method.localName)
      held[method.localName] = isUnary(method) && isUnaryCall(call) ? hold(method, call) : call
    }
    return isClientOf(service, held) ? held : yield* Effect.die(`no client of ${service.typeName}`)
  })

/** What the gauge of a circuit says. */
const circuitStates = { Closed: 0, HalfOpen: 1, Open: 2 }

type UnaryCall = (request: never, options?: CallOptions) => Effect.Effect<unknown, RpcError>

// A client's method looked up by name has lost its type; its descriptor says what it was.
const isUnaryCall = (call: unknown): call is UnaryCall => typeof call === "function"

const retried = <A>(
  method: DescMethod,
  call: Effect.Effect<A, RpcError>,
  policy: Policy
): Effect.Effect<A, RpcError> => {
  const again = (retry: number) =>
    Effect.contextWith((context: Context.Context<never>) => {
      RpcRetries.update(context, 1, method.parent.typeName, method.name)
      return attempt(retry)
    })
  const attempt = (retry: number): Effect.Effect<A, RpcError> =>
    Effect.catch(call, (error) =>
      retry >= (policy.retries ?? 2)
        ? Effect.fail(error)
        : Effect.flatMap(pause(error, retry, policy), (ms) =>
            ms === undefined ? Effect.fail(error) : Effect.delay(again(retry + 1), ms)
          )
    )
  return attempt(0)
}

/** Milliseconds until the next try; undefined when there is to be none. */
const pause = Effect.fnUntraced(function* (error: RpcError, retry: number, policy: Policy) {
  const transient =
    error.code === Code.Unavailable ||
    (error.code === Code.ResourceExhausted && error.retryAfterMs !== undefined)
  if (!transient) return undefined
  const bound = Math.min((policy.retryDelayMs ?? 50) * 2 ** retry, policy.retryDelayMaxMs ?? 1000)
  const ms = (error.retryAfterMs ?? 0) + (yield* Random.next) * bound
  const left = yield* Deadline.remaining
  return left === undefined || ms < left ? ms : undefined
})

/** What a call says of the service. NOT_FOUND and its like are answers: a service that gives them is well. */
const classify = (exit: Exit.Exit<unknown, RpcError>): CircuitBreaker.Outcome => {
  if (Exit.isSuccess(exit)) return CircuitBreaker.success
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  switch (error?.code) {
    case Code.Unavailable:
    case Code.DeadlineExceeded:
    case Code.Internal:
    case Code.Unknown:
    case Code.DataLoss:
      return CircuitBreaker.failure()
    case undefined:
    case Code.Canceled:
    case Code.ResourceExhausted:
      return CircuitBreaker.ignored
    default:
      return CircuitBreaker.success
  }
}

const circuitOpen = ({ reason }: CircuitBreaker.CircuitBreakerError): RpcError =>
  new RpcError({
    code: Code.Unavailable,
    reason: CIRCUIT_OPEN,
    metadata: {},
    message: "this call failed too often and is not made for now",
    violations: [],
    ...(reason._tag === "CircuitOpen" ? { retryAfterMs: Duration.toMillis(reason.retryAfter) } : {})
  })
