import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { root, until } from "../bench/Processes.ts"
import { start, welcomed, withDataDir } from "./Standalone.ts"

// The examples of the OpenAPI document are answers of a demo store of forty products. They are recorded anew with
// RECORD_EXAMPLES=1, and otherwise held to what the same requests answer now.

const file = join(root, "services/edge/data/examples.json")

const Examples = Schema.fromJsonString(
  Schema.Record(Schema.String, Schema.Struct({ request: Schema.String, answer: Schema.Json }))
)

/** An answer without what differs from run to run: where the demo store listens, how long it took, what is signed. */
const settled = (text: string): string =>
  text
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, "https://shop.example")
    .replace(/"response_time":"[^"]*"/, '"response_time":"4.2ms"')
    .replace(/"age_ms":\d+,"outdated":(?:true|false)/, '"age_ms":61000,"outdated":false')
    .replace(/"computed_at":"[^"]*"/, '"computed_at":"2026-11-21T03:00:00.000Z"')
    // WooCommerce draws them at random.
    .replace(/"related_ids":\[[^\]]*\]/, '"related_ids":[1592,1464]')
    .replace(/"next_cursor":"[^"]*"/, '"next_cursor":"pnJ8dYvtS2mXw0Qk5hB1zVsiMiIsIjEwMTYiXQ"')

describe("the examples of the OpenAPI document", { timeout: 180_000 }, () => {
  it("are what these requests answer", () =>
    withDataDir(async (dataDir) => {
      const standalone = await start({ OPTICA_DATA: dataDir })
      try {
        await welcomed(standalone)
        const examples = Schema.decodeUnknownSync(Examples)(readFileSync(file, "utf8"))
        const answered: Record<string, { readonly request: string; readonly answer: Schema.Json }> = {}
        // Figures are counted some seconds after the shop was mirrored.
        await until("the figures are counted", standalone, async () =>
          (await (await fetch(`${standalone.origin}/api/products/stats`)).text()).includes('"outdated":false')
        )
        for (const [path, { request }] of Object.entries(examples)) {
          const response = await fetch(standalone.origin + request)
          const text = settled(await response.text())
          assert.strictEqual(response.status, 200, `${request}: ${text}`)
          answered[path] = { request, answer: JSON.parse(text) }
        }
        if (process.env.RECORD_EXAMPLES === "1") writeFileSync(file, `${JSON.stringify(answered, null, 2)}\n`)
        else assert.deepStrictEqual(answered, examples)
      } finally {
        await standalone.stop()
      }
    }))
})
