import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"
import { searchProducts } from "../src/CatalogSql/searchProducts.ts"
import type { ProductFilter } from "../src/ProductQuery.ts"
import { generate } from "./Generated.ts"
import { layerCatalog, noFilter } from "./Shop.ts"

/** By how much is found it is decided in which way; no way may answer anything else. */
interface Ways {
  readonly most: number
  readonly manyHits: number
  readonly few: number
}

const pages = Effect.fnUntraced(function* (filter: Partial<ProductFilter>, { few, manyHits, most }: Ways) {
  const sql = yield* SqlClient
  const read: Array<unknown> = []
  let after: ReadonlyArray<string> | undefined
  for (let page = 1; page <= 3; page++) {
    const all = { ...noFilter, ...filter }
    const rows = yield* searchProducts(
      sql,
      "english",
      all,
      { page, offset: 0, after },
      9,
      most,
      manyHits,
      few
    )
    read.push(rows.map(({ corrected, place, query, total }) => ({ total, corrected, query, place })))
    if (rows.length < 10) break
    after = [...(rows[8]?.place ?? []).map((key) => key ?? ""), rows[0]?.corrected ?? ""]
  }
  return read
})

const never = 1_000_000

layer(layerCatalog(), { timeout: 60_000 })("A search", (it) => {
  it.effect("answers the same in whichever way it is read", () =>
    Effect.gen(function* () {
      yield* generate(1000)
      const sql = yield* SqlClient
      // Some that are in searches only among the best known.
      yield* sql`UPDATE products SET is_listed = false WHERE is_searchable AND ordinal % 7 = 0`
      const [code] = yield* sql<{ readonly sku: string }>`
        SELECT sku FROM products WHERE is_searchable AND NOT is_variation ORDER BY total_sales LIMIT 1`
      const [other] = yield* sql<{ readonly id: bigint }>`
        SELECT product_id AS id FROM product_texts WHERE NOT words @@ 'glass' LIMIT 1`
      const filters: ReadonlyArray<Partial<ProductFilter>> = [
        {},
        { includeIds: other === undefined ? [] : [other.id] },
        { brandIds: [201n], maxPrice: "80" },
        { brandIds: [240n], attributes: [{ attribute: "pa_color", terms: ["mint", "ecru"] }] }
      ]
      // Few of what is soft is called so; nothing is a correction of a word that every text has.
      yield* sql`INSERT INTO search_words (word, alike) VALUES ('thee', 'thee')`
      const texts = ["glasses", "the glasses", "soft", "glaases", "opt", "qqqqqq", code?.sku ?? ""]
      for (const search of texts) {
        for (const filter of filters) {
          for (const most of [7, never]) {
            const asked = { ...filter, search }
            const plain = yield* pages(asked, { most, manyHits: never, few: -1 })
            for (const ways of [
              { most, manyHits: 0, few: -1 },
              { most, manyHits: 0, few: never },
              { most, manyHits: never, few: never }
            ])
              assert.deepStrictEqual(yield* pages(asked, ways), plain, JSON.stringify([search, ways]))
          }
        }
      }
    })
  )

  it.effect("takes the beginning of a code for one while few products have it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const total = (search: string) =>
        Effect.map(
          searchProducts(
            sql,
            "english",
            { ...noFilter, search },
            { page: 1, offset: 0, after: undefined },
            9
          ),
          (rows) => [rows[0]?.total, rows.filter(({ document }) => document !== null).length]
        )
      // Codes that are in no words.
      const name = (most: number) => sql`
        UPDATE products SET sku = 'QZ-1' || lpad(id::text, 9, '0') WHERE id IN (
          SELECT product_id FROM product_texts JOIN products ON id = product_id AND is_public ORDER BY id LIMIT ${most})`
      yield* name(200)
      assert.deepStrictEqual(yield* total("QZ-1"), [200, 10])
      const [beside = 0] = yield* total("glasses QZ-1")
      assert.isTrue(beside > 10 && beside < 200, String(beside))
      yield* name(201)
      assert.deepStrictEqual(yield* total("QZ-1"), [0, 0])
    })
  )
})
