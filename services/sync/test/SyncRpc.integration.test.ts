import { Code } from "@connectrpc/connect"
import { assert, describe, it } from "@effect/vitest"
import * as ConnectClient from "@optica/connect/ConnectClient"
import type { RpcError } from "@optica/connect/ConnectError"
import { ConnectServer } from "@optica/connect/ConnectServer"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { RunKind, RunStatus } from "@optica/contracts/optica/sync/v1/run_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as SyncRpc from "../src/SyncRpc.ts"
import type { FakeShop } from "./FakeShop.ts"
import { type Options, syncLayer, token, World, world } from "./Harness.ts"

/** A client over a real socket; `authorization` is the operator's unless told otherwise. */
const served = Effect.fnUntraced(function* (options?: Options) {
  const context = yield* Layer.build(
    ConnectServer.layer({ host: "127.0.0.1", port: 0, routes: Effect.all([SyncRpc.routes]) }).pipe(
      Layer.provide(syncLayer(options)),
      Layer.provide(Layer.succeed(OperatorToken, token))
    )
  )
  const { port } = yield* Effect.provide(ConnectServer, context)
  const transport = yield* ConnectClient.transportHttp({ baseUrl: `http://127.0.0.1:${port}` })
  return (authorization: string | undefined = `Bearer ${Redacted.value(token)}`) =>
    ConnectClient.make(SyncService, transport, {
      headers: authorization === "" ? {} : { authorization }
    })
})

const id = "00000000-0000-4000-8000-000000000000"

const fill = (shop: FakeShop, products: number) => {
  for (let id = 1; id <= products; id++)
    shop.put("/products", { id, name: `Product ${id}`, status: "publish" })
}

describe("the contract", () => {
  it.live("demands the operator's token of every call", () =>
    world(
      Effect.gen(function* () {
        const client = yield* served()
        for (const authorization of ["", "Bearer wrong", "Basic dGVzdA=="]) {
          const stranger = client(authorization)
          const calls: ReadonlyArray<Effect.Effect<unknown, RpcError>> = [
            stranger.startSync({ kind: RunKind.FULL }),
            stranger.getSyncStatus({}),
            stranger.getRun({ id }),
            Stream.runDrain(stranger.watchSync({ id })),
            stranger.cancelSync({ id })
          ]
          for (const call of calls) {
            const error = yield* Effect.flip(call)
            assert.strictEqual(error.code, Code.Unauthenticated)
            assert.strictEqual(error.reason, "OperatorTokenRequired")
          }
        }
        assert.isUndefined((yield* client().getSyncStatus({})).current, "nothing was started")
      })
    )
  )

  it.live("answers NOT_FOUND for a run that is not there, and names a wrong argument", () =>
    world(
      Effect.gen(function* () {
        const client = (yield* served())()
        for (const call of [
          client.getRun({ id }),
          client.cancelSync({ id }),
          Stream.runDrain(client.watchSync({ id }))
        ]) {
          const error = yield* Effect.flip<unknown, RpcError, never>(call)
          assert.deepInclude(error, { code: Code.NotFound, reason: "RunNotFound" })
        }
        const wrong = yield* Effect.flip(client.startSync({}))
        assert.strictEqual(wrong.code, Code.InvalidArgument)
        assert.strictEqual(wrong.violations[0]?.field, "kind")
        assert.strictEqual((yield* Effect.flip(client.getRun({ id: "1" }))).code, Code.InvalidArgument)
      })
    )
  )

  it.live("starts a run, shows it as it goes on, and ends the stream with its last state", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 200)
        shop.put("/products", { id: 201, name: "bad" })
        const client = (yield* served({ pageSize: 4 }))()
        const { run } = yield* client.startSync({ kind: RunKind.FULL })
        assert.strictEqual(run?.status, RunStatus.RUNNING)
        const refused = yield* Effect.flip(client.startSync({ kind: RunKind.PRODUCTS }))
        assert.strictEqual(refused.code, Code.AlreadyExists)
        assert.strictEqual(refused.reason, "SyncAlreadyRunning")
        assert.deepStrictEqual(refused.metadata, { run_id: run?.id ?? "" })
        const began = performance.now()
        const states = (yield* Stream.runCollect(client.watchSync({ id: run?.id ?? "" }))).map((it) => it.run)
        const seconds = (performance.now() - began) / 1000
        assert.isAtLeast(states.length, 2)
        assert.isAtMost(states.length, Math.ceil(seconds * 4) + 2, "at most four a second")
        const last = states.at(-1)
        assert.strictEqual(last?.status, RunStatus.COMPLETED, last?.error)
        assert.deepStrictEqual(
          last?.steps.map((step) => step.resource),
          ["categories", "tags", "attributes", "terms", "products", "variations", "reviews"]
        )
        const products = last?.steps[4]
        assert.deepInclude(products, { total: 201n, read: 201n, applied: 200n, rejected: 1n, done: true })
        assert.strictEqual(last?.errorCount, 1n)
        assert.deepInclude(last?.errors[0], {
          resource: "products",
          id: 201n,
          reason: "bad: must not be there"
        })
        assert.isDefined(last?.finishedAt)
        assert.isAbove(last?.itemsPerSecond ?? 0, 0)
        assert.isUndefined(last?.etaSeconds)
        const known = states.find((state) => state?.etaSeconds !== undefined)
        assert.isAbove(known?.etaSeconds ?? 0, 0, "the time left was told on the way")
        const status = yield* client.getSyncStatus({})
        assert.isUndefined(status.current)
        assert.deepStrictEqual(status.firstCompletedAt, status.lastCompletedAt)
        assert.strictEqual(status.shopUrl, shop.url)
        assert.strictEqual(status.history[0]?.id, run?.id)
        assert.deepStrictEqual(status.history[0]?.errors, [], "history has no errors")
        assert.strictEqual((yield* client.getRun({ id: run?.id ?? "" })).run?.errors.length, 1)
      })
    )
  )

  it.live("lists as many past runs as asked, the newest first", () =>
    world(
      Effect.gen(function* () {
        const client = (yield* served())()
        const ids: Array<string> = []
        for (let i = 0; i < 3; i++) {
          const { run } = yield* client.startSync({ kind: RunKind.PRODUCTS })
          yield* Stream.runDrain(client.watchSync({ id: run?.id ?? "" }))
          ids.unshift(run?.id ?? "")
        }
        const { history } = yield* client.getSyncStatus({ history: 2 })
        assert.deepStrictEqual(
          history.map((run) => run.id),
          ids.slice(0, 2)
        )
      })
    )
  )

  it.live("cancels a run", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 50)
        shop.hook = ({ path, query }) => (path === "/products" && query.has("offset") ? "hang" : undefined)
        const client = (yield* served({ patienceMs: 60_000 }))()
        const { run } = yield* client.startSync({ kind: RunKind.PRODUCTS })
        yield* client.cancelSync({ id: run?.id ?? "" })
        const states = yield* Stream.runCollect(client.watchSync({ id: run?.id ?? "" }))
        assert.strictEqual(states.at(-1)?.run?.status, RunStatus.CANCELLED)
        assert.strictEqual((yield* client.cancelSync({ id: run?.id ?? "" })).run?.status, RunStatus.CANCELLED)
      })
    )
  )
})
