import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Postgres from "@optica/postgres/Postgres"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { SqlClient } from "effect/sql/SqlClient"
import { type Bench, median, type Pair } from "./Bench.ts"
import { startPostgres } from "./Postgres.ts"
import { cpuSeconds, freePort, startStandalone, until } from "./Processes.ts"

const times = 2000
const atOnce = 8

/** Does something for many ids, eight at a time. */
const forAll = async (ids: ReadonlyArray<string>, use: (id: string) => Promise<unknown>): Promise<void> => {
  let next = 0
  const work = async () => {
    while (next < times) {
      const id = ids[next++ % ids.length]
      if (id !== undefined) await use(id)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/** `GET /api/products/{id}` of a process of everything, answered from the database every time, against the bare read. */
export const getUncached: Bench = {
  name: "catalog.get-uncached",
  unit: "ms CPU",
  about:
    "a product over HTTP from edge and catalogue in one process, with PostgreSQL, against the statement that the catalogue sends, through the same driver and no more",
  target: { of: "ratio", atMost: 6 },
  pairs: 5,
  run: async (pairs, note, tell) => {
    const postgres = await startPostgres()
    const dataDir = mkdtempSync(join(tmpdir(), "optica-bench-"))
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const standalone = startStandalone({
      PORT: String(port),
      OPTICA_DATA: dataDir,
      DATABASE_URL: postgres.url,
      DEMO_PRODUCTS: "1000",
      LOG_LEVEL: "Warn"
    })
    try {
      const ready = async () => (await fetch(`${origin}/health/ready`)).ok
      await until("everything is mirrored", standalone, ready, { everyMs: 200, timeoutMs: 300_000 })
      const url = Redacted.make(await postgres.schemaUrl("catalog"))
      const databaseCpu = () => cpuSeconds(postgres.pid) * 1000
      const program = Effect.gen(function* () {
        const sql = yield* SqlClient
        const rows = yield* sql<{ readonly id: string }>`
          SELECT id::text FROM products WHERE is_listed ORDER BY id LIMIT 500`
        const ids = rows.map((row) => row.id)
        const context = yield* Effect.context<never>()
        const get = async (id: string, headers: Record<string, string> = {}) => {
          const response = await fetch(`${origin}/api/products/${id}`, { headers })
          if (!response.ok) throw new Error(`product ${id}: ${response.status}`)
          await response.arrayBuffer()
        }
        const statement = yield* Effect.gen(function* () {
          yield* Effect.promise(() => get(ids[0] ?? ""))
          // A bench imports no service: the server tells what the catalogue has just asked it.
          const [last] = yield* sql<{ readonly query: string }>`
            SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = current_user
              AND query LIKE '%document%' ORDER BY query_start DESC LIMIT 1`
          return last?.query ?? ""
        })
        const parameters = new Set(statement.match(/\$\d+/g)).size
        if (parameters !== 1 || statement.length >= 1023)
          throw new Error(`not the read of one product: ${statement}`)
        const read = (id: string) => Effect.runPromiseWith(context)(sql.unsafe(statement, [BigInt(id)]))
        const ours = async (headers?: Record<string, string>) => {
          const before = databaseCpu() + cpuSeconds(standalone.pid) * 1000
          await forAll(ids, (id) => get(id, headers))
          return (databaseCpu() + cpuSeconds(standalone.pid) * 1000 - before) / times
        }
        const bare = async () => {
          const used = process.cpuUsage()
          const before = databaseCpu()
          await forAll(ids, read)
          const { system, user } = process.cpuUsage(used)
          return ((system + user) / 1000 + databaseCpu() - before) / times
        }
        return yield* Effect.promise(async () => {
          await ours()
          await bare()
          const runs: Array<Pair> = []
          const plain: Array<number> = []
          for (let pair = 1; pair <= pairs; pair++) {
            const run = { value: await ours(), baseline: await bare() }
            plain.push(await ours({ "accept-encoding": "identity" }))
            note(`${pair}/${pairs}: ${run.value.toFixed(3)} ms against ${run.baseline.toFixed(3)} ms`)
            runs.push(run)
          }
          // `fetch` asks for gzip: the baseline has nothing like it.
          tell({ name: "the same, not compressed", value: median(plain) })
          return runs
        })
      })
      return await Effect.runPromise(
        program.pipe(
          Effect.provide(
            Postgres.layer({ url, schema: "catalog", applicationName: "optica-bench", maxConnections: 10 })
          )
        )
      )
    } finally {
      await standalone.stop()
      await postgres.stop()
      rmSync(dataDir, { recursive: true, force: true })
    }
  }
}
