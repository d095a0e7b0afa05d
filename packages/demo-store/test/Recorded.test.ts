import { readFileSync } from "node:fs"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { isArray, isObject, type Json } from "../src/Json.ts"
import type { Product } from "../src/Product.ts"
import { listen, type RunningShop } from "../src/ShopServer.ts"
import { kolkata } from "../src/SiteTime.ts"
import { trashProduct } from "../src/write/ProductWrite.ts"
import { signed } from "./oauthFetch.ts"
import { load, orderOf, productOf, type Recorded, site } from "./recordedShop.ts"
import { differences, unequal } from "./shape.ts"

interface Record extends Recorded {
  readonly secure: boolean
  readonly auth: string
  readonly body: Json
  readonly contentType: string | null
  readonly status: number
  readonly headers: { readonly [name: string]: string }
}

const fixture = (name: string): string =>
  readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8")
const records: ReadonlyArray<Record> = JSON.parse(fixture("records"))
const { unsupported }: { unsupported: { [reason: string]: ReadonlyArray<string> } } = JSON.parse(
  fixture("unsupported")
)
const named = (name: string): Record => {
  const found = records.find((record) => record.name === name)
  if (found === undefined) throw new Error(`no record ${name}`)
  return found
}

const keys = [
  { consumerKey: "ck_rw", consumerSecret: "cs_rw", permissions: "read_write" },
  { consumerKey: "ck_ro", consumerSecret: "cs_ro", permissions: "read" },
  { consumerKey: "ck_wo", consumerSecret: "cs_wo", permissions: "write" }
] as const

/** 2026-11-21T03:15:00 UTC: just after the recording. */
const now = 1_795_230_900

let running: RunningShop

beforeEach(async () => {
  running = await listen({
    host: "127.0.0.1",
    port: 0,
    products: 0,
    seed: "recorded",
    timezone: kolkata,
    keys,
    siteUrl: site,
    now: () => now * 1000
  })
  load(running.shop, records)
})

afterEach(() => running.close())

/** The state that a record was taken in, where it is not the one that the shop was left in. */
const given: { readonly [name: string]: (running: RunningShop) => void } = {
  "products/delete-trash": (shop) => put213(shop),
  "products/delete-force": (shop) => put213(shop),
  "products/delete-again": (shop) => trash213(shop),
  "products/put-on-trashed": (shop) => trash213(shop),
  "products/trashed-single": (shop) => trash213(shop),
  "products/trashed-list": (shop) => trash213(shop),
  "products/trashed-in-include": (shop) => trash213(shop),
  "products/trashed-status-any": (shop) => trash213(shop),
  "products/filter-status-trash": ({ shop }) => shop.remove(213),
  "orders/filter-status-trash": ({ shop }) => shop.ledger.removeOrder(217),
  "products/after-untrash": (shop) => put213(shop),
  "products/force-deleted-single": ({ shop }) => shop.remove(213),
  "products/create-variable": ({ shop }) => shop.remove(38),
  "variations/create-variable-batch": ({ shop }) => {
    for (const id of [39, 40, 41, 42]) shop.remove(id)
  },
  "variations/delete": (shop) => put215(shop),
  "variations/delete-no-force": (shop) => put215(shop),
  "categories/create-frames": ({ shop }) => void shop.taxonomies.removeTerm("product_cat", 16),
  "attributes/create": ({ shop }) => shop.taxonomies.removeAttribute(1),
  "customers/create": ({ shop }) => shop.ledger.removeCustomer(2),
  "customers/delete-force": (shop) => put22(shop),
  "customers/delete-no-force": (shop) => put22(shop),
  "variations/global-list": ({ shop }) => putLike(shop, 38, { id: 122 }),
  "orders/delete-trash": (shop) => put217(shop, "completed"),
  "orders/delete-force": (shop) => put217(shop, "trash"),
  "orders/trashed-single": (shop) => put217(shop, "trash"),
  "orders/trashed-list": (shop) => put217(shop, "trash"),
  "orders/force-deleted-single": ({ shop }) => shop.ledger.removeOrder(217)
}

const object = (record: Record) => {
  if (!isObject(record.response)) throw new Error(`${record.name} is no object`)
  return record.response
}

const putLike = (shop: RunningShop["shop"], id: number, changes: Partial<Product>): void => {
  const row = shop.product(id)
  if (row === undefined) throw new Error(`product ${id} was recorded`)
  shop.putProduct({ ...row, ...changes }, "silent")
}
/** Fact 8: one dated 2027 and one dated 1999, and one touched in the second that the records ask about. */
const oddDates = ({ shop }: RunningShop) => {
  putLike(shop, 18, { id: 113, status: "future", created: 1_803_895_200, modified: 1_803_895_200 })
  putLike(shop, 18, { id: 114, created: 946_684_799, modified: 946_684_799 })
  putLike(shop, 20, { modified: 1_795_230_116 })
}
const put22 = ({ shop }: RunningShop) => {
  const { role, modified, created } = { role: "customer", created: now - 100, modified: now - 50 }
  const address = {
    first_name: "",
    last_name: "",
    company: "",
    address_1: "",
    address_2: "",
    city: "Pune",
    postcode: "",
    country: "",
    state: ""
  }
  shop.ledger.putCustomer({
    id: 22,
    created,
    modified,
    role,
    email: "hook@example.com",
    first_name: "Hook",
    last_name: "Line",
    username: "hook",
    billing: { ...address, email: "", phone: "" },
    shipping: { ...address, phone: "" },
    is_paying_customer: false,
    meta_data: []
  })
}
const put213 = ({ shop }: RunningShop) =>
  shop.putProduct(productOf(shop, object(named("products/delete-trash"))), "silent")
const trash213 = (running: RunningShop) => trashProduct(running.shop, put213(running))
const put215 = ({ shop }: RunningShop) => {
  const parent = shop.product(38)
  if (parent === undefined) throw new Error("product 38 was recorded")
  shop.putProduct({ ...parent, id: 214, name: "Hook vario", slug: "hook-vario" }, "silent")
  for (const id of [215, 216]) {
    const variation = shop.variation(39)
    if (variation !== undefined)
      shop.putVariation(
        {
          ...variation,
          id,
          parent_id: 214,
          image: null,
          attributes: variation.attributes.slice(0, 1),
          meta_data: [],
          manage_stock: false,
          stock_quantity: null
        },
        "silent"
      )
  }
}
const put217 = ({ shop }: RunningShop, status: string) =>
  shop.ledger.putOrder({ ...orderOf(object(named("orders/delete-trash"))), status })

const basic = (key: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`
})

const play = async (record: Record): Promise<Response> => {
  const path = record.path.replace("/wp-json/wc/v3", "")
  let url = `${running.url}${record.path}`
  let headers: { [name: string]: string } = { accept: "application/json" }
  const oauth = {
    key: "ck_rw",
    secret: "cs_rw",
    timestamp: now,
    method: record.method,
    secure: record.secure
  }
  switch (record.auth) {
    case "basic":
      headers = { ...headers, ...basic("ck_rw", "cs_rw") }
      break
    case "basic-bad-key":
      headers = { ...headers, ...basic("ck_unknown", "cs_unknown") }
      break
    case "basic-bad-secret":
      headers = { ...headers, ...basic("ck_rw", "cs_wrong") }
      break
    case "basic-read":
      headers = { ...headers, ...basic("ck_ro", "cs_ro") }
      break
    case "basic-write":
      headers = { ...headers, ...basic("ck_wo", "cs_wo") }
      break
    case "query":
      url += `&consumer_key=ck_rw&consumer_secret=cs_rw`
      break
    case "oauth":
      url = signed(running.url, path, oauth)
      break
    case "oauth-sha1":
      url = signed(running.url, path, { ...oauth, algorithm: "HMAC-SHA1" })
      break
    case "oauth-bad-signature":
      url = signed(running.url, path, { ...oauth, secret: "cs_wrong" })
      break
    case "oauth-old-timestamp":
      url = signed(running.url, path, { ...oauth, timestamp: now - 1200 })
      break
    case "oauth-replay":
      url = signed(running.url, path, oauth)
      await fetch(url)
      break
  }
  if (record.secure) headers["x-forwarded-proto"] = "https"
  const sends = record.body !== null && record.method !== "GET" && record.method !== "HEAD"
  if (sends) headers["content-type"] = record.contentType ?? "application/json"
  const body = sends
    ? typeof record.body === "string"
      ? record.body
      : JSON.stringify(record.body)
    : undefined
  return fetch(url, { method: record.method, headers, ...(body === undefined ? {} : { body }) })
}

/** Relations and page numbers of a Link header: all else in it is the request again. */
const relations = (link: string | null | undefined): ReadonlyArray<string> =>
  [...(link ?? "").matchAll(/<([^>]*)>; rel="([^"]+)"/g)].map(([, , rel = ""]) => rel).sort()

const plain = [
  "content-type",
  "expires",
  "cache-control",
  "vary",
  "allow",
  "x-robots-tag",
  "x-content-type-options",
  "access-control-expose-headers",
  "access-control-allow-headers"
]

/** The recorded shop had 57 products, the records show 36 of them in full: how many pages there are differs. */
const partial = (name: string): boolean =>
  /^(categories|products|variations|orders|reviews|customers|modified_after|errors|headers)\//.test(name)

describe("every recorded request that is supported", () => {
  it("is counted: 233 are, 70 are not, with the reason", () => {
    expect(records.length).toBe(233)
    expect(Object.values(unsupported).flat().length).toBe(70)
  })

  for (const record of records) {
    it(`${record.name}: ${record.method} ${record.path.replace("/wp-json/wc/v3", "").slice(0, 90)}`, async () => {
      if (record.name.startsWith("modified_after/products")) oddDates(running)
      given[record.name]?.(running)
      const response = await play(record)
      const raw = await response.text()
      const body: Json = raw === "" ? null : JSON.parse(raw)
      expect(response.status, raw.slice(0, 300)).toBe(record.status)
      for (const name of plain) expect(response.headers.get(name), name).toBe(record.headers[name] ?? null)
      for (const name of ["x-wp-total", "x-wp-totalpages"]) {
        const recorded = record.headers[name]
        if (recorded === undefined) expect(response.headers.get(name), name).toBeNull()
        else if (partial(record.name)) expect(response.headers.get(name), name).toMatch(/^\d+$/)
        else expect(response.headers.get(name), name).toBe(recorded)
      }
      if (record.headers.location !== undefined) {
        expect(response.headers.get("location")?.replace(/\d+$/, "#")).toBe(
          record.headers.location.replace(/\d+$/, "#")
        )
      }
      if (!partial(record.name) || !isArray(body))
        expect(relations(response.headers.get("link"))).toEqual(relations(record.headers.link))
      expect(differences(record.response, body)).toEqual([])
      if (isArray(record.response))
        expect(isArray(body) && body.length > 0, "items").toBe(record.response.length > 0)
      if (record.status >= 400) expect(unequal(record.response, body, new Set(["unique_sku"]))).toEqual([])
    })
  }
})

/** Random; drawn by the demo store itself; sizes of pictures, of which the demo store knows one; the time of the trash. */
const volatile = new Set(["related_ids", "avatar_url", "reviewer_avatar_urls", "count", "srcset", "sizes"])

describe("what the shop shows of the recorded rows", () => {
  const singles = records.filter(
    (record) =>
      record.method === "GET" &&
      record.status === 200 &&
      isObject(record.response) &&
      !record.name.includes("trashed") &&
      /\/\d+$/.test(record.path)
  )
  it(`is field by field what was recorded (${singles.length} singles)`, async () => {
    const wrong: Array<string> = []
    for (const record of singles) {
      given[record.name]?.(running)
      const body: Json = JSON.parse(await (await play(record)).text())
      for (const difference of unequal(record.response, body, volatile))
        wrong.push(`${record.name} ${difference}`)
    }
    expect(wrong).toEqual([])
  })
})
