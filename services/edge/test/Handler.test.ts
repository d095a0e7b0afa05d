import { Code } from "@connectrpc/connect"
import { expect, layer } from "@effect/vitest"
import { Effect, Fiber, Schema } from "effect"
import { fail } from "./Doubles.ts"
import { json, problemIn, problemOf } from "./Problem.ts"
import { operator, TestEdge } from "./TestEdge.ts"

const origin = "https://shop.example"
const live = { excludeTestServices: true }
const headersOf = (response: Response) => Object.fromEntries(response.headers)
const envelope = json(Schema.Struct({ data: Schema.Json, meta: Schema.Json }))

layer(TestEdge.layer({ corsOrigins: [origin, "http://localhost:5173"] }), live)("every answer", (it) => {
  const everywhere = [
    ["GET", "/api/products/18", 200],
    ["GET", "/api/products/20", 404],
    ["GET", "/api/products?page=0", 400],
    ["DELETE", "/api/products", 405],
    ["GET", "/nothing", 404],
    ["GET", "/sync/status", 401],
    ["GET", "/health/live", 200],
    ["GET", "/docs", 200],
    ["OPTIONS", "/api/products", 204]
  ] as const
  it.effect.each(everywhere)("%s %s carries the common fields", ([method, path, status]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get(path, { method })
      expect(response.status).toBe(status)
      const headers = headersOf(response)
      expect(headers).toMatchObject({
        "x-api-version": "1",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer"
      })
      expect(headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/)
      expect(headers["x-response-time"]).toMatch(/^[0-9]+\.[0-9]ms$/)
      expect(headers["server-timing"]).toMatch(/^total;dur=[0-9.]+/)
      expect(headers["permissions-policy"]).toContain("camera=()")
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'")
      expect(headers["content-security-policy"]).not.toContain("unsafe-inline")
      expect(headers.vary).toContain("Origin")
      expect(headers["strict-transport-security"]).toBeUndefined()
      expect(headers["access-control-allow-origin"]).toBeUndefined()
    })
  )

  it.effect("tells browsers to stay with HTTPS only where the caller came by it", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get("/", { headers: { "x-forwarded-proto": "https" } })
      expect(response.headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains")
    })
  )

  it.effect.each([
    ["abc.DEF_1-2", true],
    ["x".repeat(128), true],
    ["x".repeat(129), false],
    ["a b", false],
    ["a,b", false],
    ["<script>", false],
    ["é", false]
  ] as const)("takes over the request id %s: %s", ([id, taken]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get("/nothing", { headers: { "x-request-id": id } })
      const problem = yield* problemOf(response)
      expect(problem.request_id === id).toBe(taken)
    })
  )

  it.effect("may be read by pages of the listed origins", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      for (const path of ["/api/products/18", "/nothing", "/sync/status"]) {
        const response = yield* edge.get(path, { headers: { origin } })
        expect(response.headers.get("access-control-allow-origin")).toBe(origin)
        expect(response.headers.get("access-control-expose-headers")).toContain("etag")
        expect(response.headers.get("access-control-allow-credentials")).toBeNull()
      }
    })
  )

  it.effect.each(["https://evil.example", "null", "https://shop.example.evil", "HTTPS://SHOP.EXAMPLE"])(
    "may not be read by pages of %s",
    (other) =>
      Effect.gen(function* () {
        const edge = yield* TestEdge
        const answer = yield* edge.raw(
          `OPTIONS /api/products HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: ${other}\r\nAccess-Control-Request-Method: GET\r\n\r\n`
        )
        expect(answer).toMatch(/^HTTP\/1.1 204 /)
        expect(answer.toLowerCase()).not.toContain("access-control-")
      })
  )

  it.effect("to a preflight says what is allowed", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const answer = yield* edge.raw(
        `OPTIONS /sync/full HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: POST\r\n\r\n`
      )
      expect(answer).toContain("allow: POST, OPTIONS\r\n")
      expect(answer).toContain(`access-control-allow-origin: ${origin}\r\n`)
      expect(answer).toContain("access-control-allow-methods: POST, OPTIONS\r\n")
      expect(answer).toContain("access-control-allow-headers: authorization, content-type")
    })
  )
})

layer(TestEdge.layer(), live)("refusals before any route", (it) => {
  it.effect.each([
    ["POST", "/api/products", "GET, HEAD, OPTIONS"],
    ["PUT", "/api/products/18", "GET, HEAD, OPTIONS"],
    ["DELETE", "/health/live", "GET, HEAD, OPTIONS"],
    ["GET", "/sync/full", "POST, OPTIONS"],
    ["HEAD", "/sync/full", "POST, OPTIONS"],
    ["PROPFIND", "/", "GET, HEAD, OPTIONS"]
  ] as const)("%s %s is a 405 that says what is allowed", ([method, path, allow]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get(path, { method })
      expect(response.status).toBe(405)
      expect(response.headers.get("allow")).toBe(allow)
      if (method !== "HEAD") expect((yield* problemOf(response)).error.code).toBe("METHOD_NOT_ALLOWED")
    })
  )

  it.effect.each(["GET", "POST", "OPTIONS", "DELETE"])("%s where nothing is, is a 404", (method) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      for (const path of [
        "/nothing",
        "/api",
        "/api/",
        "/api/products/slug/x/y",
        "/webhooks/woocommerce",
        "/api/lenses/types"
      ]) {
        const response = yield* edge.get(path, { method })
        expect(response.status).toBe(404)
        expect((yield* problemOf(response)).error.code).toBe("NOT_FOUND")
      }
    })
  )

  it.effect.each([
    ["/api/products", "application/xml"],
    ["/api/products", "application/json;q=0"],
    ["/docs", "application/json"],
    ["/metrics", "application/json"]
  ] as const)("%s is a 406 for %s", ([path, accept]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get(path, { headers: { accept } })
      expect(response.status).toBe(406)
      expect((yield* problemOf(response)).error.code).toBe("NOT_ACCEPTABLE")
    })
  )

  it.effect("an unknown parameter is a 400 on every route", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      for (const path of [
        "/",
        "/docs",
        "/openapi.json",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/api/categories"
      ]) {
        const response = yield* edge.get(`${path}?nonsense=1`)
        expect(response.status).toBe(400)
        expect((yield* problemOf(response)).error.details[0]?.field).toBe("nonsense")
      }
    })
  )
})

layer(TestEdge.layer(), live)("bodies", (it) => {
  const post = (edge: TestEdge["Service"], init: RequestInit) =>
    edge.get("/sync/full", { method: "POST", ...init, headers: { ...operator, ...init.headers } })
  const jsonType = { "content-type": "application/json" }

  it.effect.each([
    ["nothing", {}],
    ["nothing of type JSON", { headers: jsonType }],
    ["null", { headers: jsonType, body: "null" }],
    ["{}", { headers: jsonType, body: "{}" }],
    ["{} with a charset", { headers: { "content-type": "application/json; charset=utf-8" }, body: "{}" }]
  ] as const)("%s is taken", ([, init]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      expect((yield* post(edge, init)).status).toBe(202)
    })
  )

  it.effect.each([
    ["{", 400],
    ["{}}", 400],
    ["nonsense", 400],
    ["[]", 400],
    ["5", 400],
    ['"text"', 400],
    ["true", 400],
    ['{"kind":"full"}', 400],
    ['{"__proto__":{}}', 400],
    ["\u0000", 400],
    ["more than a mebibyte", 413]
  ] as const)("%s is a %i", ([body, status]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const sent = status === 413 ? `{"a":"${"x".repeat(1_100_000)}"}` : body
      const response = yield* post(edge, { headers: jsonType, body: sent })
      expect(response.status).toBe(status)
      yield* problemOf(response)
    })
  )

  it.effect.each([
    [{ "content-type": "text/plain" }],
    [{ "content-type": "application/x-www-form-urlencoded" }],
    [{ "content-type": "multipart/form-data; boundary=x" }],
    [{ "content-type": "application/json", "content-encoding": "gzip" }],
    [{ "content-type": "" }]
  ] as const)("of %o are a 415", ([headers]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* post(edge, { headers, body: "{}" })
      expect(response.status).toBe(415)
      expect((yield* problemOf(response)).error.code).toBe("UNSUPPORTED_MEDIA_TYPE")
    })
  )

  it.effect("that are not there but have a type that is not JSON are a 415 as well", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* post(edge, { headers: { "content-type": "text/plain" } })
      expect(response.status).toBe(415)
      expect((yield* problemOf(response)).error.code).toBe("UNSUPPORTED_MEDIA_TYPE")
    })
  )

  it.effect("beyond a mebibyte are a 413 also when they come in chunks", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const chunk = `10000\r\n${" ".repeat(0x1_0000)}\r\n`
      const answer = yield* edge.raw(
        `POST /sync/full HTTP/1.1\r\nHost: x\r\nAuthorization: ${operator.authorization}\r\nContent-Type: application/json\r\n` +
          `Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk.repeat(17)}0\r\n\r\n`
      )
      expect(answer).toMatch(/^HTTP\/1.1 413 /)
      expect(problemIn(answer).error.code).toBe("PAYLOAD_TOO_LARGE")
    })
  )

  it.effect("that lie about their chunks are a 400", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const answer = yield* edge.raw(
        `POST /sync/full HTTP/1.1\r\nHost: x\r\nAuthorization: ${operator.authorization}\r\nContent-Type: application/json\r\n` +
          "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"
      )
      expect(answer).toMatch(/^HTTP\/1.1 400 /)
      expect(problemIn(answer).error.code).toBe("VALIDATION_ERROR")
    })
  )
})

layer(TestEdge.layer({ requestTimeoutMs: 400 }), live)("a catalogue", (it) => {
  it.effect("that does not answer in time is a 504, after the time that a request has", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.catalog = Effect.never
      const startedAt = performance.now()
      const response = yield* edge.get("/api/products/18")
      edge.controls.catalog = Effect.void
      expect(response.status).toBe(504)
      expect((yield* problemOf(response)).error.code).toBe("UPSTREAM_TIMEOUT")
      expect(performance.now() - startedAt).toBeLessThan(2000)
      const timeout = edge.controls.calls.at(-1)?.timeoutMs ?? 0
      expect(timeout).toBeGreaterThan(200)
      expect(timeout).toBeLessThanOrEqual(400)
    })
  )

  it.effect("is told when the caller hangs up", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.catalog = Effect.never
      const before = edge.controls.interrupted
      const calls = edge.controls.calls.length
      const hungUp = yield* Effect.forkChild(edge.get("/api/categories/16"))
      while (edge.controls.calls.length === calls) yield* Effect.sleep(5)
      yield* Fiber.interrupt(hungUp)
      while (edge.controls.interrupted === before) yield* Effect.sleep(5)
      edge.controls.catalog = Effect.void
      expect((yield* edge.get("/api/categories/16")).status).toBe(200)
    })
  )

  it.effect("that meets a defect is a 500 that tells nothing", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.catalog = Effect.die(new Error("secret of the inside"))
      const response = yield* edge.get("/api/products/18")
      edge.controls.catalog = Effect.void
      expect(response.status).toBe(500)
      const problem = yield* problemOf(response)
      expect(problem.error).toMatchObject({ code: "INTERNAL_ERROR", details: [] })
      expect(JSON.stringify(problem)).not.toContain("secret")
    })
  )

  it.effect("is given the caller's trace, and no token", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
      yield* edge.get("/api/products/18", {
        headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, ...operator }
      })
      const call = edge.controls.calls.at(-1)
      expect(call?.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))
      expect(call?.traceparent).not.toContain("00f067aa0ba902b7")
      expect(call?.authorization).toBeNull()
    })
  )

  it.effect("is not asked with the traces of others, whatever a traceparent says", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      yield* edge.get("/api/products/18", { headers: { traceparent: "00-nonsense-x-01" } })
      expect(edge.controls.calls.at(-1)?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
      const problem = yield* problemOf(yield* edge.get("/nothing"))
      expect(problem.trace_id).toMatch(/^[0-9a-f]{32}$/)
    })
  )
})

layer(TestEdge.layer(), live)("a catalogue that is away", (it) => {
  it.effect("is a 503 that says when to come back, and comes back", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.catalog = fail(Code.Unavailable, "secret of the inside")
      for (const path of [
        "/api/products",
        "/api/products/18",
        "/api/products/38/variations",
        "/api/categories",
        "/api/categories/16"
      ]) {
        const response = yield* edge.get(path)
        expect(response.status).toBe(503)
        expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0)
        const problem = yield* problemOf(response)
        expect(problem.error.code).toBe("SERVICE_UNAVAILABLE")
        expect(JSON.stringify(problem)).not.toContain("secret")
      }
      expect((yield* edge.get("/health/live")).status).toBe(200)
      expect((yield* envelope(yield* edge.get("/"))).data).toMatchObject({ documentation: "/docs" })
    })
  )
})
