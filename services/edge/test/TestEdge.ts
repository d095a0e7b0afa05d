/** An edge on a real socket, whose services answer from memory. */
import * as net from "node:net"
import { transportInMemory } from "@optica/connect/ConnectClient"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { Context, Effect, Layer, Logger, Redacted } from "effect"
import { Edge, type Options } from "../src/Edge.ts"
import { CatalogUpstream, SyncUpstream } from "../src/Upstreams.ts"
import { type Controls, makeControls, routes } from "./Doubles.ts"

export const TOKEN = "operator-token-of-this-test"
export const operator = { authorization: `Bearer ${TOKEN}` }

export class TestEdge extends Context.Service<
  TestEdge,
  {
    readonly url: string
    readonly port: number
    readonly controls: Controls
    readonly get: (path: string, init?: RequestInit) => Effect.Effect<Response>
    /** Writes bytes to a fresh connection and answers with all that comes back until it is closed. */
    readonly raw: (bytes: string | Uint8Array) => Effect.Effect<string>
  }
>()("@optica/edge/test/TestEdge") {
  static readonly layer = (
    options: Partial<Options> & { readonly logged?: boolean } = {}
  ): Layer.Layer<TestEdge> =>
    Layer.effect(
      TestEdge,
      Effect.gen(function* () {
        const controls = yield* makeControls
        const transport = transportInMemory(yield* routes(controls))
        const built = yield* Layer.build(
          Edge.layer({ host: "127.0.0.1", port: 0, ...options }).pipe(
            Layer.provide([
              CatalogUpstream.layerTransport(transport),
              SyncUpstream.layerTransport(transport)
            ]),
            Layer.provide(Layer.succeed(OperatorToken, Redacted.make(TOKEN)))
          )
        )
        const { port } = Context.get(built, Edge)
        const url = `http://127.0.0.1:${port}`
        return {
          url,
          port,
          controls,
          get: (path: string, init?: RequestInit) =>
            Effect.promise((signal) => fetch(`${url}${path}`, { signal, redirect: "manual", ...init })),
          raw: (bytes: string | Uint8Array) => exchangeBytes(port, bytes)
        }
      }).pipe(Effect.orDie)
    ).pipe(Layer.provide(options.logged === true ? Layer.empty : Logger.layer([])))
}

const exchangeBytes = (port: number, bytes: string | Uint8Array): Effect.Effect<string> =>
  Effect.callback<string>((resume) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes))
    const chunks: Array<Buffer> = []
    socket.on("data", (chunk) => chunks.push(chunk))
    // A reset after the answer is the server's right; what came before it counts.
    socket.on("error", () => {})
    socket.on("close", () => resume(Effect.succeed(Buffer.concat(chunks).toString("latin1"))))
    return Effect.sync(() => socket.destroy())
  })
