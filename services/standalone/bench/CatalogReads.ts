import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"
import type { Bench, Extra, Pair } from "./Bench.ts"
import { type CatalogShop, shopOf } from "./CatalogShop.ts"

/** Requests in turn, so that no answer is the one before. */
type Requests = ReadonlyArray<object>

interface Read {
  readonly name: string
  readonly about: string
  readonly method: string
  /** At most 1,000 hits each, of 100,000 products; the few that have more are not asked. */
  readonly selective: Requests
  /** At least 50,000 hits each. */
  readonly broad: Requests
}

/** Long enough that the clock's hundredths of a second do not matter. */
const times = 240

/** CPU milliseconds of the database for one request; whatever is prepared and read once is so before. */
const perRequest = async (shop: CatalogShop, method: string, requests: Requests): Promise<number> => {
  const ask = async (count: number) => {
    for (let nth = 0; nth < count; nth++) await shop.call(method, requests[nth % requests.length] ?? {})
  }
  await ask(requests.length * 2)
  const before = shop.databaseCpu()
  await ask(times)
  return (shop.databaseCpu() - before) / times
}

/** The same for twenty products by id in one bare statement: what any page of a list has to read. */
const bare = (shop: CatalogShop): Promise<number> =>
  shop.run(
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const ask = (nth: number) =>
        sql`SELECT document FROM products WHERE id = ANY(ARRAY(SELECT generate_series(${1001 + nth}::bigint, ${1001 + nth + 19 * 40}, 40)))`
      for (let nth = 0; nth < 20; nth++) yield* ask(nth)
      const before = shop.databaseCpu()
      for (let nth = 0; nth < times; nth++) yield* ask(nth)
      return (shop.databaseCpu() - before) / times
    })
  )

/** How many hits each request has. */
const hitsOf = async (
  shop: CatalogShop,
  method: string,
  requests: Requests
): Promise<ReadonlyArray<number>> => {
  const totals: Array<number> = []
  for (const request of requests) {
    const text = JSON.stringify(await shop.call(method, request))
    totals.push(Number(/"total":"(\d+)"/.exec(text)?.[1] ?? 0))
  }
  return totals
}

const fromTo = (hits: ReadonlyArray<number>) => `${Math.min(...hits)} to ${Math.max(...hits)} hits`

const bench = ({ about, broad, method, name, selective: asked }: Read): Bench => ({
  name,
  unit: "ms CPU",
  about,
  target: { of: "value", atMost: 5 },
  pairs: 3,
  run: async (pairs, note, tell) => {
    const [small, large] = [await shopOf(1000), await shopOf(100_000)]
    const hits = await hitsOf(large, method, asked)
    // Figures of other requests than are named would mislead.
    const selective = asked.filter((_, nth) => (hits[nth] ?? 0) >= 1 && (hits[nth] ?? 0) <= 1000)
    const many = await hitsOf(large, method, broad)
    if (selective.length < asked.length / 2 || Math.min(...many) < 50_000)
      throw new Error(`${name}: selective ${fromTo(hits)}, broad ${fromTo(many)}: not what it is about`)
    note(`selective: ${fromTo(hits.filter((count) => count >= 1 && count <= 1000))}; broad: ${fromTo(many)}`)
    const runs: Array<Pair> = []
    for (let pair = 1; pair <= pairs; pair++) {
      const run = { value: await perRequest(large, method, selective), baseline: await bare(large) }
      note(`${pair}/${pairs}: ${run.value.toFixed(2)} ms against ${run.baseline.toFixed(2)} ms`)
      runs.push(run)
    }
    const extras: ReadonlyArray<Extra> = [
      {
        name: `broad, ${fromTo(many)} (aim 25)`,
        value: await perRequest(large, method, broad)
      },
      {
        name: "the same selective requests at 1,000 products",
        value: await perRequest(small, method, selective)
      },
      { name: "the same broad requests at 1,000 products", value: await perRequest(small, method, broad) }
    ]
    for (const extra of extras) tell(extra)
    return runs
  }
})

const page = { perPage: 20 }
const orders = ["DATE", "PRICE", "POPULARITY", "TITLE", "RATING", "MODIFIED"]
const ordered = (filters: ReadonlyArray<object>): Requests =>
  filters.map((filter, nth) => ({ page, filter, orderBy: `PRODUCT_ORDER_BY_${orders[nth % orders.length]}` }))

/** Brands have 1,000 to 6,000 products, of which a seventh is on sale. */
const fewProducts = Array.from({ length: 12 }, (_, nth) => ({ brandIds: [202 + nth], onSale: true }))
const mostProducts = [{}, { stockStatus: "instock" }, { onSale: false }, { featured: false, onSale: false }]

/** Each of these words is in one name of a hundred. */
const rareWords = [
  "airy",
  "angular",
  "artisan",
  "bevelled",
  "bohemian",
  "chunky",
  "cobalt",
  "cosmic",
  "dappled",
  "dusky",
  "fluted",
  "glacial"
]
const searching = (words: ReadonlyArray<string>): ReadonlyArray<object> => words.map((search) => ({ search }))

export const list100k = bench({
  name: "catalog.list-100k",
  about: "database CPU of a page of at most 1,000 matches of 100,000 products, against 20 products by id",
  method: "ListProducts",
  selective: ordered(fewProducts),
  broad: ordered(mostProducts.flatMap((filter) => [filter, filter, filter]))
})

export const search100k = bench({
  name: "catalog.search-100k",
  about:
    "database CPU of a ranked search with at most 1,000 hits of 100,000 products, against 20 products by id",
  method: "SearchProducts",
  selective: searching(rareWords).map((filter) => ({ page, filter })),
  broad: searching(["glasses", "glass", "Glasses opt"]).map((filter) => ({ page, filter }))
})

export const facets100k = bench({
  name: "catalog.facets-100k",
  about: "database CPU of all facets of at most 1,000 matches of 100,000 products, against 20 products by id",
  method: "GetFacets",
  selective: fewProducts.map((filter) => ({ filter })),
  broad: mostProducts.map((filter) => ({ filter }))
})
