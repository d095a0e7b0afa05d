import { assert, layer } from "@effect/vitest"
import { ChangeOutcome, ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import { Catalog } from "../src/Catalog.ts"
import type { Change } from "../src/Change.ts"
import {
  byId,
  category,
  firstPage,
  gone,
  layerCatalog,
  noFilter,
  options,
  product,
  read,
  readProduct,
  variation
} from "./Shop.ts"

const { APPLIED, REJECTED, STALE, UNCHANGED } = ChangeOutcome

const outcomes = (changes: ReadonlyArray<Change>) =>
  Effect.flatMap(Catalog, (catalog) =>
    Effect.map(catalog.applyChanges(changes), (results) => results.map((result) => result.outcome))
  )

const sourceOf = (id: number) =>
  Effect.flatMap(Catalog, (catalog) =>
    Effect.map(catalog.getSource(BigInt(id)), ({ source }): { name: string } => JSON.parse(source)).pipe(
      Effect.catchTag("ProductNotFound", () => Effect.succeed(undefined))
    )
  )

/** Reads of four things, in the batches that they arrive in. */
const Reads = Schema.Array(
  Schema.Struct({
    thing: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 })),
    observation: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 })),
    batch: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5 }))
  })
).check(Schema.isMinLength(1), Schema.isMaxLength(40))

let lastId = 1000
/** Ids that no other test has used. */
const freshIds = (count: number) => Array.from({ length: count }, () => ++lastId)

layer(layerCatalog(["lens_code", "_secret"]))("ApplyChanges", (it) => {
  it.effect("lets the higher observation win and no other", () =>
    Effect.gen(function* () {
      const apply = (name: string, observation: number) =>
        outcomes([readProduct(product(1, { name }), observation)])
      assert.deepStrictEqual(yield* apply("first", 5), [APPLIED])
      assert.deepStrictEqual(yield* apply("older", 4), [STALE])
      assert.deepStrictEqual(yield* apply("as old", 5), [STALE])
      assert.strictEqual((yield* sourceOf(1))?.name, "first")
      assert.deepStrictEqual(yield* apply("second", 6), [APPLIED])
      assert.strictEqual((yield* sourceOf(1))?.name, "second")
    })
  )

  it.effect("notes the newer observation of what has not changed, and writes nothing else", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      yield* outcomes([readProduct(product(2), 5)])
      const before = yield* catalog.getProduct(2n)
      assert.deepStrictEqual(yield* outcomes([readProduct(product(2, { related_ids: [3, 4] }), 8)]), [
        UNCHANGED
      ])
      const after = yield* catalog.getProduct(2n)
      assert.deepStrictEqual(after.lastModified, before.lastModified)
      const [held] = yield* catalog.listResourceVersions({
        kind: ResourceKind.PRODUCT,
        afterId: 1n,
        observedBefore: 9n,
        limit: 1
      })
      assert.deepStrictEqual([held?.id, held?.observation], [2n, 8n])
      assert.deepStrictEqual(yield* outcomes([readProduct(product(2, { name: "late" }), 7)]), [STALE])
    })
  )

  it.effect("resurrects nothing by a read that is older than the deletion", () =>
    Effect.gen(function* () {
      yield* outcomes([readProduct(product(3), 1)])
      assert.deepStrictEqual(yield* outcomes([gone(ResourceKind.PRODUCT, 3, 5)]), [APPLIED])
      assert.deepStrictEqual(yield* outcomes([readProduct(product(3), 4)]), [STALE])
      assert.isUndefined(yield* sourceOf(3))
      assert.deepStrictEqual(yield* outcomes([gone(ResourceKind.PRODUCT, 3, 6)]), [UNCHANGED])
      assert.deepStrictEqual(yield* outcomes([readProduct(product(3), 7)]), [APPLIED])
      assert.isDefined(yield* sourceOf(3))
    })
  )

  it.effect("buries what it has never seen", () =>
    Effect.gen(function* () {
      yield* outcomes([gone(ResourceKind.PRODUCT, 4, 9)])
      assert.deepStrictEqual(yield* outcomes([readProduct(product(4), 8)]), [STALE])
    })
  )

  it.effect("rejects what it cannot understand, with the path, and takes the rest", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const results = yield* catalog.applyChanges([
        { ...readProduct(product(5), 1), source: "{" },
        { ...readProduct(product(6), 1), source: "[1]" },
        readProduct(product(7, { price: "ten" }), 1),
        readProduct(product(8, { images: [{ id: 1, src: {} }] }), 1),
        { ...readProduct(product(9), 1), id: 10 },
        readProduct(product(11), 1),
        read(ResourceKind.VARIATION, product(12), 1),
        read(ResourceKind.TERM, { id: 1, name: "Black", slug: "black" }, 1),
        {
          ...readProduct(product(13), 1),
          source: `{"id":13,"status":"publish","related_ids":${"[".repeat(9000)}${"]".repeat(9000)}}`
        }
      ])
      assert.deepStrictEqual(
        results.map(({ outcome, reason }) => [outcome, reason.split(":")[0]]),
        [
          [REJECTED, "Expected JSON"],
          [REJECTED, "Expected an object"],
          [REJECTED, "price"],
          [REJECTED, "images[0].src"],
          [REJECTED, "id"],
          [APPLIED, ""],
          [REJECTED, "parent_id"],
          [REJECTED, "parent_id"],
          [REJECTED, "Expected JSON of a sensible depth"]
        ]
      )
      assert.isUndefined(yield* sourceOf(7))
    })
  )

  it.effect("keeps what was held when a later read of it is rejected", () =>
    Effect.gen(function* () {
      yield* outcomes([readProduct(product(20, { name: "good" }), 1)])
      assert.deepStrictEqual(yield* outcomes([readProduct(product(20, { price: "bad" }), 2)]), [REJECTED])
      assert.strictEqual((yield* sourceOf(20))?.name, "good")
      assert.deepStrictEqual(yield* outcomes([readProduct(product(20, { name: "better" }), 2)]), [APPLIED])
    })
  )

  it.effect("hides what says that it is not public, even where the read is rejected", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const seen = (id: bigint) =>
        Effect.map(Effect.option(catalog.getProduct(id)), (found) => found._tag === "Some")
      const hidings: ReadonlyArray<Schema.JsonObject> = [
        { status: "private", price: "bad" },
        { status: "trash", images: [{ id: 1, src: {} }] },
        { post_password: "secret", price: "bad" },
        { post_password: 7, price: "bad" },
        { status: "draft", related_ids: "too deep" }
      ]
      for (const [index, fields] of hidings.entries()) {
        const id = 200 + 2 * index
        const variationId = id + 1
        const json = product(id, { type: "variable" })
        yield* outcomes([readProduct(json, 5), readProduct(variation(variationId, id), 5)])
        const rejected = readProduct(product(id, fields), 8)
        const source = rejected.source?.replace('"too deep"', `${"[".repeat(9000)}${"]".repeat(9000)}`) ?? ""
        // One that is older than what is held says nothing.
        assert.deepStrictEqual(yield* outcomes([{ ...rejected, source, observation: 4n }]), [REJECTED])
        assert.isTrue(yield* seen(BigInt(id)))
        const before = yield* catalog.getProduct(BigInt(id))
        assert.deepStrictEqual(yield* outcomes([{ ...rejected, source }]), [REJECTED])
        assert.deepStrictEqual([yield* seen(BigInt(id)), yield* seen(BigInt(variationId))], [false, false])
        assert.deepStrictEqual(
          (yield* catalog.listProducts({ ...noFilter, includeIds: [BigInt(id)] }, byId, firstPage)).total,
          0
        )
        // The very read that was on show before is stale now, and applies when it is read again.
        assert.deepStrictEqual(yield* outcomes([readProduct(json, 7)]), [STALE])
        assert.isFalse(yield* seen(BigInt(id)))
        assert.deepStrictEqual(yield* outcomes([readProduct(json, 9)]), [APPLIED])
        assert.deepStrictEqual((yield* catalog.getProduct(BigInt(id))).value, before.value)
        assert.isTrue(yield* seen(BigInt(variationId)))
      }
    })
  )

  it.effect("lets no older read show what it has only ever been told to hide", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const rejected = readProduct(product(220, { status: "private", price: "bad" }), 5)
      assert.deepStrictEqual(yield* outcomes([rejected]), [REJECTED])
      assert.deepStrictEqual(yield* outcomes([readProduct(product(220), 4)]), [STALE])
      assert.strictEqual((yield* Effect.flip(catalog.getProduct(220n)))._tag, "ProductNotFound")
      assert.deepStrictEqual(yield* outcomes([readProduct(product(220), 6)]), [APPLIED])
    })
  )

  it.effect("takes texts, numbers and dates that a database could choke on", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const nasty = product(21, {
        name: `nul \u0000 and half a pair \ud800 ${"x".repeat(100_000)}`,
        slug: "s".repeat(10_000),
        sku: `sku\u0000${"9".repeat(5_000)}`,
        stock_status: "\u0000",
        price: `${"9".repeat(3_000)}.5`,
        menu_order: 99_999_999_999,
        date_created_gmt: "2026-02-31T00:00:00",
        date_modified_gmt: "0000-00-00T00:00:00",
        attributes: [{ id: 1, name: "a", position: -99_999_999_999 }],
        meta_data: [{ id: 1, key: "lens_code", value: { deep: [1.2345678901234567e19, "\u0000"] } }],
        plugin: { anything: [null, true] }
      })
      const text = JSON.stringify(nasty)
      assert.deepStrictEqual(yield* outcomes([{ ...readProduct(nasty, 1), source: text }]), [APPLIED])
      assert.strictEqual((yield* catalog.getSource(21n)).source, text)
      assert.strictEqual((yield* catalog.getProduct(21n)).value.slug.length, 10_000)
    })
  )

  it.effect("takes a date of any kind of thing that is no date as none", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const tags = ["2026-01-02T03:04:05", "2026\u0000", "\ud800"].map((date_modified_gmt, index) =>
        read(ResourceKind.TAG, { id: 900 + index, name: "a", slug: "a", date_modified_gmt }, 1)
      )
      assert.deepStrictEqual(yield* outcomes(tags), [APPLIED, APPLIED, APPLIED])
      const held = yield* catalog.listResourceVersions({
        ...{ kind: ResourceKind.TAG, afterId: 899n, observedBefore: 9n, limit: 3 }
      })
      assert.deepStrictEqual(
        held.map((it) => it.dateModifiedGmt),
        ["2026-01-02T03:04:05", "", ""]
      )
    })
  )

  it.effect("is unavailable, not broken, when the connection is lost inside the transaction", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      yield* sql`CREATE FUNCTION lose_connection() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'`
      yield* sql`CREATE TRIGGER lose BEFORE INSERT ON resource_versions FOR EACH ROW WHEN (NEW.id = 910)
        EXECUTE FUNCTION lose_connection()`
      const error = yield* Effect.flip(outcomes([readProduct(product(910), 1)]))
      assert.strictEqual(error._tag, "CatalogUnavailable")
      yield* sql`DROP FUNCTION lose_connection CASCADE`
    })
  )

  it.effect(
    "refuses two changes of one thing in a batch; a product and a variation of one id are one thing",
    () =>
      Effect.gen(function* () {
        const twice = yield* Effect.flip(
          outcomes([
            readProduct(product(22), 1),
            readProduct(product(23), 1),
            read(ResourceKind.VARIATION, variation(22, 1), 2)
          ])
        )
        assert.strictEqual(twice._tag, "DuplicateChange")
        assert.isUndefined(yield* sourceOf(23))
        yield* outcomes([readProduct(product(22), 1), read(ResourceKind.CATEGORY, category(22, 0), 1)])
      })
  )

  it.effect("knows a variation however it arrives, and deletes it however it is called", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      yield* outcomes([readProduct(product(30, { type: "variable" }), 1)])
      yield* outcomes([readProduct(variation(31, 30), 1)])
      const { type: _type, parent_id: _parent, ...bare } = variation(32, 30)
      yield* outcomes([read(ResourceKind.VARIATION, bare, 1, 30)])
      const ids = Effect.map(catalog.listVariations(30n, firstPage), ({ items }) => items.map((it) => it.id))
      assert.deepStrictEqual(yield* ids, [31n, 32n])
      assert.strictEqual((yield* catalog.getProduct(32n)).value.parentId, 30n)
      yield* outcomes([gone(ResourceKind.PRODUCT, 31, 2)])
      assert.deepStrictEqual(yield* ids, [32n])
    })
  )

  it.effect("hides the variations of a product that is deleted", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      yield* outcomes([readProduct(product(40, { type: "variable" }), 1), readProduct(variation(41, 40), 1)])
      assert.strictEqual((yield* catalog.getProduct(41n)).value.id, 41n)
      yield* outcomes([gone(ResourceKind.PRODUCT, 40, 2)])
      assert.strictEqual((yield* Effect.flip(catalog.getProduct(41n)))._tag, "ProductNotFound")
    })
  )

  it.effect("shows meta_data of the allowed keys only, and never a private one", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const rows = ["lens_code", "_secret", "other"].map((key, id) => ({ id, key, value: { of: key } }))
      yield* outcomes([readProduct(product(50, { meta_data: rows }), 1)])
      const { value } = yield* catalog.getProduct(50n)
      assert.deepStrictEqual(
        value.metaData.map((row) => [row.key, row.valueJson]),
        [["lens_code", '{"of":"lens_code"}']]
      )
      assert.strictEqual((yield* catalog.getSource(50n)).value.metaData.length, 3)
    })
  )

  it.effect(
    "shows what is allowed from now on, and hides what is not any more, without waiting for a sweep",
    () =>
      Effect.gen(function* () {
        const json = product(51, { meta_data: [{ id: 1, key: "other", value: "shown now" }] })
        yield* outcomes([readProduct(json, 1)])
        const shown = Effect.gen(function* () {
          const catalog = yield* Catalog
          assert.deepStrictEqual(yield* outcomes([readProduct(json, 2)]), [UNCHANGED])
          return (yield* catalog.getProduct(51n)).value.metaData.map((row) => row.key)
        }).pipe(Effect.provide(Catalog.layerNoDeps(options(["other"]))))
        assert.deepStrictEqual(yield* shown, ["other"])
        // Derived for the list of the other tests again: this instance may not write until it is.
        yield* Effect.void.pipe(Effect.provide(Catalog.layerNoDeps(options(["lens_code", "_secret"]))))
        const catalog = yield* Catalog
        assert.deepStrictEqual((yield* catalog.getProduct(51n)).value.metaData, [])
      })
  )

  it.effect.prop(
    "ends in the same state whatever the order and however often reads arrive",
    [Reads],
    ([reads]) =>
      Effect.gen(function* () {
        const ids = freshIds(4)
        // What an observation saw of a thing is one fact: every third time that it was gone.
        const seen = (thing: number, observation: number): Change => {
          const id = ids[thing] ?? 0
          return (thing + observation) % 3 === 0
            ? gone(ResourceKind.PRODUCT, id, observation)
            : readProduct(product(id, { name: `seen by ${observation}` }), observation)
        }
        for (const batch of new Set(reads.map((it) => it.batch))) {
          const changes = new Map(
            reads.filter((it) => it.batch === batch).map((it) => [it.thing, seen(it.thing, it.observation)])
          )
          yield* outcomes([...changes.values()])
          yield* outcomes([...changes.values()].reverse())
        }
        for (const [thing, id] of ids.entries()) {
          // Of two reads of one thing in a batch the later one was sent: that is what counts.
          const sent = [...new Set(reads.map((it) => it.batch))].flatMap((batch) =>
            reads.filter((it) => it.batch === batch && it.thing === thing).slice(-1)
          )
          const highest = Math.max(0, ...sent.map((it) => it.observation))
          const expected = highest === 0 || (thing + highest) % 3 === 0 ? undefined : `seen by ${highest}`
          assert.strictEqual((yield* sourceOf(id))?.name, expected)
        }
      }),
    { arbitrary: { runs: 40 } }
  )

  it.effect("keeps its word under concurrent batches of the same things in any order", () =>
    Effect.gen(function* () {
      const ids = freshIds(30)
      const batches = Array.from({ length: 24 }, (_, index) => {
        const observation = index + 1
        const changes = ids.map((id) =>
          (id + observation) % 7 === 0
            ? gone(ResourceKind.PRODUCT, id, observation)
            : readProduct(product(id, { name: `seen by ${observation}` }), observation)
        )
        return index % 2 === 0 ? changes : changes.reverse()
      })
      const results = yield* Effect.forEach(batches, outcomes, { concurrency: "unbounded" })
      assert.isFalse(results.flat().includes(REJECTED))
      for (const id of ids) {
        assert.strictEqual((yield* sourceOf(id))?.name, (id + 24) % 7 === 0 ? undefined : "seen by 24")
      }
    })
  )

  it.effect("raises the time of the last change with every change, and with nothing else", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const stamp = Effect.map(catalog.batchGetProducts([1n]), ({ lastModified }) => lastModified.getTime())
      const before = yield* stamp
      yield* outcomes([readProduct(product(60), 1)])
      const changed = yield* stamp
      assert.isAbove(changed, before)
      yield* outcomes([readProduct(product(60), 2), readProduct(product(1, { name: "stale" }), 1)])
      assert.strictEqual(yield* stamp, changed)
    })
  )

  it.effect("moves the time of a product with what it names, and with the list of allowed keys", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      yield* outcomes([readProduct(product(61, { upsell_ids: [62] }), 1), readProduct(product(62), 1)])
      const before = yield* catalog.getProduct(61n)
      assert.deepStrictEqual(before.value.upsellIds, [62n])
      yield* outcomes([readProduct(product(62, { status: "private" }), 2)])
      const after = yield* catalog.getProduct(61n)
      assert.deepStrictEqual(after.value.upsellIds, [])
      assert.isAbove(after.lastModified.getTime(), before.lastModified.getTime())

      const startedWith = (metaAllow: ReadonlyArray<string>) =>
        Effect.flatMap(Catalog, ({ getProduct }) =>
          Effect.map(getProduct(61n), ({ lastModified }) => lastModified.getTime())
        ).pipe(Effect.provide(Catalog.layerNoDeps(options(metaAllow))))
      const withAnother = yield* startedWith(["colour"])
      assert.isAbove(withAnother, after.lastModified.getTime())
      assert.strictEqual(yield* startedWith(["colour"]), withAnother)
      yield* startedWith(["lens_code", "_secret"])
    })
  )

  it.effect("holds a row for everything that is not buried, and for nothing else", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const lost = yield* sql`
        SELECT v.id FROM resource_versions v FULL JOIN products p ON p.id = v.id
        WHERE v.family = 1 AND (v.content_hash IS NULL) <> (p.id IS NULL)
          OR v.id IS NULL OR v.family = 1 AND p.is_variation <> (v.kind = 2)`
      assert.deepStrictEqual(lost, [])
    })
  )
})
