import { once } from "node:events"
import * as net from "node:net"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { IN_FLIGHT_LIMIT, PIPELINE_LIMIT } from "../src/Server.ts"
import { problemOf } from "./Problem.ts"
import { TestEdge } from "./TestEdge.ts"

const live = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"

const connect = (port: number) => {
  const socket = net.connect(port, "127.0.0.1")
  socket.on("error", () => {})
  return socket
}

/** Writes, waits for the first bytes that come back, and resets the connection. */
const resetAfter = (port: number, bytes: string) =>
  Effect.promise(async () => {
    const socket = connect(port)
    socket.write(bytes)
    await once(socket, "data")
    socket.resetAndDestroy()
    await once(socket, "close")
  })

layer(TestEdge.layer(), { excludeTestServices: true })("a caller that resets its connection", (it) => {
  const wishes: ReadonlyArray<readonly [name: string, bytes: string]> = [
    ["a tunnel", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["a tunnel, without a Host", "CONNECT a:1 HTTP/1.1\r\n\r\n"],
    [
      "an upgrade",
      "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    ],
    ["what is no HTTP", "hello\r\n\r\n"],
    ["an answer", live]
  ]
  it.effect.each(wishes)("after %s leaves the server answering", ([, bytes]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      yield* resetAfter(edge.port, bytes)
      expect((yield* edge.get("/health/live")).status).toBe(200)
    })
  )
})

const page = "GET /api/products?per_page=100 HTTP/1.1\r\nHost: x\r\n\r\n"

/** Everything that comes back until the connection is closed. */
const whole = (socket: net.Socket) =>
  Effect.promise(async () => {
    const chunks: Array<Buffer> = []
    socket.on("data", (chunk) => chunks.push(chunk))
    await once(socket, "close")
    return Buffer.concat(chunks).toString("latin1")
  })

layer(TestEdge.layer(), { excludeTestServices: true })("requests sent ahead of their answers", (it) => {
  it.effect("are answered in their order, as many as one connection may send", () =>
    Effect.gen(function* () {
      const { raw } = yield* TestEdge
      const last = "GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      const answer = yield* raw(page.repeat(PIPELINE_LIMIT - 1) + last)
      const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((it) => it[1])
      expect(statuses).toEqual([...Array(PIPELINE_LIMIT - 1).fill("200"), "404"])
    })
  )

  it.effect("end the connection when they are too many, and the work for them", () =>
    Effect.gen(function* () {
      const { raw, controls, get } = yield* TestEdge
      controls.catalog = Effect.never
      const [calls, interrupted] = [controls.calls.length, controls.interrupted]
      expect(yield* raw(page.repeat(200))).toBe("")
      while (controls.interrupted - interrupted < controls.calls.length - calls) yield* Effect.sleep(5)
      expect(controls.calls.length - calls).toBeLessThanOrEqual(PIPELINE_LIMIT)
      controls.catalog = Effect.void
      expect((yield* get("/api/products")).status).toBe(200)
    })
  )

  it.effect("are given up, every one, when their caller leaves", () =>
    Effect.gen(function* () {
      const { controls, port } = yield* TestEdge
      controls.catalog = Effect.never
      const [calls, interrupted] = [controls.calls.length, controls.interrupted]
      const socket = connect(port)
      socket.write(page.repeat(PIPELINE_LIMIT))
      while (controls.calls.length < calls + PIPELINE_LIMIT) yield* Effect.sleep(5)
      socket.resetAndDestroy()
      while (controls.interrupted < interrupted + PIPELINE_LIMIT) yield* Effect.sleep(5)
      controls.catalog = Effect.void
    })
  )

  const unreadable = ["CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "nonsense\r\n\r\n"]
  it.effect.each(unreadable)("get no answer but their own when %j follows", (bytes) =>
    Effect.gen(function* () {
      const { controls, port } = yield* TestEdge
      controls.catalog = Effect.sleep(50)
      const answer = yield* Effect.gen(function* () {
        const socket = connect(port)
        socket.write(page + bytes)
        return yield* whole(socket)
      })
      controls.catalog = Effect.void
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200"])
      expect(answer.toLowerCase()).toContain("connection: close")
    })
  )

  it.effect("are refused on every connection while the server is full, and taken again afterwards", () =>
    Effect.gen(function* () {
      const { controls, get, port } = yield* TestEdge
      controls.catalog = Effect.never
      const [calls, interrupted] = [controls.calls.length, controls.interrupted]
      const sockets: Array<net.Socket> = []
      for (let left = IN_FLIGHT_LIMIT; left > 0; left -= PIPELINE_LIMIT) {
        const socket = connect(port)
        socket.write(page.repeat(Math.min(left, PIPELINE_LIMIT)))
        sockets.push(socket)
      }
      while (controls.calls.length < calls + IN_FLIGHT_LIMIT) yield* Effect.sleep(5)
      const refused = yield* get("/api/products")
      expect(refused.status).toBe(503)
      expect(refused.headers.get("retry-after")).toBe("1")
      expect((yield* problemOf(refused)).error.code).toBe("SERVICE_UNAVAILABLE")
      expect((yield* get("/health/live")).status).toBe(200)
      for (const socket of sockets) socket.destroy()
      while (controls.interrupted < interrupted + IN_FLIGHT_LIMIT) yield* Effect.sleep(5)
      controls.catalog = Effect.void
      expect((yield* get("/api/products")).status).toBe(200)
    })
  )
})
