import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { type Fault, Faults } from "./Faults.ts"
import { isArray, type Json } from "./Json.ts"
import { picture } from "./Pictures.ts"
import { Api, type RestResponse } from "./rest/Api.ts"
import type { ApiKey } from "./rest/Authentication.ts"
import { parseQuery } from "./rest/Query.ts"
import { apiRoot, type Site } from "./rest/Site.ts"
import { noRoute } from "./rest/WooError.ts"
import { Shop, type ShopOptions } from "./Shop.ts"
import { shopPage } from "./ShopPages.ts"
import { Stats } from "./Stats.ts"

export interface ServerOptions extends ShopOptions {
  readonly host: string
  /** 0 = any free one. */
  readonly port: number
  readonly keys: ReadonlyArray<ApiKey>
  /** WordPress's `home`, where it is not the address listened on: behind a TLS terminator, for instance. */
  readonly siteUrl?: string
}

export interface RunningShop {
  readonly port: number
  readonly url: string
  readonly shop: Shop
  /** Stops at once: connections are destroyed, also those in the middle of an answer. */
  readonly close: () => Promise<void>
}

/** PHP's own limit of a body is far above; this one keeps a wrong client from filling the memory. */
const maxBodyBytes = 8 * 1024 * 1024

/** Serves a shop on a port of its own. Rejects with Node's error (`EADDRINUSE`, `EACCES` …) when it cannot listen. */
export const listen = async (options: ServerOptions): Promise<RunningShop> => {
  const shop = new Shop(options)
  const sockets = new Set<Socket>()
  const timers = new Set<NodeJS.Timeout>()
  let handler = (_: IncomingMessage, response: ServerResponse): void => void response.end()
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => handler(request, response))
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
    socket.on("error", () => socket.destroy())
  })
  server.on("clientError", (_, socket) => {
    if (socket.writable)
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(options.port, options.host, () => {
      server.off("error", reject)
      resolve()
    })
  })
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : options.port
  const url = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`
  const served = new ServedShop({ shop, url: options.siteUrl ?? url }, options.keys, timers)
  handler = (request, response) => {
    served.serve(request, response).catch((cause: unknown) => {
      // A client that went away, or a defect: neither may take the shop down.
      if (!response.headersSent)
        json(response, 500, { code: "internal_server_error", message: String(cause), data: { status: 500 } })
      response.destroy()
    })
  }
  return {
    port,
    url,
    shop,
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer)
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      })
  }
}

/** The system's name for a failure to listen, such as "EADDRINUSE", or what a defect says. */
export const reasonOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : String(cause)

class ServedShop {
  readonly #site: Site
  readonly #api: Api
  readonly #faults = new Faults()
  readonly #stats = new Stats()
  readonly #timers: Set<NodeJS.Timeout>

  constructor(site: Site, keys: ReadonlyArray<ApiKey>, timers: Set<NodeJS.Timeout>) {
    this.#site = site
    this.#api = new Api(site, keys)
    this.#timers = timers
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? "/"
    const mark = target.indexOf("?")
    const path = mark === -1 ? target : target.slice(0, mark)
    const query = mark === -1 ? "" : target.slice(mark + 1)
    const body = await readBody(request)
    if (path === apiRoot || path.startsWith(`${apiRoot}/`))
      return this.#rest(request, response, path, query, body)
    if (path === "/demo-admin" || path.startsWith("/demo-admin/"))
      return this.#admin(request, response, path, body)
    if (path.startsWith("/wp-json")) return this.#wordpress(response, path)
    if (path.startsWith("/wp-content/uploads/")) return svg(response, path)
    const post = Number(parseQuery(query).p ?? Number.NaN)
    const page = shopPage(this.#site, path, Number.isInteger(post) ? post : undefined)
    response.writeHead(page.status, { "Content-Type": "text/html; charset=UTF-8" })
    response.end(request.method === "HEAD" ? undefined : page.html)
  }

  async #rest(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: string,
    body: string
  ): Promise<void> {
    const finish = this.#stats.begin()
    const method = request.method ?? "GET"
    // A client that goes away before the answer is counted too, with status 0.
    response.once("close", () => finish(`${method} (given up)`, 0))
    await this.#wait(this.#faults.latency(path))
    const fault = this.#faults.take(path)
    if (fault?.kind === "hang") return
    if (fault?.kind === "fail") {
      finish(`${method} (fault)`, fault.status)
      return failed(response, fault)
    }
    const answer = this.#api.handle({
      method,
      path,
      query,
      host: request.headers.host ?? new URL(this.#site.url).host,
      secure: request.headers["x-forwarded-proto"] === "https",
      authorization: request.headers.authorization,
      contentType: request.headers["content-type"] ?? "",
      body
    })
    finish(`${method} ${answer.route}`, answer.status)
    send(
      request,
      response,
      fault?.kind === "short" ? shortened(answer, fault.by) : answer,
      fault?.kind === "close"
    )
  }

  /** Loaded when first asked for: only the admin API needs Schema, and the thread stays small without it. */
  async #admin(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    body: string
  ): Promise<void> {
    const refused = refusalOf(request, body)
    if (refused !== undefined) {
      return json(response, refused.status, { type: "about:blank", ...refused }, "application/problem+json")
    }
    const { handleAdmin } = await import("./admin/AdminApi.ts")
    const answer = handleAdmin(
      { site: this.#site, faults: this.#faults, stats: this.#stats },
      { method: request.method ?? "GET", path: path.slice("/demo-admin".length), body }
    )
    json(
      response,
      answer.status,
      answer.body,
      answer.status < 400 ? "application/json" : "application/problem+json"
    )
  }

  /** Only the index of the site itself: other namespaces are not there. */
  #wordpress(response: ServerResponse, path: string): void {
    const index = path === "/wp-json" || path === "/wp-json/"
    const { name, offsetMinutes } = this.#site.shop.timezone
    const body: Json = index
      ? {
          name: "Optica demo shop",
          description: "",
          url: this.#site.url,
          home: this.#site.url,
          gmt_offset: offsetMinutes / 60,
          timezone_string: name,
          namespaces: ["wc/v3"]
        }
      : noRoute().body
    json(response, index ? 200 : 404, body, "application/json; charset=UTF-8")
  }

  #wait(milliseconds: number): Promise<void> {
    if (milliseconds === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        resolve()
      }, milliseconds)
      this.#timers.add(timer)
    })
  }
}

/** Why the admin API does not listen: it has no password, and pages of others are open in browsers on this machine. */
const refusalOf = ({ headers, socket }: IncomingMessage, body: string) => {
  if (!isLoopback(socket.remoteAddress ?? "")) {
    const detail = "The admin API answers to loopback addresses only."
    return { title: "Only from this machine", status: 403, detail }
  }
  if (headers.origin !== undefined && !isOwnOrigin(headers.origin, headers.host ?? "")) {
    const detail = "The admin API answers to no page of another site."
    return { title: "Only for this site", status: 403, detail }
  }
  // A page of another site can send other types without asking, and where a browser sends no Origin this is what is left.
  if (body !== "" && !/^application\/json *(;|$)/i.test(headers["content-type"] ?? "")) {
    const detail = "The admin API takes bodies of the type application/json only."
    return { title: "Unsupported media type", status: 415, detail }
  }
  return undefined
}

const isOwnOrigin = (origin: string, host: string): boolean =>
  origin === `http://${host}` && /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)

const isLoopback = (address: string): boolean => address === "::1" || /^(::ffff:)?127\./.test(address)

const send = (
  request: IncomingMessage,
  response: ServerResponse,
  answer: RestResponse,
  cut: boolean
): void => {
  const text = JSON.stringify(answer.body)
  // writeHead before end: chunked, without Content-Length, as the recorded shop answers (fact 17).
  response.writeHead(answer.status, answer.headers)
  if (cut) response.write(text.slice(0, text.length >> 1), () => response.destroy())
  else response.end(request.method === "HEAD" ? undefined : text)
}

const shortened = (answer: RestResponse, by: number): RestResponse =>
  isArray(answer.body)
    ? { ...answer, body: answer.body.slice(0, Math.max(0, answer.body.length - by)) }
    : answer

/** A PHP fatal is WordPress's JSON with HTML inside (fact 18); any other failure is the web server's page. */
const failed = (response: ServerResponse, fault: Extract<Fault, { kind: "fail" }>): void => {
  const retry = fault.retryAfter > 0 ? { "Retry-After": String(fault.retryAfter) } : {}
  if (fault.status === 500) {
    response.writeHead(500, { "Content-Type": "application/json; charset=UTF-8", ...retry })
    response.end(
      JSON.stringify({
        code: "internal_server_error",
        message: "<p>There has been a critical error on this website.</p>",
        data: { status: 500 }
      })
    )
    return
  }
  response.writeHead(fault.status, { "Content-Type": "text/html", ...retry })
  response.end(
    `<html><head><title>${fault.status}</title></head><body><h1>${fault.status}</h1></body></html>`
  )
}

const svg = (response: ServerResponse, path: string): void => {
  response.writeHead(200, { "Content-Type": "image/svg+xml", "Cache-Control": "public, max-age=86400" })
  response.end(picture(path.split("/").at(-1) ?? ""))
}

const json = (response: ServerResponse, status: number, body: Json, type = "application/json"): void => {
  response.writeHead(status, { "Content-Type": type })
  response.end(JSON.stringify(body))
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  let size = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue
    size += chunk.length
    if (size <= maxBodyBytes) chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}
