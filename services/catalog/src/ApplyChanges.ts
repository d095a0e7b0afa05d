import { Code } from "@connectrpc/connect"
import { ChangeOutcome, ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import { readHashes, recordVersions, touchCatalogue } from "./CatalogSql/recordVersions.ts"
import {
  deleteRows,
  hideProducts,
  writeCategories,
  writePlain,
  writeProducts
} from "./CatalogSql/writeRows.ts"
import type { CategoryRow } from "./Category.ts"
import {
  type Change,
  type Derived,
  derivationOf,
  derive,
  familyOf,
  type Observed,
  observe,
  observeHidden,
  type PlainRow,
  type PlainTable
} from "./Change.ts"
import type { ProductRow } from "./Product.ts"
import type { MetaAllow } from "./ProductMessage.ts"

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

/** How many changes are worked on before other work of the process gets its turn. */
const turn = 25

/**
 * Applies a batch. Of each thing the higher observation wins, deletions included, in whatever order and however often
 * batches arrive; what cannot be understood is rejected alone, and hidden if it says that the public may not see it.
 * Everything else is one transaction.
 */
export const applyChanges = Effect.fnUntraced(function* (
  sql: SqlClient,
  allow: MetaAllow,
  changes: ReadonlyArray<Change>
) {
  yield* refuseDuplicates(changes)
  const reasons = new Map<Change, string>()
  const observed = new Map<Change, Observed>()
  const derivation = derivationOf(allow)
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
    const result = derive(it, allow)
    if (Result.isSuccess(result)) rows.set(it, result.success)
    else {
      observed.delete(change)
      reasons.set(change, result.failure.reason)
    }
  })

  const hidden = [...reasons.keys()].flatMap((change) => observeHidden(change) ?? [])
  const recorded = yield* write(sql, allow, [...observed.values(), ...hidden], rows)
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
  allow: MetaAllow,
  things: ReadonlyArray<Observed>,
  rows: ReadonlyMap<Observed, Derived>
) =>
  Effect.gen(function* () {
    if (things.length === 0) return new Map<string, boolean>()
    const recorded = new Map((yield* recordVersions(sql, things)).map((row) => [keyOf(row), row.changed]))
    const changed = things.filter((it) => recorded.get(keyOf(it)) === true)
    if (changed.length === 0) return recorded
    const written = changed.flatMap((it) => {
      if (it.json === null) return []
      // Held with this hash a moment ago, and changed by another batch since: understood before, so it is again.
      return [rows.get(it) ?? Result.getOrThrow(derive(it, allow))]
    })
    yield* writeTables(sql, written)
    yield* deleteGone(sql, changed)
    const hidden = changed.filter((it) => it.json === null && it.contentHash !== null)
    if (hidden.length > 0) yield* hideProducts(sql, idsOf(hidden))
    yield* touchCatalogue(sql)
    return recorded
  }).pipe(
    sql.withTransaction,
    // Rows are locked in one order, but a plan may change it under PostgreSQL's feet: the loser of a deadlock tries again.
    Effect.retry({
      times: 3,
      while: (error) => error._tag === "SqlError" && error.reason._tag === "DeadlockError"
    })
  )

const writeTables = Effect.fnUntraced(function* (sql: SqlClient, written: ReadonlyArray<Derived>) {
  const products: Array<ProductRow> = []
  const categories: Array<CategoryRow> = []
  const plain: Record<PlainTable, Array<PlainRow>> = { tags: [], attributes: [], terms: [], reviews: [] }
  for (const it of written) {
    if (it.table === "products") products.push(it.row)
    else if (it.table === "categories") categories.push(it.row)
    else plain[it.table].push(it.row)
  }
  if (products.length > 0) yield* writeProducts(sql, products)
  if (categories.length > 0) yield* writeCategories(sql, categories)
  for (const table of plainTables) if (plain[table].length > 0) yield* writePlain(sql, table, plain[table])
})

const plainTables: ReadonlyArray<PlainTable> = ["tags", "attributes", "terms", "reviews"]

const deleteGone = Effect.fnUntraced(function* (sql: SqlClient, changed: ReadonlyArray<Observed>) {
  const gone = Map.groupBy(
    changed.filter((it) => it.contentHash === null),
    (it) => it.family
  )
  for (const [family, things] of gone) {
    const table = tableOf(family)
    if (table !== undefined) yield* deleteRows(sql, table, idsOf(things))
  }
})

const idsOf = (things: ReadonlyArray<Observed>) => things.map((it) => it.id)

const tableOf = (family: ResourceKind) => {
  switch (family) {
    case ResourceKind.PRODUCT:
    case ResourceKind.VARIATION:
      return "products"
    case ResourceKind.CATEGORY:
      return "categories"
    case ResourceKind.TAG:
      return "tags"
    case ResourceKind.ATTRIBUTE:
      return "attributes"
    case ResourceKind.TERM:
      return "terms"
    case ResourceKind.REVIEW:
      return "reviews"
    case ResourceKind.UNSPECIFIED:
      return undefined
  }
}
