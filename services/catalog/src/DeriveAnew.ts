import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { SqlClient } from "effect/sql/SqlClient"
import { writeTables } from "./ApplyChanges.ts"
import { inTransaction } from "./CatalogSql/inTransaction.ts"
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
import {
  type Derivation,
  type Derived,
  derive,
  hiddenHash,
  lostHash,
  type Observed,
  observe,
  type Table
} from "./Change.ts"
import { hiddenRow } from "./Product.ts"

/** Things in a transaction. */
const batch = 100

/** Things between two lines of the log. */
const spoken = 5000

/** In this order, falling: the tree of categories is complete before products are put into it. */
const families = [
  [ResourceKind.REVIEW, "reviews"],
  [ResourceKind.TERM, "terms"],
  [ResourceKind.ATTRIBUTE, "attributes"],
  [ResourceKind.TAG, "tags"],
  [ResourceKind.CATEGORY, "categories"],
  [ResourceKind.PRODUCT, "products"]
] as const satisfies ReadonlyArray<readonly [ResourceKind, Table]>

type Step =
  | { readonly at: "end" }
  | { readonly at: "superseded" }
  | {
      readonly at: "batch"
      readonly family: number
      readonly id: bigint
      readonly things: number
      readonly lost: ReadonlyArray<Lost>
    }

/** A thing whose source is not understood any more. */
interface Lost {
  readonly kind: ResourceKind
  readonly id: number
  /** The path in its JSON, and the rule. */
  readonly reason: string
}

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
  let lost = 0
  for (let isFirst = true; ; isFirst = false) {
    const step: Step = yield* nextBatch(sql, derivation, isFirst)
    if (step.at === "superseded") {
      return yield* Effect.logWarning("Another start derives the catalogue in another way: left to it")
    }
    if (step.at === "end") {
      return yield* all === 0 ? Effect.void : sayDone(lost)
    }
    for (const { id, kind, reason } of step.lost) {
      const name = ResourceKind[kind].toLowerCase()
      yield* Effect.logWarning(`${name} ${id} is not understood any more: ${reason}`)
    }
    lost += step.lost.length
    const before = done
    if (isFirst) ({ all, done } = yield* countHeld(sql, step.family, step.id))
    else done += step.things
    if (all > 0 && (isFirst || Math.floor(before / spoken) < Math.floor(done / spoken))) {
      yield* Effect.logInfo(`Deriving the catalogue anew: ${grouped(done)} of ${grouped(all)}`)
    }
  }
})

const sayDone = (lost: number) =>
  lost === 0
    ? Effect.logInfo("The catalogue is derived anew")
    : Effect.logWarning(
        `The catalogue is derived anew, but for ${grouped(lost)} of its things, which are not understood any more; ` +
          "products and variations among them are hidden"
      )

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
      // Told first, in a transaction of its own: what instances that derive in another way have written until now is read
      // after it, and from here on they are refused.
      yield* touchCatalogue(sql)
      yield* noteDerived(sql, derivation.text, families[0][0], 0n)
      return { at: "batch" as const, family: families[0][0], id: 0n, things: 0, lost: [] }
    }
    for (const [family, table] of families) {
      if (family > state.derived_family) continue
      const after = family === state.derived_family ? state.derived_up_to : 0n
      const { last, stored } = yield* readStored(sql, table, family, after, batch)
      if (last === undefined) continue
      yield* touchCatalogue(sql)
      const lost = yield* writeStored(sql, derivation, family, stored)
      yield* noteDerived(sql, derivation.text, family, last)
      return { at: "batch" as const, family, id: last, things: stored.length, lost }
    }
    yield* touchCatalogue(sql)
    yield* finishDerivation(sql, derivation.text)
    return end
  }).pipe((effect) => inTransaction(sql, effect))

const writeStored = Effect.fnUntraced(function* (
  sql: SqlClient,
  derivation: Derivation,
  family: ResourceKind,
  stored: ReadonlyArray<Stored>
) {
  const written: Array<Derived> = []
  const hidden: Array<Observed> = []
  const lost: Array<Lost> = []
  const hashes: Array<{ readonly id: number; readonly contentHash: Uint8Array | null }> = []
  for (const held of stored) {
    const change = {
      kind: held.kind,
      id: Number(held.id),
      observation: held.observation,
      parentId: Number(held.parent_id),
      source: held.source
    }
    const result = Result.flatMap(observe(change, derivation), (observed) =>
      Result.map(derive(observed, derivation.allow), (derived) => ({ observed, derived }))
    )
    const isHidden = Buffer.compare(held.content_hash, hiddenHash) === 0
    if (Result.isFailure(result)) {
      lost.push({ kind: held.kind, id: change.id, reason: result.failure.reason })
      // Out of sight, but not as what was hidden by a read: where it is understood again, it is shown again.
      const unknown = { json: null, contentHash: hiddenHash, dateModifiedGmt: "", source: "" }
      if (family === ResourceKind.PRODUCT) hidden.push({ ...change, ...unknown, family })
      if (!isHidden) hashes.push({ id: change.id, contentHash: lostHash })
      continue
    }
    const { derived, observed } = result.success
    written.push(
      isHidden && derived.table === "products" ? { ...derived, row: hiddenRow(derived.row) } : derived
    )
    if (!isHidden) hashes.push({ id: change.id, contentHash: observed.contentHash })
  }
  yield* writeTables(sql, derivation.language, written, hidden)
  yield* writeHashes(sql, family, hashes)
  return lost
})
