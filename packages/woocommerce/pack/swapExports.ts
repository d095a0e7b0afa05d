/**
 * In the workspace this package exports its TypeScript sources, which Node runs as they are. Node strips no types
 * below node_modules, so the tarball exports what tsc made of them. npm takes package.json into the tarball as it
 * finds it: `prepack` puts another in its place, `postpack` puts the old one back, byte for byte.
 */
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"

const manifest = new URL("../package.json", import.meta.url)
const kept = new URL("package.json.kept", import.meta.url)
const license = new URL("../LICENSE", import.meta.url)

const restore = () => {
  if (existsSync(kept)) renameSync(kept, manifest)
  rmSync(license, { force: true })
}

const swap = () => {
  // A pack that was killed half-way left it behind.
  restore()
  copyFileSync(manifest, kept)
  const { scripts: _, ...content } = JSON.parse(readFileSync(manifest, "utf8"))
  const exports = { "./*": { types: "./dist/*.d.ts", default: "./dist/*.js" } }
  writeFileSync(manifest, `${JSON.stringify({ ...content, exports }, null, 2)}\n`)
  copyFileSync(new URL("../../../LICENSE", import.meta.url), license)
}

const [, , step] = process.argv
if (step === "prepack") swap()
else if (step === "postpack") restore()
else throw new Error("usage: swapExports.ts prepack|postpack")
