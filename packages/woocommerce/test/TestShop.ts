/** A web server on a free port that answers what a test says, and remembers what it was asked. Real sockets. */
import { readFileSync } from "node:fs"
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http"
import { createServer as createTlsServer } from "node:https"
import type { AddressInfo, Socket } from "node:net"
import { Effect } from "effect"
import { record } from "./Recorded.ts"

export interface Asked {
  readonly method: string
  /** Path and query as they came over the wire. */
  readonly target: string
  readonly url: URL
  readonly headers: IncomingMessage["headers"]
  readonly body: string
  readonly at: number
}

export interface Reply {
  readonly status?: number
  readonly headers?: Record<string, string>
  /** A string as it is, anything else as JSON. */
  readonly body?: unknown
}

export interface TestShop {
  readonly url: string
  readonly asked: ReadonlyArray<Asked>
  /** TCP connections ever opened. */
  readonly connections: () => number
  /** Requests whose client went away before the answer was complete. */
  readonly aborted: () => number
}

export type Answering = (asked: Asked, index: number) => Reply | Promise<Reply>

export const tls = {
  key: readFileSync(new URL("fixtures/tls/key.pem", import.meta.url), "utf8"),
  cert: readFileSync(new URL("fixtures/tls/cert.pem", import.meta.url), "utf8")
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString("utf8")
}

export const serve = (answering: Answering, options: { readonly https?: boolean } = {}) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const asked: Array<Asked> = []
      let connections = 0
      let aborted = 0
      const protocol = options.https === true ? "https" : "http"
      const listener: RequestListener = async (request, response) => {
        response.on("close", () => {
          if (!response.writableFinished) aborted += 1
        })
        const target = request.url ?? ""
        const entry: Asked = {
          method: request.method ?? "",
          target,
          url: new URL(target, `${protocol}://${request.headers.host}`),
          headers: request.headers,
          body: await bodyOf(request),
          at: performance.now()
        }
        asked.push(entry)
        const { body = "", headers = {}, status = 200 } = await answering(entry, asked.length - 1)
        response.writeHead(status, { "content-type": "application/json; charset=UTF-8", ...headers })
        response.end(
          request.method === "HEAD" ? undefined : typeof body === "string" ? body : JSON.stringify(body)
        )
      }
      const server: Server = options.https === true ? createTlsServer(tls, listener) : createServer(listener)
      const sockets = new Set<Socket>()
      server.on(options.https === true ? "secureConnection" : "connection", (socket: Socket) => {
        connections += 1
        sockets.add(socket)
        socket.on("close", () => sockets.delete(socket))
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const { port } = server.address() as AddressInfo
      const shop: TestShop = {
        url: `${protocol}://127.0.0.1:${port}`,
        asked,
        connections: () => connections,
        aborted: () => aborted
      }
      return { shop, server, sockets }
    }),
    ({ server, sockets }) =>
      Effect.promise(
        () =>
          new Promise<void>((resolve) => {
            for (const socket of sockets) socket.destroy()
            server.close(() => resolve())
          })
      )
  ).pipe(Effect.map(({ shop }) => shop))

/** A list answer with the headers that WordPress sets. */
export const listReply = (rows: ReadonlyArray<unknown>, total: number, totalPages: number): Reply => ({
  headers: { "x-wp-total": String(total), "x-wp-totalpages": String(totalPages) },
  body: rows
})

/** Answers with recorded answers, by method and path; what was not recorded has no route. */
export const replaying =
  (answers: { readonly [request: string]: readonly [group: string, name: string] }): Answering =>
  ({ method, url }) => {
    const key = `${method} ${url.pathname.replace("/wp-json/wc/v3", "")}`
    const found = answers[key]
    if (found === undefined) {
      return {
        status: 404,
        body: { code: "rest_no_route", message: "No route was found.", data: { status: 404 } }
      }
    }
    const { body, headers, status } = record(...found)
    return { status, headers: { ...headers }, body } satisfies Reply
  }
