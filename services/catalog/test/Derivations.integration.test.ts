import { Code } from "@connectrpc/connect"
import { assert, layer } from "@effect/vitest"
import { ChangeOutcome } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import { SqlClient } from "effect/sql/SqlClient"
import { Catalog } from "../src/Catalog.ts"
import type { Change } from "../src/Change.ts"
import { assertWhole } from "./Recomputed.ts"
import { product, readProduct } from "./Shop.ts"
import { deriving, forget, somebodyWaits, started, state, test } from "./Started.ts"

const apply = (...changes: ReadonlyArray<Change>) =>
  Effect.flatMap(Catalog, (catalog) => catalog.applyChanges(changes))

const coded = (id: number, observation: number, name = `Frame ${id}`) =>
  readProduct(product(id, { name, meta_data: [{ id: 1, key: "lens_code", value: "LC" }] }), observation)

/** What the public sees of a product: its name, and the keys of its meta_data. */
const seen = (id: bigint) =>
  Effect.flatMap(Catalog, (catalog) =>
    Effect.map(catalog.getProduct(id), ({ value }) => [value.name, ...value.metaData.map((row) => row.key)])
  )

/** Writes in a transaction that stays open while something else begins, until that has to wait. */
const beside = <A, E, B, F>(write: Effect.Effect<A, E, Catalog>, other: Effect.Effect<B, F, SqlClient>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient
    const written = yield* Latch.make(false)
    const writer = yield* Effect.forkChild(
      sql.withTransaction(
        Effect.gen(function* () {
          yield* Effect.ensuring(write, written.open)
          yield* somebodyWaits
        })
      )
    )
    yield* written.await
    yield* other
    yield* Fiber.join(writer)
  })

/** Breaks off the first statements that update products, each once, as PostgreSQL breaks off who has lost. */
const losing = (...codes: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient
    yield* sql`CREATE SEQUENCE tries`
    const cases = codes.map(
      (code, index) => `WHEN ${index + 1} THEN RAISE EXCEPTION USING ERRCODE = '${code}';`
    )
    yield* sql`${sql.literal(`CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN CASE nextval(''catalog.tries'') ${cases.join(" ").replaceAll("'", "''")} ELSE NULL; END CASE; RETURN NULL; END'`)}`
    yield* sql`CREATE TRIGGER lose BEFORE INSERT OR UPDATE ON products EXECUTE FUNCTION lose()`
  })

layer(Layer.empty)("what is derived in one way and in another", (it) => {
  it.effect("what is written while it is derived anew is not overwritten with what was held before", () =>
    test(
      started(
        Effect.gen(function* () {
          yield* apply(coded(1, 1, "Old"), coded(2, 1))
          yield* deriving
          yield* beside(apply(coded(1, 2, "New")), started(Effect.void))
          assert.deepStrictEqual(yield* seen(1n), ["New"])
          assert.deepStrictEqual(
            (yield* apply(coded(1, 3, "New"))).map((it) => it.outcome),
            [ChangeOutcome.UNCHANGED]
          )
          yield* assertWhole
        })
      )
    )
  )

  it.effect("a batch that is being written when the derivation begins is derived anew as well", () =>
    test(
      Effect.gen(function* () {
        yield* started(
          Effect.gen(function* () {
            yield* apply(coded(1, 1), coded(9, 1))
            yield* beside(apply(coded(5, 1)), started(Effect.void, ["lens_code"]))
          })
        )
        assert.deepStrictEqual(yield* started(seen(5n), ["lens_code"]), ["Frame 5", "lens_code"])
      })
    )
  )

  it.effect("an instance with other settings is refused to write, until it is started anew", () =>
    test(
      started(
        Effect.gen(function* () {
          yield* apply(coded(1, 1))
          yield* started(apply(coded(1, 2, "Newer")), ["lens_code"])
          const before = yield* state
          const refused = yield* Effect.flip(apply(coded(1, 3, "Late"), coded(2, 3)))
          assert.strictEqual(refused._tag, "DerivedOtherwise")
          assert.strictEqual(refused.connectCode, Code.Unavailable)
          assert.deepStrictEqual(yield* state, before)
          assert.deepStrictEqual(yield* seen(1n), ["Newer"])
          yield* started(apply(coded(1, 3, "Late"), coded(2, 3)))
          yield* apply(coded(2, 4, "On time"))
          assert.deepStrictEqual(yield* seen(2n), ["On time"])
        })
      )
    )
  )

  it.effect("while the catalogue is derived anew only those write that derive as it will be", () =>
    test(
      started(
        Effect.gen(function* () {
          const sql = yield* SqlClient
          yield* apply(coded(1, 1))
          yield* sql`UPDATE catalogue SET deriving = 'another', derived_family = 99`
          assert.strictEqual((yield* Effect.flip(apply(coded(1, 2, "Newer"))))._tag, "DerivedOtherwise")
          yield* sql`UPDATE catalogue SET deriving = derivation, derivation = 'another'`
          yield* apply(coded(1, 2, "Newer"))
          assert.deepStrictEqual(yield* seen(1n), ["Newer"])
        })
      )
    )
  )

  it.effect("who loses a deadlock or a race tries again, a start as well as a batch", () =>
    test(
      Effect.gen(function* () {
        const sql = yield* SqlClient
        yield* started(apply(coded(1, 1), coded(2, 1)))
        yield* forget
        yield* losing("40P01", "40001")
        yield* started(
          Effect.gen(function* () {
            yield* assertWhole
            yield* sql`ALTER SEQUENCE tries RESTART`
            yield* apply(coded(1, 2, "Newer"))
            assert.deepStrictEqual(yield* seen(1n), ["Newer"])
          })
        )
      })
    )
  )
})
