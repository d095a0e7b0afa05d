import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger, Queue } from "effect"
import * as ShopWorker from "../src/ShopWorker.ts"
import { kolkata } from "../src/SiteTime.ts"

const dying = new URL("./fixtures/dying-worker.ts", import.meta.url)
const options = (seed: string) => ({
  host: "127.0.0.1",
  port: 0,
  products: 1,
  seed,
  timezone: kolkata,
  keys: []
})

describe("a thread that dies", () => {
  it.live("before it listens fails the start, with the reason", () =>
    Effect.gen(function* () {
      assert.include(yield* Effect.flip(ShopWorker.start(options("early"), dying)), "out of frames")
      assert.strictEqual(yield* Effect.flip(ShopWorker.start(options("quiet"), dying)), "exit code 3")
    }).pipe(Effect.scoped)
  )

  it.live("after it listened is an error in the log", () =>
    Effect.gen(function* () {
      const logged = yield* Queue.unbounded<string>()
      const logger = Logger.make((it) => Queue.offerUnsafe(logged, `${it.logLevel} ${String(it.message)}`))
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* ShopWorker.start(options("late"), dying), "http://127.0.0.1:1")
        const line = yield* Queue.take(logged)
        assert.match(line, /^Error The demo store's thread died.*out of frames/)
      }).pipe(Effect.scoped, Effect.provide(Logger.layer([logger])))
    })
  )

  it.live("because it is stopped is no news", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make((it) => lines.push(String(it.message)))
      yield* ShopWorker.start(options("optica")).pipe(Effect.scoped, Effect.provide(Logger.layer([logger])))
      assert.deepStrictEqual(lines, [])
    })
  )
})
