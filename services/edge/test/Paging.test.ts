import { create } from "@bufbuild/protobuf"
import { expect, it, layer } from "@effect/vitest"
import { PageInfoSchema } from "@optica/contracts/optica/type/v1/page_pb"
import { Effect, Schema } from "effect"
import type { Exchange } from "../src/Exchange.ts"
import * as Paging from "../src/Paging.ts"
import { CURSOR } from "./Doubles.ts"
import { json } from "./Problem.ts"
import { TestEdge } from "./TestEdge.ts"

const ids = json(Schema.Struct({ data: Schema.Array(Schema.Struct({ id: Schema.Int })) }))

/** Links by relation. */
const linksIn = (field: string | null | undefined): Record<string, string> =>
  Object.fromEntries(
    [...(field ?? "").matchAll(/<([^>]*)>; rel="([a-z]+)"/g)].map(([, to, rel]) => [rel, to])
  )

layer(TestEdge.layer(), { excludeTestServices: true })("the links of a page", (it) => {
  it.effect("lead to the first, previous, next and last one, with the same parameters", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const asked = "/api/products?per_page=9&page=2&attributes[pa_x]=a,b&sku=a%26b&fields=id"
      const response = yield* edge.get(asked)
      const same = "/api/products?per_page=9&attributes[pa_x]=a,b&sku=a%26b&fields=id"
      expect(linksIn(response.headers.get("link"))).toStrictEqual({
        first: `${same}&page=1`,
        prev: `${same}&page=1`,
        next: `${same}&page=3`,
        last: `${same}&page=3`
      })
      expect(response.headers.get("x-wp-total")).toBe("21")
      expect(response.headers.get("x-wp-totalpages")).toBe("3")
    })
  )

  it.effect("walk through the whole list, by number and by cursor, with nothing twice", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const walk = Effect.fnUntraced(function* (start: string) {
        const seen: Array<number> = []
        for (let path: string | undefined = start; path !== undefined; ) {
          const response: Response = yield* edge.get(path)
          seen.push(...(yield* ids(response)).data.map(({ id }) => id))
          path = linksIn(response.headers.get("link")).next
        }
        return seen
      })
      const byNumber = yield* walk("/api/products?per_page=4&fields=id")
      const byCursor = yield* walk(
        `/api/products?per_page=4&fields=id&cursor=${encodeURIComponent(`${CURSOR}1`)}`
      )
      expect(new Set(byNumber).size).toBe(21)
      expect(byCursor).toStrictEqual(byNumber)
    })
  )

  it.effect("never name a host, whatever the request says it is", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const answer = yield* edge.raw(
        "GET http://evil.example/api/products?per_page=9 HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n"
      )
      expect(answer).toContain("</api/products?per_page=9&page=2>")
      expect(answer.split("\r\n\r\n")[0]).not.toContain("evil.example")
    })
  )

  it.effect("are sent with 304 as well", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const first = yield* edge.get("/api/products")
      const headers = { "if-none-match": first.headers.get("etag") ?? "" }
      const second = yield* edge.get("/api/products", { headers })
      expect(second.status).toBe(304)
      expect(second.headers.get("link")).toBe(first.headers.get("link"))
    })
  )
})

const exchangeOf = (target: string): Pick<Exchange, "path" | "target"> => ({
  path: target.split("?")[0] ?? "",
  target
})

const info = (page: number, nextCursor = "", total = 100_000, perPage = 100) =>
  create(PageInfoSchema, {
    ...{ page, perPage, total: BigInt(total), totalPages: Math.ceil(total / perPage), nextCursor }
  })

const place = (target: string, ...at: Parameters<typeof info>) =>
  Paging.of(exchangeOf(target), info(...at), target.includes("cursor=") ? { cursor: "x" } : {})

it("go on by cursor where numbers end, and do not lead to a last page beyond", () => {
  const { headers } = place("/api/products?per_page=100&page=100", 100, "c+1")
  expect(linksIn(headers.link)).toStrictEqual({
    first: "/api/products?per_page=100&page=1",
    prev: "/api/products?per_page=100&page=99",
    next: "/api/products?per_page=100&cursor=c%2B1"
  })
})

it("of a page that a cursor led to, go on by cursor", () => {
  const { headers, pagination } = place("/api/products?per_page=100&cursor=x", 3, "y")
  expect(linksIn(headers.link)).toStrictEqual({
    first: "/api/products?per_page=100&page=1",
    // No page before: the cursor may be of pages of another size, which end elsewhere.
    next: "/api/products?per_page=100&cursor=y"
  })
  expect(pagination).toMatchObject({ page: 3, has_next: true, has_prev: true, next_cursor: "y" })
  expect(place("/api/products?cursor=x", 3, "").pagination.has_next).toBe(false)
})

it("lead back to the last page from beyond it", () => {
  expect(linksIn(place("/p?page=9", 9, "", 30, 10).headers.link)).toStrictEqual({
    first: "/p?page=1",
    prev: "/p?page=3",
    last: "/p?page=3"
  })
})

it("of an empty list lead to its one page", () => {
  const { headers, pagination } = place("/p", 1, "", 0)
  expect(linksIn(headers.link)).toStrictEqual({ first: "/p?page=1", last: "/p?page=1" })
  expect(pagination).toMatchObject({ total: 0, total_pages: 0, has_next: false, has_prev: false })
})

it("cannot be broken out of, and take the place of page and cursor however those are written", () => {
  const { link } = place('/p?sku=<">;é&%70age=2&cursor&x=1', 2, "", 30, 10).headers
  expect(linksIn(link).first).toBe("/p?sku=%3C%22%3E;%C3%A9&x=1&page=1")
})

it("are left out where they would be longer than clients read", () => {
  expect(place(`/p?search=${"x".repeat(3000)}`, 1).headers).not.toHaveProperty("link")
})
