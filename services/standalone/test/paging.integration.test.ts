import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Served } from "./Served.ts"
import { shop } from "./SmallShop.ts"

const served = Layer.effectDiscard(
  Effect.flatMap(Served, ({ operator }) => operator.applyChanges({ changes: [...shop] }))
).pipe(Layer.provideMerge(Served.layer))

const Page = Schema.fromJsonString(
  Schema.Struct({
    data: Schema.Array(Schema.Struct({ id: Schema.Int })),
    meta: Schema.Struct({
      pagination: Schema.Struct({ total: Schema.Int, next_cursor: Schema.NullOr(Schema.String) })
    })
  })
)

const Refusal = Schema.fromJsonString(
  Schema.Struct({
    error: Schema.Struct({
      details: Schema.Array(Schema.Struct({ field: Schema.String, message: Schema.String }))
    })
  })
)

const get = Effect.fnUntraced(function* (path: string) {
  const { url } = yield* Served
  return yield* Effect.promise(async (signal) => {
    const response = await fetch(url + path, { signal })
    return { status: response.status, link: response.headers.get("link") ?? "", text: await response.text() }
  })
})

/** Everything that a walk from page to page comes by; `next` says where it goes on. */
const walk = Effect.fnUntraced(function* (
  start: string,
  next: (link: string, cursor: string | null) => string | undefined
) {
  const ids: Array<number> = []
  for (let path: string | undefined = start; path !== undefined; ) {
    const answer: { readonly link: string; readonly text: string } = yield* get(path)
    const { data, meta } = Schema.decodeUnknownSync(Page)(answer.text)
    ids.push(...data.map(({ id }) => id))
    assert.isAtMost(ids.length, meta.pagination.total)
    path = next(answer.link, meta.pagination.next_cursor)
  }
  return ids
})

const byLink = (link: string) => /<([^>]*)>; rel="next"/.exec(link)?.[1]

const wrongFields = (text: string) =>
  Schema.decodeUnknownSync(Refusal)(text).error.details.map((it) => it.field)

layer(served, { excludeTestServices: true, timeout: 60_000 })("pages of a real catalogue", (it) => {
  it.effect.each([
    "/api/products?per_page=5",
    "/api/products?per_page=5&orderby=price&order=asc",
    "/api/products?per_page=5&orderby=title",
    "/api/products?per_page=3&orderby=rating&attributes[pa_color]=black",
    "/api/products?per_page=5&search=round",
    "/api/products/featured?per_page=2&orderby=popularity",
    "/api/products/categories/30?per_page=7&orderby=slug",
    "/api/products/search?q=round%20frame&per_page=4",
    "/api/products/6/variations?per_page=1",
    "/api/products/1/reviews?per_page=1"
  ])("%s is the same by links, by numbers and by cursors, with nothing twice", (path) =>
    Effect.gen(function* () {
      const linked = yield* walk(path, byLink)
      const cursed = yield* walk(path, (_, cursor) =>
        cursor === null ? undefined : `${path}&cursor=${encodeURIComponent(cursor)}`
      )
      assert.isAbove(linked.length, 1)
      assert.strictEqual(new Set(linked).size, linked.length)
      assert.deepStrictEqual(cursed, linked)
    })
  )

  it.effect("a cursor is refused by name when it was changed, or made for something else", () =>
    Effect.gen(function* () {
      const path = "/api/products?per_page=5&orderby=price"
      const { text } = yield* get(path)
      const cursor = Schema.decodeUnknownSync(Page)(text).meta.pagination.next_cursor ?? ""
      assert.strictEqual((yield* get(`${path}&cursor=${cursor}`)).status, 200)
      const last = cursor.at(-5) === "A" ? "B" : "A"
      for (const wrong of [
        `${path}&cursor=${cursor.slice(0, -5)}${last}${cursor.slice(-4)}`,
        `${path}&cursor=${cursor}A`,
        `${path}&cursor=nonsense`,
        `${path}&featured=true&cursor=${cursor}`,
        `${path}&order=asc&cursor=${cursor}`,
        `/api/products?per_page=5&orderby=title&cursor=${cursor}`,
        `/api/products/search?q=round&cursor=${cursor}`,
        `/api/products/1/reviews?cursor=${cursor}`,
        `/api/products/6/variations?cursor=${cursor}`
      ]) {
        const answer = yield* get(wrong)
        assert.strictEqual(answer.status, 400, wrong)
        assert.deepStrictEqual(wrongFields(answer.text), ["cursor"], wrong)
      }
    })
  )

  it.effect("a page beyond where numbers lead is refused by name, in every list", () =>
    Effect.gen(function* () {
      for (const path of [
        "/api/products?",
        "/api/products?search=round&",
        "/api/products/search?q=round&",
        "/api/products/featured?",
        "/api/products/categories/30?",
        "/api/products/6/variations?",
        "/api/products/1/reviews?"
      ]) {
        const answer = yield* get(`${path}page=101&per_page=100`)
        assert.strictEqual(answer.status, 400, path)
        assert.deepStrictEqual(wrongFields(answer.text), ["page"], path)
        assert.strictEqual((yield* get(`${path}page=100&per_page=100`)).status, 200, path)
      }
    })
  )
})
