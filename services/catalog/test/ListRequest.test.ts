import { create } from "@bufbuild/protobuf"
import { assert, describe, it } from "@effect/vitest"
import { ListProductsRequestSchema } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import * as Effect from "effect/Effect"
import { listQuery } from "../src/ListRequest.ts"

const read = (filter: object) => listQuery(create(ListProductsRequestSchema, { filter }))

describe("the filter of a request", () => {
  it.effect("is the same however its sets are written, so that cursors go on", () =>
    Effect.gen(function* () {
      const one = yield* read({
        categoryIds: [16n, 9n, 16n],
        ratings: [5, 4],
        attributes: [
          { attribute: "pa_color", terms: ["red", "black"] },
          { attribute: "pa_brand", terms: ["x"] }
        ]
      })
      const other = yield* read({
        categoryIds: [9n, 16n],
        ratings: [4, 5],
        attributes: [
          { attribute: "pa_brand", terms: ["x", "x"] },
          { attribute: "pa_color", terms: ["black", "red"] }
        ]
      })
      assert.deepStrictEqual(one, other)
      const { filter } = yield* read({ includeIds: [3n, 1n, 2n] })
      assert.deepStrictEqual(filter.includeIds, [3n, 1n, 2n], "the asked order is kept")
    })
  )
})
