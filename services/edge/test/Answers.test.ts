import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { apiPolicy } from "../src/ResponseHeaders.ts"
import { problemOf } from "./Problem.ts"
import { TestEdge } from "./TestEdge.ts"

const live = { excludeTestServices: true }
const headersOf = (response: Response) => Object.fromEntries(response.headers)

layer(TestEdge.layer({ productMaxAge: 7 }), live)("public reads", (it) => {
  it.effect("tell caches how long they hold, and where they came from", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const headers = headersOf(yield* edge.get("/api/products/18"))
      expect(headers).toMatchObject({
        "cache-control": "public, max-age=7, s-maxage=7, stale-while-revalidate=60, stale-if-error=3600",
        "last-modified": "Sat, 21 Nov 2026 03:10:00 GMT",
        "x-cache-status": "miss",
        "x-cache-source": "service",
        "cache-status": "optica; fwd=uri-miss",
        "content-security-policy": apiPolicy
      })
      expect(headers["server-timing"]).toMatch(/, catalog;dur=[0-9.]+$/)
    })
  )

  it.effect("carry one weak tag whatever their coding, and differ with what they say", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const tagFor = (path: string, coding: string) =>
        Effect.map(edge.get(path, { headers: { "accept-encoding": coding } }), (it) => it.headers.get("etag"))
      const tags = yield* Effect.all(["identity", "gzip", "br"].map((it) => tagFor("/api/products", it)))
      expect(new Set(tags).size).toBe(1)
      expect(tags[0]).toMatch(/^W\//)
      expect(yield* tagFor("/api/products?per_page=5", "br")).not.toBe(tags[0])
      // The same items on a page of another size are another answer: pagination is part of it.
      expect(yield* tagFor("/api/products?per_page=99", "br")).not.toBe(
        yield* tagFor("/api/products?per_page=100", "br")
      )
    })
  )

  it.effect("are not sent again to whoever holds them", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      for (const path of [
        "/api/products",
        "/api/products/18",
        "/api/products/38/variations",
        "/api/categories",
        "/api/categories/16"
      ]) {
        const first = yield* edge.get(path)
        const etag = first.headers.get("etag") ?? ""
        for (const method of ["GET", "HEAD"]) {
          const second = yield* edge.get(path, { method, headers: { "if-none-match": `"x", ${etag}` } })
          expect(second.status).toBe(304)
          expect(yield* Effect.promise(() => second.text())).toBe("")
          const headers = headersOf(second)
          expect(headers).toMatchObject({ etag, "x-cache-status": "miss", vary: "Accept-Encoding" })
          expect(headers["cache-control"]).toBe(first.headers.get("cache-control"))
          expect(headers["last-modified"]).toBe(first.headers.get("last-modified"))
          expect(headers["content-encoding"]).toBeUndefined()
          expect(headers["content-type"]).toBeUndefined()
        }
      }
    })
  )

  it.effect("are not sent again where nothing changed since", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const since = (date: string) => edge.get("/api/products/18", { headers: { "if-modified-since": date } })
      expect((yield* since("Sat, 21 Nov 2026 03:10:00 GMT")).status).toBe(304)
      expect((yield* since("Sat, 21 Nov 2026 03:09:59 GMT")).status).toBe(200)
      expect((yield* since("Mon, 21 Nov 2098 03:09:59 GMT")).status).toBe(200)
    })
  )

  it.effect("meet a 412 where a precondition does not hold", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get("/api/products/18", { headers: { "if-match": '"x"' } })
      expect(response.status).toBe(412)
      expect((yield* problemOf(response)).error.code).toBe("PRECONDITION_FAILED")
    })
  )

  const codings = [
    ["br", brotliDecompressSync],
    ["gzip", gunzipSync]
  ] as const
  it.effect.each(codings)("are coded in %s, the same within", ([coding, decode]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const raw = (accept: string) =>
        Effect.map(
          edge.raw(
            `GET /api/products/18 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: ${accept}\r\n\r\n`
          ),
          (answer) => {
            const end = answer.indexOf("\r\n\r\n")
            return {
              head: answer.slice(0, end).toLowerCase(),
              body: Buffer.from(answer.slice(end + 4), "latin1")
            }
          }
        )
      const plain = yield* raw("identity")
      const coded = yield* raw(coding)
      expect(plain.head).not.toContain("content-encoding")
      expect(coded.head).toContain(`content-encoding: ${coding}`)
      expect(coded.head).toContain(`content-length: ${coded.body.length}`)
      expect(coded.head).toContain("vary: accept-encoding")
      expect(coded.body.length).toBeLessThan(plain.body.length / 2)
      const data = (text: string) => text.slice(0, text.indexOf('"performance"'))
      expect(data(decode(coded.body).toString())).toBe(data(plain.body.toString()))
    })
  )

  it.effect("say in HEAD what GET would, without a body", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      for (const path of [
        "/api/products",
        "/api/products/18",
        "/health/live",
        "/docs",
        "/openapi.json",
        "/nothing"
      ]) {
        const [get, head] = yield* Effect.all([edge.get(path), edge.get(path, { method: "HEAD" })])
        expect(head.status).toBe(get.status)
        expect(yield* Effect.promise(() => head.text())).toBe("")
        for (const name of ["content-type", "etag", "cache-control", "content-encoding", "vary"]) {
          if (name !== "etag" || path !== "/docs") expect(head.headers.get(name)).toBe(get.headers.get(name))
        }
      }
    })
  )
})

layer(TestEdge.layer())("a change within the second of another", (it) => {
  it.effect("is told to whoever holds what was before", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const changedAt = (time: string) => {
        edge.controls.lastModified = new Date(`2026-11-21T03:10:${time}Z`)
      }
      const askAt = Effect.fnUntraced(function* (time: string, since?: string | null) {
        yield* TestClock.setTime(Date.parse(`2026-11-21T03:10:${time}Z`))
        const headers = since ? { "if-modified-since": since } : {}
        return yield* edge.get("/api/products/18", { headers })
      })
      changedAt("10.100")
      const held = yield* askAt("10.500")
      expect(held.status).toBe(200)
      expect(held.headers.get("last-modified")).toBeNull()
      expect(held.headers.get("etag")).not.toBeNull()
      changedAt("10.900")
      const date = "Sat, 21 Nov 2026 03:10:10 GMT"
      expect((yield* askAt("12.000", date)).status).toBe(200)
      const settled = yield* askAt("30.000")
      expect(settled.headers.get("last-modified")).toBe(date)
      const again = yield* askAt("40.000", date)
      expect(again.status).toBe(304)
      expect(again.headers.get("last-modified")).toBe(date)
    })
  )
})
