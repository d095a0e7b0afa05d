import { type ChildProcess, spawn } from "node:child_process"
import { createServer } from "node:net"
import { resolve } from "node:path"
import * as Effect from "effect/Effect"

const root = resolve(import.meta.dirname, "../../..")

/** A process of the repository, run from its source. */
export interface Running {
  readonly process: ChildProcess
  /** All that it has printed. */
  readonly output: () => string
  /** The first match in its output, waited for; fails with the output when the process ends without it. */
  readonly printed: (pattern: RegExp) => Effect.Effect<RegExpExecArray>
  /** SIGKILL, and waits until it is gone. */
  readonly kill: Effect.Effect<void>
  readonly exitCode: Effect.Effect<number | null>
}

/** Starts `node <script>` with exactly this environment; it is killed when the scope closes. */
export const start = (script: string, env: Record<string, string>) =>
  Effect.acquireRelease(
    Effect.sync((): Running => {
      const child = spawn(process.execPath, [resolve(root, script)], {
        env: { PATH: process.env.PATH, ...env },
        stdio: ["ignore", "pipe", "pipe"]
      })
      let output = ""
      const listeners = new Set<() => void>()
      const keep = (chunk: Buffer) => {
        output += chunk.toString()
        for (const listener of listeners) listener()
      }
      child.stdout.on("data", keep)
      child.stderr.on("data", keep)
      const exited = new Promise<number | null>((done) => child.once("close", done))
      const printed = (pattern: RegExp) =>
        Effect.callback<RegExpExecArray>((resume) => {
          const look = () => {
            const match = pattern.exec(output)
            if (match !== null) resume(Effect.succeed(match))
          }
          listeners.add(look)
          void exited.then(() => resume(Effect.die(new Error(`${script} ended:\n${output}`))))
          look()
          return Effect.sync(() => listeners.delete(look))
        })
      const exitCode = Effect.promise(() => exited)
      const kill = Effect.suspend(() => {
        child.kill("SIGKILL")
        return Effect.asVoid(exitCode)
      })
      return { process: child, output: () => output, printed, kill, exitCode }
    }),
    (running) => running.kill
  )

/** A TCP port that was free a moment ago. */
const freePort = Effect.callback<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" ? (address?.port ?? 0) : 0)))
  })
})

const listens = /listens on ([\w.]+:\d+)/

export const startCatalog = Effect.fnUntraced(function* (databaseUrl: string, token: string) {
  const catalog = yield* start("services/catalog/src/main.ts", {
    CATALOG_PORT: "0",
    DATABASE_URL: databaseUrl,
    OPTICA_OPERATOR_TOKEN: token
  })
  const [, address] = yield* catalog.printed(listens)
  return { ...catalog, url: `http://${address}` }
})

export const startSync = Effect.fnUntraced(function* (env: Record<string, string>) {
  const sync = yield* start("services/sync/src/main.ts", { SYNC_PORT: "0", ...env })
  const [, address] = yield* sync.printed(listens)
  return { ...sync, url: `http://${address}` }
})

/** A demo store with this many products. */
export const startShop = Effect.fnUntraced(function* (products: number) {
  const port = yield* freePort
  const shop = yield* start("packages/demo-store/src/main.ts", {
    DEMO_PORT: String(port),
    DEMO_PRODUCTS: String(products)
  })
  const [, url = ""] = yield* shop.printed(/demo store +(\S+)\/wp-json/)
  const [, key = ""] = yield* shop.printed(/consumer key +(\S+)/)
  const [, secret = ""] = yield* shop.printed(/secret +(\S+)/)
  return { ...shop, url, env: { WOO_URL: url, WOO_CONSUMER_KEY: key, WOO_CONSUMER_SECRET: secret } }
})
