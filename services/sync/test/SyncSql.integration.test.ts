import { randomUUID } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import { RunLock } from "../src/RunLock.ts"
import { SyncSql } from "../src/SyncSql.ts"
import { database } from "./Harness.ts"

const layer = Layer.merge(SyncSql.layer, RunLock.layer).pipe(Layer.provideMerge(database))

const test = <A, E>(body: Effect.Effect<A, E, Layer.Success<typeof layer>>) =>
  body.pipe(Effect.provide(layer, { local: true }), Effect.scoped)

const products = { ordinal: 0, resource: "products" } as const

/** A run of products in the hands of a worker. */
const begin = Effect.gen(function* () {
  const sql = yield* SyncSql
  const work = { runId: randomUUID(), worker: randomUUID() }
  assert.isTrue(yield* sql.insertRun(work.runId, "products"))
  yield* sql.takeUp(work.worker)
  return work
})

const applied = (...ids: ReadonlyArray<number>) => ids.map((id) => ({ id, outcome: "applied" as const }))

describe("a run", () => {
  it.live("is there once, however many are put down at the same time", () =>
    test(
      Effect.gen(function* () {
        const sql = yield* SyncSql
        const put = yield* Effect.forEach(
          Array.from({ length: 8 }),
          () => sql.insertRun(randomUUID(), "full"),
          {
            concurrency: "unbounded"
          }
        )
        assert.strictEqual(put.filter((done) => done).length, 1)
      })
    )
  )

  it.live("is written by its worker alone: one who was given up for dead changes nothing any more", () =>
    test(
      Effect.gen(function* () {
        const sql = yield* SyncSql
        const dead = yield* begin
        yield* sql.commit(dead, products, applied(1), { nextPage: 2 })
        const alive = { ...dead, worker: randomUUID() }
        yield* sql.takeUp(alive.worker)
        for (const write of [
          sql.nextObservation(dead),
          sql.beginStep(dead, 0, 1n),
          sql.setTotal(dead, 0, 5),
          sql.commit(dead, products, applied(2), { nextPage: 9 }),
          sql.endStep(dead, 0),
          sql.endRun(dead, "failed", "late")
        ]) {
          const error = yield* Effect.flip<unknown, { readonly _tag: string }, never>(write)
          assert.strictEqual(error._tag, "RunLost")
        }
        const run = yield* sql.runById(dead.runId)
        assert.deepInclude(run, { status: "running", resumed: 1, error: "" })
        assert.deepInclude(run?.steps[0], { read: 1, total: null, done: false })
        assert.strictEqual((yield* sql.steps(alive))[0]?.nextPage, 2)
      })
    )
  )

  it.live("tells whatever text it was given, without what PostgreSQL cannot store", () =>
    test(
      Effect.gen(function* () {
        const sql = yield* SyncSql
        const work = yield* begin
        yield* sql.commit(work, products, [{ id: 1, outcome: "rejected", reason: "a\0b\ud83d" }], {})
        yield* sql.endRun(work, "failed", "c\0d\ud83d")
        const run = yield* sql.runById(work.runId)
        assert.deepInclude(run?.errors[0], { reason: "ab\ufffd" })
        assert.strictEqual(run?.error, "cd\ufffd")
      })
    )
  )

  it.live("knows how many workers in a row came no further", () =>
    test(
      Effect.gen(function* () {
        const sql = yield* SyncSql
        const work = yield* begin
        const takenUp = Effect.map(sql.takeUp(work.worker), (taken) => taken?.stuck)
        assert.strictEqual(yield* takenUp, 1)
        assert.strictEqual(yield* takenUp, 2)
        yield* sql.commit(work, products, applied(1), { nextPage: 2 })
        assert.strictEqual(yield* takenUp, 0)
        assert.strictEqual(yield* takenUp, 1)
      })
    )
  )

  it.live("counts an item once, whatever becomes of it the second time", () =>
    test(
      Effect.gen(function* () {
        const sql = yield* SyncSql
        const work = yield* begin
        yield* sql.commit(work, products, applied(1, 2, 3), {})
        yield* sql.commit(
          work,
          products,
          [
            { id: 3, outcome: "unchanged" },
            { id: 4, outcome: "unchanged" },
            { id: 2, outcome: "rejected", reason: "x" }
          ],
          {}
        )
        const run = yield* sql.runById(work.runId)
        assert.deepInclude(run?.steps[0], { read: 4, applied: 3, unchanged: 1, rejected: 0 })
        assert.deepStrictEqual(yield* sql.notMet(work, 0, [5, 4, 9, 1]), [5, 9])
      })
    )
  )

  it.live("draws every observation higher than the one before, also across runs", () =>
    test(
      Effect.gen(function* () {
        const sql = yield* SyncSql
        const work = yield* begin
        const first = yield* sql.nextObservation(work)
        assert.strictEqual(yield* sql.beginStep(work, 0, first), first)
        const second = yield* sql.nextObservation(work)
        assert.isTrue(second > first)
        assert.strictEqual(yield* sql.beginStep(work, 0, second), first, "the step began with the first")
        yield* sql.endRun(work, "completed", "")
        assert.isTrue((yield* sql.nextObservation(yield* begin)) > second)
      })
    )
  )

  it.live("leaves nothing of what it met behind, and only full ones make the mirror whole", () =>
    test(
      Effect.gen(function* () {
        const sql = yield* SyncSql
        const client = yield* SqlClient
        const work = yield* begin
        yield* sql.commit(work, products, applied(1, 2), {})
        yield* sql.endRun(work, "completed", "")
        assert.deepStrictEqual(yield* client`SELECT id FROM run_seen`, [])
        assert.deepStrictEqual(yield* sql.completed, { first: null, last: null })
        const full = { runId: randomUUID(), worker: randomUUID() }
        yield* sql.insertRun(full.runId, "full")
        yield* sql.takeUp(full.worker)
        yield* sql.endRun(full, "completed", "")
        const { first, last } = yield* sql.completed
        assert.isNotNull(first)
        assert.strictEqual(first, last)
      })
    )
  )

  it.live("is forgotten when five hundred newer ones ended", () =>
    test(
      Effect.gen(function* () {
        const client = yield* SqlClient
        yield* client`
          INSERT INTO runs (id, kind, status, started_at, finished_at)
          SELECT gen_random_uuid(), 'full', 'completed', now() - n * interval '1 minute', now()
          FROM generate_series(1, 510) AS n`
        yield* begin
        const [row] = yield* client`SELECT count(*)::float8 AS count FROM runs`
        const { count } = yield* Schema.decodeUnknownEffect(Schema.Struct({ count: Schema.Int }))(row)
        assert.strictEqual(count, 501)
      })
    )
  )
})

describe("the lock", () => {
  it.live("is held by one at a time and given back with the scope", () =>
    test(
      Effect.gen(function* () {
        const lock = yield* RunLock
        yield* Effect.scoped(
          Effect.gen(function* () {
            assert.isTrue(yield* lock.tryAcquire)
            assert.isFalse(yield* Effect.scoped(lock.tryAcquire))
            assert.isFalse(yield* Effect.scoped(lock.tryAcquire))
          })
        )
        assert.isTrue(yield* Effect.scoped(lock.tryAcquire))
      })
    )
  )
})
