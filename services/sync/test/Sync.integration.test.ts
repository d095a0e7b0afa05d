import { Code } from "@connectrpc/connect"
import { assert, describe, it } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Queue from "effect/Queue"
import * as References from "effect/References"
import * as Stream from "effect/Stream"
import { SqlClient } from "effect/sql/SqlClient"
import { Sync } from "../src/Sync.ts"
import { SyncSql } from "../src/SyncSql.ts"
import type { FakeShop } from "./FakeShop.ts"
import { ended, runToEnd, syncLayer, World, withSync, world } from "./Harness.ts"
import { fill, isSweep, product, step } from "./Products.ts"

const { CATEGORY, ATTRIBUTE, PRODUCT, REVIEW, TAG, TERM, VARIATION } = ResourceKind

describe("a full run", () => {
  it.live("brings everything that the shop lists, and counts it", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 95)
        shop.put("/products", product(96, { status: "draft" }), product(97, { status: "trash" }))
        shop.put("/variations", { id: 201, parent_id: 1 }, { id: 202, parent_id: 1 })
        shop.put("/products/categories", { id: 5, name: "Frames" })
        shop.put("/products/tags", { id: 6, name: "New" })
        shop.put("/products/attributes", { id: 1, name: "Shape" }, { id: 2, name: "Colour" })
        shop.put("/products/attributes/1/terms", { id: 11, name: "Round" })
        shop.put("/products/attributes/2/terms", { id: 12, name: "Red" }, { id: 13, name: "Blue" })
        shop.put("/products/reviews", { id: 31, product_id: 1 })
        const run = yield* runToEnd("full").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepStrictEqual(catalog.ids(PRODUCT), shop.ids("/products"))
        assert.deepStrictEqual(catalog.ids(VARIATION), [201, 202])
        assert.deepStrictEqual(catalog.ids(CATEGORY), [5])
        assert.deepStrictEqual(catalog.ids(TAG), [6])
        assert.deepStrictEqual(catalog.ids(ATTRIBUTE), [1, 2])
        assert.deepStrictEqual(catalog.ids(TERM), [11, 12, 13])
        assert.deepStrictEqual(catalog.ids(REVIEW), [31])
        const counts = { total: 96, read: 96, applied: 96, unchanged: 0, removed: 0, rejected: 0, done: true }
        assert.deepInclude(step(run, "products"), counts)
        assert.deepInclude(step(run, "terms"), { total: 3, read: 3, applied: 3, done: true })
        assert.strictEqual(run.steps.length, 7)
      })
    )
  )

  it.live("passes every item on as the shop sent it", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        const odd = product(1, {
          price: "12999.999",
          meta_data: [{ id: 1, key: "_x", value: null }],
          "": "é✓"
        })
        shop.put("/products", odd)
        yield* runToEnd("products").pipe(withSync())
        assert.deepStrictEqual(JSON.parse(catalog.json(PRODUCT, 1) ?? ""), odd)
      })
    )
  )

  it.live("run again, writes only what changed", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 25)
        yield* runToEnd("full").pipe(withSync())
        shop.put("/products", product(7, { price: "1.00" }))
        const run = yield* runToEnd("full").pipe(withSync())
        assert.deepInclude(step(run, "products"), { read: 25, applied: 1, unchanged: 24 })
      })
    )
  )

  it.live("reads variations product by product where the shop has no list of all", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 30)
        shop.things.delete("/variations")
        for (let id = 1; id <= 20; id++) {
          shop.put("/products", product(id, { type: "variable" }))
          shop.put(`/products/${id}/variations`, { id: 1000 + id }, { id: 2000 + id })
        }
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.strictEqual(catalog.ids(VARIATION).length, 40)
        assert.deepInclude(step(run, "variations"), { total: 40, read: 40, applied: 40, done: true })
        shop.remove("/products/3/variations", 1003)
        const again = yield* runToEnd("products").pipe(withSync())
        assert.deepInclude(step(again, "variations"), { read: 39, unchanged: 39, removed: 1 })
        assert.isFalse(catalog.ids(VARIATION).includes(1003))
      })
    )
  )
})

describe("one run at a time", () => {
  /** A shop that stops in the middle of the products until it is let go. */
  const stuck = (shop: FakeShop) => {
    let open = false
    shop.hook = (request) =>
      !open && isSweep(request) && Number(request.query.get("offset")) >= 18 ? "hang" : undefined
    return () => {
      open = true
    }
  }

  it.live("a second one is refused with the id of the first", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 50)
        const release = stuck(shop)
        yield* Effect.gen(function* () {
          const sync = yield* Sync
          const first = yield* sync.start("products")
          const refused = yield* Effect.flip(sync.start("full"))
          assert.strictEqual(refused.runId, first.id)
          assert.strictEqual(refused.connectCode, Code.AlreadyExists)
          assert.strictEqual((yield* sync.status(10)).current?.id, first.id)
          release()
          assert.strictEqual((yield* ended(first.id)).status, "completed")
          assert.isUndefined((yield* sync.status(10)).current)
          assert.deepStrictEqual(
            (yield* sync.status(10)).history.map((run) => run.id),
            [first.id]
          )
        }).pipe(withSync({ patienceMs: 20_000 }))
      })
    )
  )

  it.live("holds across processes, and any of them may start, watch and cancel", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 50)
        stuck(shop)
        const one = yield* Layer.build(syncLayer({ patienceMs: 60_000 }))
        const two = yield* Layer.build(syncLayer({ patienceMs: 60_000 }))
        const first = yield* Effect.flatMap(Sync, (sync) => sync.start("products")).pipe(Effect.provide(one))
        const refused = yield* Effect.flip(
          Effect.flatMap(Sync, (sync) => sync.start("products")).pipe(Effect.provide(two))
        )
        assert.strictEqual(refused.runId, first.id)
        yield* Effect.flatMap(Sync, (sync) => sync.cancel(first.id)).pipe(Effect.provide(two))
        const run = yield* ended(first.id).pipe(Effect.provide(two))
        assert.strictEqual(run.status, "cancelled")
        assert.strictEqual(run.resumed, 0)
      })
    )
  )

  it.live(
    "cancelled stops after the pages under way, keeps what was written, and can be cancelled again",
    () =>
      world(
        Effect.gen(function* () {
          const { catalog, shop } = yield* World
          fill(shop, 300)
          yield* Effect.gen(function* () {
            const sync = yield* Sync
            const started = yield* sync.start("products")
            yield* Stream.runDrain(
              Stream.takeUntil(sync.watch(started.id), (run) => (step(run, "products")?.read ?? 0) > 0)
            )
            yield* sync.cancel(started.id)
            const run = yield* ended(started.id)
            assert.strictEqual(run.status, "cancelled")
            const read = step(run, "products")?.read ?? 0
            assert.isTrue(read > 0 && read < 300, `${read} read`)
            assert.isAtLeast(catalog.ids(PRODUCT).length, read)
            assert.strictEqual((yield* sync.cancel(started.id)).status, "cancelled")
          }).pipe(withSync({ pageSize: 3 }))
        })
      )
  )

  it.live("what is not there cannot be watched, read or cancelled", () =>
    world(
      Effect.gen(function* () {
        const sync = yield* Sync
        const id = "00000000-0000-4000-8000-000000000000"
        for (const call of [sync.get(id), sync.cancel(id), Stream.runDrain(sync.watch(id))]) {
          assert.strictEqual(
            (yield* Effect.flip<unknown, { readonly _tag: string }, never>(call))._tag,
            "RunNotFound"
          )
        }
      }).pipe(withSync())
    )
  )
})

describe("a process that goes away", () => {
  it.live("has its run taken up by the next one, with nothing lost and nothing counted twice", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 120)
        shop.hook = (request) =>
          isSweep(request) && Number(request.query.get("offset")) >= 45 ? "hang" : undefined
        const id = yield* Effect.gen(function* () {
          const sync = yield* Sync
          const { id } = yield* sync.start("products")
          yield* Stream.runDrain(
            Stream.takeUntil(sync.watch(id), (run) => (step(run, "products")?.read ?? 0) >= 46)
          )
          return id
        }).pipe(withSync({ patienceMs: 60_000 }))
        shop.hook = () => undefined
        const before = shop.requests.length
        const run = yield* ended(id).pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.strictEqual(run.resumed, 1)
        assert.deepInclude(step(run, "products"), { total: 120, read: 120, applied: 120, unchanged: 0 })
        assert.deepStrictEqual(catalog.ids(PRODUCT), shop.ids("/products"))
        const offsets = shop.requests
          .slice(before)
          .filter(isSweep)
          .map(({ query }) => Number(query.get("offset")))
        assert.strictEqual(Math.min(...offsets), 45, "it went on where the other had come to")
      })
    )
  )

  it.live("that was asked to cancel leaves a run that the next one ends", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 50)
        shop.hook = (request) => (isSweep(request) ? "hang" : undefined)
        const id = yield* Effect.gen(function* () {
          const sync = yield* Sync
          return (yield* sync.start("products")).id
        }).pipe(withSync({ patienceMs: 60_000 }))
        const run = yield* Effect.gen(function* () {
          yield* (yield* Sync).cancel(id)
          return yield* ended(id)
        }).pipe(withSync({ patienceMs: 60_000 }))
        assert.strictEqual(run.status, "cancelled")
      })
    )
  )

  it.live("after the last page has only that page read again: no pass over all the ids", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 25)
        yield* runToEnd("products").pipe(withSync())
        // A suspect that does not answer holds the step up between its last page and its end.
        shop.remove("/products", 7)
        shop.hook = ({ path }) => (path === "/products/7" ? "hang" : undefined)
        const id = yield* Effect.gen(function* () {
          const sync = yield* Sync
          const { id } = yield* sync.start("products")
          yield* Stream.runDrain(
            Stream.takeUntil(sync.watch(id), (run) => (step(run, "products")?.read ?? 0) === 24)
          )
          return id
        }).pipe(withSync({ requestTimeoutMs: 60_000 }))
        shop.hook = () => undefined
        const before = shop.requests.length
        const run = yield* ended(id).pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        const pages = shop.requests.slice(before).filter(({ path }) => path === "/products")
        assert.deepStrictEqual(
          pages.filter(({ query }) => query.has("offset")).map(({ query }) => query.get("offset")),
          ["18"]
        )
        assert.notInclude(catalog.ids(PRODUCT), 7)
      })
    )
  )

  it.live("leaves a run that fails in the end when nobody brings it any further", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 20)
        shop.hook = (request) => (isSweep(request) ? "hang" : undefined)
        const id = yield* Effect.gen(function* () {
          return (yield* (yield* Sync).start("products")).id
        }).pipe(withSync())
        yield* Effect.flatMap(SyncSql, (sql) =>
          Effect.repeat(sql.takeUp("00000000-0000-4000-8000-000000000000"), { times: 20 })
        ).pipe(Effect.provide(SyncSql.layer))
        const run = yield* ended(id).pipe(withSync({ patienceMs: 60_000 }))
        assert.strictEqual(run.status, "failed")
        assert.include(run.error, "came no further")
      })
    )
  )

  it.live(
    "is not the end of a run that the database refuses something: it fails, and is not taken up again",
    () =>
      world(
        Effect.gen(function* () {
          const { shop } = yield* World
          fill(shop, 20)
          const sql = yield* SqlClient
          yield* sql`ALTER TABLE run_seen ADD CONSTRAINT unlucky CHECK (id <> 13)`
          const run = yield* runToEnd("products").pipe(withSync())
          assert.strictEqual(run.status, "failed")
          assert.strictEqual(run.error, "An internal error ended the run; the log has it.")
          assert.strictEqual(run.resumed, 0)
        })
      )
  )
})

describe("the end of a run", () => {
  /** The lines of a log, as they come, and how long one takes that `is` finds. */
  const logged = Effect.map(Queue.unbounded<Line>(), (lines) => {
    const logger = Logger.make(({ fiber, logLevel, message }) =>
      Queue.offerUnsafe(lines, {
        level: logLevel,
        text: String(message),
        annotations: fiber.getRef(References.CurrentLogAnnotations)
      })
    )
    const next = (is: RegExp): Effect.Effect<Line> =>
      Effect.flatMap(Queue.take(lines), (line) => (is.test(line.text) ? Effect.succeed(line) : next(is)))
    return { logger: Logger.layer([logger]), next }
  })
  interface Line {
    readonly level: string
    readonly text: string
    readonly annotations: { readonly [name: string]: unknown }
  }

  it.live("is logged with its id, its status and its counts", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 20)
        const { logger, next } = yield* logged
        yield* Effect.gen(function* () {
          const run = yield* runToEnd("products")
          const { annotations, level } = yield* next(/^Sync run completed$/)
          assert.strictEqual(level, "Info")
          const { errors, kind, read, run: id, ...rest } = annotations
          assert.deepEqual({ errors, kind, read, id }, { errors: 0, kind: "products", read: 20, id: run.id })
          assert.deepInclude(rest, {
            status: "completed",
            applied: 20,
            unchanged: 0,
            removed: 0,
            rejected: 0
          })
        }).pipe(withSync(), Effect.provide(logger))
      })
    )
  )

  it.live("is a warning when it was cancelled, and an error that says why when it failed", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 20)
        const { logger, next } = yield* logged
        yield* Effect.gen(function* () {
          shop.hook = (request) => (isSweep(request) ? "hang" : undefined)
          const { id } = yield* (yield* Sync).start("products")
          yield* (yield* Sync).cancel(id)
          const cancelled = yield* next(/^Sync run was cancelled$/)
          assert.strictEqual(cancelled.level, "Warn")
          assert.strictEqual(cancelled.annotations.run, id)
          shop.hook = () => undefined
          const sql = yield* SqlClient
          yield* sql`ALTER TABLE run_seen ADD CONSTRAINT unlucky CHECK (id <> 13)`
          const run = yield* runToEnd("products")
          const failed = yield* next(/^Sync run failed/)
          assert.strictEqual(failed.level, "Error")
          assert.strictEqual(failed.text, `Sync run failed: ${run.error}`)
          assert.strictEqual(failed.annotations.run, run.id)
        }).pipe(withSync({ patienceMs: 60_000 }), Effect.provide(logger))
      })
    )
  )
})
