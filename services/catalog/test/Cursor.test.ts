import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { make } from "../src/Cursor.ts"

const { make: cursorOf, read } = make(Redacted.make("a secret"))
const others = make(Redacted.make("another secret"))

const Place = Schema.Array(Schema.String)
const Short = Schema.Array(Schema.Literals(["a", "é", "0"]))
const Character = Schema.Literals([
  ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
  ..."=+/ \n\0é"
])

describe("cursors", () => {
  it.effect.prop("lead back to the place that they were made of", [Schema.String, Place], ([query, place]) =>
    Effect.sync(() => {
      const wellFormed = place.map((key) => key.toWellFormed())
      assert.deepStrictEqual(read(query, cursorOf(query, wellFormed)), wellFormed)
    })
  )

  it.effect.prop(
    "are no good in another query",
    [Schema.String, Schema.String, Place],
    ([query, other, place]) =>
      Effect.sync(() => {
        if (query.toWellFormed() !== other.toWellFormed())
          assert.isUndefined(read(other, cursorOf(query, place)))
      })
  )

  it.effect.prop("are no good under another secret", [Schema.String, Place], ([query, place]) =>
    Effect.sync(() => assert.isUndefined(others.read(query, cursorOf(query, place))))
  )

  it.effect.prop(
    "are no good with any character changed, taken out or added, or cut short",
    [Short, Schema.Int, Character],
    ([place, at, character]) =>
      Effect.sync(() => {
        const cursor = cursorOf("query", place)
        const position = Math.abs(at) % cursor.length
        const before = cursor.slice(0, position)
        const after = cursor.slice(position)
        const changed = before + character + after.slice(1)
        if (changed !== cursor) assert.isUndefined(read("query", changed))
        assert.isUndefined(read("query", before + character + after))
        assert.isUndefined(read("query", before + after.slice(1)))
        assert.isUndefined(read("query", before))
        assert.isUndefined(read("query", cursor + character))
      }),
    { arbitrary: { runs: 1000 } }
  )

  it.effect.prop("are nothing that anyone could make up", [Schema.String], ([cursor]) =>
    Effect.sync(() => assert.isUndefined(read("query", cursor)))
  )

  it("are no longer than the contract takes, whatever the names of a shop", () => {
    for (const key of ["\u0001".repeat(200), "भ".repeat(200), "😀".repeat(100), '\\"'.repeat(100)]) {
      assert.isBelow(cursorOf("query", ["9".repeat(7), key, "9".repeat(19)]).length, 2000)
    }
  })
})
