import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { CategoryNode, categoryTree, categoryView } from "../src/CategoryView.ts"
import * as Recorded from "./Recorded.ts"

const category = (id: number, parent: number) => Recorded.toCategory({ id, parent, name: `c${id}` })

/** `1(2(3) 4)` */
const shape = (nodes: ReadonlyArray<CategoryNode>): string =>
  nodes.map(({ id, children }) => (children.length === 0 ? `${id}` : `${id}(${shape(children)})`)).join(" ")

describe("categories", () => {
  it.each(Recorded.categories.map((it) => [it.id, it] as const))(
    "%i is what WooCommerce sent",
    (_id, recorded) => {
      expect(categoryView(Recorded.toCategory(recorded))).toStrictEqual(recorded)
    }
  )

  it("stand below their parents, siblings in the order given", () => {
    expect(
      shape(categoryTree([category(1, 0), category(2, 1), category(4, 1), category(3, 2), category(5, 0)]))
    ).toBe("1(2(3) 4) 5")
  })

  it("stand at the top where their parent is not among them", () => {
    expect(shape(categoryTree([category(7, 99), category(8, 8)]))).toBe("7 8")
  })

  it("are all there where their parents go round in a circle", () => {
    expect(shape(categoryTree([category(1, 2), category(2, 3), category(3, 1), category(4, 2)]))).toBe(
      "1(3(2(4)))"
    )
    expect(shape(categoryTree([category(5, 6), category(6, 7), category(7, 6), category(9, 0)]))).toBe(
      "6(5 7) 9"
    )
  })

  it("make a tree as the contract has it", () => {
    const tree = categoryTree(Recorded.categories.map(Recorded.toCategory))
    expect(Schema.is(Schema.Array(CategoryNode))(tree)).toBe(true)
  })
})
