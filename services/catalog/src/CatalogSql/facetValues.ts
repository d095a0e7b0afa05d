import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { FacetValue } from "../FacetValue.ts"
import { integers, texts } from "./Parameters.ts"

/** Tells values apart, as the table does; no part of one holds a NUL. */
export const valueKey = ({
  key,
  kind,
  scope
}: {
  readonly kind: number
  readonly scope: string
  readonly key: string
}): string => `${kind}\0${scope}\0${key}`

/**
 * The ids of these values, by {@link valueKey}. New ones get a row, and those that are called otherwise by now their new
 * name; one that is not named here keeps the name that it has. Of two names of one value the last one counts.
 */
export const facetValueIds = Effect.fnUntraced(function* (sql: SqlClient, values: ReadonlyArray<FacetValue>) {
  const wanted = new Map(values.map((value) => [valueKey(value), value]))
  const ids = new Map<string, number>()
  if (wanted.size === 0) return ids
  const all = [...wanted.values()]
  const held = yield* sql<FacetValue & { readonly id: number }>`
    SELECT v.id, v.kind::int, v.scope, v.key, v.name, v.slug
    FROM unnest(
      ${integers(all.map((value) => value.kind))}::smallint[],
      ${texts(all.map((value) => value.scope))}::text[],
      ${texts(all.map((value) => value.key))}::text[]
    ) AS wanted (kind, scope, key)
    JOIN facet_values v ON v.kind = wanted.kind AND v.scope = wanted.scope COLLATE "C" AND v.key = wanted.key COLLATE "C"`
  for (const row of held) {
    const value = wanted.get(valueKey(row))
    const isRenamed =
      value !== undefined && value.name !== "" && (value.name !== row.name || value.slug !== row.slug)
    if (!isRenamed) ids.set(valueKey(row), row.id)
  }
  const changed = all.filter((value) => !ids.has(valueKey(value)))
  if (changed.length === 0) return ids
  const written = yield* sql<FacetValue & { readonly id: number }>`
    INSERT INTO facet_values (kind, scope, key, name, slug)
    SELECT kind, scope, key, name, slug FROM unnest(
      ${integers(changed.map((value) => value.kind))}::smallint[],
      ${texts(changed.map((value) => value.scope))}::text[],
      ${texts(changed.map((value) => value.key))}::text[],
      ${texts(changed.map((value) => value.name))}::text[],
      ${texts(changed.map((value) => value.slug))}::text[]
    ) AS read (kind, scope, key, name, slug)
    ON CONFLICT (kind, scope, key) DO UPDATE SET name = excluded.name, slug = excluded.slug
    RETURNING id, kind::int, scope, key`
  for (const row of written) ids.set(valueKey(row), row.id)
  return ids
})
