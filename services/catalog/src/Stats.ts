import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf"
import { timestampFromDate } from "@bufbuild/protobuf/wkt"
import { CatalogStatsSchema } from "@optica/contracts/optica/catalog/v1/stats_pb"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type { SqlClient } from "effect/sql/SqlClient"
import { type CatalogUnavailable, unavailable } from "./CatalogFailure.ts"
import { countStats, readStats, tryToCount, waitToCount, writeStats } from "./CatalogSql/readStats.ts"

/** Figures of one snapshot. */
interface Figures {
  readonly stats: MessageInitShape<typeof CatalogStatsSchema>
  /** When the catalogue that was counted last changed. */
  readonly lastModified: Date
}

/** Figures of the whole catalogue. */
export interface Stats {
  readonly getCatalogStats: Effect.Effect<Figures, CatalogUnavailable>
  /** Says that the catalogue changed: the figures are counted anew soon, once for many changes. */
  readonly changed: Effect.Effect<void>
}

/** Counting waits until changes have stopped for so long … */
const quietMs = 2_000
/** … but no longer than this after the first of them. */
const longestMs = 10_000
/** How often it is looked for what another instance changed and did not live to count. */
const lookEveryMs = 60_000

/** The job that counts lives as long as the scope. It begins by counting what an instance before it left uncounted. */
export const make = Effect.fnUntraced(function* (sql: SqlClient) {
  // Of many changes one is remembered.
  const changes = yield* Queue.sliding<void>(1)
  const next = Effect.gen(function* () {
    const outcome = yield* countOnce(sql)
    // Who is counting may have begun before our change.
    if (outcome === "busy") yield* Queue.offer(changes, undefined)
  }).pipe(
    Effect.catchCause((cause) =>
      Effect.logWarning("The figures of the catalogue were not counted; the next change tries again", cause)
    ),
    Effect.andThen(untilQuiet(changes))
  )
  yield* Effect.forkScoped(Effect.forever(next))

  const getCatalogStats = Effect.gen(function* () {
    const held = yield* readStats(sql)
    const row = held.document === null ? yield* Effect.andThen(countNow(sql), readStats(sql)) : held
    const stats = {
      ...fromBinary(CatalogStatsSchema, row.document ?? new Uint8Array()),
      ...(row.computed_at === null ? {} : { computedAt: timestampFromDate(row.computed_at) }),
      ageMs: row.age_ms ?? 0n,
      outdated: row.outdated
    }
    return { stats, lastModified: row.counted_changed_at ?? new Date(0) }
  }).pipe(unavailable, Effect.withSpan("Catalog.getCatalogStats"))

  return { getCatalogStats, changed: Effect.asVoid(Queue.offer(changes, undefined)) } satisfies Stats
})

/** Waits for a change and then until there are no more, or too many; in any case not for ever. */
const untilQuiet = Effect.fnUntraced(function* (changes: Queue.Dequeue<void>) {
  const first = yield* Effect.timeoutOption(Queue.take(changes), lookEveryMs)
  if (Option.isNone(first)) return
  const end = (yield* Clock.currentTimeMillis) + longestMs
  for (;;) {
    const left = end - (yield* Clock.currentTimeMillis)
    const more = yield* Effect.timeoutOption(Queue.take(changes), Math.min(quietMs, left))
    if (Option.isNone(more)) return
  }
})

/** Counts unless the figures are of the catalogue as it is, or another instance is counting. */
const countOnce = (sql: SqlClient): Effect.Effect<"counted" | "busy", unknown> =>
  Effect.gen(function* () {
    if (!(yield* readStats(sql)).outdated) return "counted"
    return yield* sql.withTransaction(
      Effect.gen(function* () {
        if (!(yield* tryToCount(sql))) return "busy"
        yield* countAndWrite(sql)
        return "counted"
      })
    )
  }).pipe(Effect.withSpan("Catalog.countStats"))

/** Counts before the first figures are there; of many who ask at once the first one. */
const countNow = (sql: SqlClient) =>
  sql.withTransaction(
    Effect.gen(function* () {
      yield* waitToCount(sql)
      if ((yield* readStats(sql)).document === null) yield* countAndWrite(sql)
    })
  )

const countAndWrite = Effect.fnUntraced(function* (sql: SqlClient) {
  const row = yield* countStats(sql)
  const stats = create(CatalogStatsSchema, {
    products: BigInt(row.products),
    variations: BigInt(row.variations),
    categories: BigInt(row.categories),
    tags: BigInt(row.tags),
    brands: BigInt(row.brands),
    reviews: BigInt(row.reviews),
    onSale: BigInt(row.on_sale),
    featured: BigInt(row.featured),
    stockStatuses: row.stock_statuses.map(({ products, status }) => ({
      stockStatus: status,
      count: BigInt(products)
    })),
    minPrice: row.min_price,
    maxPrice: row.max_price,
    averagePrice: row.average_price,
    averageRating: row.average_rating
  })
  yield* writeStats(sql, {
    computedAt: row.computed_at,
    catalogueChangedAt: row.catalogue_changed_at,
    document: toBinary(CatalogStatsSchema, stats)
  })
})
