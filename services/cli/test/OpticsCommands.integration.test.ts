import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "@effect/vitest"

const main = join(import.meta.dirname, "../src/main.ts")
const examples = join(import.meta.dirname, "../../../packages/optics/test/fixtures/vectors.json")
const folder = mkdtempSync(join(tmpdir(), "optica-optics-"))
afterAll(() => rmSync(folder, { recursive: true }))

const check = (file: string, ...flags: ReadonlyArray<string>) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [main, "optics", "check", file, ...flags], {
    encoding: "utf8"
  })
  return { status, lines: stdout.trimEnd().split("\n"), stderr }
}

const written = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

describe("optica optics check", () => {
  it("prints a line for each example and how many passed", () => {
    const { lines, status } = check(examples)
    expect(status).toBe(0)
    expect(lines[0]).toBe("ok   dev-01 transpose")
    expect(lines.at(-1)).toBe("40 passed, 0 failed")
  })

  it("exits with 1 on a wrong answer, and says what was calculated", () => {
    const file = written("wrong.json", readFileSync(examples, "utf8").replace('"se": -2.25', '"se": -2.5'))
    const { lines, status, stderr } = check(file)
    expect(status).toBe(1)
    expect(lines).toContain("FAIL dev-07 spherical_equivalent: se: expected -2.5, calculated -2.25")
    expect(lines.at(-1)).toBe("39 passed, 1 failed")
    expect(stderr).toBe("1 of 40 worked examples failed\n")
  })

  it("answers in JSON", () => {
    const { lines } = check(examples, "--json")
    expect(JSON.parse(lines.at(-1) ?? "")).toEqual({ passed: 40, failed: 0 })
  })

  it("says in a sentence what is wrong with the file", () => {
    expect(check(join(folder, "missing.json"))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("cannot be read")
    })
    expect(check(written("other.json", "{}"))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("worked examples")
    })
  })
})
