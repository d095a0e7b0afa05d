import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import * as Effect from "effect/Effect"

/** One thing of the shop. */
export interface Thing {
  readonly id: number
  readonly [key: string]: unknown
}

/** What a test wants to happen to one request; undefined lets it pass. */
export type Fault =
  | { readonly status: number; readonly body: unknown }
  | { readonly total: number }
  | "hang"
  | "short"
  | "no-totals"
  | undefined

export interface ShopRequest {
  readonly path: string
  readonly query: URLSearchParams
}

const prefix = "/wp-json/wc/v3"

/**
 * A WooCommerce as small as it can be while a test holds its strings: what it has is a map, and a hook sees every
 * request first, so that things go away, pages come back short and the shop fails exactly when a test wants it.
 */
export class FakeShop {
  readonly things = new Map<string, Map<number, Thing>>()
  readonly requests: Array<ShopRequest> = []
  /** Runs before each request is answered. */
  hook: (request: ShopRequest) => Fault = () => undefined
  url = ""

  put(path: string, ...things: ReadonlyArray<Thing>) {
    const held = this.things.get(path) ?? new Map<number, Thing>()
    this.things.set(path, held)
    for (const thing of things) held.set(thing.id, thing)
  }

  remove(path: string, id: number) {
    this.things.get(path)?.delete(id)
  }

  trash(path: string, id: number) {
    const thing = this.things.get(path)?.get(id)
    if (thing !== undefined) this.put(path, { ...thing, status: "trash" })
  }

  /** Ids that are not in the trash. */
  ids(path: string) {
    return [...(this.things.get(path)?.values() ?? [])]
      .filter((thing) => thing.status !== "trash")
      .map((thing) => thing.id)
      .sort((a, b) => a - b)
  }

  answer(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? "/", "http://shop")
    const asked = { path: url.pathname.slice(prefix.length), query: url.searchParams }
    this.requests.push(asked)
    const fault = this.hook(asked)
    if (fault === "hang") return
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { "content-type": "application/json; charset=UTF-8", ...headers })
      response.end(JSON.stringify(body))
    }
    if (typeof fault === "object" && "status" in fault) return send(fault.status, fault.body)
    const list = this.things.get(asked.path)
    if (list !== undefined) {
      const { items, total: count } = page(asked, [...list.values()])
      const total = typeof fault === "object" ? fault.total : count
      const size = Number(asked.query.get("per_page") ?? 10)
      const totals = { "x-wp-total": String(total), "x-wp-totalpages": String(Math.ceil(total / size)) }
      return send(200, fault === "short" ? items.slice(0, -1) : items, fault === "no-totals" ? {} : totals)
    }
    const [, parent, id] = /^(.*)\/(\d+)$/.exec(asked.path) ?? []
    const routed = this.things.has(parent ?? "") || parent === "/products" || asked.path.includes("/terms")
    if (parent === undefined || !routed) {
      return send(404, { code: "rest_no_route", message: "No route", data: { status: 404 } })
    }
    const thing =
      this.things.get(parent)?.get(Number(id)) ??
      (parent === "/products" ? this.things.get("/variations")?.get(Number(id)) : undefined)
    if (thing !== undefined) return send(200, thing)
    return send(404, { code: "woocommerce_rest_invalid_id", message: "Invalid ID.", data: { status: 404 } })
  }

  /** Listens until the scope closes. */
  static readonly start = Effect.acquireRelease(
    Effect.callback<{ readonly shop: FakeShop; readonly close: () => void }>((resume) => {
      const shop = new FakeShop()
      const server = createServer((request, response) => shop.answer(request, response))
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        shop.url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`
        const close = () => {
          server.closeAllConnections()
          server.close()
        }
        resume(Effect.succeed({ shop, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  ).pipe(Effect.map(({ shop }) => shop))
}

const page = ({ path, query }: ShopRequest, all: ReadonlyArray<Thing>) => {
  const status = query.get("status") ?? "any"
  const include = query.get("include")?.split(",").map(Number)
  const found = all
    .filter((thing) => (status === "trash") === (thing.status === "trash") && thing.status !== "unlisted")
    .filter((thing) => include === undefined || include.includes(thing.id))
    .filter((thing) => !query.has("type") || thing.type === query.get("type"))
    .sort((a, b) => a.id - b.id)
  const size = Number(query.get("per_page") ?? 10)
  const from = Number(query.get("offset") ?? (Number(query.get("page") ?? 1) - 1) * size)
  const shown = path === "/products/attributes" ? found : found.slice(from, from + size)
  const fields = query.get("_fields")?.split(",")
  return {
    total: found.length,
    items:
      fields === undefined
        ? shown
        : shown.map((thing) =>
            Object.fromEntries(Object.entries(thing).filter(([key]) => fields.includes(key)))
          )
  }
}
