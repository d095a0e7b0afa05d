import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { claim, ownerOf } from "./DataFolderOwner.ts"
import { EmbeddedPostgres } from "./EmbeddedPostgres.ts"
import { find, signalPostmaster, stop } from "./Postmaster.ts"

const prefix = "optica-test-postgres-"

/**
 * vitest's global setup: one PostgreSQL for the whole run, `DATABASE_URL` where that is set (a superuser's, or of a role
 * that may create databases and roles), an embedded one otherwise. TestDatabase finds it by `OPTICA_TEST_DATABASE_URL`,
 * which test workers and the processes they start inherit. So do they `TMPDIR`, a folder of the run: what tests make there
 * and are interrupted before they remove it goes with the run, on Ctrl-C too, or at the next one.
 */
export default async function setup(): Promise<() => Promise<void>> {
  await removeAbandoned()
  const dataDir = mkdtempSync(join(tmpdir(), prefix))
  // PostgreSQL's own user has to pass through; the folders' contents have modes of their own.
  chmodSync(dataDir, 0o711)
  const release = await startServer(dataDir)
  const files = join(dataDir, "files")
  mkdirSync(files)
  chmodSync(files, 0o711)
  const before = process.env.TMPDIR
  process.env.TMPDIR = files
  const stay = endAtExit(dataDir)
  return async () => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    await release()
    await remove(dataDir)
    stay()
  }
}

/** The server of the run; what it answers with stops it, or, where there was one, gives the folder back. */
const startServer = async (dataDir: string): Promise<() => Promise<void>> => {
  const given = process.env.DATABASE_URL
  if (given !== undefined && given !== "") {
    process.env.OPTICA_TEST_DATABASE_URL = given
    return claim(dataDir)
  }
  const scope = Scope.makeUnsafe()
  const context = await Effect.runPromise(
    Layer.buildWithScope(EmbeddedPostgres.layer({ dataDir, durable: false }), scope)
  )
  process.env.OPTICA_TEST_DATABASE_URL = Redacted.value(Context.get(context, EmbeddedPostgres).url)
  return () => Effect.runPromise(Scope.close(scope, Exit.void))
}

/**
 * The last resort, for a run that is interrupted: vitest exits without its teardown then. An exit waits for nothing, so
 * this is done at once, and without kindness: nobody misses the data.
 */
const endAtExit = (dataDir: string): (() => void) => {
  const atExit = () => {
    for (const { cluster, server } of serversIn(dataDir)) {
      signalPostmaster(server, "SIGQUIT")
      for (let waited = 0; waited < 100 && find(cluster) !== undefined; waited++) pause(20)
    }
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
  const onSignal = (_: NodeJS.Signals, signal: number) => process.exit(128 + signal)
  process.on("exit", atExit).on("SIGINT", onSignal).on("SIGTERM", onSignal)
  return () => void process.off("exit", atExit).off("SIGINT", onSignal).off("SIGTERM", onSignal)
}

const pause = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

/** Folders of runs that were killed: told by their owner, who is gone. */
const removeAbandoned = async (): Promise<void> => {
  for (const name of await readdir(tmpdir())) {
    const dataDir = join(tmpdir(), name)
    if (name.startsWith(prefix) && (await ownerOf(dataDir)) === undefined) await remove(dataDir)
  }
}

const remove = async (dataDir: string): Promise<void> => {
  for (const { cluster, server } of serversIn(dataDir)) await Effect.runPromise(stop(cluster, server))
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
}

/** The servers that run in the folder of a run: its own, and those that its tests started. */
const serversIn = (dataDir: string) => {
  const files = join(dataDir, "files")
  const made = existsSync(files) ? readdirSync(files) : []
  return [dataDir, ...made.map((name) => join(files, name))].flatMap((folder) => {
    const cluster = join(folder, "postgres")
    const server = find(cluster)
    return server === undefined ? [] : [{ cluster, server }]
  })
}
