import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { createInterface } from "node:readline"
import { assert, it } from "@effect/vitest"

const home = resolve(import.meta.dirname, "..")

it("the README's snippet runs, logs one JSON line, and ends cleanly on SIGTERM", async () => {
  const [, snippet = ""] = /```ts\n([\s\S]*?)```/.exec(readFileSync(resolve(home, "README.md"), "utf8")) ?? []
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", snippet], {
    cwd: home,
    stdio: ["ignore", "pipe", "inherit"]
  })
  const exited = once(child, "exit")
  const [line] = await once(createInterface(child.stdout), "line")
  const { level, message, service } = JSON.parse(String(line))
  assert.deepStrictEqual(
    { level, message, service },
    { level: "INFO", message: "The catalogue listens on 127.0.0.1:4101", service: "catalog" }
  )
  child.kill("SIGTERM")
  assert.strictEqual((await exited)[0], 0)
})
