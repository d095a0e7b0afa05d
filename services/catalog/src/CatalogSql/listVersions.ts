import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"

const Version = Schema.Struct({
  id: Schema.BigInt,
  observation: Schema.BigInt,
  date_modified_gmt: Schema.String,
  parent_id: Schema.BigInt
})
const decodeVersions = Schema.decodeUnknownEffect(Schema.Array(Version))

export interface VersionQuery {
  readonly family: number
  readonly kind: number
  readonly afterId: bigint
  /** 0 for all. */
  readonly observedBefore: bigint
  readonly limit: number
}

/** What is held of a kind, without tombstones. */
export const listVersions = Effect.fnUntraced(function* (sql: SqlClient, query: VersionQuery) {
  const rows = yield* sql`
    SELECT id, observation, date_modified_gmt, parent_id FROM resource_versions
    WHERE family = ${query.family} AND id > ${query.afterId} AND kind = ${query.kind} AND content_hash IS NOT NULL
      AND (${query.observedBefore}::bigint = 0 OR observation < ${query.observedBefore}::bigint)
    ORDER BY id LIMIT ${query.limit}`
  return yield* Effect.orDie(decodeVersions(rows))
})
