import { TestDatabase } from "@optica/postgres/TestDatabase"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { SqlClient } from "effect/sql/SqlClient"
import { Catalog } from "../src/Catalog.ts"
import { extensions, migrations } from "../src/CatalogService.ts"
import { options } from "./Shop.ts"

const database = TestDatabase.layer({ schema: "catalog", migrations, extensions })

/** A test with a database of its own; whole lines of the log go to `lines`. */
export const test = <A, E>(
  body: Effect.Effect<A, E, SqlClient | TestDatabase>,
  lines: Array<string> = []
) => {
  const logger = Logger.make<unknown, void>(({ message }) => {
    lines.push([message].flat().join(" "))
  })
  return body.pipe(
    Effect.provide(Layer.mergeAll(database, Logger.layer([logger])), { local: true }),
    Effect.scoped
  )
}

/** What a start with these settings does, and this effect after it. */
export const started = <A, E>(
  effect: Effect.Effect<A, E, Catalog | SqlClient>,
  allow: ReadonlyArray<string> = []
) => effect.pipe(Effect.provide(Catalog.layerNoDeps(options(allow)), { local: true }))

/** How the catalogue is derived, and how far that has come. */
export const state = Effect.flatMap(SqlClient, (sql) =>
  Effect.map(
    sql<{
      readonly derivation: string | null
      readonly deriving: string | null
      readonly derived_up_to: bigint
      readonly changed_at: Date
    }>`SELECT derivation, deriving, derived_up_to, changed_at FROM catalogue`,
    ([row]) => row
  )
)

/** As a release before facets left it: nothing is known but what the shop sent. */
export const forget = Effect.gen(function* () {
  const sql = yield* SqlClient
  yield* sql`UPDATE products SET keys = '{}', ordinal = NULL, is_searchable = false, price_min = NULL, price_max = NULL,
    gtin = '', document = ''`
  yield* sql`UPDATE categories SET slug = ''`
  yield* sql`UPDATE attributes SET slug = '', name = ''`
  yield* sql`UPDATE terms SET slug = '', name = '', menu_order = 0`
  yield* sql`UPDATE reviews SET is_approved = false, document = ''`
  for (const table of ["facet_bits", "facet_values", "product_texts"]) yield* sql`DELETE FROM ${sql(table)}`
  yield* sql`UPDATE catalogue SET derivation = NULL`
  // Hashes of another derivation; what is hidden has the same one always.
  yield* sql`UPDATE resource_versions SET content_hash = sha256(content_hash)
    WHERE content_hash IS NOT NULL AND content_hash <> decode(repeat('00', 16), 'hex')`
})

/** As if a start with the settings that it is derived by had just begun to derive it anew, after one with others. */
export const deriving = Effect.flatMap(
  SqlClient,
  (
    sql
  ) => sql`UPDATE catalogue SET deriving = coalesce(derivation, deriving), derivation = 'another', derived_family = 99,
    derived_up_to = 0`
)

/** Until somebody waits for a lock of another transaction. */
export const somebodyWaits = Effect.gen(function* () {
  const sql = yield* SqlClient
  for (;;) {
    const waiting = yield* sql`SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`
    if (waiting.length > 0) return
    yield* sql`SELECT pg_sleep(0.01)`
  }
})
