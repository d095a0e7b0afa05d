import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"

const root = resolve(import.meta.dirname, "../..")
const buf = join(root, "node_modules", ".bin", "buf")

const breaking = (edit: (product: string) => string) => {
  const copy = mkdtempSync(join(tmpdir(), "optica-contracts-"))
  try {
    cpSync(join(root, "proto"), join(copy, "proto"), { recursive: true })
    cpSync(join(root, "buf.yaml"), join(copy, "buf.yaml"))
    const file = join(copy, "proto/optica/catalog/v1/product.proto")
    writeFileSync(file, edit(readFileSync(file, "utf8")))
    return spawnSync(buf, ["breaking", copy, "--against", root], { encoding: "utf8", cwd: root })
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

describe("the breaking check of the contracts", () => {
  it("accepts contracts that did not change", () => {
    assert.strictEqual(breaking((product) => product).status, 0)
  })

  it("accepts a new field", () => {
    const result = breaking((product) =>
      product.replace("string sku = 15;", "string sku = 15;\n  // New.\n  string novelty = 99;")
    )
    assert.strictEqual(result.status, 0, result.stdout + result.stderr)
  })

  it("refuses a removed field and names it", () => {
    const result = breaking((product) => product.replace("  string sku = 15;\n", ""))
    assert.notStrictEqual(result.status, 0)
    assert.include(result.stdout + result.stderr, "sku")
  })

  it("refuses a field that changes its type", () => {
    const result = breaking((product) => product.replace("string sku = 15;", "int64 sku = 15;"))
    assert.notStrictEqual(result.status, 0)
  })
})
