import * as http from "node:http"
import { expect, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { catalogue } from "../src/Problems.ts"
import { TestEdge, TOKEN } from "./TestEdge.ts"

const Segment = Schema.Literals([
  "api",
  "products",
  "categories",
  "variations",
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
const Name = Schema.Union([
  Schema.Literals([
    "page",
    "per_page",
    "fields",
    "categories",
    "sku",
    "min_price",
    "orderby",
    "include",
    "__proto__",
    ""
  ]),
  Schema.String.check(Schema.isMaxLength(5))
])
const Value = Schema.Union([
  Schema.Literals(["1", "100", "id", "include", "18", "16,17", "9.99", "true", "asc"]),
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
  path: Schema.Array(Segment).check(Schema.isMaxLength(4)),
  query: Schema.Array(Schema.Tuple([Name, Value])).check(Schema.isMaxLength(3)),
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

const send = (port: number, options: http.RequestOptions, body: string) =>
  Effect.callback<{ readonly response: http.IncomingMessage; readonly text: string }>((resume) => {
    const request = http.request({ host: "127.0.0.1", port, agent: false, ...options }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk) => chunks.push(chunk))
      response.on("end", () =>
        resume(Effect.succeed({ response, text: Buffer.concat(chunks).toString("latin1") }))
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
          const query = asked.query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")
          const path = `/${asked.path.join("/")}${query === "" ? "" : `?${query}`}`
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
          expect(status, what).not.toBe(500)
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
          } else {
            expect(text.length, what).toBeGreaterThan(0)
            if (
              response.headers["content-type"] === "application/json" &&
              response.headers["content-encoding"] === undefined
            ) {
              expect(() => JSON.parse(text), what).not.toThrow()
            }
          }
        }),
      { arbitrary: { runs: 400 }, timeout: 60_000 }
    )
  }
)
