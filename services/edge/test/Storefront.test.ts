import { readdirSync } from "node:fs"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestEdge } from "./TestEdge.ts"

const live = { excludeTestServices: true }
const browser = { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } }
const text = (response: Response) => Effect.promise(() => response.text())
const files = readdirSync(new URL("../storefront", import.meta.url)).filter(
  (name) => name !== "tsconfig.json"
)

layer(TestEdge.layer({ storefront: true }), live)("an edge with a storefront", (it) => {
  it.effect(
    "is a page at /, whose policy lets nothing inline run and only pictures come from elsewhere",
    () =>
      Effect.gen(function* () {
        const edge = yield* TestEdge
        const response = yield* edge.get("/", browser)
        expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8")
        const policy = response.headers.get("content-security-policy") ?? ""
        expect(policy).not.toContain("unsafe")
        expect(policy).toContain(
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http: https:"
        )
        expect(policy).toContain("connect-src 'self'")
        const html = yield* text(response)
        expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script>|(?:src|href)="https?:/)
      })
  )

  it.effect("serves every file of the page, and all that it asks for", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const asked = new Set<string>()
      for (const name of files) {
        const path = name === "index.html" ? "/" : `/storefront/${name}`
        const response = yield* edge.get(path)
        expect(response.status, path).toBe(200)
        const source = yield* text(response)
        for (const [, address = ""] of source.matchAll(/(?:src|href)="(\/storefront\/[^"]+)"/g))
          asked.add(address)
        for (const [, module = ""] of source.matchAll(/from "\.\/([^"]+)"/g))
          asked.add(`/storefront/${module}`)
      }
      for (const path of asked) expect((yield* edge.get(path)).status, path).toBe(200)
      const served = files.filter((name) => name !== "index.html").map((name) => `/storefront/${name}`)
      expect([...asked].sort()).toStrictEqual(served.sort())
    })
  )

  it.effect("is two routes for whoever counts requests, however many files it has", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      for (const name of files) yield* edge.get(name === "index.html" ? "/" : `/storefront/${name}`)
      const metrics = yield* Effect.flatMap(edge.get("/metrics"), text)
      const routes = [...metrics.matchAll(/http_route="(\/(?:storefront[^"]*)?)"/g)].map(([, route]) => route)
      expect(new Set(routes)).toStrictEqual(new Set(["/", "/storefront/:file"]))
    })
  )

  it.effect("tells types, and is asked for again each time, mostly for nothing", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const types = {
        "main.js": "text/javascript; charset=utf-8",
        "list.css": "text/css; charset=utf-8",
        "icon.svg": "image/svg+xml"
      }
      for (const [name, type] of Object.entries(types)) {
        const { headers } = yield* edge.get(`/storefront/${name}`)
        expect(headers.get("content-type")).toBe(type)
        expect(headers.get("cache-control")).toBe("no-cache")
        const held = { "if-none-match": headers.get("etag") ?? "" }
        expect((yield* edge.get(`/storefront/${name}`, { headers: held })).status).toBe(304)
      }
    })
  )

  it.effect("says where things are to who asks for JSON", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get("/", { headers: { accept: "application/json" } })
      expect(response.headers.get("content-type")).toBe("application/json")
      expect(yield* text(response)).toContain('"documentation":"/docs"')
      const page = yield* edge.get("/", browser)
      expect(page.headers.get("vary")).toContain("Accept,")
    })
  )

  it.effect("serves nothing else from there, and knows its methods", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      for (const path of [
        "tsconfig.json",
        "index.html",
        "",
        "..%2fpackage.json",
        "../package.json",
        "Main.js"
      ]) {
        expect((yield* edge.get(`/storefront/${path}`)).status, path).toBe(404)
      }
      const response = yield* edge.get("/storefront/main.js", { method: "POST" })
      expect(response.status).toBe(405)
      expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS")
      expect((yield* edge.get("/", { headers: { accept: "image/png" } })).status).toBe(406)
      expect(yield* text(yield* edge.get("/", { method: "HEAD", ...browser }))).toBe("")
    })
  )
})

layer(TestEdge.layer(), live)("an edge of its own", (it) => {
  it.effect("has no storefront", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      expect(yield* text(yield* edge.get("/", browser))).toContain('"documentation":"/docs"')
      expect((yield* edge.get("/storefront/main.js")).status).toBe(404)
    })
  )
})
