/** Small handlers for two real contracts. What a call does is chosen by the id that it asks for. */
import { Code } from "@connectrpc/connect"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ChangeOutcome } from "@optica/contracts/optica/catalog/v1/change_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import { Cause, Context, Effect, Layer, Logger, Queue, Schema, Stream, Tracer } from "effect"
import * as ConnectRoutes from "../src/ConnectRoutes.ts"
import { Deadline } from "../src/Deadline.ts"

class ProductNotFound extends Schema.TaggedError<ProductNotFound>()("ProductNotFound", {
  id: Schema.String
}) {
  readonly connectCode = Code.NotFound
  override get message() {
    return `There is no product ${this.id}`
  }
  get metadata() {
    return { id: this.id }
  }
}

class ShopTooBusy extends Schema.TaggedError<ShopTooBusy>()("ShopTooBusy", {}) {
  readonly connectCode = Code.ResourceExhausted
  readonly retryAfterMs = 1500
  readonly violations = [{ field: "filter.skus", message: "fewer, please" }]
  override get message() {
    return "The shop is too busy"
  }
}

export class ShopUnreachable extends Schema.TaggedError<ShopUnreachable>()("ShopUnreachable", {}) {
  readonly connectCode = Code.Unavailable
  override get message() {
    return "The shop cannot be reached"
  }
}

/** What handlers did, for tests to wait for. */
export class Events extends Context.Service<Events, Queue.Queue<string>>()("test/Events") {
  static readonly layer = Layer.effect(Events, Queue.unbounded<string>())
  static readonly next = Effect.flatMap(Events, Queue.take)
}

/** Every span that was begun, client's and server's. */
export class Spans extends Context.Service<Spans, Array<Tracer.NativeSpan>>()("test/Spans") {
  static readonly layer = Layer.effectContext(
    Effect.sync(() => {
      const spans: Array<Tracer.NativeSpan> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      return Context.make(Spans, spans).pipe(Context.add(Tracer.Tracer, tracer))
    })
  )
}

/** Every line that was logged. */
export class Logs extends Context.Service<Logs, Array<{ level: string; text: string }>>()("test/Logs") {
  static readonly layer = Layer.unwrap(
    Effect.sync(() => {
      const logs: Array<{ level: string; text: string }> = []
      const logger = Logger.make((it) => {
        logs.push({ level: it.logLevel, text: `${String(it.message)} ${Cause.pretty(it.cause)}` })
      })
      return Layer.merge(Layer.succeed(Logs, logs), Logger.layer([logger]))
    })
  )
}

/** All that tests look at. */
export type Probe = Events | Spans | Logs
export const probe = Layer.mergeAll(Events.layer, Spans.layer, Logs.layer)

export const ids = {
  found: 1n,
  notFound: 404n,
  busy: 429n,
  defect: 500n,
  unreachable: 503n,
  interrupting: 499n,
  /** Never ends by itself. */
  never: 600n,
  /** As never, but takes its time to clean up. */
  slowToEnd: 601n,
  /** Answers with what it knows of its call. */
  echo: 700n,
  /** Waits for a second and answers, whatever happens. */
  stubborn: 800n
}

export const runs = {
  two: "00000000-0000-4000-8000-000000000002",
  endless: "00000000-0000-4000-8000-000000000003",
  failing: "00000000-0000-4000-8000-000000000004",
  defective: "00000000-0000-4000-8000-000000000005",
  missing: "00000000-0000-4000-8000-000000000404"
}

const product = (id: bigint, name: string) => ({ product: { id, name } })

const catalog = ConnectRoutes.makePartial(CatalogService, {
  getProduct: ({ id }, call) =>
    Effect.gen(function* () {
      const events = yield* Events
      switch (id) {
        case ids.notFound:
          return yield* new ProductNotFound({ id: String(id) })
        case ids.busy:
          return yield* new ShopTooBusy()
        case ids.unreachable:
          return yield* new ShopUnreachable()
        case ids.defect:
          return yield* Effect.die(new Error("the password is hunter2"))
        case ids.interrupting:
          return yield* Effect.interrupt
        case ids.never:
          yield* Queue.offer(events, "began")
          return yield* Effect.onInterrupt(Effect.never, () => Queue.offer(events, "interrupted"))
        case ids.slowToEnd:
          yield* Queue.offer(events, "began")
          return yield* Effect.onInterrupt(Effect.never, () =>
            Effect.delay(Queue.offer(events, "interrupted"), "600 millis")
          )
        case ids.stubborn:
          yield* Queue.offer(events, "began")
          yield* Effect.sleep("300 millis")
          yield* Queue.offer(events, "finished")
          return product(id, "stubborn")
        case ids.echo: {
          call.responseHeader.set("x-answer", "yes")
          const deadline = yield* Deadline
          return product(
            id,
            JSON.stringify({
              echo: call.requestHeader.get("x-echo"),
              traceparent: call.requestHeader.get("traceparent"),
              timeoutMs: call.timeoutMs,
              deadline: deadline !== undefined
            })
          )
        }
        default:
          return product(id, "Frame")
      }
    }),
  batchGetProducts: ({ ids }) => Effect.succeed({ products: ids.map((id) => ({ id })) }),
  listProducts: () => Effect.succeed({}),
  listVariations: () => Effect.succeed({}),
  listCategories: () => Effect.succeed({}),
  getCategory: ({ id }) => Effect.succeed({ category: { id } }),
  applyChanges: ({ changes }) =>
    Effect.succeed({ results: changes.map(({ id }) => ({ id, outcome: ChangeOutcome.APPLIED })) }),
  listResourceVersions: () => Effect.succeed({})
})

const ticks = (id: string) =>
  Stream.map(
    Stream.iterate(1, (n) => n + 1),
    (n) => ({ run: { id, resumed: n } })
  )

const sync = ConnectRoutes.make(SyncService, {
  startSync: () => Effect.succeed({}),
  getSyncStatus: () => Effect.succeed({ shopUrl: "http://shop" }),
  getRun: ({ id }) => Effect.succeed({ run: { id } }),
  cancelSync: ({ id }) => Effect.succeed({ run: { id } }),
  watchSync: ({ id }) =>
    Stream.unwrap(
      Effect.gen(function* () {
        const events = yield* Events
        const two = Stream.take(ticks(id), 2)
        switch (id) {
          case runs.endless:
            return Stream.concat(two, Stream.never).pipe(Stream.ensuring(Queue.offer(events, "finalized")))
          case runs.failing:
            return Stream.concat(two, Stream.fail(new ProductNotFound({ id })))
          case runs.defective:
            return Stream.concat(two, Stream.die(new Error("the password is hunter2")))
          case runs.missing:
            return Stream.fail(new ProductNotFound({ id }))
          default:
            return two
        }
      })
    )
})

export const routes = Effect.all([catalog, sync])
