import { assert, layer } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { TestDatabase } from "@optica/postgres/TestDatabase"
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import { Catalog } from "../src/Catalog.ts"
import { extensions, migrations } from "../src/CatalogService.ts"
import { category, gone, options, product, read, readProduct, variation } from "./Shop.ts"

/** Another instance of the catalogue, on the same database. */
const instance = Catalog.layerNoDeps(options())

/** Has something to count when it starts, so that it has begun once the figures are not outdated. */
const running = <A, E>(body: Effect.Effect<A, E, Catalog | SqlClient>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient
    yield* sql`UPDATE catalogue SET changed_at = clock_timestamp()`
    return yield* body.pipe(Effect.provide(instance))
  })

/** Real time, for the database to answer in: the clock of the tests stands still meanwhile. */
const aMoment = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
const answered = Effect.flatMap(Catalog, (catalog) => catalog.getCatalogStats)
const figures = Effect.map(answered, ({ stats }) => stats)
const counted = Effect.gen(function* () {
  for (;;) {
    const stats = yield* figures
    if (stats.outdated === false) return stats
    yield* aMoment
  }
})
/** Still the old figures, though whoever counts had the time to. */
const notCounted = Effect.gen(function* () {
  for (let times = 0; times < 5; times++) yield* aMoment
  assert.isTrue((yield* figures).outdated)
})

let observation = 0
const apply = (...things: ReadonlyArray<Parameters<typeof readProduct>[0]>) =>
  Effect.gen(function* () {
    observation++
    yield* (yield* Catalog).applyChanges(things.map((it) => readProduct(it, observation)))
    // The job hears of it before the clock moves on.
    yield* aMoment
  })
const fresh = () => product(1000 + observation)

layer(TestDatabase.layer({ schema: "catalog", migrations, extensions }))("figures of the catalogue", (it) => {
  it.effect("are counted at once when nothing has been counted, of what the public may see", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const none = yield* counted
      assert.strictEqual(none.products, 0n)
      assert.deepStrictEqual([none.minPrice, none.averagePrice, none.averageRating], ["", "", "0.00"])
      observation++
      const brand = { id: 7, name: "Brand", slug: "brand" }
      const review = { review: "Fine", reviewer: "A", reviewer_email: "", rating: 5, verified: true }
      yield* catalog.applyChanges([
        read(ResourceKind.CATEGORY, category(1, 0), observation),
        read(ResourceKind.TAG, { id: 1, name: "Tag", slug: "tag", description: "", count: 0 }, observation),
        readProduct(
          product(1, {
            price: "10.10",
            brands: [brand],
            on_sale: true,
            average_rating: "4.50",
            rating_count: 2
          }),
          observation
        ),
        readProduct(
          product(2, {
            price: "",
            featured: true,
            stock_status: "outofstock",
            average_rating: "3.00",
            rating_count: 1
          }),
          observation
        ),
        readProduct(product(3, { type: "variable", price: "99" }), observation),
        read(ResourceKind.VARIATION, variation(31, 3, { price: "20.005" }), observation),
        read(ResourceKind.VARIATION, variation(32, 3, { price: "40", status: "private" }), observation),
        read(ResourceKind.VARIATION, variation(33, 3, { price: "33.30" }), observation),
        readProduct(
          product(4, { catalog_visibility: "hidden", price: "1", brands: [{ ...brand, id: 8 }] }),
          observation
        ),
        readProduct(product(5, { status: "draft", price: "5000" }), observation),
        read(ResourceKind.VARIATION, variation(51, 5), observation),
        read(
          ResourceKind.REVIEW,
          { id: 1, product_id: 1, status: "approved", date_created_gmt: "2026-01-01T00:00:00", ...review },
          observation
        ),
        read(
          ResourceKind.REVIEW,
          { id: 2, product_id: 1, status: "hold", date_created_gmt: "2026-01-01T00:00:00", ...review },
          observation
        ),
        read(
          ResourceKind.REVIEW,
          { id: 3, product_id: 5, status: "approved", date_created_gmt: "2026-01-01T00:00:00", ...review },
          observation
        )
      ])
      yield* TestClock.adjust("2 seconds")
      const { ageMs, computedAt, outdated, ...stats } = yield* counted
      assert.isFalse(outdated)
      assert.isTrue(ageMs !== undefined && ageMs >= 0n && computedAt !== undefined)
      assert.deepInclude(stats, {
        products: 3n,
        variations: 2n,
        categories: 1n,
        tags: 1n,
        brands: 1n,
        reviews: 1n,
        onSale: 1n,
        featured: 1n,
        minPrice: "10.1",
        maxPrice: "33.3",
        // Of 10.10 and 20.005.
        averagePrice: "15.05",
        averageRating: "3.75"
      })
      assert.deepStrictEqual(
        stats.stockStatuses?.map(({ count, stockStatus }) => [stockStatus, count]),
        [
          ["instock", 2n],
          ["outofstock", 1n]
        ]
      )
    }).pipe(running)
  )

  it.effect("are counted two seconds after the last change, and say until then that they are outdated", () =>
    Effect.gen(function* () {
      const before = yield* counted
      yield* apply(fresh())
      yield* TestClock.adjust("1900 millis")
      yield* apply(fresh())
      yield* TestClock.adjust("1900 millis")
      yield* notCounted
      yield* TestClock.adjust("100 millis")
      assert.strictEqual((yield* counted).products, (before.products ?? 0n) + 2n)
    }).pipe(running)
  )

  it.effect("say when the catalogue that was counted was changed, not the one that came after", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const changed = Effect.map(
        sql<{ readonly changed_at: Date }>`SELECT changed_at FROM catalogue`,
        ([row]) => row?.changed_at
      )
      yield* counted
      const before = yield* changed
      assert.deepStrictEqual((yield* answered).lastModified, before)
      yield* apply(fresh())
      assert.deepStrictEqual((yield* answered).lastModified, before)
      yield* TestClock.adjust("2 seconds")
      yield* counted
      assert.notDeepEqual(yield* changed, before)
      assert.deepStrictEqual((yield* answered).lastModified, yield* changed)
    }).pipe(running)
  )

  it.effect("are counted ten seconds after the first change though changes do not stop", () =>
    Effect.gen(function* () {
      yield* counted
      for (let seconds = 0; seconds < 9; seconds++) {
        yield* apply(fresh())
        yield* TestClock.adjust("1 second")
      }
      yield* apply(fresh())
      yield* notCounted
      yield* TestClock.adjust("1 second")
      yield* counted
    }).pipe(running)
  )

  it.effect("are counted at the next start when a crash left them uncounted", () =>
    Effect.gen(function* () {
      yield* Effect.andThen(counted, apply(fresh())).pipe(Effect.provide(instance))
      const sql = yield* SqlClient
      const [left] =
        yield* sql`SELECT catalogue_changed_at <> changed_at AS uncounted FROM catalogue, catalogue_stats`
      assert.deepStrictEqual(left, { uncounted: true })
      yield* counted.pipe(Effect.provide(instance))
    })
  )

  it.effect("are counted within a minute for an instance that did not live to", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      yield* counted
      yield* aMoment
      yield* sql`UPDATE catalogue SET changed_at = clock_timestamp()`
      yield* TestClock.adjust("59 seconds")
      yield* notCounted
      yield* TestClock.adjust("1 second")
      yield* counted
    }).pipe(running)
  )

  it.effect("are counted by one instance at a time; the others look again", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      yield* counted
      yield* apply(fresh())
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`SELECT pg_advisory_xact_lock(hashtextextended('optica.catalog.stats', 0))`
          yield* TestClock.adjust("2 seconds")
          yield* notCounted
        })
      )
      yield* TestClock.adjust("2 seconds")
      yield* counted
    }).pipe(running)
  )

  it.effect("are tried again at the next change when counting fails", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      yield* counted
      yield* sql`ALTER TABLE catalogue_stats RENAME TO lost`
      yield* apply(fresh())
      yield* TestClock.adjust("2 seconds")
      for (let times = 0; times < 5; times++) yield* aMoment
      yield* sql`ALTER TABLE lost RENAME TO catalogue_stats`
      yield* notCounted
      yield* apply(fresh())
      yield* TestClock.adjust("2 seconds")
      yield* counted
    }).pipe(running)
  )

  it.effect("are counted once for many who ask before there are any", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      yield* counted
      yield* sql`DELETE FROM catalogue_stats`
      const answers = yield* Effect.all(
        Array.from({ length: 8 }, () => figures),
        { concurrency: 8 }
      )
      assert.strictEqual(new Set(answers.map((it) => it.computedAt?.nanos)).size, 1)
      yield* (yield* Catalog).applyChanges([gone(ResourceKind.PRODUCT, 1, ++observation)])
      assert.isTrue((yield* figures).outdated)
    }).pipe(running)
  )
})
