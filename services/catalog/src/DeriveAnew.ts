import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { SqlClient } from "effect/sql/SqlClient"
import { writeTables } from "./ApplyChanges.ts"
import {
  countHeld,
  finishDerivation,
  lockDerivation,
  noteDerived,
  readDerivation,
  readStored,
  type Stored,
  writeHashes
} from "./CatalogSql/readStored.ts"
import { touchCatalogue } from "./CatalogSql/recordVersions.ts"
import { type Derivation, type Derived, derive, hiddenHash, observe, type Table } from "./Change.ts"
import { hiddenRow } from "./Product.ts"

/** Things in a transaction. */
const batch = 100

/** Things between two lines of the log. */
const spoken = 5000

/** In this order, falling: the tree of categories is complete before products are put into it. */
const families: ReadonlyArray<readonly [ResourceKind, Table]> = [
  [ResourceKind.REVIEW, "reviews"],
  [ResourceKind.TERM, "terms"],
  [ResourceKind.ATTRIBUTE, "attributes"],
  [ResourceKind.TAG, "tags"],
  [ResourceKind.CATEGORY, "categories"],
  [ResourceKind.PRODUCT, "products"]
]

type Step =
  | { readonly at: "end" }
  | { readonly at: "superseded" }
  | { readonly at: "batch"; readonly family: number; readonly id: bigint; readonly things: number }

/**
 * Derives everything anew from what the shop sent, if it was derived in another way: by another release, for another list
 * of allowed keys or another language. Each batch is a transaction under a lock: an interrupted run is gone on with by the
 * next start, and of several instances that start at once each does a part. Another derivation that begins in between
 * takes over: that is the newer start.
 */
export const deriveAnew = Effect.fn("Catalog.deriveAnew")(function* (sql: SqlClient, derivation: Derivation) {
  const state = yield* readDerivation(sql)
  if (state.derivation === derivation.text && state.deriving === null) return
  let done = 0
  let all = 0
  for (let isFirst = true; ; isFirst = false) {
    const step: Step = yield* nextBatch(sql, derivation, isFirst)
    if (step.at === "superseded") {
      return yield* Effect.logWarning("Another start derives the catalogue in another way: left to it")
    }
    if (step.at === "end") {
      return yield* all === 0 ? Effect.void : Effect.logInfo("The catalogue is derived anew")
    }
    const before = done
    if (isFirst) ({ all, done } = yield* countHeld(sql, step.family, step.id))
    else done += step.things
    if (isFirst || Math.floor(before / spoken) < Math.floor(done / spoken)) {
      yield* Effect.logInfo(`Deriving the catalogue anew: ${grouped(done)} of ${grouped(all)}`)
    }
  }
})

const grouped = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ",")

const end = { at: "end" } as const
const superseded = { at: "superseded" } as const

/** One batch: what it did, or that there was nothing to do. */
const nextBatch = (sql: SqlClient, derivation: Derivation, isFirst: boolean) =>
  Effect.gen(function* () {
    yield* lockDerivation(sql)
    const state = yield* readDerivation(sql)
    if (state.deriving !== derivation.text) {
      if (state.deriving === null && state.derivation === derivation.text) return end
      if (!isFirst) return superseded
    }
    const isResumed = state.deriving === derivation.text
    for (const [family, table] of families) {
      if (isResumed && family > state.derived_family) continue
      const after = isResumed && family === state.derived_family ? state.derived_up_to : 0n
      const stored = yield* readStored(sql, table, family, after, batch)
      const last = stored.at(-1)
      if (last === undefined) continue
      yield* touchCatalogue(sql)
      yield* writeStored(sql, derivation, family, stored)
      yield* noteDerived(sql, derivation.text, family, last.id)
      return { at: "batch" as const, family, id: last.id, things: stored.length }
    }
    yield* touchCatalogue(sql)
    yield* finishDerivation(sql, derivation.text)
    return end
  }).pipe(sql.withTransaction)

const writeStored = Effect.fnUntraced(function* (
  sql: SqlClient,
  derivation: Derivation,
  family: ResourceKind,
  stored: ReadonlyArray<Stored>
) {
  const written: Array<Derived> = []
  const hashes: Array<{ readonly id: number; readonly contentHash: Uint8Array | null }> = []
  for (const held of stored) {
    const change = {
      kind: held.kind,
      id: Number(held.id),
      observation: held.observation,
      parentId: Number(held.parent_id),
      source: held.source
    }
    const observed = observe(change, derivation)
    const derived = Result.flatMap(observed, (it) => derive(it, derivation.allow))
    // What is not understood any more stays as it is; the next read of it says why.
    if (Result.isFailure(observed) || Result.isFailure(derived)) continue
    const { row, table } = derived.success
    const isHidden = Buffer.compare(held.content_hash, hiddenHash) === 0
    written.push(isHidden && table === "products" ? { table, row: hiddenRow(row) } : derived.success)
    if (!isHidden) hashes.push({ id: change.id, contentHash: observed.success.contentHash })
  }
  yield* writeTables(sql, derivation.language, written, [])
  yield* writeHashes(sql, family, hashes)
})
