import { Code } from "@connectrpc/connect"
import { describe, expect, it } from "@effect/vitest"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import { Effect, Fiber, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as ConnectClient from "../src/ConnectClient.ts"
import * as ConnectRoutes from "../src/ConnectRoutes.ts"
import * as Deadline from "../src/Deadline.ts"
import * as Resilience from "../src/Resilience.ts"

class Failure extends Schema.TaggedError<Failure>()("Failure", {
  connectCode: Schema.Enum(Code),
  retryAfterMs: Schema.optional(Schema.Number)
}) {
  override readonly message = "no"
}

const id = "00000000-0000-4000-8000-000000000001"

/** A client over memory whose server fails as the script says, one entry for each call; then it answers. */
const scripted = Effect.fnUntraced(function* (script: Array<Failure>, policy: Resilience.Policy = {}) {
  const seen: Array<{ method: string; timeoutMs: number | undefined }> = []
  const answer =
    <A>(method: string, value: A) =>
    (_: unknown, call: ConnectRoutes.Call) =>
      Effect.suspend(() => {
        seen.push({ method, timeoutMs: call.timeoutMs })
        const failure = script.shift()
        return failure === undefined ? Effect.succeed(value) : Effect.fail(failure)
      })
  const routes = yield* ConnectRoutes.make(SyncService, {
    startSync: answer("StartSync", {}),
    getSyncStatus: answer("GetSyncStatus", { shopUrl: "http://shop" }),
    getRun: answer("GetRun", {}),
    cancelSync: answer("CancelSync", {}),
    watchSync: (request, call) => Stream.fromEffect(answer("WatchSync", {})(request, call))
  })
  const plain = ConnectClient.make(SyncService, ConnectClient.transportInMemory([routes]))
  return { seen, script, client: yield* Resilience.wrap(SyncService, plain, policy) }
})

const failures = (count: number, connectCode: Code, retryAfterMs?: number) =>
  Array.from({ length: count }, () => new Failure({ connectCode, retryAfterMs }))

/** Runs to the end, letting time pass wherever something waits for it. */
const untilDone = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    while (fiber.pollUnsafe() === undefined) {
      yield* TestClock.adjust("10 millis")
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    }
    return yield* Fiber.join(fiber)
  })

describe("retry", () => {
  it.effect("tries a method without side effects again while the service is UNAVAILABLE", () =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted(failures(2, Code.Unavailable))
      const { shopUrl } = yield* untilDone(client.getSyncStatus({}))
      expect(shopUrl).toBe("http://shop")
      expect(seen).toHaveLength(3)
    })
  )

  it.effect("tries an idempotent method again", () =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted(failures(1, Code.Unavailable))
      yield* untilDone(client.cancelSync({ id }))
      expect(seen).toHaveLength(2)
    })
  )

  it.effect("never tries a method again that may not be called twice", () =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted(failures(1, Code.Unavailable))
      const error = yield* untilDone(Effect.flip(client.startSync({ kind: 1 })))
      expect(error).toMatchObject({ code: Code.Unavailable, reason: "Failure" })
      expect(seen).toHaveLength(1)
    })
  )

  it.effect.each([
    Code.NotFound,
    Code.InvalidArgument,
    Code.Internal,
    Code.DeadlineExceeded,
    Code.Aborted,
    Code.ResourceExhausted
  ])("takes code %i for an answer", (code) =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted(failures(1, code))
      const error = yield* untilDone(Effect.flip(client.getSyncStatus({})))
      expect(error.code).toBe(code)
      expect(seen).toHaveLength(1)
    })
  )

  it.effect("gives up after the last retry with the last failure", () =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted(failures(9, Code.Unavailable), { retries: 3 })
      const error = yield* untilDone(Effect.flip(client.getSyncStatus({})))
      expect(error.code).toBe(Code.Unavailable)
      expect(seen).toHaveLength(4)
    })
  )

  it.effect("comes back to a busy service when that said to, and not before", () =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted(failures(1, Code.ResourceExhausted, 2000), { retryDelayMs: 0 })
      const fiber = yield* Effect.forkChild(client.getSyncStatus({}))
      const settle = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
      yield* settle
      yield* TestClock.adjust(1999)
      yield* settle
      expect(seen).toHaveLength(1)
      yield* TestClock.adjust(1)
      yield* Fiber.join(fiber)
      expect(seen).toHaveLength(2)
    })
  )

  it.effect("waits a random time below a bound that doubles", () =>
    Effect.gen(function* () {
      const waits: Array<number> = []
      for (let run = 0; run < 20; run++) {
        const { client } = yield* scripted(failures(3, Code.Unavailable), { retries: 3, retryDelayMs: 1000 })
        const before = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
        yield* untilDone(client.getSyncStatus({}))
        waits.push((yield* Effect.clockWith((clock) => clock.currentTimeMillis)) - before)
      }
      // Three waits below 1, 1 (capped) and 1 seconds; steps of the test's clock round each up.
      expect(Math.max(...waits)).toBeLessThan(3000 + 100)
      expect(new Set(waits).size).toBeGreaterThan(5)
    })
  )

  it.effect("does not wait beyond the deadline", () =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted(failures(1, Code.ResourceExhausted, 5000))
      const error = yield* untilDone(client.getSyncStatus({}).pipe(Deadline.within(4000), Effect.flip))
      expect(error).toMatchObject({ code: Code.ResourceExhausted, retryAfterMs: 5000 })
      expect(seen).toHaveLength(1)
    })
  )
})

describe("deadline", () => {
  it.effect("is the policy's, or a nearer one, and shrinks from try to try", () =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted(failures(1, Code.Unavailable, 3000), { timeoutMs: 8000 })
      yield* untilDone(client.getSyncStatus({}))
      yield* untilDone(client.getSyncStatus({}).pipe(Deadline.within(2000)))
      const [first, second, nearer] = seen.map((it) => it.timeoutMs ?? 0)
      expect(first).toBeGreaterThan(7000)
      expect(first).toBeLessThanOrEqual(8000)
      expect(second).toBeLessThanOrEqual(5000)
      expect(nearer).toBeLessThanOrEqual(2000)
    })
  )
})

describe("circuit breaker", () => {
  it.effect("stops asking a service that keeps failing, and tries it again later", () =>
    Effect.gen(function* () {
      const policy = { retries: 0, breakerFailures: 3, breakerOpenMs: 60_000 }
      const { client, seen, script } = yield* scripted(failures(4, Code.Unavailable), policy)
      for (let call = 0; call < 3; call++) yield* Effect.flip(client.getSyncStatus({}))
      expect(seen).toHaveLength(3)

      const rejected = yield* Effect.flip(client.getSyncStatus({}))
      expect(rejected).toMatchObject({ code: Code.Unavailable, reason: Resilience.CIRCUIT_OPEN })
      expect(rejected.retryAfterMs).toBe(60_000)
      expect(seen).toHaveLength(3)

      // The probe fails, and the circuit opens again.
      yield* TestClock.adjust(60_000)
      yield* Effect.flip(client.getSyncStatus({}))
      expect(seen).toHaveLength(4)
      expect((yield* Effect.flip(client.getSyncStatus({}))).reason).toBe(Resilience.CIRCUIT_OPEN)

      expect(script).toEqual([])
      yield* TestClock.adjust(60_000)
      yield* client.getSyncStatus({})
      yield* client.getSyncStatus({})
      expect(seen).toHaveLength(6)
    })
  )

  it.effect("is one of a method: one that fails leaves the others as they are", () =>
    Effect.gen(function* () {
      const policy = { retries: 0, breakerFailures: 2 }
      const { client, seen } = yield* scripted(failures(2, Code.DeadlineExceeded), policy)
      for (let call = 0; call < 2; call++) yield* Effect.flip(client.getRun({ id }))
      expect((yield* Effect.flip(client.getRun({ id }))).reason).toBe(Resilience.CIRCUIT_OPEN)
      yield* client.getSyncStatus({})
      yield* client.startSync({ kind: 1 })
      expect(seen.map((it) => it.method)).toEqual(["GetRun", "GetRun", "GetSyncStatus", "StartSync"])
    })
  )

  it.effect("is passed by who asks how the service is, once and without a word of it", () =>
    Effect.gen(function* () {
      const policy = { retries: 2, breakerFailures: 2 }
      const { client, seen, script } = yield* scripted(failures(4, Code.Unavailable), policy)
      for (let probe = 0; probe < 4; probe++) {
        const error = yield* Effect.flip(Resilience.probing(client.getSyncStatus({})))
        expect(error.reason).toBe("Failure")
      }
      expect(seen).toHaveLength(4)
      yield* client.getSyncStatus({})

      script.push(...failures(2, Code.Internal))
      for (let call = 0; call < 2; call++) yield* Effect.flip(client.getSyncStatus({}))
      expect((yield* Effect.flip(client.getSyncStatus({}))).reason).toBe(Resilience.CIRCUIT_OPEN)
      yield* Resilience.probing(client.getSyncStatus({}))
    })
  )

  it.effect.each([
    Code.NotFound,
    Code.InvalidArgument,
    Code.AlreadyExists,
    Code.FailedPrecondition,
    Code.ResourceExhausted
  ])("stays closed for code %i", (code) =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted(failures(10, code), { retries: 0, breakerFailures: 2 })
      for (let call = 0; call < 10; call++) yield* Effect.flip(client.getSyncStatus({}))
      expect(seen).toHaveLength(10)
    })
  )

  it.effect("opens for a service that answers nothing in time", () =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted(failures(3, Code.DeadlineExceeded), { breakerFailures: 2 })
      yield* Effect.flip(client.getSyncStatus({}))
      yield* Effect.flip(client.getSyncStatus({}))
      expect((yield* Effect.flip(client.getSyncStatus({}))).reason).toBe(Resilience.CIRCUIT_OPEN)
      expect(seen).toHaveLength(2)
    })
  )

  it.effect("counts all tries of a call as one", () =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted(failures(8, Code.Unavailable), {
        retries: 2,
        breakerFailures: 3
      })
      yield* untilDone(Effect.flip(client.getSyncStatus({})))
      yield* untilDone(Effect.flip(client.getSyncStatus({})))
      yield* untilDone(client.getSyncStatus({}))
      expect(seen).toHaveLength(9)
    })
  )

  it.effect("does not blame the service for a call that came too late", () =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted([], { breakerFailures: 1 })
      const late = yield* Effect.flip(client.getSyncStatus({}).pipe(Deadline.within(0)))
      expect(late.code).toBe(Code.DeadlineExceeded)
      yield* client.getSyncStatus({})
      expect(seen).toHaveLength(1)
    })
  )

  it.effect("lets streams pass as they are", () =>
    Effect.gen(function* () {
      const { client, seen } = yield* scripted(failures(1, Code.Unavailable))
      const error = yield* Effect.flip(Stream.runDrain(client.watchSync({ id })))
      expect(error.code).toBe(Code.Unavailable)
      expect(seen).toHaveLength(1)
    })
  )
})

it("knows from the proto what may be called twice", () => {
  const repeatable = SyncService.methods.filter(Resilience.isRepeatable).map((it) => it.name)
  expect(repeatable).toEqual(["GetSyncStatus", "GetRun", "WatchSync", "CancelSync"])
})
