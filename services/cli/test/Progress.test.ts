import { create } from "@bufbuild/protobuf"
import { assert, it } from "@effect/vitest"
import { RunSchema } from "@optica/contracts/optica/sync/v1/run_pb"
import * as Effect from "effect/Effect"
import { bar } from "../src/Progress.ts"
import { runAt } from "./FakeServices.ts"

const shown = Effect.fnUntraced(function* (read: number, columns: number) {
  const written: Array<string> = []
  const progress = bar(
    (text) => written.push(text),
    () => columns
  )
  yield* progress.show(create(RunSchema, runAt(read)))
  yield* progress.end
  return written
})

const erase = "\r\u001b[2K"

it.effect("a bar fills with the step, over one line that is erased in the end", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* shown(50, 100), [
      `${erase}${"█".repeat(15)}${"░".repeat(15)} products 50/100  50/s, 1 s left`,
      erase
    ])
  })
)

it.effect("a bar never wraps in a narrow window", () =>
  Effect.gen(function* () {
    const [line = ""] = yield* shown(50, 20)
    assert.strictEqual(line.slice(erase.length).length, 19)
  })
)
