import { randomUUID } from "node:crypto"
import { link, readFile, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { isAlive } from "./Postmaster.ts"

/**
 * Makes this process the owner of a data folder, by a file `owner` with its process id; what it returns gives the folder
 * back. Fails when another live process owns it: its PostgreSQL must not be taken for one that was left behind.
 */
export const claim = async (dataDir: string): Promise<() => Promise<void>> => {
  const file = join(dataDir, "owner")
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, `${process.pid} ${await startTime(process.pid)}\n`, { flag: "wx", mode: 0o600 })
  try {
    await take(file, draft)
  } finally {
    await rm(draft, { force: true })
  }
  return () => rm(file, { force: true })
}

/**
 * Puts the written draft under the name `file`, whole from its first moment, unless a live process holds that name.
 *
 * What a dead process left is never deleted, for a rival may have replaced it since it was read: only who holds
 * `<file>.next` may replace it, looks again once it does, and gives `next` up by the very rename that replaces. A `next`
 * that a dead process left is replaced in the same way.
 */
const take = async (file: string, draft: string): Promise<void> => {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await linked(draft, file)) return
    const held = await contentOf(file)
    if (held === undefined) continue
    const owner = await liveOwner(held)
    if (owner !== undefined) throw new Error(`the process ${owner} is using it`)
    const next = `${file}.next`
    await take(next, draft)
    let replaced = false
    try {
      const still = await contentOf(file)
      if (still !== undefined && (await liveOwner(still)) === undefined) {
        await rename(next, file)
        replaced = true
      }
    } finally {
      if (!replaced) await rm(next, { force: true })
    }
    if (replaced) return
  }
  throw new Error(`${file} changes hands all the time`)
}

/** Whether the name was free, and is now ours. */
const linked = (draft: string, file: string): Promise<boolean> =>
  link(draft, file).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "EEXIST") return false
      throw error
    }
  )

/** undefined when there is no such file. */
const contentOf = (file: string): Promise<string | undefined> =>
  readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined
    throw error
  })

/** The live process that owns a data folder. */
export const ownerOf = async (dataDir: string): Promise<number | undefined> =>
  liveOwner(await readFile(join(dataDir, "owner"), "utf8").catch(() => ""))

const liveOwner = async (held: string): Promise<number | undefined> => {
  const owner = Number(held.split(" ")[0])
  return owner > 0 && isAlive(owner) && held === `${owner} ${await startTime(owner)}\n` ? owner : undefined
}

/** When a process started, in the kernel's own count: tells it from a later one of the same number. "" off Linux. */
const startTime = async (pid: number): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""
}
