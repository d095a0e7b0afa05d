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

  it.effect("takes slugs of terms as they are stored and as they read", () =>
    Effect.gen(function* () {
      const of = (term: string) => read({ attributes: [{ attribute: "pa_color", terms: [term] }] })
      const stored = yield* of("%d1%81%d0%b8%d0%bd%d0%b8%d0%b9")
      assert.deepStrictEqual(yield* of("синий"), stored)
      assert.deepStrictEqual(yield* of("%D1%81%d0%b8ний"), stored)
      assert.deepStrictEqual(stored.filter.attributes[0]?.terms, ["%d1%81%d0%b8%d0%bd%d0%b8%d0%b9"])
    })
  )

  it.effect("is refused where its lowest price is above its highest, naming both", () =>
    Effect.gen(function* () {
      for (const [minPrice, maxPrice] of [
        ["2000", "1000"],
        ["999", "99.5"],
        ["1.0000000001", "1"]
      ]) {
        const refusal = yield* Effect.flip(read({ minPrice, maxPrice }))
        const fields = refusal.violations.map(({ field }) => field)
        assert.deepStrictEqual(fields, ["filter.min_price", "filter.max_price"], `${minPrice} to ${maxPrice}`)
      }
      for (const [minPrice, maxPrice] of [
        ["1000", "1000.00"],
        ["99.5", "999"],
        ["2000", ""],
        ["", "1"]
      ]) {
        yield* read({ minPrice, maxPrice })
      }
    })
  )
})
