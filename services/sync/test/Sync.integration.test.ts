import { Code } from "@connectrpc/connect"
import { assert, describe, it } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Run } from "../src/Run.ts"
import { Sync } from "../src/Sync.ts"
import type { FakeShop, ShopRequest } from "./FakeShop.ts"
import { ended, runToEnd, syncLayer, World, withSync, world } from "./Harness.ts"

const { CATEGORY, ATTRIBUTE, PRODUCT, REVIEW, TAG, TERM, VARIATION } = ResourceKind

const product = (id: number, more: Record<string, unknown> = {}) => ({
  id,
  name: `Product ${id}`,
  status: "publish",
  type: "simple",
  ...more
})

const fill = (shop: FakeShop, products: number) => {
  for (let id = 1; id <= products; id++) shop.put("/products", product(id))
}

const step = (run: Run, resource: string) => run.steps.find((it) => it.resource === resource)

/** A page of whole products, not of ids alone and not the count that a run begins with. */
const isSweep = ({ path, query }: ShopRequest) =>
  path === "/products" && query.has("offset") && !query.has("_fields")

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

describe("a shop that changes while it is read", () => {
  it.live("loses nothing when things before the sweep go away", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 200)
        let pages = 0
        shop.hook = (request) => {
          // Three of the first pages go with each page that is read, so that every boundary shifts.
          if (!isSweep(request)) return undefined
          pages += 1
          if (pages > 2 && pages < 8) for (let i = 1; i <= 3; i++) shop.remove("/products", pages * 3 + i)
          return undefined
        }
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        const held = new Set(catalog.ids(PRODUCT))
        assert.deepStrictEqual(
          shop.ids("/products").filter((id) => !held.has(id)),
          []
        )
        assert.isTrue(
          shop.requests.some(({ query }) => query.has("include")),
          "the skipped ones were read by id"
        )
      })
    )
  )

  it.live("loses nothing when as many things come back as go away", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 100)
        for (const id of [90, 91, 92]) shop.trash("/products", id)
        let pages = 0
        shop.hook = (request) => {
          if (isSweep(request)) pages += 1
          if (isSweep(request) && pages === 5) {
            for (const id of [2, 3, 4]) shop.remove("/products", id)
            for (const id of [90, 91, 92]) shop.put("/products", product(id))
          }
          return undefined
        }
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        const held = new Set(catalog.ids(PRODUCT))
        assert.deepStrictEqual(
          shop.ids("/products").filter((id) => !held.has(id)),
          []
        )
      })
    )
  )

  it.live("reads what is added at the end", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 50)
        let next = 51
        shop.hook = (request) => {
          if (isSweep(request) && next < 80)
            for (let i = 0; i < 5; i++) shop.put("/products", product(next++))
          return undefined
        }
        yield* runToEnd("products").pipe(withSync())
        assert.deepStrictEqual(catalog.ids(PRODUCT), shop.ids("/products"))
        assert.isFalse(
          shop.requests.some(({ query }) => query.has("include")),
          "nothing had moved"
        )
      })
    )
  )

  it.live("is taken as it is when it never holds still, and the run says so", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 400)
        let gone = 0
        shop.hook = ({ path, query }) => {
          if (path !== "/products" || !query.has("offset")) return undefined
          gone += 1
          shop.remove("/products", gone)
          return undefined
        }
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.include(run.errors[0]?.reason, "did not hold still")
      })
    )
  )
})

describe("removal", () => {
  it.live("removes what is deleted for good and what is in the trash, after reading it by id", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 40)
        shop.put("/variations", { id: 201, parent_id: 1 }, { id: 202, parent_id: 1 })
        shop.put("/products/categories", { id: 5 }, { id: 6 })
        shop.put("/products/attributes", { id: 1 }, { id: 2 })
        shop.put("/products/attributes/1/terms", { id: 11 }, { id: 12 })
        shop.put("/products/attributes/2/terms", { id: 13 })
        shop.put("/products/reviews", { id: 31 }, { id: 32 })
        yield* runToEnd("full").pipe(withSync())
        shop.remove("/products", 3)
        shop.trash("/products", 4)
        shop.put("/products", product(5, { status: "draft" }))
        shop.remove("/variations", 201)
        shop.remove("/products/categories", 6)
        shop.remove("/products/attributes", 2)
        shop.things.delete("/products/attributes/2/terms")
        shop.remove("/products/attributes/1/terms", 12)
        shop.trash("/products/reviews", 32)
        const run = yield* runToEnd("full").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepStrictEqual(catalog.ids(PRODUCT), shop.ids("/products"))
        assert.deepStrictEqual(catalog.ids(VARIATION), [202])
        assert.deepStrictEqual(catalog.ids(CATEGORY), [5])
        assert.deepStrictEqual(catalog.ids(ATTRIBUTE), [1])
        assert.deepStrictEqual(catalog.ids(REVIEW), [31])
        assert.isFalse(catalog.ids(TERM).includes(12))
        assert.deepInclude(step(run, "products"), { removed: 2, read: 38 })
        const read = shop.requests.map(({ path }) => path)
        assert.include(read, "/products/3")
        assert.notInclude(read, "/products/4", "one request told all that is in the trash")
      })
    )
  )

  it.live("keeps what lists do not show but is alive by id", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 20)
        yield* runToEnd("products").pipe(withSync())
        shop.put("/products", product(7, { status: "unlisted" }))
        const run = yield* runToEnd("products").pipe(withSync())
        assert.include(catalog.ids(PRODUCT), 7)
        assert.include(catalog.json(PRODUCT, 7), "unlisted", "it was brought in as it is now")
        assert.deepInclude(step(run, "products"), { removed: 0, read: 20 })
      })
    )
  )

  for (const [fault, what] of [
    ["short", "a page was short"],
    ["no-totals", "a total could not be read"]
  ] as const) {
    it.live(`removes nothing after a sweep in which ${what}, and the run says so`, () =>
      world(
        Effect.gen(function* () {
          const { catalog, shop } = yield* World
          fill(shop, 40)
          yield* runToEnd("products").pipe(withSync())
          shop.remove("/products", 39)
          shop.hook = (request) =>
            isSweep(request) && request.query.get("offset") === "9" ? fault : undefined
          const run = yield* runToEnd("products").pipe(withSync({ patienceMs: 0 }))
          assert.include(catalog.ids(PRODUCT), 39)
          assert.include(catalog.ids(PRODUCT), 19)
          assert.match(`${run.error} ${run.errors.map((it) => it.reason)}`, /nothing was removed|X-WP-Total/)
        })
      )
    )
  }

  it.live("removes nothing when the shop's routes are gone", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 20)
        yield* runToEnd("products").pipe(withSync())
        const sync = syncLayer()
        const run = yield* Effect.gen(function* () {
          const found = shop.hook
          shop.hook = (request) =>
            isSweep(request)
              ? { status: 404, body: { code: "rest_no_route", message: "No route", data: { status: 404 } } }
              : found(request)
          return yield* runToEnd("products")
        }).pipe(Effect.provide(sync, { local: true }))
        assert.strictEqual(run.status, "failed")
        assert.include(run.error, "WOO_URL")
        assert.strictEqual(catalog.ids(PRODUCT).length, 20)
      })
    )
  )

  it.live("keeps, and tells of, what fails when it is read by id", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 20)
        yield* runToEnd("products").pipe(withSync())
        shop.remove("/products", 7)
        shop.remove("/products", 8)
        shop.hook = ({ path }) =>
          path === "/products/7"
            ? {
                status: 500,
                body: { code: "internal_server_error", message: "<p>fatal</p>", data: { status: 500 } }
              }
            : undefined
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.include(catalog.ids(PRODUCT), 7)
        assert.notInclude(catalog.ids(PRODUCT), 8)
        assert.deepInclude(run.errors[0], { resource: "products", id: 7 })
      })
    )
  )
})

describe("a bad item", () => {
  it.live("is told with its reason, the rest goes on, and it is not taken for missing", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 30)
        yield* runToEnd("products").pipe(withSync())
        shop.put("/products", product(9, { name: "bad" }))
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.strictEqual(run.errorCount, 1)
        assert.deepInclude(run.errors[0], { resource: "products", id: 9, reason: "bad: must not be there" })
        assert.deepInclude(step(run, "products"), { read: 30, rejected: 1, unchanged: 29, removed: 0 })
        assert.include(catalog.json(PRODUCT, 9), "Product 9", "what was held before is held still")
      })
    )
  )

  it.live("without a readable id stops nothing either", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 5)
        shop.put("/products", { ...product(6), id: 6.5 })
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepInclude(run.errors[0], { resource: "products", id: 0 })
        assert.include(run.errors[0]?.reason, "id:")
        assert.deepStrictEqual(catalog.ids(PRODUCT), [1, 2, 3, 4, 5])
      })
    )
  )

  it.live("that makes the shop fail on its whole page is found by reading the page item by item", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 30)
        shop.hook = (request) => {
          const { path, query } = request
          const fatal = {
            code: "internal_server_error",
            message: "<p>Fatal error</p>",
            data: { status: 500 }
          }
          const offset = Number(query.get("offset"))
          const inPage = isSweep(request) && offset <= 16 && offset + 10 > 16
          return inPage || path === "/products/17" ? { status: 500, body: fatal } : undefined
        }
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepInclude(run.errors[0], { resource: "products", id: 17 })
        assert.include(run.errors[0]?.reason, "Fatal error")
        assert.strictEqual(run.errorCount, 1)
        assert.deepInclude(step(run, "products"), { read: 30, applied: 29, rejected: 1 })
        assert.strictEqual(catalog.ids(PRODUCT).length, 29)
      })
    )
  )

  it.live("is one of a hundred that are listed; all are counted", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        for (let id = 1; id <= 130; id++) shop.put("/products", product(id, { name: "bad" }))
        const run = yield* runToEnd("products").pipe(withSync())
        assert.strictEqual(run.errorCount, 130)
        assert.strictEqual(run.errors.length, 100)
      })
    )
  )
})

describe("a shop in trouble", () => {
  const fatal = {
    status: 500,
    body: { code: "internal_server_error", message: "fatal", data: { status: 500 } }
  }

  const away = { status: 503, body: "<html><body>Service Unavailable</body></html>" }

  it.live("is waited for", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 50)
        let failures = 0
        shop.hook = ({ path }) => {
          if (path.startsWith("/products")) failures += 1
          return path.startsWith("/products") && failures > 3 && failures <= 9 ? away : undefined
        }
        const run = yield* runToEnd("products").pipe(withSync({ patienceMs: 10_000 }))
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepStrictEqual(catalog.ids(PRODUCT), shop.ids("/products"))
      })
    )
  )

  for (const [what, fault] of [
    ["fails", fatal],
    ["hangs", "hang"]
  ] as const) {
    it.live(`fails the run in the end when it ${what} for good; the next run begins anew`, () =>
      world(
        Effect.gen(function* () {
          const { catalog, shop } = yield* World
          fill(shop, 50)
          shop.hook = ({ path, query }) =>
            path.startsWith("/products/") || (query.has("offset") && query.get("offset") !== "0")
              ? fault
              : undefined
          const run = yield* runToEnd("products").pipe(withSync({ patienceMs: 800 }))
          assert.strictEqual(run.status, "failed")
          assert.include(run.error, "WOO_URL")
          assert.strictEqual(catalog.ids(PRODUCT).length, 10, "what had been read stays")
          shop.hook = () => undefined
          const again = yield* runToEnd("products").pipe(withSync())
          assert.deepInclude(step(again, "products"), { read: 50, applied: 40, unchanged: 10 })
        })
      )
    )
  }

  const refusal = {
    status: 401,
    body: {
      code: "woocommerce_rest_authentication_error",
      message: "Invalid signature",
      data: { status: 401 }
    }
  }

  it.live("that refuses the key fails the run at once", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        fill(shop, 50)
        shop.hook = (request) => (isSweep(request) ? refusal : undefined)
        const run = yield* runToEnd("products").pipe(withSync({ patienceMs: 60_000 }))
        assert.strictEqual(run.status, "failed")
        assert.include(run.error, "WOO_CONSUMER_SECRET")
      })
    )
  )

  it.live("that refuses the key stops the service before it starts", () =>
    world(
      Effect.gen(function* () {
        const { shop } = yield* World
        shop.hook = () => refusal
        const error = yield* Effect.flip(Effect.scoped(Layer.build(syncLayer())))
        assert.include(error.message, "WOO_CONSUMER_SECRET")
      })
    )
  )

  it.live("that does not answer stops the service only before the first mirror", () =>
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

describe("the catalogue", () => {
  it.live("is waited for", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 30)
        let failures = 0
        catalog.hook = () => {
          failures += 1
          return failures <= 2 ? Code.Unavailable : undefined
        }
        const run = yield* runToEnd("products").pipe(withSync({ patienceMs: 10_000 }))
        assert.strictEqual(run.status, "completed", run.error)
        assert.deepStrictEqual(catalog.ids(PRODUCT), shop.ids("/products"))
      })
    )
  )

  it.live("that refuses the token fails the run at once", () =>
    world(
      Effect.gen(function* () {
        const { catalog, shop } = yield* World
        fill(shop, 30)
        catalog.hook = () => Code.Unauthenticated
        const run = yield* runToEnd("products").pipe(withSync({ patienceMs: 60_000 }))
        assert.strictEqual(run.status, "failed")
        assert.include(run.error, "OPTICA_OPERATOR_TOKEN")
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
