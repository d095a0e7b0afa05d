/** What a client sees of a server, whatever is between them. Every transport is held to it. */
import { Code } from "@connectrpc/connect"
import { expect, it } from "@effect/vitest"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import { Effect, Fiber, Option, Queue, Redacted, Result, type Scope, Stream } from "effect"
import * as ConnectClient from "../src/ConnectClient.ts"
import * as Deadline from "../src/Deadline.ts"
import { Events, ids, Logs, type Probe, probe, runs, Spans } from "./Fixture.ts"

export const behaviour = (
  transport: Effect.Effect<ConnectClient.ClientTransport, unknown, Scope.Scope | Probe>,
  protocol: ConnectClient.Protocol
) => {
  const catalog = Effect.map(transport, (it) => ConnectClient.make(CatalogService, it))
  const sync = Effect.map(transport, (it) => ConnectClient.make(SyncService, it))
  const test = (name: string, effect: () => Effect.Effect<unknown, unknown, Scope.Scope | Probe>) =>
    it.live(name, () => Effect.provide(effect(), probe))

  test(
    "answers a unary call",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      const { product } = yield* getProduct({ id: ids.found })
      expect(product).toMatchObject({ id: ids.found, name: "Frame" })
    })
  )

  test(
    "gives a typed failure its code, reason, metadata and message",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      const error = yield* Effect.flip(getProduct({ id: ids.notFound }))
      expect(error).toMatchObject({
        _tag: "RpcError",
        code: Code.NotFound,
        reason: "ProductNotFound",
        metadata: { id: "404" },
        message: "There is no product 404",
        violations: []
      })
      expect((yield* Logs).filter((it) => it.level !== "Debug")).toEqual([])
    })
  )

  test(
    "says of a method that a partial service does not have that it is not implemented",
    Effect.fnUntraced(function* () {
      const { getCatalogStats } = yield* catalog
      const error = yield* Effect.flip(getCatalogStats({}))
      expect(error).toMatchObject({
        code: Code.Unimplemented,
        message: "optica.catalog.v1.CatalogService/GetCatalogStats is not implemented here"
      })
    })
  )

  test(
    "gives a failure's violations and when to come back",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      const error = yield* Effect.flip(getProduct({ id: ids.busy }))
      expect(error).toMatchObject({
        code: Code.ResourceExhausted,
        reason: "ShopTooBusy",
        violations: [{ field: "filter.skus", message: "fewer, please" }],
        retryAfterMs: 1500
      })
    })
  )

  test(
    "tells nothing of a defect but logs it whole",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      const error = yield* Effect.flip(getProduct({ id: ids.defect }))
      expect(error).toMatchObject({
        code: Code.Internal,
        reason: "",
        metadata: {},
        message: "internal error"
      })
      expect(JSON.stringify(error)).not.toContain("hunter2")
      const errors = (yield* Logs).filter((it) => it.level === "Error")
      expect(errors).toHaveLength(1)
      expect(errors[0]?.text).toContain("optica.catalog.v1.CatalogService/GetProduct failed")
      expect(errors[0]?.text).toContain("the password is hunter2")
    })
  )

  test(
    "takes a handler that interrupts itself for a defect",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      const error = yield* Effect.flip(getProduct({ id: ids.interrupting }))
      expect(error).toMatchObject({ code: Code.Internal, message: "internal error" })
    })
  )

  test(
    "logs a fault of the server as a warning",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      const error = yield* Effect.flip(getProduct({ id: ids.unreachable }))
      expect(error).toMatchObject({ code: Code.Unavailable, reason: "ShopUnreachable" })
      expect((yield* Logs).map((it) => it.level)).toEqual(["Warn"])
    })
  )

  test(
    "refuses an invalid request and names every wrong field",
    Effect.fnUntraced(function* () {
      const { listProducts, applyChanges } = yield* catalog
      const error = yield* Effect.flip(
        listProducts({ filter: { minPrice: "1,5", skus: ["A", ""] }, page: { page: -1 } })
      )
      expect(error.code).toBe(Code.InvalidArgument)
      expect(error.violations.map((it) => it.field).sort()).toEqual([
        "filter.min_price",
        "filter.skus[1]",
        "page.page"
      ])
      for (const { message } of error.violations) expect(message).not.toBe("")
      const nested = yield* Effect.flip(
        applyChanges({
          changes: [
            { kind: ResourceKind.TAG, id: 1n, observation: 0n, state: { case: "deletion", value: {} } }
          ]
        })
      )
      expect(nested.violations.map((it) => it.field)).toEqual(["changes[0].observation"])
    })
  )

  test(
    "refuses an invalid request for a stream",
    Effect.fnUntraced(function* () {
      const { watchSync } = yield* sync
      const error = yield* Effect.flip(Stream.runCollect(watchSync({ id: "no uuid" })))
      expect(error).toMatchObject({ code: Code.InvalidArgument, violations: [{ field: "id" }] })
    })
  )

  test(
    "ends a call by its deadline on both sides",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      const error = yield* Effect.flip(getProduct({ id: ids.never }, { timeoutMs: 100 }))
      expect(error.code).toBe(Code.DeadlineExceeded)
      expect([yield* Events.next, yield* Events.next]).toEqual(["began", "interrupted"])
    })
  )

  test(
    "hands what is left of the deadline down to the handler",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      const echo = (name: string | undefined) => JSON.parse(name ?? "")
      const none = yield* getProduct({ id: ids.echo })
      expect(echo(none.product?.name)).toMatchObject({ deadline: false })
      const outer = yield* getProduct({ id: ids.echo }, { timeoutMs: 60_000 }).pipe(Deadline.within(5_000))
      const { timeoutMs, deadline } = echo(outer.product?.name)
      expect(deadline).toBe(true)
      expect(timeoutMs).toBeGreaterThan(3_000)
      expect(timeoutMs).toBeLessThanOrEqual(5_000)
      const own = yield* getProduct({ id: ids.echo }, { timeoutMs: 4_000 }).pipe(Deadline.within(60_000))
      expect(echo(own.product?.name).timeoutMs).toBeLessThanOrEqual(4_000)
    })
  )

  test(
    "takes a timeout that is longer than any timer for the longest that can be sent",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      for (const timeoutMs of [2 ** 31, 1e15, Number.POSITIVE_INFINITY]) {
        const { product } = yield* getProduct({ id: ids.echo }, { timeoutMs })
        expect(JSON.parse(product?.name ?? "").timeoutMs).toBeGreaterThan(99_000_000)
      }
    })
  )

  test(
    "does not make a call whose deadline has passed",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      const error = yield* Effect.flip(getProduct({ id: ids.stubborn }).pipe(Deadline.within(0)))
      expect(error.code).toBe(Code.DeadlineExceeded)
      yield* getProduct({ id: ids.stubborn })
      // The second call is the first that the handler saw.
      expect([yield* Events.next, yield* Events.next]).toEqual(["began", "finished"])
    })
  )

  test(
    "interrupts the handler of a call that is interrupted",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      const fiber = yield* Effect.forkChild(getProduct({ id: ids.never }))
      expect(yield* Events.next).toBe("began")
      yield* Fiber.interrupt(fiber)
      expect(yield* Events.next).toBe("interrupted")
    })
  )

  test(
    "carries metadata, secret or not",
    Effect.fnUntraced(function* () {
      const { getProduct } = ConnectClient.make(CatalogService, yield* transport, {
        headers: { "x-echo": Redacted.make("from the client") }
      })
      const common = yield* getProduct({ id: ids.echo })
      expect(common.product?.name).toContain("from the client")
      const own = yield* getProduct({ id: ids.echo }, { headers: { "x-echo": "from the call" } })
      expect(own.product?.name).toContain("from the call")
    })
  )

  test(
    "streams until the end",
    Effect.fnUntraced(function* () {
      const { watchSync } = yield* sync
      const all = yield* Stream.runCollect(watchSync({ id: runs.two }))
      expect(all.map((it) => it.run?.resumed)).toEqual([1, 2])
    })
  )

  test(
    "gives a stream's failure after what came before it",
    Effect.fnUntraced(function* () {
      const { watchSync } = yield* sync
      const seen = yield* Stream.runCollect(Stream.result(watchSync({ id: runs.failing })))
      expect(seen.map((it) => (Result.isSuccess(it) ? it.success.run?.resumed : it.failure.reason))).toEqual([
        1,
        2,
        "ProductNotFound"
      ])
      const error = yield* Effect.flip(Stream.runCollect(watchSync({ id: runs.missing })))
      expect(error).toMatchObject({ code: Code.NotFound, metadata: { id: runs.missing } })
      expect((yield* Logs).filter((it) => it.level !== "Debug")).toEqual([])
    })
  )

  test(
    "tells nothing of a stream's defect but logs it",
    Effect.fnUntraced(function* () {
      const { watchSync } = yield* sync
      const error = yield* Effect.flip(Stream.runDrain(watchSync({ id: runs.defective })))
      expect(error).toMatchObject({ code: Code.Internal, message: "internal error" })
      expect((yield* Logs).filter((it) => it.level === "Error" && it.text.includes("hunter2"))).toHaveLength(
        1
      )
    })
  )

  test(
    "runs a stream's finalizers when the client has read enough",
    Effect.fnUntraced(function* () {
      const { watchSync } = yield* sync
      const first = yield* Stream.runHead(watchSync({ id: runs.endless }))
      expect(Option.getOrUndefined(first)?.run?.resumed).toBe(1)
      expect(yield* Events.next).toBe("finalized")
    })
  )

  test(
    "runs a stream's finalizers when the client is interrupted while it waits",
    Effect.fnUntraced(function* () {
      const { watchSync } = yield* sync
      const events = yield* Events
      const fiber = yield* watchSync({ id: runs.endless }).pipe(
        Stream.runForEach((it) => (it.run?.resumed === 2 ? Queue.offer(events, "read") : Effect.void)),
        Effect.forkChild
      )
      expect(yield* Events.next).toBe("read")
      yield* Fiber.interrupt(fiber)
      expect(yield* Events.next).toBe("finalized")
      expect((yield* Logs).filter((it) => it.level !== "Debug")).toEqual([])
    })
  )

  test(
    "ends a stream by its deadline",
    Effect.fnUntraced(function* () {
      const { watchSync } = yield* sync
      const error = yield* Effect.flip(Stream.runDrain(watchSync({ id: runs.endless }, { timeoutMs: 150 })))
      expect(error.code).toBe(Code.DeadlineExceeded)
      expect(yield* Events.next).toBe("finalized")
    })
  )

  test(
    "lets a batch of 15 MiB pass, and refuses one beyond the limit",
    Effect.fnUntraced(function* () {
      const { applyChanges } = yield* catalog
      const batch = (mebibytes: number) => ({
        changes: [
          {
            kind: ResourceKind.PRODUCT,
            id: 7n,
            observation: 1n,
            state: { case: "sourceJson" as const, value: "x".repeat(mebibytes * 1024 * 1024) }
          }
        ]
      })
      const { results } = yield* applyChanges(batch(15))
      expect(results).toMatchObject([{ id: 7n }])
      const error = yield* Effect.flip(applyChanges(batch(17)))
      expect(error.code).toBe(Code.ResourceExhausted)
    })
  )

  test(
    "puts the server's span below the client's",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      yield* getProduct({ id: ids.found }).pipe(Effect.withSpan("outer"))
      const [outer, client, server, ...others] = yield* Spans
      expect(others).toEqual([])
      expect(client).toMatchObject({ name: "optica.catalog.v1.CatalogService/GetProduct", kind: "client" })
      expect(server).toMatchObject({ name: "optica.catalog.v1.CatalogService/GetProduct", kind: "server" })
      expect(client?.traceId).toBe(outer?.traceId)
      expect(server?.traceId).toBe(outer?.traceId)
      expect(parentOf(client)).toBe(outer?.spanId)
      expect(parentOf(server)).toBe(client?.spanId)
      const system = protocol === "connect" ? "connect_rpc" : "grpc"
      for (const span of [client, server]) {
        expect(Object.fromEntries(span?.attributes ?? [])).toMatchObject({
          "rpc.system": system,
          "rpc.service": "optica.catalog.v1.CatalogService",
          "rpc.method": "GetProduct",
          ...(protocol === "connect" ? {} : { "rpc.grpc.status_code": 0 })
        })
        expect(span?.status).toMatchObject({ _tag: "Ended", exit: { _tag: "Success" } })
      }
    })
  )

  test(
    "sends no trace context where tracing is switched off",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      const traced = yield* getProduct({ id: ids.echo })
      expect(traced.product?.name).toContain('"traceparent":"00-')
      const { product } = yield* getProduct({ id: ids.echo }).pipe(Effect.withTracerEnabled(false))
      expect(product?.name).toContain('"traceparent":null')
    })
  )

  test(
    "marks the spans of a failed call: the client's always, the server's when it is to blame",
    Effect.fnUntraced(function* () {
      const { getProduct } = yield* catalog
      const { watchSync } = yield* sync
      const exits = Effect.fnUntraced(function* <A, E>(call: Effect.Effect<A, E>) {
        const spans = yield* Spans
        spans.length = 0
        yield* Effect.exit(call)
        return spans.map((it) => ({
          kind: it.kind,
          exit: it.status._tag === "Ended" ? it.status.exit._tag : "",
          code: it.attributes.get(
            protocol === "connect" ? "rpc.connect_rpc.error_code" : "rpc.grpc.status_code"
          )
        }))
      })
      const code = (name: string, number: number) => (protocol === "connect" ? name : number)
      const notFound = code("not_found", 5)
      expect(yield* exits(getProduct({ id: ids.notFound }))).toEqual([
        { kind: "client", exit: "Failure", code: notFound },
        { kind: "server", exit: "Success", code: notFound }
      ])
      expect(yield* exits(getProduct({ id: -1n }))).toEqual([
        { kind: "client", exit: "Failure", code: code("invalid_argument", 3) },
        { kind: "server", exit: "Success", code: code("invalid_argument", 3) }
      ])
      expect(yield* exits(getProduct({ id: ids.defect }))).toEqual([
        { kind: "client", exit: "Failure", code: code("internal", 13) },
        { kind: "server", exit: "Failure", code: code("internal", 13) }
      ])
      expect(yield* exits(Stream.runDrain(watchSync({ id: runs.missing })))).toEqual([
        { kind: "client", exit: "Failure", code: notFound },
        { kind: "server", exit: "Success", code: notFound }
      ])
      expect(yield* exits(Stream.runDrain(watchSync({ id: runs.defective })))).toEqual([
        { kind: "client", exit: "Failure", code: code("internal", 13) },
        { kind: "server", exit: "Failure", code: code("internal", 13) }
      ])
    })
  )
}

const parentOf = (span: Spans["Service"][number] | undefined) =>
  span === undefined ? undefined : Option.getOrUndefined(span.parent)?.spanId
