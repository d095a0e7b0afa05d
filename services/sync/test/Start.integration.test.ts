import { assert, describe, it } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Sync } from "../src/Sync.ts"
import { ended, runToEnd, syncLayer, World, withSync, world } from "./Harness.ts"
import { fill, isSweep, product } from "./Products.ts"

const { PRODUCT } = ResourceKind

describe("the start", () => {
  const refusal = {
    status: 401,
    body: {
      code: "woocommerce_rest_authentication_error",
      message: "Invalid signature",
      data: { status: 401 }
    }
  }

  it.live("fails when the shop refuses the key before it was ever mirrored", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        shop.hook = () => refusal
        const error = yield* Effect.flip(Effect.scoped(Layer.build(syncLayer())))
        assert.include(error.message, "WOO_CONSUMER_SECRET")
      })
    )
  )

  it.live("fails soon, naming WOO_URL, when the shop hangs before it was ever mirrored", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        shop.hook = () => "hang"
        const options = { firstAnswerMs: 200, requestTimeoutMs: 60_000 }
        const error = yield* Effect.flip(Effect.scoped(Layer.build(syncLayer(options))))
        assert.strictEqual(error._tag, "ShopUnreachable")
        assert.match(error.message, /WOO_URL .* within 0\.2 s/)
      })
    )
  )

  for (const [what, fault] of [
    ["hangs", "hang"],
    ["shows a page of its maintenance", { status: 200, body: "<html>Back soon</html>" }],
    ["is behind a firewall", { status: 403, body: "<html>Forbidden</html>" }],
    ["moved", { status: 301, body: "" }],
    ["refuses the key", refusal]
  ] as const) {
    it.live(`is not held up by a mirrored shop that ${what}`, () =>
      world(
        Effect.gen(function* () {
          const { shop } = yield* World
          yield* runToEnd("full").pipe(withSync())
          shop.hook = () => fault
          const status = yield* Effect.flatMap(Sync, (sync) => sync.status(1)).pipe(
            withSync({ onStart: "auto", requestTimeoutMs: 60_000 })
          )
          assert.isNotNull(status.firstCompletedAt)
        })
      )
    )
  }

  it.live("fails when nothing answers at WOO_URL only before the first mirror", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        const { url } = shop
        shop.url = "http://127.0.0.1:9"
        const error = yield* Effect.flip(Effect.scoped(Layer.build(syncLayer())))
        assert.include(error.message, "WOO_URL")
        shop.url = url
        yield* runToEnd("full").pipe(withSync())
        shop.url = "http://127.0.0.1:9"
        const status = yield* Effect.flatMap(Sync, (sync) => sync.status(1)).pipe(withSync())
        assert.isNotNull(status.firstCompletedAt)
      })
    )
  )
})

describe("the first start", () => {
  it.live("begins a full run by itself, later starts do not", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 20)
        const first = yield* Effect.gen(function* () {
          const sync = yield* Sync
          const { current, history } = yield* sync.status(10)
          const id = current?.id ?? history[0]?.id ?? ""
          return yield* ended(id)
        }).pipe(withSync({ onStart: "auto" }))
        assert.strictEqual(first.kind, "full")
        assert.deepStrictEqual(catalog.ids(PRODUCT), shop.ids("/products"))
        const later = yield* Effect.flatMap(Sync, (sync) => sync.status(10)).pipe(
          withSync({ onStart: "auto" })
        )
        assert.isUndefined(later.current)
        assert.strictEqual(later.history.length, 1)
        assert.strictEqual(later.firstCompletedAt, later.lastCompletedAt)
        assert.strictEqual(later.shopUrl, shop.url)
      })
    )
  )

  it.live("a run of products only does not make the mirror whole", () =>
    world(
      Effect.gen(function* () {
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        const status = yield* Effect.flatMap(Sync, (sync) => sync.status(10)).pipe(withSync())
        assert.isNull(status.firstCompletedAt)
      })
    )
  )
})

describe("the shop that is mirrored", () => {
  it.live("is the only one: a database that mirrors it refuses to start on another", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 5)
        yield* runToEnd("products").pipe(withSync({ identity: { shop: "shop.example", revision: "" } }))
        const other = syncLayer({ identity: { shop: "other.example", revision: "" } })
        const error = yield* Effect.flip(Effect.scoped(Layer.build(other)))
        assert.strictEqual(error._tag, "OtherShop")
        assert.strictEqual(
          error.message,
          "This database mirrors shop.example; it cannot mirror other.example too: set OPTICA_DATA to another folder or DATABASE_URL to another database, or set WOO_URL back."
        )
        assert.strictEqual(catalog.ids(PRODUCT).length, 5)
      })
    )
  )

  it.live("is not decided by a start that never wrote", () =>
    world(
      Effect.gen(function* () {
        yield* Effect.void.pipe(withSync({ identity: { shop: "typo.example", revision: "" } }))
        const run = yield* runToEnd("full").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
      })
    )
  )

  it.live("is held to also where another process has decided it meanwhile", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 5)
        const late = yield* Layer.build(syncLayer({ identity: { shop: "other.example", revision: "" } }))
        yield* runToEnd("full").pipe(withSync())
        catalog.held.clear()
        const run = yield* runToEnd("full").pipe(Effect.provide(late))
        // Whichever of the two takes the run up, nothing of another shop is written.
        assert.strictEqual(run.status, "failed")
        assert.include(run.error, "WOO_URL")
        assert.deepStrictEqual(catalog.ids(PRODUCT), [])
      })
    )
  )

  it.live("filled anew is mirrored anew at the start, and a run of the old filling ends", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        const demo = (revision: string) =>
          ({ onStart: "auto", identity: { shop: "demo", revision } }) as const
        const current = Effect.gen(function* () {
          const sync = yield* Sync
          const { current, history } = yield* sync.status(10)
          return { run: yield* ended(current?.id ?? history[0]?.id ?? ""), count: history.length }
        })
        fill(shop, 20)
        yield* current.pipe(withSync(demo("optica/20")))
        shop.things.get("/products")?.clear()
        shop.put("/products", product(3, { name: "Another" }), product(900))
        const same = yield* current.pipe(withSync(demo("optica/20")))
        assert.strictEqual(same.count, 1, "the same filling is not read again")
        shop.hook = (request) => (isSweep(request) ? "hang" : undefined)
        const old = yield* Effect.flatMap(Sync, (sync) => sync.start("products")).pipe(
          withSync({ ...demo("optica/20"), requestTimeoutMs: 60_000 })
        )
        shop.hook = () => undefined
        const anew = yield* Effect.gen(function* () {
          assert.deepInclude(yield* (yield* Sync).get(old.id), { status: "failed" })
          return yield* current
        }).pipe(withSync(demo("another/2")))
        assert.strictEqual(anew.run.kind, "full")
        assert.strictEqual(anew.run.status, "completed", anew.run.error)
        assert.deepStrictEqual(catalog.ids(PRODUCT), [3, 900])
      })
    )
  )
})
