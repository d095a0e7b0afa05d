import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { assert, describe, it } from "@effect/vitest"
import { find, isAlive, type Postmaster } from "../src/Postmaster.ts"

/** A run of tests with a server of a test in it. */
const start = async () => {
  const { DATABASE_URL: _, ...env } = process.env
  const child = spawn(process.execPath, [join(import.meta.dirname, "RunOfTests.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
    env
  })
  const [line] = await once(createInterface(child.stdout), "line")
  const { dataDir, tests }: { readonly dataDir: string; readonly tests: string } = JSON.parse(String(line))
  const servers = [dataDir, dirname(tests)].map((folder) => find(join(folder, "postgres")))
  const isThere = (server: Postmaster | undefined) => server !== undefined && isAlive(server.pid)
  assert.deepStrictEqual(servers.map(isThere), [true, true])
  return { child, folder: dirname(tests), areThere: () => servers.map(isThere) }
}

describe("a run of tests", { timeout: 60_000 }, () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143]
  ] as const)("that %s ends leaves no folder and no server behind", async (signal, code) => {
    const { areThere, child, folder } = await start()
    child.kill(signal)
    assert.deepStrictEqual(await once(child, "exit"), [code, null])
    assert.isFalse(existsSync(folder))
    assert.deepStrictEqual(areThere(), [false, false])
  })

  it("that was killed is cleaned up by the next one", async () => {
    const killed = await start()
    killed.child.kill("SIGKILL")
    await once(killed.child, "exit")
    const next = await start()
    assert.isFalse(existsSync(killed.folder))
    assert.deepStrictEqual(killed.areThere(), [false, false])
    next.child.kill("SIGTERM")
    await once(next.child, "exit")
  })
})
