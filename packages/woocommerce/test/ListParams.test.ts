import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result } from "effect"
import { type ListParams, render } from "../src/ListParams.ts"

const query = (params: ListParams): string =>
  Result.getOrThrow(render(params))
    .map(([name, value]) => `${name}=${value}`)
    .join("&")

const refusal = (params: ListParams) => Result.getOrThrow(Result.flip(render(params)))

describe("ListParams", () => {
  it("sends every parameter under its own name", () => {
    assert.strictEqual(
      query({
        page: 2,
        per_page: 50,
        offset: 7,
        search: "polar lens",
        after: "2026-01-01T00:00:00",
        before: "2026-02-01T00:00:00",
        order: "asc",
        orderby: "id",
        slug: "bolt",
        status: "any",
        type: "variable",
        sku: "FR-1",
        featured: true,
        on_sale: false,
        min_price: "0.5",
        max_price: "9999.99",
        stock_status: "instock"
      }),
      "page=2&per_page=50&offset=7&search=polar lens&after=2026-01-01T00:00:00&before=2026-02-01T00:00:00&order=asc&orderby=id&slug=bolt&status=any&type=variable&sku=FR-1&featured=true&on_sale=false&min_price=0.5&max_price=9999.99&stock_status=instock"
    )
  })

  it("fact 9: lists go comma-separated, as the recorded shop takes them", () => {
    assert.strictEqual(
      query({
        include: [18, 19],
        exclude: [3],
        parent: [1, 2],
        category: [4, 5],
        tag: 6,
        include_status: ["publish", "trash"],
        _fields: ["id", "date_modified_gmt"]
      }),
      "include=18,19&exclude=3&parent=1,2&category=4,5&tag=6&include_status=publish,trash&_fields=id,date_modified_gmt"
    )
  })

  it("fact 2: a moment goes zoneless in UTC together with dates_are_gmt=true", () => {
    assert.strictEqual(
      query({ modified_after: DateTime.makeUnsafe("2026-11-21T08:31:55.400+05:30") }),
      "modified_after=2026-11-21T03:01:55&dates_are_gmt=true"
    )
  })

  it("fact 2: a zone together with dates_are_gmt would lose rows silently and is refused", () => {
    for (const modified_after of [
      "2026-11-21T03:01:55Z",
      "2026-11-21T03:01:55.000Z",
      "2026-11-21T08:31:55+05:30"
    ]) {
      const { message, param } = refusal({ modified_after, dates_are_gmt: true })
      assert.strictEqual(param, "modified_after")
      assert.include(message, "silently loses rows")
    }
    assert.strictEqual(
      refusal({ after: "2026-01-01T00:00:00Z", modified_after: DateTime.makeUnsafe("2026-11-21T03:01:55Z") })
        .param,
      "after"
    )
  })

  it("fact 2: a string with a zone but without the flag is safe and goes as it is", () => {
    assert.strictEqual(
      query({ modified_after: "2026-11-21T03:01:55Z" }),
      "modified_after=2026-11-21T03:01:55Z"
    )
    assert.strictEqual(
      query({ modified_after: "2026-11-21T03:01:55", dates_are_gmt: true }),
      "modified_after=2026-11-21T03:01:55&dates_are_gmt=true"
    )
  })

  it("refuses a moment with dates_are_gmt switched off", () => {
    const wrong = refusal({ modified_before: DateTime.makeUnsafe(0), dates_are_gmt: false })
    assert.strictEqual(wrong.param, "dates_are_gmt")
  })

  it.each([
    [{ per_page: 0 }, "per_page"],
    [{ per_page: 101 }, "per_page"],
    [{ page: 0 }, "page"],
    [{ page: 1.5 }, "page"],
    [{ offset: -1 }, "offset"]
  ])("fact 10: refuses %j before the shop does", (params, param) => {
    assert.strictEqual(refusal(params).param, param)
    assert.match(refusal(params).message, new RegExp(`^${param} must be a whole number from`))
  })

  it("refuses an empty list, which the shop takes for no filter", () => {
    assert.strictEqual(refusal({ include: [] }).param, "include")
    assert.strictEqual(refusal({ extra: { brand: [] } }).param, "brand")
  })

  it("numbers the entries of a bracketed list, because PHP does so before it verifies the signature", () => {
    assert.strictEqual(
      query({ extra: { "include[]": [18, 19], brand: [1, 2], "filter[x]": true } }),
      "include[0]=18&include[1]=19&brand=1,2&filter[x]=true"
    )
  })
})
