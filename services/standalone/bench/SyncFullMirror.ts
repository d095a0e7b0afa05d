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

/** CPU seconds of this process and PostgreSQL for the same rows, read before, in bare multi-row statements. */
const insert = async (postgres: BenchPostgres): Promise<number> => {
  const url = Redacted.make(await postgres.schemaUrl("catalog"))
  const program = Effect.gen(function* () {
    const sql = yield* SqlClient
    const rows = yield* sql<{ readonly [column: string]: unknown }>`SELECT * FROM products ORDER BY id`
    if (rows.length < products) return yield* Effect.die(`only ${rows.length} products were mirrored`)
    yield* sql`DROP TABLE IF EXISTS bare`
    // LIKE leaves the storage parameters behind, which decide how much of a row is compressed and stored apart.
    const [{ options } = { options: "" }] = yield* sql<{ readonly options: string }>`
      SELECT array_to_string(reloptions, ', ') AS options FROM pg_class WHERE oid = 'products'::regclass`
    yield* sql`CREATE TABLE bare (LIKE products INCLUDING ALL) WITH (${sql.literal(options)})`
    const columns = Object.keys(rows[0] ?? {})
    const set = sql.literal(columns.map((name) => `"${name}" = excluded."${name}"`).join(", "))
    const used = process.cpuUsage()
    const before = cpuSeconds(postgres.pid)
    for (const chunk of Arr.chunksOf(rows, batch)) {
      yield* sql`INSERT INTO bare ${sql.insert(chunk)} ON CONFLICT (id) DO UPDATE SET ${set}`
    }
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
  about: `mirror of ${products} products and their variations, without the shop, against bare multi-row upserts of the same rows`,
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
