import { assert, describe, it } from "@effect/vitest"
import { Option, Result } from "effect"
import { readAnswer } from "../src/Batch.ts"
import { Resources } from "../src/Resource.ts"
import { record } from "./Recorded.ts"

describe("Batch", () => {
  it("fact 17: the recorded answer: each change done or refused by itself, in order", () => {
    const answer = Option.getOrThrow(readAnswer(Resources.products, record("batch", "mixed").body))
    const all = [...answer.create, ...answer.update, ...answer.delete]
    assert.isTrue(all.some(Result.isSuccess))
    const refused = all.filter(Result.isFailure).map((entry) => entry.failure)
    assert.isAtLeast(refused.length, 1)
    for (const { code, message } of refused) {
      assert.match(code, /^(woocommerce_rest_|product_)/)
      assert.isNotEmpty(message)
    }
  })

  it("an answer to nothing comes as []", () => {
    const answer = Option.getOrThrow(readAnswer(Resources.products, record("batch", "empty").body))
    assert.deepStrictEqual(answer, { create: [], update: [], delete: [] })
  })

  it("a change that was done but comes back unreadable says where", () => {
    const { update } = Option.getOrThrow(
      readAnswer(Resources.products, { update: [{ id: 5, status: "publish", price: "x" }] })
    )
    assert.deepStrictEqual(update, [
      Result.fail({
        id: 5,
        code: "unreadable",
        message: 'price: Expected a decimal amount such as "12.50", or ""'
      })
    ])
  })

  it("anything else is no batch answer", () =>
    assert.isTrue(Option.isNone(readAnswer(Resources.products, { create: 5 }))))
})
