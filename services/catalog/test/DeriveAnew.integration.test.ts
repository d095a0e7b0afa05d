import { assert, layer } from "@effect/vitest"
import { ChangeOutcome, ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SqlClient } from "effect/sql/SqlClient"
import { Catalog } from "../src/Catalog.ts"
import type { Change } from "../src/Change.ts"
import { assertWhole } from "./Recomputed.ts"
import { category, product, read, readProduct, recorded, variation } from "./Shop.ts"
import { deriving, forget, started, state, test } from "./Started.ts"

const colour = { id: 4, name: "Colour", slug: "pa_colour", options: ["Black", "Rosé &amp; Gold"] }

/** A shop of 230 products, some with variations, and of everything else something. */
const reads = (observation: number, name = "Frame"): ReadonlyArray<Change> => [
  read(ResourceKind.CATEGORY, category(501, 0), observation),
  read(ResourceKind.CATEGORY, category(502, 501), observation),
  read(ResourceKind.TAG, { id: 37, name: "titanium", slug: "titanium" }, observation),
  read(ResourceKind.ATTRIBUTE, { id: 4, name: "Colour", slug: "pa_colour" }, observation),
  read(ResourceKind.TERM, { id: 58, name: "Black", slug: "black", menu_order: 2 }, observation, 4),
  ...recorded("reviews")
    .slice(0, 1)
    .map((json) => read(ResourceKind.REVIEW, json, observation)),
  ...Array.from({ length: 230 }, (_, index) =>
    readProduct(
      product(index + 1, {
        name,
        categories: [{ id: 501 + (index % 2), name: "Frames", slug: "frames" }],
        attributes: [colour],
        meta_data: [{ id: 1, key: "lens_code", value: "LC" }],
        catalog_visibility: index % 7 === 0 ? "search" : "visible"
      }),
      observation
    )
  ),
  ...Array.from({ length: 20 }, (_, index) =>
    readProduct(variation(1000 + index, 1 + (index % 5), { price: `${index}.50` }), observation)
  )
]

const outcomes = (changes: ReadonlyArray<Change>) =>
  Effect.flatMap(Catalog, (catalog) =>
    Effect.map(catalog.applyChanges(changes), (results) => [...new Set(results.map((it) => it.outcome))])
  )

layer(Layer.empty)("a start with another derivation", (it) => {
  it.effect("makes everything whole of what the shop sent, and the next sweep finds it unchanged", () =>
    test(
      Effect.gen(function* () {
        const sql = yield* SqlClient
        const before = yield* started(
          Effect.gen(function* () {
            yield* outcomes(reads(1))
            // One that was hidden without having been understood stays hidden.
            yield* outcomes([readProduct(product(3, { status: "private", price: "bad" }), 2)])
            return yield* (yield* Catalog).getProduct(7n)
          })
        )
        yield* forget
        yield* started(
          Effect.gen(function* () {
            const catalog = yield* Catalog
            yield* assertWhole
            const after = yield* catalog.getProduct(7n)
            assert.deepStrictEqual(after.value, before.value)
            assert.isAbove(after.lastModified.getTime(), before.lastModified.getTime())
            assert.strictEqual((yield* Effect.flip(catalog.getProduct(3n)))._tag, "ProductNotFound")
            assert.deepStrictEqual(
              yield* sql`SELECT (SELECT slug FROM terms) AS term, (SELECT slug FROM attributes) AS attribute,
                (SELECT is_approved FROM reviews) AS review, (SELECT slug FROM categories WHERE id = 502) AS category`,
              [{ term: "black", attribute: "pa_colour", review: true, category: "category-502" }]
            )
            const changed = yield* state
            const again = reads(3).filter((change) => change.id !== 3)
            assert.deepStrictEqual(yield* outcomes(again), [ChangeOutcome.UNCHANGED])
            assert.deepStrictEqual(yield* state, changed)
          })
        )
      })
    )
  )

  it.effect("goes on where it was interrupted", () =>
    test(
      Effect.gen(function* () {
        const sql = yield* SqlClient
        yield* started(outcomes(reads(1)))
        yield* forget
        yield* sql`CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN RAISE EXCEPTION ''interrupted''; END'`
        yield* sql`CREATE TRIGGER break BEFORE UPDATE ON products FOR EACH ROW WHEN (NEW.id = 150)
          EXECUTE FUNCTION break_off()`
        assert.strictEqual((yield* Effect.flip(started(Effect.void)))._tag, "SqlError")
        yield* sql`DROP FUNCTION break_off CASCADE`
        const left = yield* state
        assert.deepInclude(left, { derivation: null, derived_up_to: 100n })
        const first = sql`SELECT changed_at FROM products WHERE id IN (1, 100)`
        const done = yield* first
        yield* started(assertWhole)
        assert.deepStrictEqual(yield* first, done)
        assert.deepInclude(yield* state, { deriving: null, derivation: left?.deriving ?? "" })
      })
    )
  )

  it.effect("starts from the beginning if it was interrupted on the way to something else", () =>
    test(
      Effect.gen(function* () {
        const sql = yield* SqlClient
        yield* started(outcomes(reads(1)))
        yield* sql`UPDATE catalogue SET deriving = 'another', derived_family = 1, derived_up_to = 200`
        yield* forget
        yield* started(assertWhole)
      })
    )
  )

  it.effect("is shared by instances that start at once, and works beside writers", () =>
    test(
      Effect.gen(function* () {
        const sql = yield* SqlClient
        yield* started(outcomes(reads(1)))
        yield* started(
          Effect.gen(function* () {
            yield* forget
            yield* deriving
            const writer = Effect.forEach([10, 11, 12], (it) => outcomes(reads(it, `Seen by ${it}`)))
            yield* Effect.all([writer, started(Effect.void), started(Effect.void)], {
              concurrency: "unbounded"
            })
            yield* assertWhole
            assert.deepStrictEqual(
              yield* sql`SELECT DISTINCT source::json ->> 'name' AS name, title_key FROM products WHERE NOT is_variation`,
              [{ name: "Seen by 12", title_key: "seen by 12" }]
            )
          })
        )
      })
    )
  )

  it.effect(
    "is the catalogue's change if other keys of meta_data are shown, and none if they are the same",
    () =>
      test(
        Effect.gen(function* () {
          yield* started(outcomes(reads(1)))
          const before = yield* state
          const keys = Effect.flatMap(Catalog, (catalog) =>
            Effect.map(catalog.getProduct(7n), ({ value }) => value.metaData.map((row) => row.key))
          )
          assert.deepStrictEqual(yield* started(keys), [])
          assert.deepStrictEqual(yield* state, before)
          assert.deepStrictEqual(yield* started(keys, ["lens_code"]), ["lens_code"])
          const after = yield* state
          assert.isAbove(after?.changed_at.getTime() ?? 0, before?.changed_at.getTime() ?? 0)
        })
      )
  )
})
