import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Observed } from "../Change.ts"
import { bytes, ids, integers, texts } from "./Parameters.ts"

const KnownHash = Schema.Struct({ family: Schema.Int, id: Schema.BigInt, content_hash: Schema.Uint8Array })
const decodeHashes = Schema.decodeUnknownEffect(Schema.Array(KnownHash))

/** The content hashes that are held of these things; a tombstone has none. */
export const readHashes = Effect.fnUntraced(function* (sql: SqlClient, things: ReadonlyArray<Observed>) {
  const rows = yield* sql`
    SELECT v.family, v.id, v.content_hash FROM resource_versions v
    JOIN unnest(${integers(things.map((it) => it.family))}::smallint[], ${ids(things.map((it) => it.id))}::bigint[])
      AS asked (family, id) ON v.family = asked.family AND v.id = asked.id
    WHERE v.content_hash IS NOT NULL`
  return yield* Effect.orDie(decodeHashes(rows))
})

const Recorded = Schema.Struct({ family: Schema.Int, id: Schema.BigInt, changed: Schema.Boolean })
const decodeRecorded = Schema.decodeUnknownEffect(Schema.Array(Recorded))

/**
 * Notes what was observed wherever it is newer than what is held, and locks those rows until the transaction ends. Rows
 * come back for those only: `changed` says whether the content differs; what is missing was stale.
 *
 * The rule is in the statement, on the locked row: of two transactions with the same id the second one compares with
 * what the first one left. The rows are taken in one order by all, so that two batches never wait for each other.
 */
export const recordVersions = Effect.fnUntraced(function* (sql: SqlClient, things: ReadonlyArray<Observed>) {
  const rows = yield* sql`
    INSERT INTO resource_versions AS held
      (family, id, kind, parent_id, observation, changed_observation, date_modified_gmt, content_hash, changed_at)
    SELECT family, id, kind, parent_id, observation, observation, date_modified_gmt, content_hash, now()
    FROM unnest(
      ${integers(things.map((it) => it.family))}::smallint[],
      ${ids(things.map((it) => it.id))}::bigint[],
      ${integers(things.map((it) => it.kind))}::smallint[],
      ${ids(things.map((it) => it.parentId))}::bigint[],
      ${ids(things.map((it) => it.observation))}::bigint[],
      ${texts(things.map((it) => it.dateModifiedGmt))}::text[],
      ${bytes(things.map((it) => it.contentHash))}::bytea[]
    ) AS read (family, id, kind, parent_id, observation, date_modified_gmt, content_hash)
    ORDER BY family, id
    ON CONFLICT (family, id) DO UPDATE SET
      kind = excluded.kind,
      parent_id = excluded.parent_id,
      observation = excluded.observation,
      date_modified_gmt = excluded.date_modified_gmt,
      content_hash = excluded.content_hash,
      changed_observation = CASE WHEN held.content_hash IS NOT DISTINCT FROM excluded.content_hash
        THEN held.changed_observation ELSE excluded.observation END,
      changed_at = CASE WHEN held.content_hash IS NOT DISTINCT FROM excluded.content_hash
        THEN held.changed_at ELSE excluded.changed_at END
    WHERE held.observation < excluded.observation
    RETURNING family::int, id, changed_observation = observation AS changed`
  return yield* Effect.orDie(decodeRecorded(rows))
})

/**
 * Says that something changed, and locks the catalogue until the transaction ends: from here on there is one writer, so
 * that bits, prices and ordinals, which many products share, are nobody else's. Comes after {@link recordVersions}, in
 * every transaction that writes. Tells how whoever writes has to derive.
 */
export const touchCatalogue = Effect.fnUntraced(function* (sql: SqlClient) {
  const [row] = yield* sql<{ readonly derivation: string | null }>`
    UPDATE catalogue SET changed_at = greatest(clock_timestamp(), changed_at + interval '1 microsecond')
    RETURNING coalesce(deriving, derivation) AS derivation`
  return row?.derivation ?? null
})
