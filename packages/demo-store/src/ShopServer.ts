import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { Api } from "./rest/Api.ts"
import type { ApiKey } from "./rest/Authentication.ts"
import { apiRoot, type Site } from "./rest/Site.ts"
import { Shop, type ShopOptions } from "./Shop.ts"

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
  let handler: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end()
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => handler(request, response))
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
    socket.on("error", () => socket.destroy())
  })
  server.on("clientError", (_, socket) => {
    if (!("writable" in socket) || !socket.writable) return
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
  const site: Site = { shop, url: options.siteUrl ?? url }
  const api = new Api(site, options.keys)
  handler = (request, response) => {
    serve(site, api, request, response).catch((cause) => {
      if (!response.headersSent)
        response.writeHead(500, { "Content-Type": "application/json; charset=UTF-8" })
      response.end(
        JSON.stringify({ code: "internal_server_error", message: String(cause), data: { status: 500 } })
      )
    })
  }
  return {
    port,
    url,
    shop,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      })
  }
}

const serve = async (
  site: Site,
  api: Api,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> => {
  const target = request.url ?? "/"
  const mark = target.indexOf("?")
  const path = mark === -1 ? target : target.slice(0, mark)
  const query = mark === -1 ? "" : target.slice(mark + 1)
  const body = await readBody(request)
  if (path === apiRoot || path.startsWith(`${apiRoot}/`)) {
    const answer = api.handle({
      method: request.method ?? "GET",
      path,
      query,
      host: request.headers.host ?? new URL(site.url).host,
      secure: request.headers["x-forwarded-proto"] === "https",
      authorization: request.headers.authorization,
      contentType: request.headers["content-type"] ?? "",
      body
    })
    // writeHead before end: chunked, without Content-Length, as the recorded shop answers (fact 17).
    response.writeHead(answer.status, answer.headers)
    response.end(request.method === "HEAD" ? undefined : JSON.stringify(answer.body))
    return
  }
  response.writeHead(404, { "Content-Type": "text/html; charset=UTF-8" })
  response.end("<!doctype html><title>Page not found</title><p>Page not found.</p>")
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
