import { createHash } from "node:crypto"
import { brotliDecompressSync } from "node:zlib"
import { expect, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { json } from "./Problem.ts"
import { TestEdge } from "./TestEdge.ts"

const live = { excludeTestServices: true }
const text = (response: Response) => Effect.promise(() => response.text())

layer(TestEdge.layer(), live)("the documentation page", (it) => {
  it.effect("lets nothing inline run, and nothing come from elsewhere", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get("/docs", { headers: { accept: "text/html,*/*;q=0.8" } })
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8")
      const policy = response.headers.get("content-security-policy") ?? ""
      expect(policy).not.toMatch(/unsafe|https?:|\*/)
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      const html = yield* text(response)
      expect(html).not.toMatch(/https?:|\/\/[a-z]|<style|style=|\son[a-z]+=|<script>/)
      const nonce = /style-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1] ?? ""
      expect(html).toContain(`nonce="${nonce}"`)
    })
  )

  it.effect("has a nonce of its own each time, and is kept by nobody", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const [one, two] = yield* Effect.all([edge.get("/docs"), edge.get("/docs")])
      expect(one.headers.get("cache-control")).toBe("no-store")
      expect(one.headers.get("content-security-policy")).not.toBe(two.headers.get("content-security-policy"))
    })
  )

  it.effect("loads its scripts from here", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const html = yield* Effect.flatMap(edge.get("/docs"), text)
      const sources = [...html.matchAll(/src="([^"]+)"/g)].map((match) => match[1] ?? "")
      expect(sources).toStrictEqual(["/docs/start.js"])
      const start = yield* Effect.flatMap(edge.get("/docs/start.js"), text)
      expect(start).toContain('script.src = "/docs/scalar.js"')
      expect(start).toContain('url: "/openapi.json"')
      expect(start).toContain('showDeveloperTools: "never"')
      expect(start).not.toMatch(/https?:/)
      new Function(start)
      const scalar = yield* edge.get("/docs/scalar.js")
      expect(scalar.headers.get("content-type")).toBe("text/javascript; charset=utf-8")
      const script = yield* text(scalar)
      expect(script.length).toBeGreaterThan(1_000_000)
      expect(script).toContain("createApiReference")
      expect(script).not.toContain("</script")
      new Function(script)
    })
  )

  it.effect("sends its scripts once, compressed, and not again", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const plain = yield* text(
        yield* edge.get("/docs/scalar.js", { headers: { "accept-encoding": "identity" } })
      )
      const answer = yield* edge.raw(
        "GET /docs/scalar.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: br\r\n\r\n"
      )
      const end = answer.indexOf("\r\n\r\n")
      expect(answer.slice(0, end).toLowerCase()).toContain("content-encoding: br")
      const decoded = brotliDecompressSync(Buffer.from(answer.slice(end + 4), "latin1"))
      const digest = (data: string | Buffer) => createHash("sha256").update(data).digest("hex")
      expect(digest(decoded)).toBe(digest(plain))
      const etag = (yield* edge.get("/docs/scalar.js")).headers.get("etag") ?? ""
      const again = yield* edge.get("/docs/scalar.js", { headers: { "if-none-match": etag } })
      expect(again.status).toBe(304)
    })
  )
})

layer(TestEdge.layer(), live)("the entrance", (it) => {
  it.effect("says where things are, and they are there", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const index = json(Schema.Struct({ data: Schema.Record(Schema.String, Schema.String) }))
      const { data } = yield* index(yield* edge.get("/"))
      for (const path of Object.values(data).filter((it) => it.startsWith("/"))) {
        expect((yield* edge.get(path)).status).toBe(200)
      }
    })
  )
})
