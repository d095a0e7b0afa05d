import * as http2 from "node:http2"
import * as net from "node:net"
import { Code } from "@connectrpc/connect"
import { describe, expect, it } from "@effect/vitest"
import { Health, HealthCheckResponse_ServingStatus } from "@optica/contracts/grpc/health/v1/health_pb"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import { Context, Duration, Effect, Exit, Fiber, Layer, Queue, Scope, Stream } from "effect"
import * as ConnectClient from "../src/ConnectClient.ts"
import { ConnectServer } from "../src/ConnectServer.ts"
import { AddressUnavailable, PortInUse } from "../src/Port.ts"
import { Events, ids, Logs, type Probe, probe, routes, runs, Spans } from "./Fixture.ts"

const test = (name: string, effect: () => Effect.Effect<unknown, unknown, Scope.Scope | Probe>) =>
  it.live(name, () => Effect.provide(effect(), probe))

/** A server, and what ends it. */
const start = Effect.fnUntraced(function* (
  options: { readonly port?: number; readonly drainTimeoutMs?: number } = {}
) {
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  const layer = ConnectServer.layer({ host: "127.0.0.1", port: 0, routes, ...options })
  const server = Context.get(yield* Layer.buildWithScope(layer, scope), ConnectServer)
  const baseUrl = `http://127.0.0.1:${server.port}`
  return { ...server, baseUrl, stop: Scope.close(scope, Exit.void) }
})

const client = Effect.fnUntraced(function* (
  baseUrl: string,
  protocol: ConnectClient.Protocol = "grpc",
  httpVersion: "1.1" | "2" = "2"
) {
  const transport = yield* ConnectClient.transportHttp({ baseUrl, protocol, httpVersion })
  return {
    ...ConnectClient.make(CatalogService, transport),
    ...ConnectClient.make(SyncService, transport)
  }
})

/** Sends bytes as they are, in the pieces given, and reads until the server ends the connection. */
const raw = (port: number, pieces: ReadonlyArray<string>) =>
  Effect.callback<string>((resume) => {
    const socket = net.connect(port, "127.0.0.1")
    let answer = ""
    socket.setNoDelay(true)
    socket.on("data", (chunk) => {
      answer += chunk
    })
    socket.on("error", () => {})
    socket.on("close", () => resume(Effect.succeed(answer)))
    const send = ([piece, ...rest]: ReadonlyArray<string>) => {
      if (piece === undefined) return
      socket.write(piece, () => setImmediate(send, rest))
    }
    send(pieces)
  })

const fetched = (url: string, init?: RequestInit) =>
  Effect.promise(async () => {
    const response = await fetch(url, init)
    return { status: response.status, headers: response.headers, text: await response.text() }
  })

describe("one port", () => {
  test(
    "answers plain JSON over HTTP/1.1, as POST and, where nothing is changed, as GET",
    Effect.fnUntraced(function* () {
      const { baseUrl } = yield* start()
      const path = `${baseUrl}/optica.catalog.v1.CatalogService`
      const posted = yield* fetched(`${path}/GetProduct`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ id: "1" })
      })
      expect(posted).toMatchObject({ status: 200, text: '{"product":{"id":"1","name":"Frame"}}' })
      const message = encodeURIComponent(JSON.stringify({ id: "1" }))
      const got = yield* fetched(`${path}/GetProduct?connect=v1&encoding=json&message=${message}`)
      expect(got).toMatchObject({ status: 200, text: posted.text })
      const refused = yield* fetched(`${path}/ApplyChanges?connect=v1&encoding=json&message=%7B%7D`)
      expect(refused.status).toBe(405)
    })
  )

  test(
    "gives a plain client the failure with its details",
    Effect.fnUntraced(function* () {
      const { baseUrl } = yield* start()
      const { status, text } = yield* fetched(`${baseUrl}/optica.catalog.v1.CatalogService/GetProduct`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ id: "404" })
      })
      expect(status).toBe(404)
      expect(JSON.parse(text)).toMatchObject({
        code: "not_found",
        message: "There is no product 404",
        details: [
          {
            type: "google.rpc.ErrorInfo",
            debug: { reason: "ProductNotFound", domain: "optica", metadata: { id: "404" } }
          }
        ]
      })
    })
  )

  test(
    "speaks to all kinds of clients at once",
    Effect.fnUntraced(function* () {
      const { baseUrl } = yield* start()
      const kinds = [
        ["connect", "2"],
        ["connect", "1.1"],
        ["grpc", "2"],
        ["grpc-web", "2"],
        ["grpc-web", "1.1"]
      ] as const
      const names = yield* Effect.forEach(
        kinds,
        Effect.fnUntraced(function* ([protocol, httpVersion]) {
          const { getProduct } = yield* client(baseUrl, protocol, httpVersion)
          const all = yield* Effect.forEach(Array.from({ length: 20 }), () => getProduct({ id: ids.found }), {
            concurrency: "unbounded"
          })
          return all.map((it) => it.product?.name)
        }),
        { concurrency: "unbounded" }
      )
      expect(names.flat()).toEqual(Array.from({ length: 100 }, () => "Frame"))
    })
  )

  test(
    "tells the protocol of a client that sends byte by byte",
    Effect.fnUntraced(function* () {
      const { port } = yield* start()
      const body = '{"id":"1"}'
      const request = `POST /optica.catalog.v1.CatalogService/GetProduct HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      expect(yield* raw(port, [...request])).toContain('"Frame"')
      // Begins as the preface of HTTP/2 does.
      expect(
        yield* raw(port, ["P", "R", "OPFIND / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"])
      ).toContain("404")
    })
  )

  test(
    "answers a client of HTTP/1.1 that has ended its side",
    Effect.fnUntraced(function* () {
      const { port } = yield* start()
      const answer = yield* Effect.callback<string>((resume) => {
        const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true })
        let text = ""
        socket.on("data", (chunk) => {
          text += chunk
        })
        socket.on("close", () => resume(Effect.succeed(text)))
        socket.on("end", () => socket.destroy())
        socket.end(
          'POST /optica.catalog.v1.CatalogService/GetProduct HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"id":"1"}'
        )
      })
      expect(answer).toContain('"Frame"')
    })
  )

  test(
    "survives requests that make no sense",
    Effect.fnUntraced(function* () {
      const { port, baseUrl } = yield* start()
      const path = "/optica.catalog.v1.CatalogService/GetProduct"
      for (const host of ["[", "a b", "x:y", ""]) {
        const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`
        expect(yield* raw(port, [head])).toMatch(/^HTTP\/1.1 400 /)
      }
      yield* raw(port, ["\u0000\u0001\u0002 nonsense\r\n\r\n"])
      yield* raw(port, ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nthis is no frame at all, is it"])
      const { getProduct } = yield* client(baseUrl)
      expect(yield* getProduct({ id: ids.found })).toMatchObject({ product: { name: "Frame" } })
    })
  )

  test(
    "says UNIMPLEMENTED of an RPC that it does not have, in the client's protocol",
    Effect.fnUntraced(function* () {
      const { baseUrl } = yield* start()
      const plain = yield* fetched(`${baseUrl}/optica.catalog.v1.CatalogService/Nope`, { method: "POST" })
      expect(plain.status).toBe(404)
      expect(JSON.parse(plain.text)).toEqual({ code: "unimplemented", message: "the server has no such RPC" })
      const other = ConnectServer.layer({ host: "127.0.0.1", port: 0, routes: Effect.succeed([]) })
      const { port } = Context.get(yield* Layer.build(other), ConnectServer)
      for (const protocol of ["connect", "grpc", "grpc-web"] as const) {
        const { getProduct } = yield* client(`http://127.0.0.1:${port}`, protocol)
        const error = yield* Effect.flip(getProduct({ id: ids.found }))
        expect(error).toMatchObject({ code: Code.Unimplemented, message: "the server has no such RPC" })
      }
    })
  )

  test(
    "takes several large batches at once on one connection",
    Effect.fnUntraced(function* () {
      const { baseUrl } = yield* start()
      const { applyChanges } = yield* client(baseUrl)
      const value = "x".repeat(8 * 1024 * 1024)
      const change = { kind: ResourceKind.PRODUCT, id: 1n, observation: 1n }
      const answers = yield* Effect.forEach(
        Array.from({ length: 3 }),
        () => applyChanges({ changes: [{ ...change, state: { case: "sourceJson", value } }] }),
        { concurrency: "unbounded" }
      )
      expect(answers.map((it) => it.results.length)).toEqual([1, 1, 1])
    })
  )

  test(
    "compresses answers for a client that asks for it",
    Effect.fnUntraced(function* () {
      const { port } = yield* start()
      const body = JSON.stringify({ ids: Array.from({ length: 100 }, (_, n) => String(n + 1)) })
      const answer = yield* raw(port, [
        `POST /optica.catalog.v1.CatalogService/BatchGetProducts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: gzip\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      ])
      expect(answer.toLowerCase()).toContain("content-encoding: gzip")
    })
  )

  test(
    "begins a trace of its own where a call brings none",
    Effect.fnUntraced(function* () {
      // Built within a span, as layers are: that span is no parent of calls.
      const { baseUrl } = yield* Effect.withSpan(start(), "start of the process")
      yield* fetched(`${baseUrl}/optica.catalog.v1.CatalogService/GetProduct`, {
        method: "POST",
        headers: { "content-type": "application/json", traceparent: "00-nonsense-01" },
        body: JSON.stringify({ id: "1" })
      })
      const server = (yield* Spans).find((it) => it.kind === "server")
      expect(server).toMatchObject({ parent: { _tag: "None" } })
    })
  )
})

describe("an address that cannot be had", () => {
  test(
    "is named as in use",
    Effect.fnUntraced(function* () {
      const { port } = yield* start()
      const error = yield* Effect.flip(start({ port }))
      expect(error).toEqual(new PortInUse({ host: "127.0.0.1", port }))
      expect(error.message).toBe(`Port ${port} of 127.0.0.1 is already in use`)
    })
  )

  test(
    "is named as unavailable",
    Effect.fnUntraced(function* () {
      // Set aside for documentation (RFC 5737): no machine has it.
      const layer = ConnectServer.layer({ host: "203.0.113.1", port: 4001, routes })
      const error = yield* Effect.flip(Layer.build(layer))
      expect(error).toBeInstanceOf(AddressUnavailable)
      expect(error).toMatchObject({ host: "203.0.113.1", port: 4001, code: "EADDRNOTAVAIL" })
    })
  )
})

describe("a connection that breaks", () => {
  for (const [protocol, httpVersion] of [
    ["connect", "2"],
    ["connect", "1.1"],
    ["grpc", "2"]
  ] as const) {
    test(
      `is UNAVAILABLE to the client and interrupts the handler (${protocol}, HTTP/${httpVersion})`,
      Effect.fnUntraced(function* () {
        const { port } = yield* start()
        const between = new Set<net.Socket>()
        const proxy = net.createServer((near) => {
          const far = net.connect(port, "127.0.0.1")
          for (const it of [near, far]) between.add(it.on("error", () => {}))
          near.pipe(far)
          far.pipe(near)
        })
        yield* Effect.callback<void>((resume) => void proxy.listen(0, "127.0.0.1", () => resume(Effect.void)))
        yield* Effect.addFinalizer(() => Effect.sync(() => proxy.close()))
        const address = proxy.address()
        const proxyPort = typeof address === "object" ? address?.port : undefined
        const { getProduct, watchSync } = yield* client(
          `http://127.0.0.1:${proxyPort}`,
          protocol,
          httpVersion
        )
        const events = yield* Events
        const cut = Effect.sync(() => {
          for (const it of between) it.destroy()
        })

        const call = yield* Effect.forkChild(Effect.flip(getProduct({ id: ids.never })))
        expect(yield* Events.next).toBe("began")
        yield* cut
        expect(yield* Fiber.join(call)).toMatchObject({ code: Code.Unavailable, reason: "" })
        expect(yield* Events.next).toBe("interrupted")

        const stream = yield* watchSync({ id: runs.endless }).pipe(
          Stream.runForEach((it) => (it.run?.resumed === 2 ? Queue.offer(events, "read") : Effect.void)),
          Effect.flip,
          Effect.forkChild
        )
        expect(yield* Events.next).toBe("read")
        yield* cut
        expect(yield* Fiber.join(stream)).toMatchObject({ code: Code.Unavailable })
        expect(yield* Events.next).toBe("finalized")
      })
    )
  }

  test(
    "is UNAVAILABLE where there is no server",
    Effect.fnUntraced(function* () {
      const { baseUrl, stop } = yield* start()
      yield* stop
      for (const protocol of ["connect", "grpc", "grpc-web"] as const) {
        const { getProduct } = yield* client(baseUrl, protocol)
        expect(yield* Effect.flip(getProduct({ id: ids.found }))).toMatchObject({ code: Code.Unavailable })
      }
    })
  )
})

describe("drain", () => {
  for (const [protocol, httpVersion] of [
    ["connect", "2"],
    ["connect", "1.1"],
    ["grpc", "2"]
  ] as const) {
    test(
      `lets unary calls finish and refuses new ones (${protocol}, HTTP/${httpVersion})`,
      Effect.fnUntraced(function* () {
        const { baseUrl, stop } = yield* start()
        const { getProduct } = yield* client(baseUrl, protocol, httpVersion)
        const call = yield* Effect.forkChild(getProduct({ id: ids.stubborn }))
        expect(yield* Events.next).toBe("began")
        const stopped = yield* Effect.forkChild(stop)
        // The listener is closed at once, while the call is still at work.
        yield* Effect.yieldNow
        const other = yield* client(baseUrl, protocol, httpVersion)
        expect(yield* Effect.flip(other.getProduct({ id: ids.found }))).toMatchObject({
          code: Code.Unavailable
        })
        expect(yield* Fiber.join(call)).toMatchObject({ product: { name: "stubborn" } })
        expect(yield* Events.next).toBe("finished")
        yield* Fiber.join(stopped)
      })
    )

    test(
      `ends streams with UNAVAILABLE and runs their finalizers (${protocol}, HTTP/${httpVersion})`,
      Effect.fnUntraced(function* () {
        const { baseUrl, stop } = yield* start({ drainTimeoutMs: 60_000 })
        const { watchSync } = yield* client(baseUrl, protocol, httpVersion)
        const events = yield* Events
        const stream = yield* watchSync({ id: runs.endless }).pipe(
          Stream.runForEach((it) => (it.run?.resumed === 2 ? Queue.offer(events, "read") : Effect.void)),
          Effect.flip,
          Effect.forkChild
        )
        expect(yield* Events.next).toBe("read")
        yield* stop
        expect(yield* Fiber.join(stream)).toMatchObject({
          code: Code.Unavailable,
          message: "the server is shutting down"
        })
        expect(yield* Events.next).toBe("finalized")
      })
    )
  }

  test(
    "interrupts what is still at work when time is up, and tells its client",
    Effect.fnUntraced(function* () {
      const { baseUrl, stop } = yield* start({ drainTimeoutMs: 100 })
      const { getProduct } = yield* client(baseUrl)
      const call = yield* Effect.forkChild(Effect.flip(getProduct({ id: ids.never })))
      expect(yield* Events.next).toBe("began")
      yield* stop
      expect(yield* Events.next).toBe("interrupted")
      expect(yield* Fiber.join(call)).toMatchObject({
        code: Code.Unavailable,
        message: "the server is shutting down"
      })
    })
  )

  test(
    "does not wait for connections that are idle",
    Effect.fnUntraced(function* () {
      const { baseUrl, port, stop } = yield* start({ drainTimeoutMs: 60_000 })
      for (const httpVersion of ["1.1", "2"] as const) {
        const { getProduct } = yield* client(baseUrl, "connect", httpVersion)
        yield* getProduct({ id: ids.found })
      }
      // One that has said nothing yet, and one that has said half of a request.
      const silent = net.connect(port, "127.0.0.1")
      const slow = net.connect(port, "127.0.0.1")
      const session = http2.connect(baseUrl)
      const gone = Promise.all(
        [silent, slow, session].map(
          (it) => new Promise<void>((resolve) => void it.once("close", () => resolve()))
        )
      )
      for (const it of [silent, slow, session]) it.on("error", () => {})
      yield* Effect.promise(
        () => new Promise<void>((resolve) => void slow.write("POST / HTTP/1.1\r\nHost: ", () => resolve()))
      )
      yield* Effect.callback<void>((resume) => void session.once("connect", () => resume(Effect.void)))
      // The test would time out long before the drain does.
      yield* stop
      yield* Effect.promise(() => gone)
    })
  )

  test(
    "closes connections of HTTP/1.1 that would be kept when their answers are out",
    Effect.fnUntraced(function* () {
      const { port, stop } = yield* start({ drainTimeoutMs: 60_000 })
      const head = (path: string, type: string, length: number) =>
        `POST /${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`
      const body = JSON.stringify({ id: String(ids.stubborn) })
      const unary = yield* Effect.forkChild(
        raw(port, [
          head("optica.catalog.v1.CatalogService/GetProduct", "application/json", body.length) + body
        ])
      )
      expect(yield* Events.next).toBe("began")
      const message = JSON.stringify({ id: runs.endless })
      // An envelope: no flags, the length in four bytes, the message.
      const envelope = `\0\0\0\0${String.fromCharCode(message.length)}${message}`
      const socket = net.connect(port, "127.0.0.1")
      let answer = ""
      const read = Promise.withResolvers<void>()
      const closed = new Promise((resolve) => void socket.once("close", resolve))
      socket.on("data", (chunk) => {
        answer += chunk
        if (answer.includes('"resumed":2')) read.resolve()
      })
      socket.write(
        head("optica.sync.v1.SyncService/WatchSync", "application/connect+json", envelope.length) + envelope
      )
      yield* Effect.promise(() => read.promise)
      const [time] = yield* Effect.timed(stop)
      yield* Effect.promise(() => closed)
      // By itself Node would keep the stream's connection for 5 seconds.
      expect(Duration.toMillis(time)).toBeLessThan(4500)
      expect(answer).toContain("the server is shutting down")
      expect((yield* Fiber.join(unary)).toLowerCase()).toContain("connection: close")
    })
  )

  test(
    "says NOT_SERVING to who watches its health, before it leaves",
    Effect.fnUntraced(function* () {
      const { baseUrl, stop } = yield* start({ drainTimeoutMs: 60_000 })
      const transport = yield* ConnectClient.transportHttp({ baseUrl, protocol: "grpc" })
      const events = yield* Events
      const watch = yield* ConnectClient.make(Health, transport)
        .watch({})
        .pipe(
          Stream.runForEach((it) => Queue.offer(events, HealthCheckResponse_ServingStatus[it.status])),
          Effect.flip,
          Effect.forkChild
        )
      expect(yield* Events.next).toBe("SERVING")
      yield* stop
      expect(yield* Events.next).toBe("NOT_SERVING")
      expect(yield* Fiber.join(watch)).toMatchObject({ code: Code.Unavailable })
    })
  )

  test(
    "keeps what handlers use until the last has ended",
    Effect.fnUntraced(function* () {
      const events = yield* Events
      const withResource = ConnectServer.layer({
        host: "127.0.0.1",
        port: 0,
        routes: Effect.andThen(
          Effect.acquireRelease(Effect.void, () => Queue.offer(events, "resource released")),
          routes
        ),
        drainTimeoutMs: 50
      })
      const scope = yield* Scope.make()
      const server = Context.get(yield* Layer.buildWithScope(withResource, scope), ConnectServer)
      const { getProduct } = yield* client(`http://127.0.0.1:${server.port}`)
      yield* Effect.forkChild(Effect.flip(getProduct({ id: ids.slowToEnd })))
      expect(yield* Events.next).toBe("began")
      yield* Scope.close(scope, Exit.void)
      expect([yield* Events.next, yield* Events.next]).toEqual(["interrupted", "resource released"])
      expect((yield* Logs).filter((it) => it.level !== "Debug")).toEqual([])
    })
  )
})
