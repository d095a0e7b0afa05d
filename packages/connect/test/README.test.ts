import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { promisify } from "node:util"
import { expect, it } from "vitest"

it("shows a server and a client that work", async () => {
  const folder = new URL("../", import.meta.url)
  const readme = readFileSync(new URL("README.md", folder), "utf8")
  const snippet = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? ""
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module-typescript", "--eval", snippet],
    { cwd: folder }
  )
  // The snippet ends with a comment that says what it prints.
  const promised = snippet.trimEnd().split("\n").at(-1)?.replace("// ", "")
  expect(stdout.trim()).toBe(promised)
})
