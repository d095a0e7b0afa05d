/**
 * `npm run bench [-- NAME… --json FILE]`: runs all benches or those named, prints a table, and writes the figures.
 * Never a test: figures depend on the machine. Exit code 0 when every bench ran, whether or not its target held.
 */
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { applyChanges } from "./ApplyChanges.ts"
import { type Bench, type Extra, result, table } from "./Bench.ts"
import { facets100k, list100k, search100k } from "./CatalogReads.ts"
import { stopShops } from "./CatalogShop.ts"
import { getUncached } from "./GetUncached.ts"
import { memoryStandalone } from "./MemoryStandalone.ts"
import { startService } from "./StartService.ts"
import { syncFullMirror } from "./SyncFullMirror.ts"

const benches: ReadonlyArray<Bench> = [
  syncFullMirror,
  startService,
  memoryStandalone,
  getUncached,
  list100k,
  search100k,
  facets100k,
  applyChanges
]

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, pairs: { type: "string" }, help: { type: "boolean", short: "h" } }
})

if (values.help) {
  console.log("npm run bench [-- NAME… --pairs N --json FILE]\n")
  for (const bench of benches) console.log(`${bench.name.padEnd(20)} ${bench.about}`)
  process.exit(0)
}
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name))
const pairs = values.pairs === undefined ? undefined : Number(values.pairs)
if (unknown.length > 0 || (pairs !== undefined && !(Number.isInteger(pairs) && pairs > 0))) {
  console.error(
    unknown.length > 0
      ? `Unknown bench ${unknown.join(", ")}; there are: ${benches.map((bench) => bench.name).join(", ")}`
      : `--pairs takes a whole number from 1, not "${values.pairs}"`
  )
  process.exit(1)
}

const rows: Array<{ readonly bench: Bench; readonly result: ReturnType<typeof result> }> = []
try {
  for (const bench of benches) {
    if (positionals.length > 0 && !positionals.includes(bench.name)) continue
    console.error(`${bench.name}: ${bench.about}`)
    const extra: Array<Extra> = []
    const runs = await bench.run(
      pairs ?? bench.pairs,
      (line) => console.error(`  ${line}`),
      (figure) => extra.push(figure)
    )
    rows.push({ bench, result: result(bench, runs, extra) })
  }
} finally {
  await stopShops()
}
console.log(table(rows))
if (values.json !== undefined) {
  writeFileSync(
    values.json,
    `${JSON.stringify(
      rows.map((row) => row.result),
      null,
      2
    )}\n`
  )
}
