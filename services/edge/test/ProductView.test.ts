import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { ProductView, productView, project, VariationView, variationView } from "../src/ProductView.ts"
import * as Recorded from "./Recorded.ts"

/** What the public never sees, and what WordPress adds to every object. */
const hidden = new Set(["downloads", "download_limit", "download_expiry", "purchase_note", "post_password"])

const expected = (recorded: Recorded.Recorded) =>
  Object.fromEntries(
    Object.entries(recorded)
      .filter(([name]) => !hidden.has(name))
      .map(([name, value]) => {
        // WooCommerce sends the sales of a variation that is asked for as a product as text.
        if (name === "total_sales") return [name, Number(value)]
        if (name !== "meta_data" || !Array.isArray(value)) return [name, value]
        return [name, value.filter((it) => !JSON.stringify(it).includes('"key":"_'))]
      })
  )

describe("a product", () => {
  it.each(Recorded.products.map((it) => [it.id, it] as const))(
    "%i is what WooCommerce sent",
    (_id, recorded) => {
      const view = productView(Recorded.toProduct(recorded))
      expect(view).toStrictEqual(expected(recorded))
      expect(Schema.is(ProductView)(view)).toBe(true)
    }
  )

  it("has a variation's chosen options when it is one", () => {
    const view = productView(Recorded.toProduct(Recorded.variationAsProduct))
    expect(view).toStrictEqual(expected(Recorded.variationAsProduct))
  })

  it("keeps meta data that is no JSON as text", () => {
    const message = Recorded.toProduct({ id: 1, meta_data: [{ id: 1, key: "k", value: 1 }] })
    for (const meta of message.metaData) meta.valueJson = "{oops"
    expect(productView(message).meta_data).toStrictEqual([{ id: 1, key: "k", value: "{oops" }])
  })

  it("can be cut down to some fields, in WooCommerce's order", () => {
    expect(Object.keys(project(productView(Recorded.toProduct({ id: 1 })), ["price", "id"]))).toStrictEqual([
      "id",
      "price"
    ])
  })
})

describe("a variation", () => {
  it.each(Recorded.variations.map((it) => [it.id, it] as const))(
    "%i is what WooCommerce sent",
    (_id, recorded) => {
      const view = variationView(Recorded.toProduct(recorded))
      expect(view).toStrictEqual(expected(recorded))
      expect(Schema.is(VariationView)(view)).toBe(true)
    }
  )
})
