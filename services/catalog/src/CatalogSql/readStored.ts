import type { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Table } from "../Change.ts"
import { bytes, ids } from "./Parameters.ts"

/** How the rows were derived, and how far they have been derived anew. */
export interface DerivationState {
  /** Null before the first start. */
  readonly derivation: string | null
  /** What they are being derived to; null when they are not. */
  readonly deriving: string | null
  readonly derived_family: number
  readonly derived_up_to: bigint
}

/** Waits for whoever derives at the moment, until the end of its transaction. */
export const lockDerivation = (sql: SqlClient) =>
  sql`SELECT pg_advisory_xact_lock(hashtextextended('optica.catalog.derivation', 0))`

export const readDerivation = Effect.fnUntraced(function* (sql: SqlClient) {
  const [state] = yield* sql<DerivationState>`
    SELECT derivation, deriving, derived_family::int, derived_up_to FROM catalogue`
  return state ?? { derivation: null, deriving: null, derived_family: 0, derived_up_to: 0n }
})

/** Notes how far this derivation has come. */
export const noteDerived = (sql: SqlClient, derivation: string, family: number, id: bigint) => sql`
  UPDATE catalogue SET deriving = ${derivation}, derived_family = ${family}, derived_up_to = ${id}`

/** Notes that everything is derived in this way. */
export const finishDerivation = (sql: SqlClient, derivation: string) => sql`
  UPDATE catalogue SET derivation = ${derivation}, deriving = NULL, derived_family = 0, derived_up_to = 0`

/** How many things are held, and how many of them come up to and with this one; families fall. */
export const countHeld = Effect.fnUntraced(function* (sql: SqlClient, family: number, id: bigint) {
  const [row] = yield* sql<{ readonly all: number; readonly done: number }>`
    SELECT count(*)::int AS all,
      count(*) FILTER (WHERE family > ${family} OR family = ${family} AND id <= ${id})::int AS done
    FROM resource_versions WHERE content_hash IS NOT NULL`
  return row ?? { all: 0, done: 0 }
})

/** A thing as it is held. */
export interface Stored {
  readonly id: bigint
  readonly kind: ResourceKind
  readonly parent_id: bigint
  readonly observation: bigint
  readonly content_hash: Uint8Array
  readonly source: string
}

/**
 * What is held of a family after an id, by rising id; locked, so that no batch changes it meanwhile.
 *
 * Two statements: the first may wait for a batch, and its snapshot is from before that. PostgreSQL reads the rows that it
 * locks again, but nothing that they are joined with.
 */
export const readStored = Effect.fnUntraced(function* (
  sql: SqlClient,
  table: Table,
  family: ResourceKind,
  after: bigint,
  limit: number
) {
  const versions = yield* sql<Omit<Stored, "source">>`
    SELECT id, kind::int, parent_id, observation, content_hash FROM resource_versions
    WHERE family = ${family} AND id > ${after} AND content_hash IS NOT NULL
    ORDER BY id LIMIT ${limit} FOR UPDATE`
  const held = yield* sql<Pick<Stored, "id" | "source">>`
    SELECT id, source FROM ${sql(table)} WHERE id = ANY(${ids(versions.map((it) => it.id))}::bigint[])`
  const sources = new Map(held.map((it) => [it.id, it.source]))
  return {
    last: versions.at(-1)?.id,
    // One that was hidden without ever having been understood has no source.
    stored: versions.flatMap((it): ReadonlyArray<Stored> => {
      const source = sources.get(it.id)
      return source === undefined ? [] : [{ ...it, source }]
    })
  }
})

/** Notes the content of what was derived anew: the observation stays, and the next sweep finds it unchanged. */
export const writeHashes = (
  sql: SqlClient,
  family: ResourceKind,
  things: ReadonlyArray<{ readonly id: number; readonly contentHash: Uint8Array | null }>
) => sql`
  UPDATE resource_versions held SET content_hash = read.content_hash
  FROM unnest(
    ${ids(things.map((it) => it.id))}::bigint[], ${bytes(things.map((it) => it.contentHash))}::bytea[]
  ) AS read (id, content_hash)
  WHERE held.family = ${family} AND held.id = read.id`
