import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { ProductView, productView, project, VariationView, variationView } from "../src/ProductView.ts"
import { ReviewView, reviewView } from "../src/ReviewView.ts"
import * as Recorded from "./Recorded.ts"

interface Difference {
  readonly field: string
  readonly why: string
  /** What stands here instead; without it, the field is left out. */
  readonly here?: (value: unknown) => unknown
}

/** All that differs from what WooCommerce sends, on purpose. Everything else is the same, name by name and byte by byte. */
const differences: ReadonlyArray<Difference> = [
  { field: "downloads", why: "files are for those who bought them" },
  { field: "download_limit", why: "of no use without the files" },
  { field: "download_expiry", why: "of no use without the files" },
  { field: "purchase_note", why: "for those who bought it" },
  { field: "post_password", why: "a secret; what has one is not public" },
  { field: "_links", why: "addresses of the shop's own API, which a visitor cannot call" },
  {
    field: "meta_data",
    why: "keys that begin with _ are private to plugins, the others have to be on the allow-list",
    here: (value) =>
      Array.isArray(value) ? value.filter((it) => !JSON.stringify(it).includes('"key":"_')) : value
  },
  {
    field: "total_sales",
    why: "a number: WooCommerce sends text where a variation is asked for as a product",
    here: Number
  },
  { field: "product_name", why: "of a review: the product's own field" },
  { field: "product_permalink", why: "of a review: the product's own field" },
  { field: "status", why: "of a review: there are no others than approved ones" },
  { field: "reviewer_email", why: "personal" },
  { field: "reviewer_avatar_urls", why: "a hash of the reviewer's address" }
]

const met = new Set<string>()

/** Holds an answer to what WooCommerce sent: the same fields, the same values, save the differences above. */
const compare = (view: object, recorded: Recorded.Recorded, isReview = false) => {
  const differing = new Map(
    differences
      .filter(({ field }) => field !== "status" || isReview)
      .map((difference) => [difference.field, difference] as const)
  )
  const answered = new Map(Object.entries(view))
  for (const [field, value] of Object.entries(recorded)) {
    const difference = differing.get(field)
    if (difference === undefined) expect(answered.get(field), field).toStrictEqual(value)
    else if (difference.here === undefined) {
      expect(answered.has(field), field).toBe(false)
      met.add(field)
    } else {
      expect(answered.get(field), field).toStrictEqual(difference.here(value))
      if (JSON.stringify(difference.here(value)) !== JSON.stringify(value)) met.add(field)
    }
    answered.delete(field)
  }
  expect([...answered.keys()]).toStrictEqual([])
}

describe("a product", () => {
  it.each(Recorded.products.map((it) => [it.id, it] as const))(
    "%i is what WooCommerce sent",
    (_id, recorded) => {
      const view = productView(Recorded.toProduct(recorded))
      compare(view, recorded)
      expect(Schema.is(ProductView)(view)).toBe(true)
    }
  )

  it("has a variation's chosen options when it is one", () => {
    const view = productView(Recorded.toProduct(Recorded.variationAsProduct))
    compare(view, Recorded.variationAsProduct)
    expect(Schema.is(ProductView)(view)).toBe(true)
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
      compare(view, recorded)
      expect(Schema.is(VariationView)(view)).toBe(true)
    }
  )
})

describe("a review", () => {
  it.each(Recorded.reviews.map((it) => [it.id, it] as const))(
    "%i is what WooCommerce sent",
    (_id, recorded) => {
      const view = reviewView(Recorded.toReview(recorded))
      compare(view, recorded, true)
      expect(Schema.is(ReviewView)(view)).toBe(true)
    }
  )
})

it("differs in nothing that no recorded answer shows", () => {
  expect([...met].sort()).toStrictEqual(differences.map(({ field }) => field).sort())
})
