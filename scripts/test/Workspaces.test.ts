import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { dependencyCycles, wrongImports } from "../Workspaces.ts"

/** Runs `use` on a repository of the given files. */
const withRepository = (files: Record<string, string>, use: (root: string) => void) => {
  const root = mkdtempSync(join(tmpdir(), "optica-workspaces-"))
  try {
    for (const folder of ["packages", "services"]) mkdirSync(join(root, folder))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    use(root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const manifest = (name: string, ...dependencies: ReadonlyArray<string>) =>
  JSON.stringify({
    name: `@optica/${name}`,
    dependencies: Object.fromEntries(dependencies.map((d) => [d, "1"]))
  })

describe("import directions", () => {
  it("hold in this repository", () => {
    const root = resolve(import.meta.dirname, "../..")
    assert.deepStrictEqual([...wrongImports(root), ...dependencyCycles(root)], [])
  })

  it("forbid a service in a service, save in the composition root", () => {
    const services = {
      "services/edge/package.json": manifest("edge", "@optica/catalog"),
      "services/edge/src/A.ts": `import { x } from "@optica/catalog/Catalog"`,
      "services/standalone/package.json": manifest("standalone", "@optica/catalog"),
      "services/standalone/src/A.ts": `import { x } from "@optica/catalog/Catalog"`,
      "services/catalog/package.json": manifest("catalog")
    }
    withRepository(services, (root) => {
      const findings = wrongImports(root)
      assert.lengthOf(findings, 1)
      assert.include(findings[0], "services/edge/src/A.ts")
    })
  })

  it("forbid a service in a package, relative paths across workspaces and what is not declared", () => {
    const files = {
      "packages/connect/package.json": manifest("connect", "@optica/edge"),
      "packages/connect/src/A.ts": `import "@optica/edge/Edge"\nimport "../../cache/src/B.ts"\nimport "left-pad"`,
      "services/edge/package.json": manifest("edge")
    }
    withRepository(files, (root) => {
      assert.lengthOf(wrongImports(root), 3)
    })
  })

  it("forbid cycles", () => {
    const files = {
      "packages/a/package.json": manifest("a", "@optica/b"),
      "packages/b/package.json": manifest("b", "@optica/a")
    }
    withRepository(files, (root) => {
      assert.deepStrictEqual(dependencyCycles(root), [["@optica/a", "@optica/b", "@optica/a"]])
    })
  })
})
