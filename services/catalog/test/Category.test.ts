import { assert, describe, it } from "@effect/vitest"
import { parentsFirst } from "../src/Category.ts"

const node = (id: number, parentId: number) => ({ id, parentId })

describe("the category tree", () => {
  it("has parents before their children and keeps the order of siblings", () => {
    const nodes = [node(5, 1), node(2, 0), node(4, 1), node(1, 0), node(6, 4)]
    assert.deepStrictEqual(
      parentsFirst(nodes).map(({ id }) => id),
      [2, 1, 5, 4, 6]
    )
  })

  it("loses nothing that hangs on a missing parent or on itself", () => {
    const nodes = [node(1, 99), node(2, 3), node(3, 2), node(4, 4), node(5, 3)]
    assert.deepStrictEqual(
      parentsFirst(nodes)
        .map(({ id }) => id)
        .toSorted(),
      [1, 2, 3, 4, 5]
    )
  })
})
