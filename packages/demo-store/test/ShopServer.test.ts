import { request } from "node:http"
import { connect } from "node:net"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { isArray, isObject, type Json, type JsonObject } from "../src/Json.ts"
import { listen, type RunningShop } from "../src/ShopServer.ts"
import { kolkata } from "../src/SiteTime.ts"
import { signed } from "./oauthFetch.ts"

let running: RunningShop
let now = 1_800_000_000_000
const keys = [{ consumerKey: "ck_rw", consumerSecret: "cs_rw", permissions: "read_write" }] as const

beforeEach(async () => {
  now = 1_800_000_000_000
  running = await listen({
    host: "127.0.0.1",
    port: 0,
    products: 120,
    seed: "optica",
    timezone: kolkata,
    keys,
    now: () => now
  })
})

afterEach(() => running.close())

const rest = (
  path: string,
  init: { readonly method?: string; readonly json?: Json } = {}
): Promise<Response> =>
  fetch(
    signed(running.url, path, {
      key: "ck_rw",
      secret: "cs_rw",
      timestamp: now / 1000,
      method: init.method ?? "GET"
    }),
    {
      method: init.method ?? "GET",
      ...(init.json === undefined
        ? {}
        : { body: JSON.stringify(init.json), headers: { "content-type": "application/json" } })
    }
  )

const bodyOf = async (response: Response): Promise<Json> => JSON.parse(await response.text())
const objectOf = async (response: Response): Promise<JsonObject> => {
  const body = await bodyOf(response)
  if (!isObject(body)) throw new Error(`no object: ${JSON.stringify(body)}`)
  return body
}
const listOf = async (response: Response): Promise<ReadonlyArray<Json>> => {
  const body = await bodyOf(response)
  if (!isArray(body)) throw new Error(`no list: ${JSON.stringify(body)}`)
  return body
}
const admin = (path: string, json?: Json, method = "POST"): Promise<Response> =>
  fetch(`${running.url}/demo-admin${path}`, {
    method,
    ...(json === undefined
      ? {}
      : { body: JSON.stringify(json), headers: { "content-type": "application/json" } })
  })

describe("the REST API", () => {
  it("takes Basic auth only from behind a TLS terminator", async () => {
    const headers = { authorization: `Basic ${Buffer.from("ck_rw:cs_rw").toString("base64")}` }
    const path = `${running.url}/wp-json/wc/v3/products?per_page=1`
    expect((await fetch(path, { headers })).status).toBe(401)
    expect((await fetch(path, { headers: { ...headers, "x-forwarded-proto": "https" } })).status).toBe(200)
  })

  it("pages without a gap or a repetition in every order", async () => {
    for (const orderby of [
      "id",
      "date",
      "modified",
      "title",
      "slug",
      "price",
      "popularity",
      "rating",
      "menu_order",
      "random"
    ]) {
      const ids: Array<Json | undefined> = []
      for (let page = 1; page <= 3; page++) {
        const items = await listOf(
          await rest(`/products?per_page=50&page=${page}&orderby=${orderby}&_fields=id`)
        )
        ids.push(...items.map((item) => (isObject(item) ? item.id : undefined)))
      }
      expect(new Set(ids).size, orderby).toBe(120)
    }
  })

  it("filters by every parameter of a product list", async () => {
    const count = async (query: string): Promise<number> => {
      const response = await rest(`/products?per_page=1&_fields=id&${query}`)
      return Number(response.headers.get("x-wp-total"))
    }
    expect(await count("")).toBe(120)
    const split = async (...queries: ReadonlyArray<string>) =>
      (await Promise.all(queries.map(count))).reduce((sum, part) => {
        expect(part).toBeGreaterThan(0)
        return sum + part
      }, 0)
    expect(await split("featured=true", "featured=false")).toBe(120)
    expect(await split("on_sale=true", "on_sale=false")).toBe(120)
    expect(await split("stock_status=instock", "stock_status=outofstock", "stock_status=onbackorder")).toBe(
      120
    )
    expect(await split("type=simple", "type=variable")).toBe(120)
    expect(await split("include_types=simple", "exclude_types=simple")).toBe(120)
    expect(await split("status=draft", "exclude_status=draft")).toBe(120)
    expect(await split("include_status=draft,pending", "exclude_status=draft,pending")).toBe(120)
    expect(await split("tax_class=standard", "tax_class=reduced-rate")).toBe(120)
    expect(await split("virtual=true", "virtual=false")).toBe(120)
    expect(await split("category=16", "category=20,22,25,28,15")).toBe(120)
    expect(await split("min_price=1500", "max_price=1499.9999")).toBe(119)
    expect(await split("tag=40")).toBe(14)
    expect(await split("brand=50")).toBeLessThan(120)
    expect(await split("attribute=pa_frame-shape&attribute_term=91")).toBeLessThan(120)
    expect(await split("search=titanium")).toBeLessThan(120)
    expect(await split("search_sku=fr-10")).toBeLessThan(120)
    expect(await count("sku=FR-1001,nope")).toBe(await count("search_sku=FR-1001"))
    expect(await split("after=2024-03-01T00:00:00", "before=2024-03-01T00:00:00")).toBe(120)
    expect(await count("exclude=1000,1016")).toBe(118)
    expect(await count("include=1000,1016,4")).toBe(2)
    const authorization = `Basic ${Buffer.from("ck_rw:cs_rw").toString("base64")}`
    const brackets = await fetch(`${running.url}/wp-json/wc/v3/products?include[]=1000&include[]=1016`, {
      headers: { authorization, "x-forwarded-proto": "https" }
    })
    expect(brackets.headers.get("x-wp-total")).toBe("2")
    expect(await count("parent=7")).toBe(0)
    expect(await count("parent_exclude=0")).toBe(0)
    const [item] = await listOf(await rest("/products?include=1016&include_meta=frame_size"))
    expect(isObject(item) && isArray(item.meta_data) ? item.meta_data.length : -1).toBeLessThan(2)
  })

  it("answers offset beyond pages, HEAD without a body, and other related ids each time", async () => {
    const offset = await listOf(
      await rest("/products?offset=118&per_page=10&orderby=id&order=asc&_fields=id")
    )
    expect(offset).toEqual([{ id: 1000 + 118 * 16 }, { id: 1000 + 119 * 16 }])
    const head = await rest("/products?per_page=5", { method: "HEAD" })
    expect(head.headers.get("x-wp-totalpages")).toBe("24")
    expect(await head.text()).toBe("")
    const related = async () => JSON.stringify((await objectOf(await rest("/products/1016"))).related_ids)
    const seen = new Set([await related(), await related(), await related(), await related()])
    expect(seen.size).toBeGreaterThan(1)
  })

  it("bumps the date on a change that changes nothing (fact 6), and not on a renamed category (fact 4)", async () => {
    const before = await objectOf(await rest("/products/1000"))
    now += 60_000
    await rest("/products/1000", { method: "PUT", json: {} })
    const after = await objectOf(await rest("/products/1000"))
    expect(after.date_modified_gmt).not.toBe(before.date_modified_gmt)
    const category = isArray(after.categories) && isObject(after.categories[0]) ? after.categories[0].id : 0
    now += 60_000
    await rest(`/products/categories/${category}`, { method: "PUT", json: { name: "Renamed" } })
    const renamed = await objectOf(await rest("/products/1000"))
    expect(JSON.stringify(renamed.categories)).toContain("Renamed")
    expect(renamed.date_modified_gmt).toBe(after.date_modified_gmt)
  })

  it("lets modified_after skip the same second, and lose rows with Z and the flag (facts 1, 2)", async () => {
    await rest("/products/1000", { method: "PUT", json: {} })
    const count = async (query: string) =>
      (await listOf(await rest(`/products?${query}&_fields=id&per_page=100&exclude=${future}`))).length
    const future = [1000 + 149 * 16].join()
    expect(await count("modified_after=2027-01-15T08:00:00&dates_are_gmt=true")).toBe(0)
    expect(await count("modified_after=2027-01-15T07:59:59&dates_are_gmt=true")).toBe(1)
    expect(await count("modified_after=2027-01-15T07:59:59Z")).toBe(1)
    expect(await count("modified_after=2027-01-15T07:59:59Z&dates_are_gmt=true")).toBe(0)
  })

  it("names what is missing: a parameter, a route, a user", async () => {
    const missing = await rest("/products/categories", { method: "POST", json: {} })
    expect(missing.status).toBe(400)
    expect(await bodyOf(missing)).toMatchObject({
      code: "rest_missing_callback_param",
      data: { params: ["name"] }
    })
    expect(await bodyOf(await fetch(`${running.url}/wp-json/wc/v9/products`))).toMatchObject({
      code: "rest_no_route"
    })
    expect((await rest("/customers/4711")).status).toBe(404)
  })

  it("tells a part of an OAuth signature from none", async () => {
    const part = await fetch(`${running.url}/wp-json/wc/v3/products?oauth_consumer_key=ck_rw&oauth_nonce=1`)
    expect(part.status).toBe(401)
    expect(await bodyOf(part)).toMatchObject({
      code: "woocommerce_rest_authentication_missing_parameter",
      message: "Missing OAuth parameters oauth_timestamp, oauth_signature, oauth_signature_method"
    })
  })

  it("reads OAuth from the Authorization header as well", async () => {
    const url = new URL(
      signed(running.url, "/products?per_page=1", { key: "ck_rw", secret: "cs_rw", timestamp: now / 1000 })
    )
    const pairs = [...url.searchParams].filter(([name]) => name.startsWith("oauth_"))
    const authorization = `OAuth ${pairs.map(([name, value]) => `${name}="${encodeURIComponent(value)}"`).join(", ")}`
    const response = await fetch(`${url.origin}${url.pathname}?per_page=1`, { headers: { authorization } })
    expect(response.status).toBe(200)
  })

  it("takes orders, which move stock and dates of what they sell (fact 6)", async () => {
    await rest("/products/1016", {
      method: "PUT",
      json: { manage_stock: true, stock_quantity: 5, regular_price: "999.99", sale_price: "" }
    })
    const made = await rest("/orders", {
      method: "POST",
      json: {
        status: "processing",
        line_items: [{ product_id: 1016, quantity: 2 }],
        shipping_lines: [{ method_id: "flat_rate", total: "50.00" }]
      }
    })
    expect(made.status).toBe(201)
    const order = await objectOf(made)
    expect(order).toMatchObject({ total: "2418.98", total_tax: "369.00", shipping_tax: "9.00" })
    expect(await objectOf(await rest("/products/1016"))).toMatchObject({ stock_quantity: 3 })
    await rest(`/orders/${order.id}`, { method: "PUT", json: { status: "cancelled" } })
    expect(await objectOf(await rest("/products/1016"))).toMatchObject({ stock_quantity: 5 })
  })
})

describe("the server", () => {
  it("draws every picture of a product, in every size, as SVG", async () => {
    const product = await objectOf(await rest("/products/1016"))
    const [image] = isArray(product.images) ? product.images : []
    if (!isObject(image) || typeof image.src !== "string" || typeof image.thumbnail !== "string")
      throw new Error("no image")
    const whole = await fetch(image.src)
    expect(whole.headers.get("content-type")).toBe("image/svg+xml")
    expect(await whole.text()).toMatch(/^<svg .*width="1200".*<\/svg>$/)
    expect(await (await fetch(image.thumbnail)).text()).toContain('width="324"')
  })

  it("shows published products as pages, and nothing else", async () => {
    const product = await objectOf(await rest("/products/1016"))
    expect((await fetch(String(product.permalink))).status).toBe(200)
    const draft = await objectOf(await rest(`/products/${1000 + 17 * 16}`))
    expect(draft.status).toBe("draft")
    expect((await fetch(String(draft.permalink))).status).toBe(404)
    expect(await (await fetch(running.url)).text()).toContain("Optica demo shop")
  })

  it("survives what is no HTTP and a client that leaves in the middle", async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(running.port, "127.0.0.1", () => socket.write("nonsense\r\n\r\n"))
      socket.on("data", (data) => expect(String(data)).toContain("400 Bad Request"))
      socket.on("close", () => resolve())
    })
    await new Promise<void>((resolve) => {
      const half = request({
        port: running.port,
        method: "POST",
        path: "/wp-json/wc/v3/products",
        headers: { "content-length": "100" }
      })
      half.on("error", () => resolve())
      half.write("{")
      setImmediate(() => half.destroy())
    })
    expect((await rest("/products?per_page=1")).status).toBe(200)
  })
})

describe("the admin API", () => {
  it("takes nothing from pages of other sites, and JSON only", async () => {
    const ask = (headers: Record<string, string>, method = "POST", path = "/faults") =>
      fetch(`${running.url}/demo-admin${path}`, {
        method,
        headers,
        ...(method === "POST" ? { body: '{"failNext":3,"failStatus":503}' } : {})
      }).then((it) => it.status)
    const json = { "content-type": "application/json" }
    for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"]) {
      expect(await ask({ ...json, origin }), origin).toBe(403)
      expect(await ask({ origin }, "DELETE"), origin).toBe(403)
    }
    expect(await ask({ "content-type": "text/plain" })).toBe(415)
    expect(await ask({ "content-type": "application/x-www-form-urlencoded" })).toBe(415)
    expect(await objectOf(await admin("/faults", undefined, "GET"))).toMatchObject({ failNext: 0 })
    expect(await ask({ ...json, origin: running.url })).toBe(200)
  })

  it("creates, changes, trashes, restores and deletes products", async () => {
    const made = await objectOf(await admin("/products", { name: "From admin", regular_price: "10" }))
    const id = Number(made.id)
    expect(await objectOf(await admin(`/products/${id}/change`, { regular_price: "12" }))).toMatchObject({
      price: "12"
    })
    expect(await objectOf(await admin(`/products/${id}/trash`))).toMatchObject({ status: "trash" })
    expect((await admin(`/products/${id}/trash`)).status).toBe(409)
    expect(await objectOf(await admin(`/products/${id}/restore`))).toMatchObject({ status: "publish" })
    expect(await objectOf(await admin(`/products/${id}/delete`))).toEqual({ id, deleted: true })
    expect((await rest(`/products/${id}`)).status).toBe(404)
  })

  it("changes silently: names and meta, no date (fact 4)", async () => {
    const before = await objectOf(await rest("/products/1016"))
    now += 60_000
    await admin("/products/1016/meta", { key: "frame_size", value: "XXL" })
    const category = isArray(before.categories) && isObject(before.categories[0]) ? before.categories[0] : {}
    await admin(`/categories/${category.id}/rename`, { name: "Silent & new" })
    await admin("/attributes/4/terms/100/rename", { name: "Jet black" })
    await admin("/attributes/4/rename", { name: "Color" })
    const after = await objectOf(await rest("/products/1016"))
    expect(after.date_modified_gmt).toBe(before.date_modified_gmt)
    expect(JSON.stringify(after.categories)).toContain("Silent &amp; new")
    expect(JSON.stringify(after.meta_data)).toContain("XXL")
    expect(await objectOf(await rest("/products/attributes/4/terms/100"))).toMatchObject({
      name: "Jet black"
    })
  })

  it("refuses with a problem that names every wrong field", async () => {
    const refused = await admin("/faults", { latencyMs: "slow", failStatus: 200, surprise: 1 })
    expect(refused.status).toBe(400)
    expect(refused.headers.get("content-type")).toBe("application/problem+json")
    const { detail } = await objectOf(refused)
    for (const field of ["latencyMs", "failStatus", "surprise"]) expect(detail).toContain(field)
    expect((await admin("/nowhere", {})).status).toBe(404)
    expect((await admin("/faults", {}, "PUT")).status).toBe(405)
    const woo = await admin("/products/1016/change", { type: "nope" })
    expect(woo.status).toBe(400)
    expect((await objectOf(woo)).detail).toContain("type is not one of simple")
  })

  it("makes the shop fail, as often as was asked, and not longer", async () => {
    await admin("/faults", { failNext: 2, failStatus: 503, retryAfter: 7 })
    const failed = await rest("/products")
    expect(failed.status).toBe(503)
    expect(failed.headers.get("retry-after")).toBe("7")
    expect((await rest("/products")).status).toBe(503)
    expect((await rest("/products")).status).toBe(200)
  })

  it("cuts connections, hangs, and leaves items out of a page", async () => {
    await admin("/faults", { closeNext: 1 })
    await expect(rest("/products").then((response) => response.text())).rejects.toThrow()
    await admin("/faults", { shortNext: 1, shortBy: 3 })
    const short = await rest("/products?per_page=10")
    expect(short.headers.get("x-wp-total")).toBe("120")
    expect((await listOf(short)).length).toBe(7)
    await admin("/faults", { hangNext: 1, path: "/customers" })
    expect((await rest("/products?per_page=1")).status).toBe(200)
    const hanging = new AbortController()
    const hung = fetch(
      signed(running.url, "/customers", { key: "ck_rw", secret: "cs_rw", timestamp: now / 1000 }),
      { signal: hanging.signal }
    )
    // The next request overtakes: the first has no answer by then.
    expect((await rest("/products?per_page=1")).status).toBe(200)
    hanging.abort()
    await expect(hung).rejects.toThrow()
    expect(await objectOf(await admin("/faults", undefined, "DELETE"))).toMatchObject({
      failNext: 0,
      hangNext: 0,
      latencyMs: 0
    })
  })

  it("closes at once while a request hangs or waits", async () => {
    await admin("/faults", { latencyMs: 60_000 })
    const waiting = rest("/products").catch(() => "closed")
    while ((await objectOf(await admin("/stats", undefined, "GET"))).concurrent !== 1)
      await new Promise(setImmediate)
    await running.close()
    expect(await waiting).toBe("closed")
  })

  it("counts requests by route", async () => {
    await rest("/products")
    await rest("/products/1016")
    await rest("/products/1032")
    await rest("/nope")
    const stats = await objectOf(await admin("/stats", undefined, "GET"))
    expect(stats).toMatchObject({
      total: 4,
      routes: { "GET /products": 1, "GET /products/#": 2, "GET (none)": 1 },
      statuses: { "200": 3, "404": 1 }
    })
    expect(await objectOf(await admin("/stats", undefined, "DELETE"))).toMatchObject({ total: 0 })
  })
})
