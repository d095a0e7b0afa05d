import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Bench, Pair } from "./Bench.ts"
import { freePort, type Process, residentMegabytes, startNode, startStandalone, until } from "./Processes.ts"

const answers = async (url: string): Promise<boolean> => (await fetch(url)).ok

const measure = async (
  process: Process,
  ready: () => Promise<boolean>,
  use: () => Promise<void>
): Promise<number> => {
  try {
    await until("it is ready", process, ready, { everyMs: 100, timeoutMs: 600_000 })
    await use()
    return residentMegabytes(process.pid)
  } finally {
    await process.stop()
  }
}

/** The whole of `npm start` save PostgreSQL: services, edge and demo store, after the mirror and a few reads. */
export const memoryStandalone: Bench = {
  name: "memory.standalone",
  unit: "MB",
  about: "resident memory of npm start with 10,000 products mirrored, without PostgreSQL",
  target: { of: "value", atMost: 300 },
  pairs: 1,
  run: async (pairs, note) => {
    const runs: Array<Pair> = []
    for (let pair = 1; pair <= pairs; pair++) {
      const dataDir = mkdtempSync(join(tmpdir(), "optica-bench-"))
      try {
        const port = await freePort()
        const origin = `http://127.0.0.1:${port}`
        const ours = startStandalone({
          PORT: String(port),
          OPTICA_DATA: dataDir,
          DEMO_PRODUCTS: "10000",
          LOG_LEVEL: "Warn"
        })
        const value = await measure(
          ours,
          () => answers(`${origin}/health/ready`),
          async () => {
            for (let page = 1; page <= 100; page++) {
              await (await fetch(`${origin}/api/products?per_page=100&page=${page}`)).arrayBuffer()
            }
          }
        )
        const barePort = await freePort()
        const bare = startNode("services/standalone/bench/bare-server.ts", { PORT: String(barePort) })
        const baseline = await measure(
          bare,
          () => answers(`http://127.0.0.1:${barePort}`),
          async () => {}
        )
        note(`${pair}/${pairs}: ${value.toFixed(0)} MB against ${baseline.toFixed(0)} MB`)
        runs.push({ value, baseline })
      } finally {
        rmSync(dataDir, { recursive: true, force: true })
      }
    }
    return runs
  }
}
