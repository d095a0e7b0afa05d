import { once } from "node:events"
import * as net from "node:net"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
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
