import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { check, VectorFile } from "../src/VectorFile.ts"

const { vectors } = Schema.decodeUnknownSync(Schema.fromJsonString(VectorFile))(
  readFileSync(new URL("./fixtures/vectors.json", import.meta.url), "utf8")
)

describe("worked examples", () => {
  it.each(vectors)("$id: $kind", (vector) => {
    expect(check(vector)).toBeUndefined()
  })

  it("fails an example with another answer", () => {
    for (const vector of vectors) {
      const [name = ""] = Object.keys(vector.expected)
      const wrong = { ...vector, expected: { ...vector.expected, [name]: "other" } }
      expect(check(wrong)).toContain(name)
    }
  })

  it("fails an example of an unknown kind", () => {
    expect(check({ id: "x", kind: "guess", input: {}, expected: {} })).toBe("there is no kind guess")
  })
})
