import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Stream } from "effect"
import { walk } from "../src/Pages.ts"
import type { Page } from "../src/Resource.ts"

const page = (number: number, totalPages: number, count = 10): Page<number> => ({
  page: number,
  perPage: 10,
  items: Array.from({ length: count }, (_, index) => ({ value: index, source: index })),
  refused: [],
  total: totalPages * 10,
  totalPages,
  bytes: 100
})

const numbers = (pages: Iterable<Page<number>>) => Array.from(pages, (one) => one.page)

describe("Pages", () => {
  it.effect("come in order, whichever is ready first", () =>
    Effect.gen(function* () {
      const late = yield* Deferred.make<void>()
      const read = (number: number) =>
        (number === 2
          ? Deferred.await(late)
          : number === 4
            ? Deferred.succeed(late, undefined)
            : Effect.void
        ).pipe(Effect.as(page(number, 4)))
      assert.deepStrictEqual(numbers(yield* Stream.runCollect(walk(read, 1, 4))), [1, 2, 3, 4])
    })
  )

  it.effect("the first is asked for alone: it tells how many there are", () =>
    Effect.gen(function* () {
      const asked: Array<number> = []
      const first = yield* Deferred.make<void>()
      const read = (number: number) =>
        Effect.sync(() => asked.push(number)).pipe(
          Effect.andThen(number === 1 ? Deferred.await(first) : Effect.void),
          Effect.as(page(number, 9))
        )
      const fiber = yield* Effect.forkChild(Stream.runDrain(walk(read, 1, 4)))
      for (let turn = 0; turn < 50; turn++) yield* Effect.yieldNow
      assert.deepStrictEqual(asked, [1])
      yield* Deferred.succeed(first, undefined)
      yield* Fiber.join(fiber)
      assert.strictEqual(asked.length, 9)
    })
  )

  it.effect("start where a run broke off", () =>
    Effect.gen(function* () {
      const read = (number: number) => Effect.succeed(page(number, 5))
      assert.deepStrictEqual(numbers(yield* Stream.runCollect(walk(read, 4, 2))), [4, 5])
    })
  )

  it.effect("fact 10: a start past the end of orders, where totals turn 0, is one empty page", () =>
    Effect.gen(function* () {
      const read = (number: number) => Effect.succeed(page(number, 0, 0))
      assert.deepStrictEqual(numbers(yield* Stream.runCollect(walk(read, 99, 4))), [99])
    })
  )

  it.effect("fact 10: totals that turn 0 on the way do not cut the walk short", () =>
    Effect.gen(function* () {
      const read = (number: number) => Effect.succeed(number < 3 ? page(number, 4) : page(number, 0, 0))
      assert.deepStrictEqual(numbers(yield* Stream.runCollect(walk(read, 1, 2))), [1, 2, 3, 4])
    })
  )

  it.effect("pages that came to be meanwhile are walked too", () =>
    Effect.gen(function* () {
      const read = (number: number) => Effect.succeed(page(number, number >= 3 ? 5 : 3))
      assert.deepStrictEqual(numbers(yield* Stream.runCollect(walk(read, 1, 4))), [1, 2, 3, 4, 5])
    })
  )

  it.effect("a page that was answered before the list grew does not hide that it did", () =>
    Effect.gen(function* () {
      const read = (number: number) => Effect.succeed(page(number, number === 2 ? 5 : 3))
      assert.deepStrictEqual(numbers(yield* Stream.runCollect(walk(read, 1, 4))), [1, 2, 3, 4, 5])
    })
  )

  it.effect("a failed page ends the stream after those before it", () =>
    Effect.gen(function* () {
      const failed = yield* Deferred.make<void>()
      const read = (number: number) =>
        number === 3
          ? Deferred.succeed(failed, undefined).pipe(Effect.andThen(Effect.fail("down")))
          : (number === 2 ? Deferred.await(failed) : Effect.void).pipe(Effect.as(page(number, 5)))
      const seen: Array<number> = []
      const exit = yield* Effect.exit(
        Stream.runForEach(walk(read, 1, 4), (one) => Effect.sync(() => void seen.push(one.page)))
      )
      assert.deepStrictEqual(exit, Exit.fail("down"))
      assert.deepStrictEqual(seen, [1, 2])
    })
  )

  it.effect("a slow reader holds the walk back: pages do not pile up", () =>
    Effect.gen(function* () {
      let asked = 0
      const gate = yield* Deferred.make<void>()
      const read = (number: number) =>
        Effect.sync(() => page(number, 500)).pipe(
          Effect.tap(() =>
            Effect.sync(() => {
              asked += 1
            })
          )
        )
      const fiber = yield* Effect.forkChild(
        Stream.runForEach(walk(read, 1, 4), (one) => (one.page === 2 ? Deferred.await(gate) : Effect.void))
      )
      for (let turn = 0; turn < 200; turn++) yield* Effect.yieldNow
      assert.isAtMost(asked, 2 + 4 + 4)
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(fiber)
      assert.strictEqual(asked, 500)
    })
  )
})
