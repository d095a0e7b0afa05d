import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import type { Bench, Pair } from "./Bench.ts"
import { type CatalogShop, shopOf } from "./CatalogShop.ts"

const batch = 100
const batches = 8

/** Above every id that is generated. */
const apart = 500_000_000

const Sources = Schema.Array(Schema.Struct({ id: Schema.BigInt, source: Schema.String }))

/** Simple products as the shop sent them, from all over the catalogue. */
const someSources = (shop: CatalogShop, round: number) =>
  shop.run(
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const rows = yield* sql`
        SELECT id, source FROM products WHERE ordinal % 101 = ${round} AND is_listed ORDER BY hashint8(id) LIMIT ${batch * batches}`
      return yield* Effect.orDie(Schema.decodeUnknownEffect(Sources)(rows))
    })
  )

interface Change {
  readonly kind: "RESOURCE_KIND_PRODUCT"
  readonly id: number
  readonly observation: number
  readonly sourceJson: string
}

/** CPU milliseconds of the catalogue and PostgreSQL for one batch, all of it written. */
const apply = async (shop: CatalogShop, changes: ReadonlyArray<Change>): Promise<number> => {
  const before = shop.cpu()
  for (let from = 0; from < changes.length; from += batch) {
    const answer = await shop.call("ApplyChanges", { changes: changes.slice(from, from + batch) })
    const applied = JSON.stringify(answer).split("CHANGE_OUTCOME_APPLIED").length - 1
    if (applied !== batch) throw new Error(`${applied} of ${batch} changes were applied`)
  }
  return (shop.cpu() - before) / (changes.length / batch)
}

/** CPU milliseconds of this process and PostgreSQL for the rows of one batch, in one bare statement each. */
const bare = (shop: CatalogShop, ids: ReadonlyArray<number>): Promise<number> =>
  shop.run(
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const rows = yield* sql<{ readonly [column: string]: unknown }>`
        SELECT * FROM products WHERE id = ANY(string_to_array(${ids.join()}, ',')::bigint[]) ORDER BY id`
      yield* sql`DROP TABLE IF EXISTS bare`
      yield* sql`CREATE TABLE bare (LIKE products INCLUDING ALL)`
      const used = process.cpuUsage()
      const before = shop.databaseCpu()
      for (const chunk of Arr.chunksOf(rows, batch)) yield* sql`INSERT INTO bare ${sql.insert(chunk)}`
      const { system, user } = process.cpuUsage(used)
      return ((system + user) / 1000 + shop.databaseCpu() - before) / (rows.length / batch)
    })
  )

/** A batch of the mirror into a full catalogue. */
export const applyChanges: Bench = {
  name: "catalog.apply-changes",
  unit: "ms CPU",
  about:
    "ApplyChanges of 100 new products at 100,000, catalogue and PostgreSQL, against bare inserts of the same rows into an empty table",
  target: { of: "value", atMost: 50 },
  pairs: 3,
  run: async (pairs, note, tell) => {
    const shop = await shopOf(100_000)
    const runs: Array<Pair> = []
    const changed: Array<number> = []
    const priced: Array<number> = []
    for (let pair = 0; pair <= pairs; pair++) {
      const sources = await someSources(shop, pair)
      const fresh = sources.map(({ id, source }): Change => {
        const json: object = JSON.parse(source)
        const newId = apart + pair * 10_000_000 + Number(id)
        return {
          kind: "RESOURCE_KIND_PRODUCT",
          id: newId,
          observation: 2,
          sourceJson: JSON.stringify({ ...json, id: newId, sku: `NEW-${newId}`, slug: `new-${newId}` })
        }
      })
      const again = (observation: number, fields: object) =>
        sources.map(({ id, source }): Change => {
          const json: object = JSON.parse(source)
          return {
            kind: "RESOURCE_KIND_PRODUCT",
            id: Number(id),
            observation,
            sourceJson: JSON.stringify({ ...json, ...fields })
          }
        })
      const value = await apply(shop, fresh)
      const renamed = await apply(
        shop,
        again(3, { name: `Changed Name ${pair}`, description: "<p>Other words.</p>" })
      )
      const sold = await apply(
        shop,
        again(4, {
          name: `Changed Name ${pair}`,
          description: "<p>Other words.</p>",
          price: "7.77",
          stock_status: "outofstock"
        })
      )
      const run = {
        value,
        baseline: await bare(
          shop,
          fresh.map(({ id }) => id)
        )
      }
      // The first one reads and compiles what the others find ready.
      if (pair === 0) continue
      note(`${pair}/${pairs}: ${run.value.toFixed(1)} ms against ${run.baseline.toFixed(1)} ms`)
      runs.push(run)
      changed.push(renamed)
      priced.push(sold)
    }
    const mean = (all: ReadonlyArray<number>) => all.reduce((sum, one) => sum + one, 0) / all.length
    tell({ name: "100 with another name and description", value: mean(changed) })
    tell({ name: "100 with another price and stock status", value: mean(priced) })
    return runs
  }
}
