import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Pace from "../src/Pace.ts"

const good =
  (kind = "page"): (() => Pace.Verdict) =>
  () => ({ signal: "answered", kind })
const overloaded =
  (pauseMs?: number): (() => Pace.Verdict) =>
  () => ({ signal: "overloaded", ...(pauseMs === undefined ? {} : { pauseMs }) })

/** `count` requests one after the other, each taking `ms`. */
const sequence = Effect.fnUntraced(function* (pace: Pace.Pace, count: number, ms: number, judge = good()) {
  const fiber = yield* Effect.forkChild(
    Effect.forEach(Array.from({ length: count }), () => pace.run(Effect.sleep(ms), judge), { discard: true })
  )
  yield* TestClock.adjust(count * (ms + 1000))
  yield* Fiber.join(fiber)
})

const fresh = (maxConcurrency = 4, minGapMs = 0) => Pace.make({ maxConcurrency, minGapMs })

describe("Pace", () => {
  it.effect("starts with one request at a time", () =>
    Effect.gen(function* () {
      const pace = fresh()
      let running = 0
      let most = 0
      const one = Effect.acquireUseRelease(
        Effect.sync(() => {
          running += 1
          most = Math.max(most, running)
        }),
        () => Effect.sleep(100),
        () =>
          Effect.sync(() => {
            running -= 1
          })
      )
      const fiber = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 3 }, () => pace.run(one, () => ({ signal: "neutral" }))),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust(1000)
      yield* Fiber.join(fiber)
      assert.strictEqual(most, 1)
    })
  )

  it.effect("grows by one after two rounds of good answers, up to the maximum", () =>
    Effect.gen(function* () {
      const pace = fresh(3)
      yield* sequence(pace, 1, 100)
      assert.strictEqual(yield* pace.limit, 1)
      yield* sequence(pace, 1, 100)
      assert.strictEqual(yield* pace.limit, 2)
      yield* sequence(pace, 3, 100)
      assert.strictEqual(yield* pace.limit, 2)
      yield* sequence(pace, 1, 100)
      assert.strictEqual(yield* pace.limit, 3)
      yield* sequence(pace, 50, 100)
      assert.strictEqual(yield* pace.limit, 3)
    })
  )

  it.effect("lets as many run side by side as it has grown to, and no more", () =>
    Effect.gen(function* () {
      const pace = fresh(3)
      yield* sequence(pace, 6, 100)
      let running = 0
      let most = 0
      const one = Effect.sync(() => {
        running += 1
        most = Math.max(most, running)
      }).pipe(
        Effect.andThen(Effect.sleep(100)),
        Effect.andThen(
          Effect.sync(() => {
            running -= 1
          })
        )
      )
      const fiber = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 9 }, () => pace.run(one, good())),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust(1000)
      yield* Fiber.join(fiber)
      assert.strictEqual(most, 3)
    })
  )

  it.effect("takes one away when an answer takes more than twice the shop's own best", () =>
    Effect.gen(function* () {
      const pace = fresh()
      yield* sequence(pace, 6, 200)
      assert.strictEqual(yield* pace.limit, 3)
      yield* sequence(pace, 1, 440)
      assert.strictEqual(yield* pace.limit, 3)
      yield* sequence(pace, 1, 800)
      assert.strictEqual(yield* pace.limit, 2)
    })
  )

  it.effect("compares like with like: a slow kind of request is no slow shop", () =>
    Effect.gen(function* () {
      const pace = fresh()
      yield* sequence(pace, 6, 50)
      yield* sequence(pace, 1, 5000, good("page of 100"))
      assert.strictEqual(yield* pace.limit, 3)
    })
  )

  it.effect("halves when the shop is overloaded, down to one", () =>
    Effect.gen(function* () {
      const pace = fresh(8)
      yield* sequence(pace, 20, 100)
      assert.strictEqual(yield* pace.limit, 5)
      yield* sequence(pace, 1, 100, overloaded())
      assert.strictEqual(yield* pace.limit, 2)
      yield* sequence(pace, 3, 100, overloaded())
      assert.strictEqual(yield* pace.limit, 1)
    })
  )

  it.effect("halves once for requests that were under way together", () =>
    Effect.gen(function* () {
      const pace = fresh(4)
      yield* sequence(pace, 12, 100)
      assert.strictEqual(yield* pace.limit, 4)
      const fiber = yield* Effect.forkChild(
        Effect.forEach([100, 110, 120, 130], (ms) => pace.run(Effect.sleep(ms), overloaded()), {
          concurrency: "unbounded"
        })
      )
      yield* TestClock.adjust(1000)
      yield* Fiber.join(fiber)
      assert.strictEqual(yield* pace.limit, 2)
    })
  )

  it.effect("starts nothing before Retry-After is over", () =>
    Effect.gen(function* () {
      const pace = fresh()
      yield* sequence(pace, 1, 0, overloaded(30_000))
      let started = false
      const fiber = yield* Effect.forkChild(
        pace.run(
          Effect.sync(() => {
            started = true
          }),
          good()
        )
      )
      yield* TestClock.adjust(28_000)
      assert.isFalse(started)
      yield* TestClock.adjust(2000)
      yield* Fiber.join(fiber)
      assert.isTrue(started)
    })
  )

  it.effect("keeps a gap between starts", () =>
    Effect.gen(function* () {
      const pace = fresh(4, 40)
      yield* sequence(pace, 12, 100)
      const starts: Array<number> = []
      const fiber = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 4 }, () =>
            pace.run(
              Effect.clockWith((clock) =>
                Effect.sync(() => void starts.push(clock.currentTimeMillisUnsafe()))
              ),
              good()
            )
          ),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust(1000)
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        starts.map((start) => start - (starts[0] ?? 0)),
        [0, 40, 80, 120]
      )
    })
  )

  it.effect("hands on failures and gives the place back, also when interrupted", () =>
    Effect.gen(function* () {
      const pace = fresh()
      const exit = yield* Effect.exit(pace.run(Effect.fail("no"), overloaded()))
      assert.deepStrictEqual(exit, Exit.fail("no"))
      const stuck = yield* Effect.forkChild(pace.run(Effect.never, good()))
      yield* TestClock.adjust(10)
      yield* Fiber.interrupt(stuck)
      assert.strictEqual(yield* pace.run(Effect.succeed(5), good()), 5)
    })
  )
})
