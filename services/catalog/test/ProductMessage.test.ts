import { fromBinary } from "@bufbuild/protobuf"
import { assert, describe, it } from "@effect/vitest"
import { CategorySchema } from "@optica/contracts/optica/catalog/v1/category_pb"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { ProductSchema } from "@optica/contracts/optica/catalog/v1/product_pb"
import { ReviewSchema } from "@optica/contracts/optica/catalog/v1/review_pb"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { derivationOf, derive, observe } from "../src/Change.ts"
import { category, product, read, recorded } from "./Shop.ts"

const tags = "<img src=x onerror=alert(1)>Frame</p><script>alert(1)</script>"
const script = "javascript:alert(1)"
const url = 'https://a.example/"><img src=x onerror=alert(1)>'

/** The same value with every string in it replaced; keys and what is no string stay. */
const poisoned = (value: Schema.Json, poison: string): Schema.Json => {
  if (Predicate.isString(value)) return poison
  if (Array.isArray(value)) return value.map((item) => poisoned(item, poison))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, poisoned(item, poison)]))
}

/** Each variant of an object with the strings below one of its keys replaced. */
const variants = (json: Schema.JsonObject, poison: string): ReadonlyArray<Schema.JsonObject> =>
  Object.keys(json).flatMap((key) => {
    const value = json[key]
    if (value === undefined) return []
    const variant = poisoned(value, poison)
    // Where there is no string, nothing was replaced.
    return JSON.stringify(variant) === JSON.stringify(value) ? [] : [{ ...json, [key]: variant }]
  })

const allow = new Set(["lens_code"])

const publicView = (kind: ResourceKind, json: Schema.JsonObject): unknown => {
  const result = Result.flatMap(observe(read(kind, json, 1, 9), derivationOf(allow, "english")), (observed) =>
    derive(observed, allow)
  )
  // Nothing is shown of what was not understood: a date, an amount or a status that is no such thing.
  if (Result.isFailure(result)) return undefined
  const { row, table } = result.success
  if (table === "products") return fromBinary(ProductSchema, row.document)
  if (table === "reviews") return fromBinary(ReviewSchema, row.document)
  return table === "categories" ? fromBinary(CategorySchema, row.document) : assert.fail(table)
}

const html = new Set(["description", "shortDescription", "priceHtml", "review"])
const address = new Set(["permalink", "externalUrl", "src", "thumbnail"])

/** Asserts of every string of a message, by the name of its field, that a page may show it. */
const assertHarmless = (value: unknown, name: string): number => {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + assertHarmless(item, name), 0)
  if (Predicate.isObject(value)) {
    return Object.entries(value).reduce((sum, [key, item]) => sum + assertHarmless(item, key), 0)
  }
  if (!Predicate.isString(value) || name === "valueJson" || name === "$typeName") return 0
  if (html.has(name)) assert.notMatch(value, /<script|onerror|<\/p>(?<!<p>.*)/i, name)
  else assert.notMatch(value, /[<>]/, name)
  if (address.has(name)) assert.match(value, /^$|^(?:https?:)?\/\/[^\s"]*$/, name)
  if (name === "srcset") assert.notMatch(value, /javascript|"/, name)
  return 1
}

const image = {
  ...{ id: 1, src: "https://a.example/1.jpg", name: "Front", alt: "Front", sizes: "100vw" },
  ...{ srcset: "https://a.example/1.jpg 300w", thumbnail: "https://a.example/1-150.jpg" }
}

describe("publicMessage", () => {
  it("holds no string that a page could not show, whichever field the shop puts it in", () => {
    const full = product(1, {
      ...{ permalink: "https://a.example/p", external_url: "https://b.example", button_text: "Buy", image },
      ...{
        description: "d",
        short_description: "s",
        price_html: "p",
        dimensions: { length: "1", width: "2" }
      },
      categories: [{ id: 1, name: "c", slug: "c" }],
      tags: [{ id: 1, name: "t", slug: "t" }],
      brands: [{ id: 1, name: "b", slug: "b" }],
      attributes: [{ id: 1, name: "Colour", slug: "pa_colour", options: ["Gold"], option: "Gold" }],
      default_attributes: [{ id: 1, name: "Colour", option: "gold" }],
      images: [image]
    })
    for (const json of [full, ...recorded("products"), ...recorded("variations")]) {
      const kind = json.type === "variation" ? ResourceKind.VARIATION : ResourceKind.PRODUCT
      for (const poison of [tags, script, url, `${script} 1w, ${url} 2w`]) {
        for (const variant of variants(json, poison)) {
          const shown = publicView(kind, { ...variant, id: json.id ?? 0 })
          if (shown !== undefined) assert.isAbove(assertHarmless(shown, ""), 20)
        }
      }
    }
  })

  it("leaves strings without markup as they were, entities and quotes included", () => {
    const name = 'Ros&eacute; &amp; "Gold" &lt;b&gt;'
    const shown = publicView(
      ResourceKind.PRODUCT,
      product(1, { name, button_text: name, attributes: [{ id: 1, name, options: [name] }], images: [image] })
    )
    assert.deepInclude(shown, { name, buttonText: name })
    assert.nestedInclude(shown, {
      "attributes[0].name": name,
      "attributes[0].options[0]": name,
      "images[0].src": image.src,
      "images[0].srcset": image.srcset
    })
  })
})

describe("the category message", () => {
  it("holds no string that a page could not show", () => {
    for (const poison of [tags, script, url]) {
      for (const variant of variants(category(1, 0, { image }), poison)) {
        assert.isAbove(assertHarmless(publicView(ResourceKind.CATEGORY, variant), ""), 5)
      }
    }
  })
})

describe("the review message", () => {
  const [review = {}] = recorded("reviews")

  it("holds no string that a page could not show", () => {
    for (const poison of [tags, script, url]) {
      for (const variant of variants(review, poison)) {
        const shown = publicView(ResourceKind.REVIEW, { ...variant, id: review.id ?? 0 })
        if (shown !== undefined) assert.isAbove(assertHarmless(shown, ""), 3)
      }
    }
  })

  it("tells of the reviewer the name, and no address", () => {
    const shown = publicView(ResourceKind.REVIEW, review)
    assert.deepInclude(shown, {
      reviewer: "Asha",
      rating: 1,
      review: "<p>Nice frame number 0. Fits well.</p>\n"
    })
    assert.notMatch(Buffer.from(String(Object.values(Object(shown)))).toString(), /@|gravatar/)
  })
})
