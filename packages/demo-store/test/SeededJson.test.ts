import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { isArray, isObject, type Json } from "../src/Json.ts"
import { Api } from "../src/rest/Api.ts"
import { Shop } from "../src/Shop.ts"
import { kolkata } from "../src/SiteTime.ts"

const records: ReadonlyArray<{ name: string; method: string; path: string; status: number; response: Json }> =
  JSON.parse(readFileSync(new URL("./fixtures/records.json", import.meta.url), "utf8"))

/** Every path below an item, with the kinds of value found there; lists are one path for all their items. */
const kinds = (items: ReadonlyArray<Json>): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>()
  const visit = (path: string, value: Json): void => {
    const kind = value === null ? "null" : isArray(value) ? "array" : typeof value
    found.set(path, (found.get(path) ?? new Set()).add(kind))
    // Meta and prescriptions hold anything.
    if (path.endsWith(".value") || path.endsWith(".display_value")) return
    if (isArray(value)) for (const item of value) visit(`${path}[]`, item)
    else if (isObject(value)) for (const [key, item] of Object.entries(value)) visit(`${path}.${key}`, item)
  }
  for (const item of items) visit("", item)
  return found
}

const recorded = (path: RegExp): ReadonlyArray<Json> =>
  records
    .filter((record) => record.method === "GET" && record.status === 200 && path.test(record.path))
    .flatMap((record) => (isArray(record.response) ? record.response : [record.response]))
    .filter((item) => isObject(item) && item._links !== undefined)

const shop = new Shop({ products: 600, seed: "optica", timezone: kolkata, now: () => 1_800_000_000_000 })
const api = new Api({ shop, url: "http://shop.example" }, [
  { consumerKey: "k", consumerSecret: "s", permissions: "read" }
])

const seeded = (path: string, query = ""): ReadonlyArray<Json> => {
  const items: Array<Json> = []
  for (let page = 1; ; page++) {
    const { body } = api.handle({
      method: "GET",
      path: `/wp-json/wc/v3${path}`,
      query: `per_page=100&page=${page}${query}`,
      host: "shop.example",
      secure: true,
      authorization: `Basic ${btoa("k:s")}`,
      contentType: "",
      body: ""
    })
    if (!isArray(body) || body.length === 0 || page > 20) return items
    items.push(...body)
    if (body.length < 100) return items
  }
}

/** What the recorded shop did not have: brands, and variations on sale for a time only (products had). */
const unseen = /^\.(brands\[\](\..*)?|date_on_sale_(from|to)(_gmt)?)$/

describe("what the seeded shop sends has the recorded keys and types", () => {
  for (const [name, path, like] of [
    ["products", "/products", /\/products(\?|\/\d+$)/],
    ["variations", "/variations", /\/variations\?/],
    ["categories", "/products/categories", /\/products\/categories(\?|\/\d+$)/],
    ["tags", "/products/tags", /\/products\/tags(\?|\/\d+$)/],
    ["attributes", "/products/attributes", /\/products\/attributes(\/\d+)?$/],
    ["terms", "/products/attributes/4/terms", /\/terms(\?|\/\d+$)/],
    ["reviews", "/products/reviews", /\/products\/reviews(\?|\/\d+$)/],
    ["customers", "/customers", /\/customers(\?|\/\d+$)/],
    ["orders", "/orders", /\/orders(\?|\/\d+$)/]
  ] as const) {
    it(name, () => {
      const expected = kinds(recorded(like))
      const items = seeded(path)
      expect(items.length).toBeGreaterThan(7)
      const strange = [...kinds(items)].flatMap(([at, found]) => {
        if (unseen.test(at)) return []
        const known = expected.get(at)
        if (known === undefined) return [`${at}: not recorded`]
        return [...found]
          .filter((kind) => !known.has(kind))
          .map((kind) => `${at}: ${kind}, recorded ${[...known].join(" or ")}`)
      })
      expect(strange).toEqual([])
      const [first] = recorded(like)
      if (!isObject(first)) throw new Error("nothing recorded")
      for (const item of items) if (isObject(item)) expect(Object.keys(item)).toEqual(Object.keys(first))
    })
  }
})
