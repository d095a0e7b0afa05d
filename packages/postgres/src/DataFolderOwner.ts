import { readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { isAlive } from "./Postmaster.ts"

/**
 * Makes this process the owner of a data folder, by a file `owner` with its process id; what it returns gives the folder
 * back. Fails when another live process owns it: its PostgreSQL must not be taken for one that was left behind.
 */
export const claim = async (dataDir: string): Promise<() => Promise<void>> => {
  const file = join(dataDir, "owner")
  const ours = `${process.pid} ${await startTime(process.pid)}\n`
  for (;;) {
    try {
      await writeFile(file, ours, { flag: "wx", mode: 0o600 })
      return () => rm(file, { force: true })
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error
    }
    const owner = await ownerOf(dataDir)
    if (owner !== undefined) throw new Error(`the process ${owner} is using it`)
    await rm(file, { force: true })
  }
}

/** The live process that owns a data folder. */
export const ownerOf = async (dataDir: string): Promise<number | undefined> => {
  const held = await readFile(join(dataDir, "owner"), "utf8").catch(() => "")
  const owner = Number(held.split(" ")[0])
  return owner > 0 && isAlive(owner) && held === `${owner} ${await startTime(owner)}\n` ? owner : undefined
}

/** When a process started, in the kernel's own count: tells it from a later one of the same number. "" off Linux. */
const startTime = async (pid: number): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""
}
