import { connect } from "node:net"
import type { Bench, Pair } from "./Bench.ts"
import { startPostgres } from "./Postgres.ts"
import { cpuSeconds, freePort, startNode, until } from "./Processes.ts"

const listening = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy()
      done(true)
    })
    socket.once("error", () => done(false))
  })

/** CPU seconds that a script spends until its port answers. */
const start = async (script: string, port: number, env: Record<string, string>): Promise<number> => {
  const process = startNode(script, env)
  try {
    await until(`${script} listens`, process, () => listening(port))
    return cpuSeconds(process.pid)
  } finally {
    await process.stop()
  }
}

/** From source, by type stripping, against a database that is migrated already. */
export const startService: Bench = {
  name: "start.service",
  unit: "s CPU",
  about: "catalog from source until its port answers, against a bare node:http server",
  target: { of: "value", atMost: 1.5 },
  pairs: 5,
  run: async (pairs, note) => {
    const postgres = await startPostgres()
    try {
      const database = await postgres.schemaUrl("catalog")
      const ours = async () => {
        const port = await freePort()
        return start("services/catalog/src/main.ts", port, {
          CATALOG_PORT: String(port),
          DATABASE_URL: database,
          OPTICA_OPERATOR_TOKEN: "bench-operator-token"
        })
      }
      const bare = async () => {
        const port = await freePort()
        return start("services/standalone/bench/bare-server.ts", port, { PORT: String(port) })
      }
      await ours()
      const runs: Array<Pair> = []
      for (let pair = 1; pair <= pairs; pair++) {
        const run = { value: await ours(), baseline: await bare() }
        note(`${pair}/${pairs}: ${run.value.toFixed(2)} s against ${run.baseline.toFixed(2)} s`)
        runs.push(run)
      }
      return runs
    } finally {
      await postgres.stop()
    }
  }
}
