/** `buf curl`, which learns the schema from server reflection alone. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { ConnectServer } from "../src/ConnectServer.ts"
import { probe, routes, runs } from "./Fixture.ts"

const buf = fileURLToPath(new URL("../../../node_modules/.bin/buf", import.meta.url))

const curl = (args: ReadonlyArray<string>) =>
  Effect.callback<{ code: number | string; stdout: string; stderr: string }>((resume) => {
    execFile(buf, ["curl", ...args], (error, stdout, stderr) =>
      resume(Effect.succeed({ code: error?.code ?? 0, stdout, stderr }))
    )
  })

const serve = Effect.fnUntraced(function* () {
  const layer = ConnectServer.layer({ host: "127.0.0.1", port: 0, routes })
  const { port } = Context.get(yield* Layer.build(layer), ConnectServer)
  return `http://127.0.0.1:${port}`
})

describe("buf curl", () => {
  for (const protocol of ["connect", "grpc", "grpcweb"]) {
    it.live(`calls, streams and reads failures over ${protocol}`, () =>
      Effect.gen(function* () {
        const baseUrl = yield* serve()
        const common = ["--http2-prior-knowledge", "--protocol", protocol]
        const call = (path: string, data: object) =>
          curl([...common, "--data", JSON.stringify(data), `${baseUrl}/${path}`])

        const found = yield* call("optica.catalog.v1.CatalogService/GetProduct", { id: 1 })
        expect(found.stderr).toBe("")
        expect(JSON.parse(found.stdout)).toEqual({ product: { id: "1", name: "Frame" } })

        const missing = yield* call("optica.catalog.v1.CatalogService/GetProduct", { id: 404 })
        expect(missing.code).not.toBe(0)
        expect(JSON.parse(missing.stderr)).toMatchObject({
          code: "not_found",
          message: "There is no product 404",
          details: [{ type: "google.rpc.ErrorInfo" }]
        })

        const stream = yield* call("optica.sync.v1.SyncService/WatchSync", { id: runs.two })
        expect(stream.stdout.match(/"resumed": ?\d/g)).toHaveLength(2)
      }).pipe(Effect.provide(probe))
    )
  }

  it.live("lists the services and methods", () =>
    Effect.gen(function* () {
      const { stdout } = yield* curl(["--http2-prior-knowledge", "--list-methods", yield* serve()])
      expect(stdout.split("\n")).toEqual(
        expect.arrayContaining([
          "optica.catalog.v1.CatalogService/GetProduct",
          "optica.sync.v1.SyncService/WatchSync",
          "grpc.health.v1.Health/Watch"
        ])
      )
    }).pipe(Effect.provide(probe))
  )
})
