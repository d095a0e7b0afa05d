import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort, type Process, startStandalone, until } from "../bench/Processes.ts"

/** `npm start` on ports of its own, small, without a word of the environment that the tests run in. */
export interface Standalone extends Process {
  readonly origin: string
  readonly env: Record<string, string>
}

const started: Array<Process> = []

export const start = async (env: Record<string, string>): Promise<Standalone> => {
  const port = env.PORT ?? String(await freePort())
  const all = { PORT: port, DEMO_PRODUCTS: "40", LOG_LEVEL: "Warn", ...env }
  const process = startStandalone(all)
  started.push(process)
  return {
    ...process,
    origin: `http://127.0.0.1:${port}`,
    env: all
  }
}

export const ready = (standalone: Standalone): Promise<void> =>
  until("npm start is ready", standalone, async () => (await fetch(`${standalone.origin}/health/ready`)).ok)

/** Ready, and everything that it says at the start has been said. */
export const welcomed = async (standalone: Standalone): Promise<void> => {
  await ready(standalone)
  await until("it says where things are", standalone, async () =>
    standalone.output().includes("npm run optica")
  )
}

/** A data folder for `use`; afterwards it is removed and all that was started on it stopped. PostgreSQL's own user has to reach it where the tests run as root. */
export const withDataDir = async (use: (dataDir: string) => Promise<void>): Promise<void> => {
  const dataDir = mkdtempSync(join(tmpdir(), "optica-standalone-"))
  chmodSync(dataDir, 0o755)
  try {
    await use(dataDir)
  } finally {
    // Also what a failed test left running.
    await Promise.all(started.splice(0).map((process) => process.stop()))
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** What `npm start` left for the command line. */
export const endpoints = (dataDir: string): Record<"edge" | "catalog" | "sync" | "operatorToken", string> =>
  JSON.parse(readFileSync(join(dataDir, "standalone.json"), "utf8"))
