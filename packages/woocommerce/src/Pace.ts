/**
 * How fast the shop is asked: additive increase, multiplicative decrease (AIMD), for all requests of one client
 * together, because they all burn the CPU of one PHP host.
 *
 * - It starts with one request at a time and grows by one after two rounds of good answers.
 * - An answer that took more than twice the shop's own best for that kind of request (plus 50 ms, so that noise on a
 *   fast shop is no signal) takes one away again.
 * - 429, 5xx and timeouts halve it. What was already under way when it shrank does not shrink it again.
 * - Starts keep a minimal gap, and after `Retry-After` nobody starts before it is over.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Semaphore from "effect/Semaphore"

/** What an attempt says about the shop's state. */
export type Verdict = {
  /** `overloaded` halves; `good` and `slow` are told apart by the time taken; `neutral` says nothing. */
  readonly signal: "answered" | "overloaded" | "neutral"
  /** Requests that are as much work as each other; their best time is the yardstick. `undefined`: not to be compared. */
  readonly kind?: string
  /** Nobody starts for so long. */
  readonly pauseMs?: number
}

export interface Pace {
  /** Runs one attempt when its turn has come and learns from how it went. */
  readonly run: <A, E, R>(
    attempt: Effect.Effect<A, E, R>,
    judge: (exit: Exit.Exit<A, E>) => Verdict
  ) => Effect.Effect<A, E, R>
  /** How many requests may be under way now. */
  readonly limit: Effect.Effect<number>
}

const noiseMs = 50
// The best time fades by one per cent per answer, so that one lucky answer is no yardstick for ever.
const fading = 1.01
const maxKinds = 200

export const make = (options: { readonly maxConcurrency: number; readonly minGapMs: number }): Pace => {
  const semaphore = Semaphore.makeUnsafe(1)
  const best = new Map<string, number>()
  let limit = 1
  let goodInARow = 0
  let changedAt = Number.NEGATIVE_INFINITY
  let nextStart = 0
  let pausedUntil = 0

  const turn = Effect.gen(function* () {
    for (let now = yield* Clock.currentTimeMillis; ; now = yield* Clock.currentTimeMillis) {
      const start = Math.max(nextStart, pausedUntil)
      if (start <= now) {
        nextStart = now + options.minGapMs
        return now
      }
      yield* Effect.sleep(start - now)
    }
  })

  const resize = (to: number, now: number) => {
    goodInARow = 0
    const next = Math.max(1, Math.min(options.maxConcurrency, to))
    if (next === limit) return Effect.void
    limit = next
    changedAt = now
    return semaphore.resize(next)
  }

  const learn = (verdict: Verdict, started: number, now: number) => {
    if (verdict.pauseMs !== undefined) pausedUntil = Math.max(pausedUntil, now + verdict.pauseMs)
    const news = started >= changedAt
    if (verdict.signal === "overloaded") return news ? resize(Math.floor(limit / 2), now) : Effect.void
    if (verdict.signal === "neutral" || verdict.kind === undefined) return Effect.void
    const took = now - started
    if (best.size >= maxKinds) best.clear()
    const yardstick = Math.min(took, (best.get(verdict.kind) ?? took) * fading)
    best.set(verdict.kind, yardstick)
    if (took > yardstick * 2 + noiseMs) return news ? resize(limit - 1, now) : Effect.void
    goodInARow += 1
    return goodInARow >= limit * 2 ? resize(limit + 1, now) : Effect.void
  }

  return {
    run: (attempt, judge) =>
      semaphore.withPermit(
        Effect.gen(function* () {
          const started = yield* turn
          const exit = yield* Effect.exit(attempt)
          yield* learn(judge(exit), started, yield* Clock.currentTimeMillis)
          return yield* exit
        })
      ),
    limit: Effect.sync(() => limit)
  }
}
