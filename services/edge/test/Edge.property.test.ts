import * as http from "node:http"
import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { expect, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { HttpApi } from "effect/http-api"
import { Api } from "../src/Api.ts"
import { catalogue } from "../src/Problems.ts"
import * as Routes from "../src/Routes.ts"
import { TestEdge, TOKEN } from "./TestEdge.ts"

const Segment = Schema.Literals([
  "api",
  "products",
  "categories",
  "variations",
  "slug",
  "stock",
  "reviews",
  "search",
  "featured",
  "facets",
  "sync",
  "runs",
  "events",
  "cancel",
  "full",
  "status",
  "health",
  "live",
  "ready",
  "metrics",
  "docs",
  "scalar.js",
  "openapi.json",
  "18",
  "38",
  "0",
  "-1",
  "1e1",
  "9223372036854775808",
  "",
  "%00",
  "%ff",
  "%2f",
  "..",
  ";",
  "__proto__",
  "0198a3c2-5f1e-7c3a-9d1b-6f0f4b8f2a12"
])
/** What may stand where a route has an id or a slug. */
const Fill = Schema.Union([
  Schema.Literal("18"),
  Schema.Literal("18"),
  Schema.Literals(["38", "39", "20", "0198a3c2-5f1e-7c3a-9d1b-6f0f4b8f2a12"]),
  Schema.Literals(["0", "-1", "1.5", "abc", "9007199254740993", "%00", "%ff", "%2f", "%", "", ".."]),
  Schema.String.check(Schema.isMaxLength(8))
])

/** Every route, and "" for a path of the segments above. */
const templates: Array<string> = ["", "", ""]
/** Every parameter that a route takes. */
const parameters = new Set<string>()
const find = Routes.finder(Api)
HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint }) => {
    templates.push(endpoint.path)
    for (const name of find(endpoint.path)?.parameters ?? []) parameters.add(name.replace("…", "pa_colour"))
  }
})

const Name = Schema.Union([
  Schema.Literals([...parameters, "attributes[]", "attributes[pa_\u0000]", "__proto__", ""]),
  Schema.Literals([...parameters]),
  Schema.String.check(Schema.isMaxLength(5))
])
const Value = Schema.Union([
  Schema.Literals([
    "1",
    "100",
    "101",
    "-1",
    "5",
    "id",
    "include",
    "relevance",
    "18",
    "16,17",
    "9.99",
    "true"
  ]),
  Schema.Literals(["asc", "instock", "black,blue", "", ",", "\u0000", "9007199254740993", "x".repeat(2001)]),
  Schema.String.check(Schema.isMaxLength(8))
])
const Request = {
  method: Schema.Literals([
    "GET",
    "GET",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "QUERY",
    "PROPFIND"
  ]),
  /** Without a query, so that more than refusals is seen. */
  plain: Schema.Boolean,
  template: Schema.Literals(templates),
  fill: Fill,
  path: Schema.Array(Segment).check(Schema.isMaxLength(4)),
  query: Schema.Array(Schema.Tuple([Name, Value])).check(Schema.isMaxLength(4)),
  escaped: Schema.Boolean,
  accept: Schema.Literals(["", "*/*", "application/json", "text/html", "nonsense;q=x"]),
  encoding: Schema.Literals(["", "br", "gzip", "*;q=0", "nonsense"]),
  conditional: Schema.Literals(["", "*", '"x"', "nonsense"]),
  authorization: Schema.Literals(["", `Bearer ${TOKEN}`, "Bearer x"]),
  contentType: Schema.Literals(["", "application/json", "text/plain"]),
  body: Schema.Literals(["", "{}", "{", "null", '{"a":1}'])
}

/** What can be written into a request line without ending it. */
const printable = (text: string) =>
  text.replace(/[^\x21-\x7e]|[#]/g, (it) => encodeURIComponent(it.isWellFormed() ? it : "?"))

const decoded = (response: http.IncomingMessage, bytes: Buffer): string => {
  const coding = bytes.length === 0 ? undefined : response.headers["content-encoding"]
  const plain = coding === "br" ? brotliDecompressSync(bytes) : coding === "gzip" ? gunzipSync(bytes) : bytes
  return plain.toString()
}

const send = (port: number, options: http.RequestOptions, body: string) =>
  Effect.callback<{ readonly response: http.IncomingMessage; readonly text: string }>((resume) => {
    const request = http.request({ host: "127.0.0.1", port, agent: false, ...options }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk) => chunks.push(chunk))
      response.on("end", () =>
        resume(Effect.succeed({ response, text: decoded(response, Buffer.concat(chunks)) }))
      )
    })
    request.on("error", (error) => resume(Effect.die(error)))
    request.end(body === "" ? undefined : body)
  })

const isKnownProblem = (text: string, status: number): boolean => {
  const { error, status: said, success } = JSON.parse(text)
  const known = Object.entries(catalogue).find(([code]) => code === error.code)
  return success === false && said === status && known?.[1].status === status
}

/** Route and status of every answer. */
const reached = new Set<string>()

layer(TestEdge.layer({ corsOrigins: ["https://shop.example"] }), { excludeTestServices: true })(
  "any request",
  (it) => {
    it.effect.prop(
      "gets an answer that explains itself, with the fields that all answers carry",
      Request,
      (asked) =>
        Effect.gen(function* () {
          const edge = yield* TestEdge
          const encode = asked.escaped ? (text: string) => encodeURIComponent(text.toWellFormed()) : printable
          const query = (asked.plain ? [] : asked.query)
            .map(([name, value]) => `${encode(name)}=${encode(value)}`)
            .join("&")
          const fill = asked.fill.startsWith("%") ? printable(asked.fill) : encode(asked.fill)
          const at =
            asked.template === ""
              ? `/${asked.path.join("/")}`
              : asked.template
                  .replace(":slug", () => (fill === "18" ? "bolt-round-frame" : fill))
                  .replace(":id", () => fill)
          const path = `${at}${query === "" ? "" : `?${query}`}`
          const headers = Object.fromEntries(
            Object.entries({
              accept: asked.accept,
              "accept-encoding": asked.encoding,
              "if-none-match": asked.conditional,
              authorization: asked.authorization,
              "content-type": asked.contentType
            }).filter(([, value]) => value !== "")
          )
          const body = asked.method === "GET" || asked.method === "HEAD" ? "" : asked.body
          const { response, text } = yield* send(edge.port, { method: asked.method, path, headers }, body)
          const status = response.statusCode ?? 0
          const what = `${asked.method} ${path} ${JSON.stringify(headers)} ${body}: ${status} ${text.slice(0, 300)}`

          expect(status, what).toBeGreaterThanOrEqual(200)
          expect(status, what).toBeLessThan(500)
          reached.add(`${asked.template} ${status}`)
          for (const name of [
            "x-request-id",
            "x-response-time",
            "x-api-version",
            "server-timing",
            "content-security-policy"
          ]) {
            expect(response.headers[name], `${name} of ${what}`).toBeDefined()
          }
          expect(response.headers["x-content-type-options"], what).toBe("nosniff")
          expect(String(response.headers.vary), what).toContain("Origin")
          if (status === 204 || status === 304 || asked.method === "HEAD") {
            expect(text, what).toBe("")
          } else if (status >= 400) {
            expect(response.headers["content-type"], what).toBe("application/problem+json")
            expect(isKnownProblem(text, status), what).toBe(true)
            if (status === 405) expect(response.headers.allow, what).toBeDefined()
            if (status === 400) expect(JSON.parse(text).error.details, what).not.toStrictEqual([])
          } else {
            expect(text.length, what).toBeGreaterThan(0)
            if (response.headers["content-type"] === "application/json") {
              expect(() => JSON.parse(text), what).not.toThrow()
            }
          }
        }),
      { arbitrary: { runs: 3000 }, timeout: 60_000 }
    )

    it("reached every route, as one that answers and one that refuses", () => {
      for (const template of new Set(templates)) {
        const statuses = [...reached].filter((it) => it.startsWith(`${template} `)).map((it) => it.slice(-3))
        if (template !== "") expect(statuses, template).toContain("405")
        if (template.startsWith("/api/products")) {
          expect(statuses, template).toEqual(
            expect.arrayContaining(/search|autocomplete/.test(template) ? ["400"] : ["200", "400"])
          )
        }
      }
    })
  }
)
