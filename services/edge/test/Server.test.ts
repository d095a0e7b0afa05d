import * as net from "node:net"
import { expect, layer } from "@effect/vitest"
import { transportInMemory } from "@optica/connect/ConnectClient"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { Context, Effect, Exit, Fiber, Layer, Logger, Redacted, Scope } from "effect"
import { Edge } from "../src/Edge.ts"
import { GRACE_MS } from "../src/Server.ts"
import { CatalogUpstream, SyncUpstream } from "../src/Upstreams.ts"
import { makeControls, RUN_ID, routes } from "./Doubles.ts"
import { problemIn } from "./Problem.ts"
import { operator, TestEdge, TOKEN } from "./TestEdge.ts"

const get = (path: string, more = "") => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`

layer(TestEdge.layer(), { excludeTestServices: true })("bytes on a socket", (it) => {
  const bad: ReadonlyArray<readonly [name: string, bytes: string, status: number]> = [
    ["no HTTP at all", "hello\r\n\r\n", 400],
    ["a TLS hello", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", 400],
    ["HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
    ["an unknown method", "FETCH / HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["an unknown version", "GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400],
    ["no Host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
    ["a field without a name", "GET / HTTP/1.1\r\n: x\r\n\r\n", 400],
    ["a field with a blank before its colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400],
    [
      "two lengths",
      "POST /sync/full HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
      400
    ],
    ["a length that is no number", "POST /sync/full HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400],
    [
      "a length and chunks",
      "POST /sync/full HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400
    ],
    ["a target with a blank", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    [
      "an unknown expectation",
      "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: miracles\r\n\r\n",
      400
    ],
    ["a target of 9,000 characters", get(`/${"x".repeat(9000)}`), 414],
    ["a query of 9,000 characters", get(`/api/products?sku=${"x".repeat(9000)}`), 414],
    ["a target of 100,000 characters", get(`/${"x".repeat(100_000)}`), 414],
    ["a field of 17,000 bytes", get("/", `X-Long: ${"x".repeat(17_000)}\r\n`), 431],
    ["a field of 100,000 bytes", get("/", `X-Long: ${"x".repeat(100_000)}\r\n`), 431],
    ["a tunnel", "CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example\r\n\r\n", 405],
    ["TRACE", "TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405],
    [
      "a lie about the length",
      "POST /sync/full HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 99999999\r\n\r\n",
      413
    ]
  ]
  it.effect.each(bad)("%s: a problem", ([, bytes, status]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const answer = yield* edge.raw(Buffer.from(bytes, "latin1"))
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      const head = answer.slice(0, answer.indexOf("\r\n\r\n")).toLowerCase()
      expect(head).toContain("content-type: application/problem+json")
      expect(head).toContain("x-content-type-options: nosniff")
      expect(head).toMatch(/x-request-id: [0-9a-f-]{36}/)
      const problem = problemIn(answer)
      expect(problem.status).toBe(status)
      expect(problem.error.message.length).toBeGreaterThan(10)
    })
  )

  it.effect("in absolute form name the same thing", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      expect(yield* edge.raw(get("http://x/health/live"))).toMatch(/^HTTP\/1.1 200 /)
      expect(yield* edge.raw(get("http://x"))).toMatch(/^HTTP\/1.1 200 /)
    })
  )

  it.effect("of HTTP/1.0 need no Host", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      expect(yield* edge.raw("GET /health/live HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1.1 200 /)
    })
  )

  it.effect("that ask for an upgrade get an answer", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const answer = yield* edge.raw(
        "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n\r\n"
      )
      expect(answer).toMatch(/^HTTP\/1.1 200 /)
    })
  )

  it.effect("that come after a good request spoil only themselves", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const answer = yield* edge.raw("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n")
      expect(answer.match(/HTTP\/1.1 /g)?.length).toBeLessThanOrEqual(2)
      expect(answer).not.toContain("}HTTP/1.1 200")
    })
  )
})

/** An edge that a test can stop. */
const start = Effect.gen(function* () {
  const controls = yield* makeControls
  const transport = transportInMemory(yield* routes(controls))
  const scope = yield* Scope.make()
  const built = yield* Layer.buildWithScope(
    Edge.layer({ host: "127.0.0.1", port: 0 }).pipe(
      Layer.provide([CatalogUpstream.layerTransport(transport), SyncUpstream.layerTransport(transport)]),
      Layer.provide([Layer.succeed(OperatorToken, Redacted.make(TOKEN)), Logger.layer([])])
    ),
    scope
  )
  const { port } = Context.get(built, Edge)
  return { controls, port, url: `http://127.0.0.1:${port}`, stop: Scope.close(scope, Exit.void) }
})

const ask = (url: string, init?: RequestInit) => Effect.promise((signal) => fetch(url, { signal, ...init }))

layer(Layer.empty, { excludeTestServices: true })("a server that is told to stop", (it) => {
  it.effect("finishes what is under way, and takes nothing new", () =>
    Effect.gen(function* () {
      const { controls, port, url, stop } = yield* start
      controls.catalog = Effect.sleep(300)
      const underWay = yield* Effect.forkChild(ask(`${url}/api/products/18`))
      while (controls.calls.length === 0) yield* Effect.sleep(5)
      const stopped = yield* Effect.forkChild(stop)
      yield* Effect.sleep(50)
      const refused = yield* Effect.exit(
        Effect.tryPromise(() =>
          fetch(`http://127.0.0.1:${port}/health/live`, { headers: { connection: "close" } })
        )
      )
      expect(Exit.isFailure(refused)).toBe(true)
      const response = yield* Fiber.join(underWay)
      expect(response.status).toBe(200)
      yield* Fiber.join(stopped)
    })
  )

  it.effect("ends event streams, and does not wait for connections that are idle", () =>
    Effect.gen(function* () {
      const { port, url, stop } = yield* start
      const idle = net.connect(port, "127.0.0.1")
      yield* Effect.promise(() => new Promise((resolve) => idle.once("connect", resolve)))
      const events = yield* ask(`${url}/sync/runs/${RUN_ID}/events`, { headers: operator })
      expect(events.status).toBe(200)
      const startedAt = performance.now()
      const rest = yield* Effect.forkChild(Effect.promise(() => events.text()))
      yield* stop
      expect(performance.now() - startedAt).toBeLessThan(1500)
      expect(yield* Fiber.join(rest)).not.toContain("event: end")
    })
  )

  it.effect("is gone after its grace, whatever is stalled", () =>
    Effect.gen(function* () {
      const { controls, port, url, stop } = yield* start
      const head = `Host: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\n`
      const pieces = [
        "GET /api/products HTTP/1.1\r\nHost: ",
        // Half of a body, of a known length and of chunks.
        `POST /sync/full HTTP/1.1\r\n${head}Content-Length: 100\r\n\r\n{`,
        `POST /sync/full HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n100\r\n{`,
        // Answered and kept, and an event stream that nobody reads, by clients that never hang up.
        "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
        `GET /sync/runs/${RUN_ID}/events HTTP/1.1\r\n${head}\r\n`
      ]
      const stalled = pieces.map((piece) => {
        const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true })
        socket.on("error", () => {})
        return new Promise<net.Socket>((resolve) => void socket.write(piece, () => resolve(socket)))
      })
      const sockets = yield* Effect.promise(() => Promise.all(stalled))
      controls.catalog = Effect.never
      const stuck = yield* Effect.forkChild(
        Effect.exit(Effect.tryPromise(() => fetch(`${url}/api/products/18`)))
      )
      while (!controls.calls.some((it) => it.method === "GetProduct")) yield* Effect.sleep(5)
      while (!controls.calls.some((it) => it.method === "WatchSync")) yield* Effect.sleep(5)
      const startedAt = performance.now()
      yield* stop
      // 100 for the cutting, 200 for a busy machine.
      expect(performance.now() - startedAt).toBeLessThan(GRACE_MS + 300)
      yield* Fiber.join(stuck)
      for (const socket of sockets) socket.destroy()
    })
  )
})

layer(TestEdge.layer(), { excludeTestServices: true })("an address that cannot be had", (it) => {
  const listen = (host: string, port: number) =>
    Effect.gen(function* () {
      const controls = yield* makeControls
      const transport = transportInMemory(yield* routes(controls))
      return yield* Layer.build(
        Edge.layer({ host, port }).pipe(
          Layer.provide([CatalogUpstream.layerTransport(transport), SyncUpstream.layerTransport(transport)]),
          Layer.provide([Layer.succeed(OperatorToken, Redacted.make(TOKEN)), Logger.layer([])])
        )
      )
    }).pipe(Effect.flip)

  it.effect("because it is taken fails with a sentence that names PORT", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const error = yield* listen("127.0.0.1", edge.port)
      expect(error).toMatchObject({
        _tag: "PortInUse",
        message: `Port ${edge.port} of 127.0.0.1 is already in use; set PORT to another port`
      })
    })
  )

  it.effect("because this machine does not have it names HOST", () =>
    Effect.gen(function* () {
      const error = yield* listen("192.0.2.1", 0)
      expect(error).toMatchObject({ _tag: "AddressUnavailable" })
      expect(error.message).toContain("set HOST to one")
    })
  )
})
