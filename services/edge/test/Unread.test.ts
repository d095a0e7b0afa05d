/** What waits for callers who do not read, on real sockets. */
import { once } from "node:events"
import type * as http from "node:http"
import * as net from "node:net"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Server from "../src/Server.ts"
import { CONNECTION_BYTES, TOTAL_BYTES } from "../src/Unread.ts"

/** More than the system itself holds for a connection. */
const body = Buffer.alloc(16 * 1024 * 1024, "x")

const listen = (answer: Server.Options["answer"]) =>
  Server.listen({
    host: "127.0.0.1",
    port: 0,
    cors: { origins: new Set<string>() },
    find: () => undefined,
    record: () => {},
    answer,
    onStop: Effect.void
  })

const ask = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

const connect = (port: number, bytes: string) => {
  const socket = net.connect(port, "127.0.0.1")
  socket.on("error", () => {})
  socket.pause()
  socket.write(bytes)
  return socket
}

it.live(
  "requests sent ahead are not begun while answers before them are not read, and are when they were",
  () =>
    Effect.gen(function* () {
      const waited: Array<number> = []
      const { port } = yield* listen((request, response) => {
        waited.push(request.socket.writableLength)
        response.end(body)
      })
      const last = ask.replace("Host", "Connection: close\r\nHost")
      const socket = connect(port, ask.repeat(7) + last)
      while (waited.length === 0) yield* Effect.sleep(5)
      yield* Effect.sleep(50)
      expect(waited).toHaveLength(1)
      let read = 0
      socket.on("data", (chunk) => {
        read += chunk.length
      })
      socket.resume()
      yield* Effect.promise(() => once(socket, "close"))
      expect(waited).toHaveLength(8)
      expect(Math.max(...waited)).toBeLessThanOrEqual(CONNECTION_BYTES)
      expect(read).toBeGreaterThan(8 * body.length)
    }).pipe(Effect.scoped)
)

it.live(
  "all connections together hold no more than they may: who holds most is cut, who reads is answered",
  () =>
    Effect.gen(function* () {
      const callers = new Set<http.IncomingMessage["socket"]>()
      let answered = 0
      const { port } = yield* listen((request, response) => {
        callers.add(request.socket)
        response.end(request.url === "/small" ? "small" : body)
        answered += 1
        const held = [...callers].filter((it) => !it.destroyed)
        expect(held.reduce((sum, it) => sum + it.writableLength, 0)).toBeLessThanOrEqual(TOTAL_BYTES)
      })
      const sockets = Array.from({ length: 12 }, () => connect(port, ask))
      while (answered < 12) yield* Effect.sleep(5)
      const open = [...callers].filter((it) => !it.destroyed)
      expect(open.length).toBeGreaterThan(0)
      expect(open.length).toBeLessThan(12)
      const small = yield* Effect.promise(() =>
        fetch(`http://127.0.0.1:${port}/small`).then((it) => it.text())
      )
      expect(small).toBe("small")
      for (const socket of sockets) socket.destroy()
    }).pipe(Effect.scoped)
)
