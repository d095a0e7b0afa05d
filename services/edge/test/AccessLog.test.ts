import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger, References, Tracer } from "effect"
import { TestEdge } from "./TestEdge.ts"

interface Line {
  readonly level: string
  readonly message: string
  readonly annotations: Readonly<Record<string, unknown>>
}

class Seen extends Context.Service<
  Seen,
  { readonly lines: Array<Line>; readonly spans: Array<Tracer.Span> }
>()("@optica/edge/test/Seen") {
  static readonly layer = Layer.sync(Seen, () => ({ lines: [], spans: [] }))
}

/** An edge whose log and spans a test can read. */
const observed = Layer.unwrap(
  Effect.map(Seen, ({ lines, spans }) =>
    TestEdge.layer({ logged: true }).pipe(
      Layer.provide([
        Logger.layer([
          Logger.make(({ logLevel, message, fiber }) => {
            const annotations = fiber.getRef(References.CurrentLogAnnotations)
            lines.push({ level: logLevel, message: String(message), annotations })
          })
        ]),
        Layer.succeed(References.MinimumLogLevel, "Debug"),
        Layer.succeed(Tracer.Tracer, {
          span: (options) => {
            const span = new Tracer.NativeSpan(options)
            spans.push(span)
            return span
          }
        })
      ])
    )
  )
).pipe(Layer.provideMerge(Seen.layer))

const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
const traceparent = `00-${trace}-00f067aa0ba902b7-01`

/** The line of the request with this id: it is written when the answer is out, which the caller may see first. */
const lineOf = (id: string) =>
  Effect.gen(function* () {
    const { lines } = yield* Seen
    while (true) {
      const line = lines.find((it) => it.annotations.request_id === id)
      if (line !== undefined) return line
      yield* Effect.sleep(5)
    }
  })

layer(observed, { excludeTestServices: true })("a request", (it) => {
  it.effect("leaves one line that names its route, and nothing personal", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { lines } = yield* Seen
      yield* edge.get("/api/products/18?fields=id", {
        headers: {
          "x-request-id": "r1",
          traceparent,
          "user-agent": "secret-agent",
          authorization: "Bearer secret"
        }
      })
      const line = yield* lineOf("r1")
      expect(line).toMatchObject({
        level: "Info",
        message: "GET /api/products/:id 200",
        annotations: { method: "GET", route: "/api/products/:id", status: 200, trace_id: trace }
      })
      expect(Object.keys(line.annotations).sort()).toStrictEqual([
        "duration_ms",
        "method",
        "request_id",
        "route",
        "span_id",
        "status",
        "trace_id"
      ])
      expect(lines.filter((it) => it.annotations.request_id === "r1")).toHaveLength(1)
    })
  )

  it.effect("to nowhere leaves no trace of what it asked for", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { spans } = yield* Seen
      yield* edge.get("/jane.doe@example.com?q=secret", { headers: { "x-request-id": "r2" } })
      expect(yield* lineOf("r2")).toMatchObject({ message: "GET none 404" })
      const span = spans.findLast((it) => it.kind === "server")
      expect(span?.name).toBe("GET")
      expect([...(span?.attributes.values() ?? [])].join(" ")).not.toMatch(/jane|secret|127\.0\.0\.1/)
    })
  )

  it.effect("that is malformed leaves a line too", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { lines } = yield* Seen
      yield* edge.raw("nonsense\r\n\r\n")
      while (!lines.some((it) => it.message === "_OTHER none 400")) yield* Effect.sleep(5)
    })
  )

  it.effect("that its caller gave up is a 499", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.catalog = Effect.never
      const controller = new AbortController()
      const calls = edge.controls.calls.length
      const asked = fetch(`${edge.url}/api/categories/16`, {
        headers: { "x-request-id": "r3" },
        signal: controller.signal
      }).catch(() => undefined)
      while (edge.controls.calls.length === calls) yield* Effect.sleep(5)
      controller.abort()
      yield* Effect.promise(() => asked)
      expect(yield* lineOf("r3")).toMatchObject({ message: "GET /api/categories/:id 499" })
      edge.controls.catalog = Effect.void
    })
  )

  it.effect("is one span below its caller's, and the parent of the call to the catalogue", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { spans } = yield* Seen
      const before = spans.length
      yield* edge.get("/api/products/18", { headers: { "x-request-id": "r4", traceparent } })
      yield* lineOf("r4")
      const [server, client, service] = spans.slice(before)
      expect(server).toMatchObject({ name: "GET /api/products/:id", kind: "server", traceId: trace })
      expect(server?.parent).toMatchObject({ value: { spanId: "00f067aa0ba902b7" } })
      expect(Object.fromEntries(server?.attributes ?? [])).toMatchObject({
        "http.request.method": "GET",
        "http.route": "/api/products/:id",
        "http.response.status_code": 200,
        "url.path": "/api/products/18",
        "url.scheme": "http"
      })
      expect(client).toMatchObject({ kind: "client", parent: { value: { spanId: server?.spanId } } })
      expect(service).toMatchObject({ kind: "server", traceId: trace })
      expect(spans.slice(before).filter((it) => it.status._tag !== "Ended")).toHaveLength(0)
    })
  )

  it.effect("that fails here is a failed span, and one that is refused is not", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { spans } = yield* Seen
      edge.controls.catalog = Effect.die("boom")
      yield* edge.get("/api/products/18", { headers: { "x-request-id": "r5" } })
      edge.controls.catalog = Effect.void
      yield* lineOf("r5")
      const failed = spans.findLast((it) => it.name === "GET /api/products/:id")
      expect(failed?.status).toMatchObject({ _tag: "Ended", exit: { _tag: "Failure" } })
      yield* edge.get("/api/products/20", { headers: { "x-request-id": "r6" } })
      yield* lineOf("r6")
      const refused = spans.findLast((it) => it.name === "GET /api/products/:id")
      expect(refused?.status).toMatchObject({ _tag: "Ended", exit: { _tag: "Success" } })
    })
  )

  it.effect("of a probe is logged for debugging, and leaves no span", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { spans } = yield* Seen
      const before = spans.length
      yield* edge.get("/health/live", { headers: { "x-request-id": "r7", traceparent } })
      expect(yield* lineOf("r7")).toMatchObject({ level: "Debug", message: "GET /health/live 200" })
      expect(spans.length).toBe(before)
    })
  )
})
