/**
 * The time by which the work at hand must be done.
 *
 * A server sets it from its caller's timeout, an HTTP edge from its own; every client call below passes on what is
 * left of it.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** Milliseconds since the epoch, by the `Clock` of the fiber; undefined means that there is no deadline. */
export const Deadline = Context.Reference<number | undefined>("@optica/connect/Deadline", {
  defaultValue: () => undefined
})

/**
 * The longest timeout that a client sends, in milliseconds, some 27 hours: `grpc-timeout` has no more than eight digits,
 * and a timer of Node that is to run for more than 2^31-1 ms goes off at once.
 */
export const longestMs = 99_999_999

/**
 * Gives an effect at most this many milliseconds. A deadline that is nearer already stays.
 *
 * It interrupts nothing by itself: it bounds the RPCs below, which fail with DEADLINE_EXCEEDED.
 */
export const within =
  (timeoutMs: number) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(Effect.all([Clock.currentTimeMillis, Deadline]), ([now, outer]) =>
      Effect.provideService(effect, Deadline, Math.min(now + timeoutMs, outer ?? Number.POSITIVE_INFINITY))
    )

/** Milliseconds left, undefined without a deadline, zero or less when it has passed. */
export const remaining: Effect.Effect<number | undefined> = Effect.flatMap(Deadline, (deadline) =>
  deadline === undefined
    ? Effect.succeed(undefined)
    : Effect.map(Clock.currentTimeMillis, (now) => deadline - now)
)
