/** A catalogue of a generated shop, served by a process of its own on a PostgreSQL of its own. */
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import * as Postgres from "@optica/postgres/Postgres"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { startPostgres } from "./Postgres.ts"
import { cpuSeconds, freePort, root, startNode, until } from "./Processes.ts"

const token = "bench-operator-token"

export interface CatalogShop {
  /** Calls an RPC of the catalogue as Connect JSON; as the operator. */
  readonly call: (method: string, body: object) => Promise<unknown>
  /** Runs statements on its database through the same driver, in this process. */
  readonly run: <A>(program: Effect.Effect<A, SqlError, SqlClient>) => Promise<A>
  /** CPU milliseconds of PostgreSQL so far. */
  readonly databaseCpu: () => number
  /** CPU milliseconds of the catalogue and PostgreSQL so far. */
  readonly cpu: () => number
  readonly stop: () => Promise<void>
}

const start = async (products: number): Promise<CatalogShop> => {
  const postgres = await startPostgres()
  const url = await postgres.schemaUrl("catalog")
  const run = <A>(program: Effect.Effect<A, SqlError, SqlClient>): Promise<A> =>
    Effect.runPromise(
      program.pipe(
        Effect.provide(
          Postgres.layer({
            url: Redacted.make(url),
            schema: "catalog",
            applicationName: "optica-bench",
            maxConnections: 1,
            statementTimeoutMs: 0
          })
        )
      )
    )
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const catalog = startNode("services/catalog/src/main.ts", {
    CATALOG_PORT: String(port),
    DATABASE_URL: url,
    OPTICA_OPERATOR_TOKEN: token,
    LOG_LEVEL: "Warn"
  })
  const call = async (method: string, body: object): Promise<unknown> => {
    const response = await fetch(`${origin}/optica.catalog.v1.CatalogService/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body)
    })
    if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  const databaseCpu = () => cpuSeconds(postgres.pid) * 1000
  const stop = async () => {
    await catalog.stop()
    await postgres.stop()
  }
  try {
    // It makes its tables on the empty database; what is generated then counts as derived by this release.
    await until(
      "the catalogue answers",
      catalog,
      async () => (await call("ListCategories", {})) !== undefined
    )
    await run(generate(products))
  } catch (error) {
    await stop()
    throw error
  }
  return { call, run, databaseCpu, cpu: () => databaseCpu() + cpuSeconds(catalog.pid) * 1000, stop }
}

/** The script belongs to the catalogue, of which a bench imports nothing. */
const generate = (products: number) =>
  Effect.gen(function* () {
    const script = readFileSync(resolve(root, "services/catalog/fixtures/generate.sql"), "utf8")
    const sql = yield* SqlClient
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* sql`SELECT set_config('optica.products', ${String(products)}, true)`
        yield* sql`${sql.literal(`DO $block$ BEGIN EXECUTE $script$${script}$script$; END $block$`)}`
          .unprepared
      })
    )
    yield* sql`VACUUM (ANALYZE)`.unprepared
    // What was generated is written out now and not while something is measured.
    yield* sql`SELECT pg_stat_force_next_flush()`
  })

const shops = new Map<number, Promise<CatalogShop>>()

/** Generated once for all benches of a run: {@link stopShops} ends them. */
export const shopOf = (products: number): Promise<CatalogShop> => {
  const held = shops.get(products) ?? start(products)
  shops.set(products, held)
  return held
}

export const stopShops = async (): Promise<void> => {
  for (const shop of shops.values()) await (await shop.catch(() => undefined))?.stop()
  shops.clear()
}
