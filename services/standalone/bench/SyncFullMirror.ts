import * as Postgres from "@optica/postgres/Postgres"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { SqlClient } from "effect/sql/SqlClient"
import type { Bench, Pair } from "./Bench.ts"
import { type BenchPostgres, startPostgres } from "./Postgres.ts"
import { cpuSeconds, freePort, type Process, startNode, until } from "./Processes.ts"

const products = 10_000
const batch = 100
const token = "bench-operator-token"

interface Upstreams {
  readonly postgres: BenchPostgres
  /** The shop: its CPU is not counted. */
  readonly shop: {
    readonly WOO_URL: string
    readonly WOO_CONSUMER_KEY: string
    readonly WOO_CONSUMER_SECRET: string
  }
}

/** Calls an RPC as Connect JSON. */
const call = async (origin: string, method: string, body: object): Promise<unknown> => {
  const response = await fetch(`${origin}/optica.sync.v1.SyncService/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body)
  })
  if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`)
  return response.json()
}

const healthy = async (origin: string): Promise<boolean> =>
  (
    await fetch(`${origin}/grpc.health.v1.Health/Check`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}"
    })
  ).ok

/** CPU seconds of sync, catalog and PostgreSQL for one mirror of all products and variations into empty tables. */
const mirror = async ({ postgres, shop }: Upstreams): Promise<number> => {
  const started: Array<Process> = []
  const start = async (script: string, env: Record<string, string>, origin: string) => {
    const process = startNode(script, { ...env, OPTICA_OPERATOR_TOKEN: token, LOG_LEVEL: "Warn" })
    started.push(process)
    await until(`${script} is healthy`, process, () => healthy(origin))
    return process
  }
  try {
    await postgres.drop("catalog", "sync")
    const [catalogPort, syncPort] = [await freePort(), await freePort()]
    const catalogUrl = `http://127.0.0.1:${catalogPort}`
    const syncUrl = `http://127.0.0.1:${syncPort}`
    const catalog = await start(
      "services/catalog/src/main.ts",
      { CATALOG_PORT: String(catalogPort), DATABASE_URL: await postgres.schemaUrl("catalog") },
      catalogUrl
    )
    const sync = await start(
      "services/sync/src/main.ts",
      {
        ...shop,
        SYNC_PORT: String(syncPort),
        SYNC_ON_START: "never",
        CATALOG_URL: catalogUrl,
        DATABASE_URL: await postgres.schemaUrl("sync")
      },
      syncUrl
    )
    const cpu = () => cpuSeconds(catalog.pid) + cpuSeconds(sync.pid) + cpuSeconds(postgres.pid)
    const before = cpu()
    await call(syncUrl, "StartSync", { kind: "RUN_KIND_PRODUCTS" })
    const complete = async () => {
      const status = JSON.stringify(await call(syncUrl, "GetSyncStatus", {}))
      if (/RUN_STATUS_(FAILED|CANCELLED)/.test(status)) throw new Error(status)
      return status.includes("RUN_STATUS_COMPLETED")
    }
    // Seldom, because the question costs CPU as well.
    await until("the mirror is complete", sync, complete, { everyMs: 500, timeoutMs: 600_000 })
    return cpu() - before
  } finally {
    for (const process of started.reverse()) await process.stop()
  }
}

/** What a mirror of products writes, by the key of each table. */
const written = [
  { table: "resource_versions", key: "family, id" },
  { table: "products", key: "id" },
  { table: "product_texts", key: "product_id" },
  { table: "search_words", key: "word" },
  { table: "facet_values", key: "id" },
  { table: "facet_bits", key: "value_id, chunk" }
]

/** Reads a table of the mirror and makes an empty one like it; what it answers with fills that one. */
const copyOf = Effect.fnUntraced(function* ({ key, table }: (typeof written)[number]) {
  const sql = yield* SqlClient
  const [from, to] = [sql.literal(table), sql.literal(`bare_${table}`)]
  // The driver has no values for words and bits: they are read, and written, as text.
  const [{ read } = { read: "*" }] = yield* sql<{ readonly read: string }>`
    SELECT string_agg(format(
      CASE WHEN atttypid IN ('tsvector'::regtype, 'varbit'::regtype) THEN '%1$I::text AS %1$I' ELSE '%1$I' END, attname
    ), ', ') AS read FROM pg_attribute WHERE attrelid = ${table}::regclass AND attnum > 0 AND NOT attisdropped`
  const rows = yield* sql<{
    readonly [column: string]: unknown
  }>`SELECT ${sql.literal(read)} FROM ${from} ORDER BY ${sql.literal(key)}`
  if (rows.length === 0) return yield* Effect.die(`nothing was written to ${table}`)
  yield* sql`DROP TABLE IF EXISTS ${to}`
  // LIKE leaves the storage parameters behind, which decide how much of a row is compressed and stored apart.
  const [{ options } = { options: null }] = yield* sql<{ readonly options: string | null }>`
    SELECT array_to_string(reloptions, ', ') AS options FROM pg_class WHERE oid = ${table}::regclass`
  const parameters = sql.literal(options === null ? "" : `WITH (${options})`)
  yield* sql`CREATE TABLE ${to} (LIKE ${from} INCLUDING ALL EXCLUDING IDENTITY) ${parameters}`
  const columns = Object.keys(rows[0] ?? {})
  const set = sql.literal(columns.map((name) => `"${name}" = excluded."${name}"`).join(", "))
  const fill = Effect.forEach(
    Arr.chunksOf(rows, batch),
    (chunk) =>
      sql`INSERT INTO ${to} ${sql.insert(chunk)} ON CONFLICT (${sql.literal(key)}) DO UPDATE SET ${set}`,
    { discard: true }
  )
  return { table, count: rows.length, fill }
})

/**
 * CPU seconds of this process and PostgreSQL for the same rows of all tables, read before, in bare multi-row statements:
 * each row once, as it was in the end, though a mirror comes back to the bits of a value with every batch.
 */
const insert = async (postgres: BenchPostgres): Promise<number> => {
  const url = Redacted.make(await postgres.schemaUrl("catalog"))
  const program = Effect.gen(function* () {
    const copies = yield* Effect.forEach(written, copyOf)
    const mirrored = copies.find(({ table }) => table === "products")?.count ?? 0
    if (mirrored < products) return yield* Effect.die(`only ${mirrored} products were mirrored`)
    const used = process.cpuUsage()
    const before = cpuSeconds(postgres.pid)
    for (const { fill } of copies) yield* fill
    const { system, user } = process.cpuUsage(used)
    return (system + user) / 1e6 + (cpuSeconds(postgres.pid) - before)
  })
  return Effect.runPromise(
    program.pipe(
      Effect.provide(
        Postgres.layer({
          url,
          schema: "catalog",
          applicationName: "optica-bench",
          statementTimeoutMs: 60_000
        })
      )
    )
  )
}

/** The mirror against what the database alone would cost. */
export const syncFullMirror: Bench = {
  name: "sync.full-mirror",
  unit: "s CPU",
  about: `mirror of ${products} products and their variations, without the shop, against bare multi-row upserts of the same rows of all tables that it writes`,
  target: { of: "ratio", atMost: 3 },
  pairs: 3,
  run: async (pairs, note) => {
    const postgres = await startPostgres()
    const port = await freePort()
    const store = startNode("packages/demo-store/src/main.ts", {
      DEMO_PORT: String(port),
      DEMO_PRODUCTS: String(products)
    })
    try {
      await until("the demo store tells its key", store, async () => keyOf(store.output()) !== undefined)
      const key = keyOf(store.output())
      if (key === undefined) throw new Error("the demo store told no key")
      const shop = { WOO_URL: `http://127.0.0.1:${port}`, ...key }
      const runs: Array<Pair> = []
      for (let pair = 1; pair <= pairs; pair++) {
        const run = { value: await mirror({ postgres, shop }), baseline: await insert(postgres) }
        note(`${pair}/${pairs}: ${run.value.toFixed(2)} s against ${run.baseline.toFixed(2)} s`)
        runs.push(run)
      }
      return runs
    } finally {
      await store.stop()
      await postgres.stop()
    }
  }
}

const keyOf = (output: string) => {
  const key = /consumer key\s+(\S+)/.exec(output)?.[1]
  const secret = /secret\s+(\S+)/.exec(output)?.[1]
  return key === undefined || secret === undefined
    ? undefined
    : { WOO_CONSUMER_KEY: key, WOO_CONSUMER_SECRET: secret }
}
