import { Code } from "@connectrpc/connect"
import { ChangeOutcome, ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import { inTransaction } from "./CatalogSql/inTransaction.ts"
import { readHashes, recordVersions, touchCatalogue } from "./CatalogSql/recordVersions.ts"
import { deleteRows, writeAttributes, writeReviews, writeTags, writeTerms } from "./CatalogSql/writeRows.ts"
import {
  type Change,
  type Derivation,
  type Derived,
  derive,
  familyOf,
  type Observed,
  observe,
  observeHidden
} from "./Change.ts"
import { writeCategoryChanges } from "./WriteCategories.ts"
import { writeProductChanges } from "./WriteProducts.ts"

/** What became of one change. */
export interface ApplyOutcome {
  readonly outcome: ChangeOutcome
  /** Of a rejected one: the path in its JSON and the rule; "" otherwise. */
  readonly reason: string
}

/** A batch holds two changes of one thing: which of them is to win is for the sender to say. */
export class DuplicateChange extends Schema.TaggedError<DuplicateChange>()("DuplicateChange", {
  /** Position of the second one. */
  position: Schema.Int,
  id: Schema.Int
}) {
  readonly connectCode = Code.InvalidArgument
  override get message() {
    return `changes[${this.position}] is the second change of ${this.id} in the batch: send at most one of each thing`
  }
  get violations() {
    return [{ field: `changes[${this.position}].id`, message: "at most one change of each thing" }]
  }
}

/**
 * The rows are derived in another way than this instance would write them. Once it is gone, or started anew, the same
 * batch goes in.
 */
export class DerivedOtherwise extends Schema.TaggedError<DerivedOtherwise>()("DerivedOtherwise", {}) {
  readonly connectCode = Code.Unavailable
  override get message() {
    return (
      "An instance of another release, or with another CATALOG_META_ALLOW or CATALOG_SEARCH_LANGUAGE, was started " +
      "after this one and derives the catalogue in its way: stop one of them, and start the one that stays anew"
    )
  }
}

/** How many changes are worked on before other work of the process gets its turn. */
const turn = 25

/**
 * Applies a batch. Of each thing the higher observation wins, deletions included, in whatever order and however often
 * batches arrive; what cannot be understood is rejected alone, and hidden if it says that the public may not see it.
 * Everything else is one transaction.
 */
export const applyChanges = Effect.fnUntraced(function* (
  sql: SqlClient,
  derivation: Derivation,
  changes: ReadonlyArray<Change>
) {
  yield* refuseDuplicates(changes)
  const reasons = new Map<Change, string>()
  const observed = new Map<Change, Observed>()
  yield* inTurns(changes, (change) => {
    const result = observe(change, derivation)
    if (Result.isSuccess(result)) observed.set(change, result.success)
    else reasons.set(change, result.failure.reason)
  })

  // Most of a sweep is held already: what has the same hash was understood before and is not decoded again.
  const known = yield* readKnown(sql, [...observed.values()])
  const rows = new Map<Observed, Derived>()
  yield* inTurns([...observed], ([change, it]) => {
    if (it.json === null || known.has(it)) return
    const result = derive(it, derivation.allow)
    if (Result.isSuccess(result)) rows.set(it, result.success)
    else {
      observed.delete(change)
      reasons.set(change, result.failure.reason)
    }
  })

  const hidden = [...reasons.keys()].flatMap((change) => observeHidden(change) ?? [])
  const recorded = yield* write(sql, derivation, [...observed.values(), ...hidden], rows)
  return changes.map((change): ApplyOutcome => {
    const it = observed.get(change)
    if (it === undefined) return { outcome: ChangeOutcome.REJECTED, reason: reasons.get(change) ?? "" }
    const changed = recorded.get(keyOf(it))
    if (changed === undefined) return { outcome: ChangeOutcome.STALE, reason: "" }
    return { outcome: changed ? ChangeOutcome.APPLIED : ChangeOutcome.UNCHANGED, reason: "" }
  })
})

const keyOf = (thing: { readonly family: number; readonly id: number | bigint }) =>
  `${thing.family} ${thing.id}`

const refuseDuplicates = (changes: ReadonlyArray<Change>): Effect.Effect<void, DuplicateChange> => {
  const seen = new Set<string>()
  for (const [position, change] of changes.entries()) {
    const key = keyOf({ family: familyOf(change.kind), id: change.id })
    if (seen.has(key)) return Effect.fail(new DuplicateChange({ position, id: change.id }))
    seen.add(key)
  }
  return Effect.void
}

/** Runs through a list without keeping the process from everything else. */
const inTurns = Effect.fnUntraced(function* <A>(items: ReadonlyArray<A>, run: (item: A) => void) {
  for (const [position, item] of items.entries()) {
    if (position > 0 && position % turn === 0) yield* Effect.yieldNow
    run(item)
  }
})

const readKnown = Effect.fnUntraced(function* (sql: SqlClient, things: ReadonlyArray<Observed>) {
  const hashes = new Map((yield* readHashes(sql, things)).map((row) => [keyOf(row), row.content_hash]))
  return new Set(
    things.filter((it) => {
      const hash = hashes.get(keyOf(it))
      return hash !== undefined && it.contentHash !== null && Buffer.compare(hash, it.contentHash) === 0
    })
  )
})

/** Writes what is newer than what is held; tells of each of those whether it changed anything. */
const write = (
  sql: SqlClient,
  { allow, language, text }: Derivation,
  things: ReadonlyArray<Observed>,
  rows: ReadonlyMap<Observed, Derived>
) =>
  Effect.gen(function* () {
    if (things.length === 0) return new Map<string, boolean>()
    const recorded = new Map((yield* recordVersions(sql, things)).map((row) => [keyOf(row), row.changed]))
    const changed = things.filter((it) => recorded.get(keyOf(it)) === true)
    if (changed.length === 0) return recorded
    if ((yield* touchCatalogue(sql)) !== text) return yield* new DerivedOtherwise()
    const written = changed.flatMap((it) => {
      if (it.json === null) return []
      // Held with this hash a moment ago, and changed by another batch since: understood before, so it is again.
      return [rows.get(it) ?? Result.getOrThrow(derive(it, allow))]
    })
    yield* writeTables(sql, language, written, changed)
    return recorded
  }).pipe((effect) => inTransaction(sql, effect))

/** Writes what was derived, hides and deletes: in a transaction that has locked the catalogue. */
export const writeTables = Effect.fnUntraced(function* (
  sql: SqlClient,
  language: string,
  written: ReadonlyArray<Derived>,
  changed: ReadonlyArray<Observed>
) {
  const gone = Map.groupBy(
    changed.filter((it) => it.contentHash === null),
    (it) => it.family
  )
  const goneOf = (family: ResourceKind) => (gone.get(family) ?? []).map((it) => it.id)

  // Before the products: what they are counted in follows from the tree.
  const categories = written.flatMap((it) => (it.table === "categories" ? [it.row] : []))
  const goneCategories = goneOf(ResourceKind.CATEGORY)
  if (categories.length + goneCategories.length > 0)
    yield* writeCategoryChanges(sql, categories, goneCategories)

  const products = {
    rows: written.flatMap((it) => (it.table === "products" ? [it.row] : [])),
    hidden: changed.filter((it) => it.json === null && it.contentHash !== null).map((it) => it.id),
    gone: goneOf(ResourceKind.PRODUCT)
  }
  if (products.rows.length + products.hidden.length + products.gone.length > 0) {
    yield* writeProductChanges(sql, language, products)
  }

  const tags = written.flatMap((it) => (it.table === "tags" ? [it.row] : []))
  const attributes = written.flatMap((it) => (it.table === "attributes" ? [it.row] : []))
  const terms = written.flatMap((it) => (it.table === "terms" ? [it.row] : []))
  const reviews = written.flatMap((it) => (it.table === "reviews" ? [it.row] : []))
  if (tags.length > 0) yield* writeTags(sql, tags)
  if (attributes.length > 0) yield* writeAttributes(sql, attributes)
  if (terms.length > 0) yield* writeTerms(sql, terms)
  if (reviews.length > 0) yield* writeReviews(sql, reviews)
  for (const [table, family] of plainTables) {
    const ids = goneOf(family)
    if (ids.length > 0) yield* deleteRows(sql, table, ids)
  }
})

const plainTables = [
  ["tags", ResourceKind.TAG],
  ["attributes", ResourceKind.ATTRIBUTE],
  ["terms", ResourceKind.TERM],
  ["reviews", ResourceKind.REVIEW]
] as const
