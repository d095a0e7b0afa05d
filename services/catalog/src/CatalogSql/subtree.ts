import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { ids } from "./Parameters.ts"

/** These categories and all below them, as an array; UNION ends where a category stands below itself. */
export const subtree = (sql: SqlClient, roots: ReadonlyArray<bigint>): Fragment => sql`(
  WITH RECURSIVE wanted (id) AS (
    SELECT unnest(${ids(roots)}::bigint[])
    UNION SELECT below.id FROM categories below JOIN wanted ON below.parent_id = wanted.id
  ) SELECT array_agg(id) FROM wanted
)`
