import { spawn } from "node:child_process"
import { resolve } from "node:path"
import { text as consume } from "node:stream/consumers"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Scope } from "effect"
import * as LogOutput from "../src/LogOutput.ts"

/** A reader that takes as many bytes as it was given leave for. */
const reader = (leave = Number.POSITIVE_INFINITY) => {
  const taken: Array<string> = []
  let left = leave
  const sink = (bytes: Uint8Array) => {
    const count = Math.min(left, bytes.length)
    left -= count
    if (count > 0) taken.push(Buffer.from(bytes.subarray(0, count)).toString())
    return count
  }
  const take = (more: number) => {
    left += more
  }
  return { taken, sink, take }
}

const nextTurn = Effect.promise(() => new Promise(setImmediate))

const closed = (output: (scope: Scope.Closeable) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    yield* output(scope)
    return yield* Effect.timed(Scope.close(scope, Exit.void))
  })

describe("LogOutput", () => {
  it.live("writes the lines of one turn of the event loop in one go", () =>
    Effect.gen(function* () {
      const { sink, taken } = reader()
      const output = yield* LogOutput.make(sink)
      output.write("one")
      output.write("two")
      assert.deepStrictEqual(taken, [])
      yield* nextTurn
      assert.deepStrictEqual(taken, ["one\ntwo\n"])
    }).pipe(Effect.scoped)
  )

  it.live("goes on in the middle of a line when the reader took a part of it", () =>
    Effect.gen(function* () {
      const { sink, taken, take } = reader(3)
      yield* closed((scope) =>
        Effect.gen(function* () {
          const output = yield* Scope.provide(LogOutput.make(sink), scope)
          output.write("first")
          yield* nextTurn
          output.write("last")
          assert.deepStrictEqual(taken, ["fir"])
          take(100)
        })
      )
      assert.strictEqual(taken.join(""), "first\nlast\n")
    })
  )

  it.live("drops lines beyond its bound when the reader is slow, and says how many", () =>
    Effect.gen(function* () {
      const { sink, taken, take } = reader(0)
      const long = "x".repeat(1024 * 1024)
      yield* closed((scope) =>
        Effect.gen(function* () {
          const output = yield* Scope.provide(LogOutput.make(sink), scope)
          for (let i = 0; i < 20; i++) output.write(long)
          take(Number.POSITIVE_INFINITY)
        })
      )
      const text = taken.join("")
      assert.strictEqual(text.split(long).length - 1, 7)
      assert.match(text, /"log lines were dropped: their reader is too slow","dropped":13\}\n$/)
    })
  )

  it.live("does not hold the end up for more than a second when the reader has stopped", () =>
    Effect.gen(function* () {
      const { sink } = reader(0)
      const [took] = yield* closed((scope) =>
        Effect.map(Scope.provide(LogOutput.make(sink), scope), (output) => output.write("unread"))
      )
      assert.isAtLeast(Duration.toMillis(took), 900)
      assert.isBelow(Duration.toMillis(took), 1_500)
    })
  )

  it.live("goes quiet when the reader is gone", () =>
    Effect.gen(function* () {
      let asked = 0
      const output = yield* LogOutput.make(() => {
        asked += 1
        throw new Error("EPIPE")
      })
      output.write("first")
      yield* nextTurn
      output.write("second")
      yield* nextTurn
      assert.strictEqual(asked, 1)
    }).pipe(Effect.scoped)
  )

  for (const end of ["SIGTERM", "exit", "crash"]) {
    it(`loses no line of a process that ends by ${end}, though the pipe was full`, async () => {
      const fixture = resolve(import.meta.dirname, "log-output-process.ts")
      // The reader begins when the pipe is long full and the process wants to end.
      const child = spawn(
        "sh",
        ["-c", '"$0" "$@" 2>/dev/null | (sleep 0.9; cat)', process.execPath, fixture, end],
        {
          stdio: ["ignore", "pipe", "inherit"]
        }
      )
      const lines = (await consume(child.stdout)).trimEnd().split("\n")
      assert.strictEqual(lines.length, 1_000)
      assert.include(lines.at(-1), '"message":"line 999"')
    })
  }
})
