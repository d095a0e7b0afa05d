import { Code } from "@connectrpc/connect"
import { expect, it } from "@effect/vitest"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import { Effect, Schema, Stream } from "effect"
import * as ConnectClient from "../src/ConnectClient.ts"
import * as ConnectRoutes from "../src/ConnectRoutes.ts"
import { ConnectServer } from "../src/ConnectServer.ts"

class RunNotFound extends Schema.TaggedError<RunNotFound>()("RunNotFound", { id: Schema.String }) {
  readonly connectCode = Code.NotFound
  override get message() {
    return `no run ${this.id}`
  }
  get metadata() {
    return { id: this.id }
  }
}
const routes = Effect.all([
  ConnectRoutes.make(SyncService, {
    getRun: (r) => new RunNotFound({ id: r.id }),
    startSync: () => Effect.die("secret"),
    getSyncStatus: () => Effect.never,
    watchSync: (r) => Stream.make({ run: { id: r.id } }, { run: { id: "2" } }),
    cancelSync: () => Effect.succeed({})
  })
])
for (const protocol of ["connect", "grpc", "grpc-web"] as const)
  it.live(protocol, () =>
    Effect.gen(function* () {
      const server = yield* ConnectServer
      const transport = yield* ConnectClient.transportHttp({
        baseUrl: `http://127.0.0.1:${server.port}`,
        protocol
      })
      const client = ConnectClient.make(SyncService, transport)
      const id = "0b1c9d3e-1111-4111-8111-111111111111"
      const e = yield* Effect.flip(client.getRun({ id }))
      expect(e).toMatchObject({ code: Code.NotFound, reason: "RunNotFound", metadata: { id } })
      expect(yield* Effect.flip(client.getRun({ id: "x" }))).toMatchObject({
        code: 3,
        violations: [{ field: "id" }]
      })
      expect(yield* Effect.flip(client.startSync({ kind: 1 }))).toMatchObject({
        code: Code.Internal,
        message: "internal error"
      })
      expect(yield* Effect.flip(client.getSyncStatus({}, { timeoutMs: 50 }))).toMatchObject({
        code: Code.DeadlineExceeded
      })
      const all = yield* Stream.runCollect(client.watchSync({ id }))
      expect(all.map((_) => _.run?.id)).toEqual([id, "2"])
    }).pipe(Effect.provide(ConnectServer.layer({ host: "127.0.0.1", port: 0, routes })))
  )
