import { create, type MessageInitShape } from "@bufbuild/protobuf"
import { Code } from "@connectrpc/connect"
import * as ConnectRoutes from "@optica/connect/ConnectRoutes"
import { ConnectServer } from "@optica/connect/ConnectServer"
import { OperatorToken, requireOperator } from "@optica/connect/OperatorToken"
import { CatalogService, ProductView } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { type Run, RunKind, RunSchema, RunStatus } from "@optica/contracts/optica/sync/v1/run_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

export const token = "token-of-the-test"
export const runId = "11111111-2222-4333-8444-555555555555"

class Refused extends Schema.TaggedError<Refused>()("Refused", {
  code: Schema.Enum(Code),
  message: Schema.String
}) {
  get connectCode() {
    return this.code
  }
}

type RunInit = Exclude<MessageInitShape<typeof RunSchema>, Run>

/** A run as far as `read` of 100 products. */
export const runAt = (read: number, more: RunInit = {}): RunInit => ({
  id: runId,
  kind: RunKind.FULL,
  status: RunStatus.RUNNING,
  startedAt: { seconds: 1_800_000_000n },
  steps: [
    { resource: "categories", total: 3n, read: 3n, applied: 3n, done: true },
    { resource: "products", total: 100n, read: BigInt(read), applied: BigInt(read), done: read === 100 }
  ],
  itemsPerSecond: 50,
  ...(read < 100 ? { etaSeconds: (100 - read) / 50 } : {}),
  ...more
})

/** The last state of a run that went well. */
export const completed = runAt(100, { status: RunStatus.COMPLETED, finishedAt: { seconds: 1_800_000_065n } })

/** What the services answer; a test changes it. */
export interface Script {
  /** What WatchSync sends. */
  states: ReadonlyArray<RunInit>
  /** Whether WatchSync goes on for ever after that. */
  endless: boolean
  current: RunInit | undefined
  /** Whether StartSync says that a run is at work. */
  busy: boolean
  readonly calls: Array<string>
}

/** Both services by their contracts on one port, with answers from a script. */
export const serve = Effect.gen(function* () {
  const script: Script = { states: [completed], endless: false, current: undefined, busy: false, calls: [] }
  const called = (name: string, headers: Headers) => {
    script.calls.push(name)
    return requireOperator(headers)
  }
  const run = (init: RunInit) => create(RunSchema, init)
  const sync = ConnectRoutes.make(SyncService, {
    startSync: ({ kind }, { requestHeader }) =>
      Effect.andThen(
        called(`start ${kind}`, requestHeader),
        Effect.suspend(() =>
          script.busy
            ? Effect.fail(
                new Refused({ code: Code.AlreadyExists, message: `Run ${runId} is at work already` })
              )
            : Effect.succeed({ run: run(runAt(0)) })
        )
      ),
    getSyncStatus: (_, { requestHeader }) =>
      Effect.as(called("status", requestHeader), {
        ...(script.current === undefined ? {} : { current: run(script.current) }),
        history: [run(completed), run(runAt(7, { status: RunStatus.FAILED, error: "The shop is away." }))],
        firstCompletedAt: { seconds: 1_800_000_065n },
        lastCompletedAt: { seconds: 1_800_000_065n },
        shopUrl: "https://shop.example"
      }),
    getRun: (_, { requestHeader }) => Effect.as(called("run", requestHeader), { run: run(completed) }),
    watchSync: ({ id }, { requestHeader }) =>
      Stream.concat(
        Stream.fromEffectDrain(called(`watch ${id}`, requestHeader)),
        Stream.suspend(() => {
          const states = Stream.map(Stream.fromIterable(script.states), (state) => ({ run: run(state) }))
          return script.endless ? Stream.concat(states, Stream.never) : states
        })
      ),
    cancelSync: ({ id }, { requestHeader }) =>
      Effect.as(called(`cancel ${id}`, requestHeader), { run: run(script.current ?? completed) })
  })
  const catalog = ConnectRoutes.makePartial(CatalogService, {
    getProduct: ({ id, view }, { requestHeader }) =>
      Effect.gen(function* () {
        if (view === ProductView.FULL) yield* called("full", requestHeader)
        if (id !== 7n) {
          return yield* new Refused({ code: Code.NotFound, message: `There is no product ${id}` })
        }
        return {
          product: {
            id,
            name: "Aviator",
            type: "simple",
            status: "publish",
            price: "12999.999",
            sku: "AV-1"
          },
          sourceJson: view === ProductView.FULL ? '{"id":7,"name":"Aviator"}' : ""
        }
      })
  })
  const context = yield* Layer.build(
    ConnectServer.layer({
      host: "127.0.0.1",
      port: 0,
      routes: Effect.all([sync, catalog]),
      drainTimeoutMs: 200
    }).pipe(Layer.provide(Layer.succeed(OperatorToken, Redacted.make(token))))
  )
  const { port } = yield* Effect.provide(ConnectServer, context)
  return { script, url: `http://127.0.0.1:${port}` }
})
