import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { root } from "../bench/Processes.ts"
import { endpoints, start, welcomed, withDataDir } from "./Standalone.ts"

const readme = readFileSync(join(root, "README.md"), "utf8")

/** The shell commands of one section, continued lines joined, comments cut. */
const commands = (heading: string): ReadonlyArray<string> => {
  const section = readme.split(/^## /m).find((text) => text.startsWith(heading)) ?? ""
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
    block
      .replaceAll("\\\n", " ")
      .split("\n")
      .map((line) => line.replace(/ {2,}#.*$/, "").trim())
      .filter((line) => line !== "")
  )
}

describe("README.md", { timeout: 180_000 }, () => {
  it("is a tour on which every command works", () =>
    withDataDir(async (dataDir) => {
      const standalone = await start({ OPTICA_DATA: dataDir })
      try {
        await welcomed(standalone)
        const { catalog, edge } = endpoints(dataDir)
        const tour = commands("A tour")
        assert.isAtLeast(tour.length, 8)
        for (const command of tour) {
          const here = command
            .replaceAll("http://localhost:3000", edge)
            .replaceAll("http://localhost:4101", catalog)
          const { stdout } = await promisify(execFile)("sh", ["-c", `${here} 2>&1`], {
            cwd: root,
            env: {
              PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}`,
              HOME: process.env.HOME,
              OPTICA_DATA: dataDir
            }
          })
          const expected = command.startsWith("curl")
            ? command.includes("products/0")
              ? /"VALIDATION_ERROR"/
              : /"success":true/
            : command.startsWith("npx buf")
              ? /"products"/
              : command.includes("products get")
                ? /"id"/
                : /completed/
          assert.match(stdout, expected, command)
        }
      } finally {
        await standalone.stop()
      }
    }))
})
