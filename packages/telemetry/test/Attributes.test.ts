import { globSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Attributes from "../src/Attributes.ts"

const root = resolve(import.meta.dirname, "../../..")
const home = "packages/telemetry/src/Attributes.ts"
const names: ReadonlyArray<string> = Object.values(Attributes)

/** Usable on its own, without any other package of this repository: it writes the listed names out. */
const standsAlone = "packages/woocommerce/"

/**
 * Names of our own where an attribute or a metric is named: as a key, in `attribute(…)`, in a metric's constructor.
 * Protobuf packages, lock names and span names stand elsewhere.
 */
const uses = (source: string) =>
  [
    ...source.matchAll(/["'`](optica\.[^"'`]*)["'`]\]?\s*:/g),
    ...source.matchAll(/\battribute\(\s*["'`](optica\.[^"'`]*)/g),
    ...source.matchAll(/\bMetric\.\w+\(\s*["'`](optica\.[^"'`]*)/g)
  ].flatMap(([, name]) => (name === undefined ? [] : [name]))

const sources = globSync("{packages,services}/*/src/**/*.ts", { cwd: root })
  .filter((path) => path !== home)
  .map((path) => ({ path, used: uses(readFileSync(resolve(root, path), "utf8")) }))

describe("Attributes", () => {
  it("are named optica.<area>.<thing>, each once", () => {
    for (const name of names) assert.match(name, /^optica\.[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/)
    assert.strictEqual(new Set(names).size, names.length)
  })

  it("are each documented", () => {
    const lines = readFileSync(resolve(root, home), "utf8").split("\n")
    const declared = lines.flatMap((line, index) => (line.startsWith("export ") ? [index] : []))
    assert.strictEqual(declared.length, names.length)
    for (const index of declared) assert.match(lines[index - 1] ?? "", /\*\/$/, lines[index])
  })

  it("are found where sources use them, and proto packages, locks and span names are not", () => {
    const source = [
      'span.attribute("optica.a.one", 1)',
      'Metric.counter("optica.a.two", {})',
      'Effect.annotateSpans({ "optica.a.three": 1 })',
      'Effect.withSpan("optica.sync.watch")',
      "hashtextextended('optica.sync.run', 0)",
      'const service = "optica.catalog.v1.CatalogService"'
    ].join("\n")
    assert.sameMembers(uses(source), ["optica.a.one", "optica.a.two", "optica.a.three"])
    assert.isAbove(sources.length, 50)
    assert.isNotEmpty(sources.flatMap(({ used }) => used))
  })

  it("are the only names of our own that sources give", () => {
    for (const { path, used } of sources) assert.includeMembers([...names], used, path)
  })

  it("are taken from the list, not written out", () => {
    const writtenOut = sources
      .filter(({ path, used }) => used.length > 0 && !path.startsWith(standsAlone))
      .map(({ path }) => path)
    assert.deepStrictEqual(writtenOut, [])
  })

  it("and those of OpenTelemetry alike are measured by metrics of this package only", () => {
    const constructors = /\bMetric\.(?:counter|gauge|histogram|summary|frequency|timer)\(/
    const elsewhere = globSync("{packages,services}/*/src/**/*.ts", { cwd: root })
      .filter((path) => !path.startsWith("packages/telemetry/"))
      .filter((path) => constructors.test(readFileSync(resolve(root, path), "utf8")))
    assert.deepStrictEqual(elsewhere, [])
  })

  it("and all metrics are in the README's table", () => {
    const readme = readFileSync(resolve(root, "packages/telemetry/README.md"), "utf8")
    const declared = ["Metrics", "ProcessMetrics"].flatMap((name) => [
      ...readFileSync(resolve(root, `packages/telemetry/src/${name}.ts`), "utf8").matchAll(
        /(?:name: |gauge\(|counter\(\s*)"([a-z0-9_]+(?:\.[a-z0-9_]+)+)"/g
      )
    ])
    assert.isAbove(declared.length, 14)
    for (const [, name] of declared) assert.include(readme, `\`${name}\``)
  })
})
