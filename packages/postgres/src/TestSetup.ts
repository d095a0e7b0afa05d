import { chmodSync, mkdtempSync } from "node:fs"
import { readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { ownerOf } from "./DataFolderOwner.ts"
import { EmbeddedPostgres } from "./EmbeddedPostgres.ts"
import { find, stop } from "./Postmaster.ts"

const prefix = "optica-test-postgres-"

/**
 * vitest's global setup: one PostgreSQL for the whole run, `DATABASE_URL` where that is set (a superuser's, or of a role
 * that may create databases and roles), an embedded one otherwise. TestDatabase finds it by `OPTICA_TEST_DATABASE_URL`,
 * which test workers and the processes they start inherit.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL
  if (given !== undefined && given !== "") {
    process.env.OPTICA_TEST_DATABASE_URL = given
    return async () => {}
  }
  await removeAbandoned()
  const dataDir = mkdtempSync(join(tmpdir(), prefix))
  // PostgreSQL's own user has to pass through; the folder's contents have modes of their own.
  chmodSync(dataDir, 0o711)
  const scope = Scope.makeUnsafe()
  const context = await Effect.runPromise(
    Layer.buildWithScope(EmbeddedPostgres.layer({ dataDir, durable: false }), scope)
  )
  process.env.OPTICA_TEST_DATABASE_URL = Redacted.value(Context.get(context, EmbeddedPostgres).url)
  return async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Servers of runs that were killed: told by their folder, whose owner is gone. */
const removeAbandoned = async (): Promise<void> => {
  for (const name of await readdir(tmpdir())) {
    const dataDir = join(tmpdir(), name)
    if (!name.startsWith(prefix) || (await ownerOf(dataDir)) !== undefined) continue
    const cluster = join(dataDir, "postgres")
    const left = find(cluster)
    if (left !== undefined) await Effect.runPromise(stop(cluster, left))
    await rm(dataDir, { recursive: true, force: true })
  }
}
