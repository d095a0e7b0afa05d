import * as http2 from "node:http2"
import * as net from "node:net"
import { Code } from "@connectrpc/connect"
import { describe, expect } from "@effect/vitest"
import { Health, HealthCheckResponse_ServingStatus } from "@optica/contracts/grpc/health/v1/health_pb"
import { Context, Duration, Effect, Exit, Fiber, Layer, Queue, Scope, Stream } from "effect"
import * as ConnectClient from "../src/ConnectClient.ts"
import { ConnectServer } from "../src/ConnectServer.ts"
import { AddressUnavailable, cannotListen, PortInUse } from "../src/Port.ts"
import { Events, ids, Logs, routes, runs } from "./Fixture.ts"

import { client, raw, start, test } from "./Served.ts"

describe("an address that cannot be had", () => {
  test(
    "is named as in use",
    Effect.fnUntraced(function* () {
      const { port } = yield* start()
      const error = yield* Effect.flip(start({ port }))
      expect(error).toBeInstanceOf(PortInUse)
      expect(error).toMatchObject({ host: "127.0.0.1", port })
      expect(error.message).toBe(`Port ${port} of 127.0.0.1 is already in use`)
      const told = yield* Effect.flip(start({ port, setting: "CATALOG_PORT" }))
      expect(told.message).toBe(
        `Port ${port} of 127.0.0.1 is already in use; set CATALOG_PORT to another port`
      )
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
      expect(error.message).toContain("203.0.113.1 is no address of this machine")
    })
  )

  test(
    "is named as not allowed, with the setting to change",
    Effect.fnUntraced(function* () {
      const address = { host: "127.0.0.1", port: 80, setting: "CATALOG_PORT" }
      const error = cannotListen(address, Object.assign(new Error("no"), { code: "EACCES" }))
      expect(error.message).toBe(
        "Cannot listen on port 80 of 127.0.0.1 (EACCES); set CATALOG_PORT to another port"
      )
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
      const { baseUrl, stop } = yield* start({ drainTimeoutMs: 500 })
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
    "is over in its time, whatever clients do",
    Effect.fnUntraced(function* () {
      const drainTimeoutMs = 600
      const { baseUrl, port, stop } = yield* start({ drainTimeoutMs })
      const path = "/optica.catalog.v1.CatalogService/GetProduct"
      const head = (more: string) =>
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${more}`
      const pieces = [
        "P",
        "PRI ",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        head(""),
        // Half of a body, of a known length and of chunks.
        head('Content-Length: 100\r\n\r\n{"id":'),
        head('Transfer-Encoding: chunked\r\n\r\n100\r\n{"id":'),
        // Answered, and kept by a client that never hangs up.
        head('Content-Length: 10\r\n\r\n{"id":"1"}')
      ]
      const stalled = pieces.map((piece) => {
        const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true })
        socket.on("error", () => {})
        return new Promise<net.Socket>((resolve) => void socket.write(piece, () => resolve(socket)))
      })
      const sockets = yield* Effect.promise(() => Promise.all(stalled))
      const session = http2.connect(baseUrl)
      session.on("error", () => {})
      // A stream of HTTP/2 whose request never ends, and one whose answer never does.
      const headers = { ":method": "POST", ":path": path, "content-type": "application/json" }
      const half = session.request(headers)
      half.on("error", () => {})
      half.write('{"id":')
      const never = session.request(headers)
      never.on("error", () => {})
      never.end(JSON.stringify({ id: String(ids.never) }))
      expect(yield* Events.next).toBe("began")
      const [time] = yield* Effect.timed(stop)
      // 100 for the cutting, 100 for a busy machine.
      expect(Duration.toMillis(time)).toBeLessThan(drainTimeoutMs + 200)
      expect(yield* Events.next).toBe("interrupted")
      for (const it of [...sockets, session]) it.destroy()
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
