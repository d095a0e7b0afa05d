import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { claim, ownerOf } from "../src/DataFolderOwner.ts"

/** No process has this number. */
const stale = "999999999 1\n"

let root = ""
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "optica-owner-"))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const folder = async (name: string, files: Record<string, string>) => {
  const dataDir = join(root, name)
  await mkdir(dataDir)
  for (const [file, content] of Object.entries(files)) await writeFile(join(dataDir, file), content)
  return dataDir
}

describe("the owner of a data folder", () => {
  it("is one process, until it gives the folder back", async () => {
    const dataDir = await folder("free", {})
    const release = await claim(dataDir)
    expect(await ownerOf(dataDir)).toBe(process.pid)
    await expect(claim(dataDir)).rejects.toThrow(`the process ${process.pid} is using it`)
    await release()
    expect(await readdir(dataDir)).toEqual([])
    await claim(dataDir)
  })

  it("follows one that died, even while it claimed the folder, and leaves nothing else there", async () => {
    const dataDir = await folder("left", { owner: "", "owner.next": stale, "owner.next.next": stale })
    await claim(dataDir)
    expect(await ownerOf(dataDir)).toBe(process.pid)
    expect(await readdir(dataDir)).toEqual(["owner"])
  })

  it("is exactly one of many processes that find what a dead one left", { timeout: 30_000 }, async () => {
    const rivals = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const rival = fork(new URL("ClaimAndTell.ts", import.meta.url), { execArgv: [] })
        await once(rival, "message")
        return rival
      })
    )
    try {
      for (let round = 0; round < 100; round++) {
        const dataDir = await folder(`round-${round}`, { owner: stale })
        const told = await Promise.all(
          rivals.map(async (rival) => {
            const answer = once(rival, "message")
            rival.send(dataDir)
            const [claims]: Array<{ won: number; refusals: ReadonlyArray<string> }> = await answer
            return claims
          })
        )
        expect(told.reduce((sum, it) => sum + (it?.won ?? 0), 0)).toBe(1)
        for (const refusal of told.flatMap((it) => it?.refusals ?? []))
          expect(refusal).toMatch(/the process \d+ is using it/)
        expect(await readdir(dataDir)).toEqual(["owner"])
      }
    } finally {
      for (const rival of rivals) rival.kill()
    }
  })
})
