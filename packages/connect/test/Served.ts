/** A server that a test can stop, its clients, and its bytes. */
import * as net from "node:net"
import { it } from "@effect/vitest"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import * as ConnectClient from "../src/ConnectClient.ts"
import { ConnectServer } from "../src/ConnectServer.ts"
import { MESSAGE_MAX_BYTES } from "../src/MessageSize.ts"
import { type Probe, probe, routes } from "./Fixture.ts"

export const test = (name: string, effect: () => Effect.Effect<unknown, unknown, Scope.Scope | Probe>) =>
  it.live(name, () => Effect.provide(effect(), probe))

/** A server, and what ends it. */
export const start = Effect.fnUntraced(function* (
  options: { readonly port?: number; readonly setting?: string; readonly drainTimeoutMs?: number } = {}
) {
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  // As large as the messages of any test: what a server takes by default is in RequestSize.test.ts.
  const readMaxBytes = MESSAGE_MAX_BYTES
  const layer = ConnectServer.layer({ host: "127.0.0.1", port: 0, routes, readMaxBytes, ...options })
  const server = Context.get(yield* Layer.buildWithScope(layer, scope), ConnectServer)
  const baseUrl = `http://127.0.0.1:${server.port}`
  return { ...server, baseUrl, stop: Scope.close(scope, Exit.void) }
})

export const client = Effect.fnUntraced(function* (
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
export const raw = (port: number, pieces: ReadonlyArray<string>) =>
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

export const fetched = (url: string, init?: RequestInit) =>
  Effect.promise(async () => {
    const response = await fetch(url, init)
    return { status: response.status, headers: response.headers, text: await response.text() }
  })
