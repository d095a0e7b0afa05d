import { Code } from "@connectrpc/connect"
import { expect, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Envelope } from "../src/Answers.ts"
import { Figures, Full } from "../src/HealthApi.ts"
import { fail } from "./Doubles.ts"
import { json, problemOf } from "./Problem.ts"
import { operator, TestEdge } from "./TestEdge.ts"

const live = { excludeTestServices: true }
const full = json(Envelope(Full))
const figures = json(Envelope(Figures))
const body = json(Schema.Struct({ data: Schema.Struct({ status: Schema.String }) }))
// Reports are kept for half a second.
const nextReport = Effect.sleep(550)
// Through a proxy on the same machine: not from this machine.
const elsewhere = { "x-forwarded-for": "203.0.113.7" }

layer(TestEdge.layer(), live)("liveness", (it) => {
  it.effect("looks at nothing else", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.catalog = fail(Code.Unavailable)
      const response = yield* edge.get("/health/live")
      edge.controls.catalog = Effect.void
      expect((yield* body(response)).data.status).toBe("live")
      expect(edge.controls.calls).toHaveLength(0)
    })
  )
})

layer(TestEdge.layer(), live)("readiness", (it) => {
  it.effect("waits for the first mirror, and says so", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.firstCompletedAt = undefined
      const response = yield* edge.get("/health/ready")
      expect(response.status).toBe(503)
      expect(response.headers.get("retry-after")).toBe("5")
      const { error } = yield* problemOf(response)
      expect(error.code).toBe("SERVICE_UNAVAILABLE")
      expect(error.details).toStrictEqual([
        {
          field: "first-mirror",
          message: "the shop was not mirrored whole yet; /sync/status tells how far it is"
        }
      ])
    })
  )

  it.effect("is there once the mirror is, and says what it looked at", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.firstCompletedAt = new Date("2026-11-21T03:05:00Z")
      yield* nextReport
      const response = yield* edge.get("/health/ready")
      expect(response.status).toBe(200)
      const text = yield* Effect.promise(() => response.text())
      expect(text).toContain("asked the catalogue for one product")
      expect(text).toContain("asked the sync service whether the shop was mirrored whole once")
    })
  )

  it.effect("stays when the sync service goes away", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.sync = fail(Code.Unavailable)
      yield* nextReport
      expect((yield* edge.get("/health/ready")).status).toBe(200)
      edge.controls.sync = Effect.void
    })
  )

  it.effect("is lost with the catalogue, and tells nothing of the inside", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.catalog = fail(Code.Internal, "secret of the inside")
      yield* nextReport
      const response = yield* edge.get("/health/ready")
      edge.controls.catalog = Effect.void
      expect(response.status).toBe(503)
      const problem = yield* problemOf(response)
      expect(problem.error.details[0]?.field).toBe("catalog")
      expect(JSON.stringify(problem)).not.toContain("secret")
    })
  )

  it.effect("does not make the services busy, however often it is asked", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      yield* nextReport
      const before = edge.controls.calls.length
      yield* Effect.all(
        Array.from({ length: 20 }, () => edge.get("/health/ready")),
        { concurrency: 20 }
      )
      expect(edge.controls.calls.length).toBe(before + 2)
    })
  )

  it.effect("is asked for below a trace that nobody records", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      yield* nextReport
      yield* edge.get("/health/ready", {
        headers: { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" }
      })
      expect(edge.controls.calls.at(-1)?.traceparent ?? "-00").toMatch(/-00$/)
    })
  )
})

layer(TestEdge.layer(), live)("readiness and reads of one product", (it) => {
  it.effect("stay when requests for another thing failed so often that nobody asks for it any more", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.firstCompletedAt = new Date("2026-11-21T03:05:00Z")
      edge.controls.catalog = fail(Code.DeadlineExceeded)
      for (let call = 0; call < 6; call++) yield* edge.get("/api/products")
      const asked = edge.controls.calls.length
      edge.controls.catalog = Effect.void
      expect((yield* edge.get("/api/products")).status).toBe(503)
      expect(edge.controls.calls).toHaveLength(asked)
      expect((yield* edge.get("/api/products/15")).status).not.toBe(503)
      expect(edge.controls.calls).toHaveLength(asked + 1)
      expect((yield* edge.get("/health/ready")).status).toBe(200)
    })
  )
})

layer(TestEdge.layer(), live)("what is not for the public", (it) => {
  it.effect.each(["/health/full", "/metrics", "/health/metrics"])(
    "%s is for this machine and for operators",
    (path) =>
      Effect.gen(function* () {
        const edge = yield* TestEdge
        expect((yield* edge.get(path)).status).toBe(200)
        expect((yield* edge.get(path, { headers: { ...elsewhere, ...operator } })).status).toBe(200)
        for (const headers of [
          elsewhere,
          { forwarded: "for=203.0.113.7" },
          { via: "1.1 proxy" },
          { "x-forwarded-host": "shop.example" },
          { "x-original-url": "/health/full" },
          { "cf-connecting-ip": "203.0.113.7" },
          { ...elsewhere, authorization: "Bearer x" }
        ]) {
          const response = yield* edge.get(path, { headers })
          expect(response.status).toBe(401)
          yield* problemOf(response)
        }
      })
  )

  it.effect.each(["/health/full", "/metrics", "/health/metrics"])(
    "%s is not for pages whose name was made to point here",
    (path) =>
      Effect.gen(function* () {
        const { port, raw } = yield* TestEdge
        const ask = (host: string, more = "") =>
          Effect.map(
            raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`),
            (answer) => Number(answer.split(" ")[1])
          )
        for (const host of ["localhost", `LOCALHOST:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
          expect(yield* ask(host), host).toBe(200)
        }
        for (const host of ["rebound.example", `rebound.example:${port}`, "localhost.rebound.example", ""]) {
          expect(yield* ask(host), host).toBe(401)
          expect(yield* ask(host, `Authorization: ${operator.authorization}\r\n`), host).toBe(200)
        }
      })
  )

  it.effect("tells everything of this process", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { data } = yield* full(yield* edge.get("/health/full"))
      expect(data).toMatchObject({ status: "ready", node: process.version })
      expect(data.checks.map(({ name, ok }) => [name, ok])).toStrictEqual([
        ["catalog", true],
        ["first-mirror", true]
      ])
      expect(data.mirror?.shop_url).toBe("https://shop.example")
    })
  )

  it.effect("speaks OpenMetrics to whoever asks for it", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const ask = (accept: string) =>
        Effect.flatMap(edge.get("/metrics", { headers: { accept } }), (it) =>
          Effect.promise(async () => [it.headers.get("content-type"), await it.text()] as const)
        )
      const prometheus =
        "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
      const [openType, open] = yield* ask(prometheus)
      expect(openType).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8")
      expect(open).toMatch(/\n# EOF\n$/)
      expect(open).toMatch(/_bucket\{[^}]*le="1\.0"\} /)
      const [plainType, plain] = yield* ask("text/plain")
      expect(plainType).toBe("text/plain; version=0.0.4; charset=utf-8")
      expect(plain).not.toContain("# EOF")
    })
  )

  it.effect("tells the same as JSON", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      yield* edge.get("/api/products/18")
      const { data } = yield* figures(yield* edge.get("/health/metrics"))
      const requests = data.metrics.find(
        ({ labels, name }) =>
          name === "http.server.request.duration" && labels["http.route"] === "/api/products/:id"
      )
      expect(requests).toMatchObject({ type: "histogram", unit: "s" })
      expect(requests?.count).toBeGreaterThanOrEqual(1)
      expect(data.metrics.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["rpc.server.duration", "rpc.client.duration", "optica.rpc.circuit"])
      )
    })
  )

  it.effect("counts requests by method, route and status, and never by what callers make up", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      yield* edge.get("/api/products/18")
      yield* edge.get("/some/secret/path?token=1")
      const text = yield* Effect.flatMap(edge.get("/metrics"), (it) => Effect.promise(() => it.text()))
      const line =
        'http_server_request_duration_seconds_count{http_request_method="GET",http_route="/api/products/:id",http_response_status_code="200"'
      expect(text).toContain(line)
      expect(text).toContain('http_route="none",http_response_status_code="404"')
      expect(text).not.toContain("secret")
    })
  )
})
