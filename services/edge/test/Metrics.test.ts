/** However much callers make up, the number of series stays what the routes make it. */
import * as http from "node:http"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestEdge } from "./TestEdge.ts"

const REQUESTS = 10_000
/** So many at once, on connections that are kept. */
const CONNECTIONS = 10

const pick = <A>(all: ReadonlyArray<A>): A | undefined => all[Math.floor(Math.random() * all.length)]
const word = () => Math.random().toString(36).slice(2)

const segments = ["api", "products", "categories", "health", "sync", "runs", "metrics", "docs", "live"]
const made = [() => pick(segments) ?? "", word, () => String(Math.floor(Math.random() * 1e9)), () => "%00"]
const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "REPORT", "M-SEARCH", "LINK"]

/** Somewhere, or an existing place, with a query, an id and headers of the caller's own. */
const randomRequest = (): http.RequestOptions => {
  const path = Array.from({ length: 1 + Math.floor(Math.random() * 4) }, () => pick(made)?.() ?? "")
  return {
    method: pick(methods) ?? "GET",
    path: `/${path.join("/")}?${word()}=${word()}`,
    headers: { "x-request-id": word(), "user-agent": word(), accept: pick(["*/*", word()]) ?? "" }
  }
}

const send = (agent: http.Agent, port: number, options: http.RequestOptions) =>
  new Promise<void>((resolve, reject) => {
    const request = http.request({ agent, port, ...options }, (response) => {
      response.on("end", resolve).resume()
    })
    request.on("error", reject)
    request.end()
  })

layer(TestEdge.layer(), { excludeTestServices: true })("metrics", (it) => {
  it.effect(
    `are as many after ${REQUESTS} random requests as routes, methods and statuses make`,
    () =>
      Effect.gen(function* () {
        const { get, port } = yield* TestEdge
        const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS })
        yield* Effect.promise(() =>
          Promise.all(
            Array.from({ length: CONNECTIONS }, async () => {
              for (let sent = 0; sent < REQUESTS / CONNECTIONS; sent++) {
                await send(agent, port, randomRequest())
              }
            })
          )
        )
        agent.destroy()
        const text = yield* Effect.flatMap(get("/metrics"), (it) => Effect.promise(() => it.text()))
        const counts = text
          .split("\n")
          .filter((line) => /^http_server_request_duration_seconds_count/.test(line))
        const total = counts.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0)
        expect(total).toBeGreaterThanOrEqual(REQUESTS)
        const values = (label: string) =>
          new Set(counts.map((line) => new RegExp(`${label}="([^"]*)"`).exec(line)?.[1]))
        expect(values("http_request_method")).toStrictEqual(
          new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "_OTHER"])
        )
        for (const route of values("http_route")) expect(route).toMatch(/^(?:none|\/[a-z.:/-]*)$/)
        expect(values("http_route").size).toBeLessThan(30)
        expect(values("http_response_status_code").size).toBeLessThan(12)
        expect(counts.length).toBeLessThan(400)
      }),
    120_000
  )
})
