/**
 * `npm run check [-- NAME…]`: everything that can be said of the sources without running them. Each check prints one
 * line; what fails prints its findings. Exit code 1 when any fails.
 */
import { spawnSync } from "node:child_process"
import { join, resolve } from "node:path"
import { styleText } from "node:util"
import { dependencyCycles, wrongImports } from "./Workspaces.ts"

const root = resolve(import.meta.dirname, "..")
const bin = (name: string): string => join(root, "node_modules", ".bin", name)

interface Finding {
  readonly ok: boolean
  readonly output: string
}

const run = (command: string, ...args: ReadonlyArray<string>): Finding => {
  const result = spawnSync(command, args, { cwd: root, encoding: "utf8" })
  return {
    ok: result.status === 0,
    output: `${result.stdout ?? ""}${result.stderr ?? ""}${result.error ?? ""}`
  }
}

const git = (...args: ReadonlyArray<string>): string => run("git", ...args).output.trim()

/** The contracts that callers rely on: of the latest release or, before the first, of the parent commit. */
const contractBase = (): string | undefined => {
  const tag = run("git", "describe", "--tags", "--abbrev=0", "--match", "v*")
  if (tag.ok) return tag.output.trim()
  return run("git", "rev-parse", "--verify", "--quiet", "HEAD~1").ok ? "HEAD~1" : undefined
}

const checks: Record<string, () => Finding> = {
  types: () => {
    const ours = run(bin("tsc"), "--noEmit", "-p", "tsconfig.json")
    // What runs in a browser knows other globals.
    return ours.ok ? run(bin("tsc"), "--noEmit", "-p", "services/edge/storefront") : ours
  },
  lint: () => run(bin("biome"), "check", "--error-on-warnings", "."),
  "proto-lint": () => run(bin("buf"), "lint"),
  "proto-format": () => run(bin("buf"), "format", "--diff", "--exit-code", "--path", "proto/optica"),
  "proto-breaking": () => {
    const base = contractBase()
    if (base === undefined) return { ok: true, output: "no earlier commit to compare with" }
    const subject = `.git#ref=${git("rev-parse", base)}`
    return run(bin("buf"), "breaking", "--against", subject)
  },
  generated: () => {
    const generate = run(bin("buf"), "generate")
    if (!generate.ok) return generate
    const changed = git("status", "--porcelain", "--", "packages/contracts/gen")
    return {
      ok: changed === "",
      output: changed === "" ? "" : `npm run generate changes what is committed:\n${changed}`
    }
  },
  imports: () => {
    const findings = [
      ...wrongImports(root),
      ...dependencyCycles(root).map((cycle) => `cycle: ${cycle.join(" -> ")}`)
    ]
    return { ok: findings.length === 0, output: findings.join("\n") }
  },
  unused: () => run(bin("knip"))
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !Object.hasOwn(checks, name))
if (unknown.length > 0) {
  console.error(`Unknown check ${unknown.join(", ")}; there are: ${Object.keys(checks).join(", ")}`)
  process.exit(1)
}

let failed = 0
for (const [name, check] of Object.entries(checks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const started = performance.now()
  const { ok, output } = check()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${ok ? styleText("green", "ok  ") : styleText("red", "FAIL")} ${name.padEnd(15)} ${seconds} s`)
  if (!ok) {
    failed += 1
    console.log(output.trimEnd())
  }
}
process.exit(failed === 0 ? 0 : 1)
