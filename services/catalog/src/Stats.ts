import type { MessageInitShape } from "@bufbuild/protobuf"
import type { CatalogStatsSchema } from "@optica/contracts/optica/catalog/v1/stats_pb"
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { CatalogUnavailable } from "./CatalogFailure.ts"

/** Figures of the whole catalogue. */
export interface Stats {
  readonly getCatalogStats: Effect.Effect<MessageInitShape<typeof CatalogStatsSchema>, CatalogUnavailable>
  /** Says that the catalogue changed: the figures are counted anew soon, once for many changes. */
  readonly changed: Effect.Effect<void>
}

/** The job that counts lives as long as the scope. */
export const make = (sql: SqlClient) =>
  Effect.sync((): Stats => {
    void sql
    return { getCatalogStats: Effect.die("to do"), changed: Effect.void }
  })
