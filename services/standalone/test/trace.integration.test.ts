import { spawn } from "node:child_process"
import { once } from "node:events"
import * as http2 from "node:http2"
import { resolve } from "node:path"
import { createInterface } from "node:readline"
import { assert, layer } from "@effect/vitest"
import { extensions, migrations } from "@optica/catalog/CatalogService"
import * as ConnectClient from "@optica/connect/ConnectClient"
import type { RpcError } from "@optica/connect/ConnectError"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { TestDatabase } from "@optica/postgres/TestDatabase"
import { type ReceivedSpan, TestCollector } from "@optica/telemetry/TestCollector"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

// One request is one trace, over real processes and sockets: the edge, its client, the catalogue, its SQL statement.

const root = resolve(import.meta.dirname, "../../..")
const token = "a-token-for-the-trace-test"
const product = {
  id: 12,
  name: "Round frame",
  slug: "round-frame",
  type: "simple",
  status: "publish",
  catalog_visibility: "visible",
  price: "90.00",
  date_created_gmt: "2026-01-02T03:04:05",
  date_modified_gmt: "2026-01-02T03:04:05"
}

/** Starts a service from its source and waits for the address that it logs. */
const start = (service: "catalog" | "edge", env: Record<string, string>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(process.execPath, [resolve(root, `services/${service}/src/main.ts`)], {
        env: { PATH: process.env.PATH, OPTICA_OPERATOR_TOKEN: token, ...env },
        stdio: ["ignore", "pipe", "inherit"]
      })
      for await (const line of createInterface(child.stdout)) {
        const [, address] = /listens on (?:http:\/\/)?([\d.]+:\d+)/.exec(line) ?? []
        if (address !== undefined) {
          child.stdout.resume()
          return { child, url: `http://${address}` }
        }
      }
      throw new Error(`services/${service} ended before it listened`)
    }),
    ({ child }) =>
      Effect.promise(async () => {
        const exited = once(child, "exit")
        child.kill("SIGKILL")
        await exited
      })
  ).pipe(Effect.map(({ url }) => url))

/** Between edge and catalogue (h2c): passes every call on, with or without its `traceparent`. */
const startProxy = (target: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const state = { strips: false }
      const upstream = http2.connect(target)
      const server = http2.createServer()
      server.on("stream", (stream, headers) => {
        const { traceparent, ...rest } = headers
        const request = upstream.request(state.strips ? rest : headers)
        request.on("response", (answer) => stream.respond(answer))
        stream.pipe(request).pipe(stream)
      })
      await once(server.listen(0, "127.0.0.1"), "listening")
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      return { state, upstream, server, url: `http://127.0.0.1:${port}` }
    }),
    ({ upstream, server }) =>
      Effect.sync(() => {
        upstream.destroy()
        server.close()
      })
  )

class Shop extends Context.Service<
  Shop,
  {
    /** An edge that speaks to the catalogue directly. */
    readonly edge: string
    /** An edge that reaches the catalogue through the proxy. */
    readonly proxiedEdge: string
    readonly proxy: { strips: boolean }
    /** An edge that exports nothing. */
    readonly silentEdge: string
    /** Writes the product at another price, and so has the catalogue count its figures soon. */
    readonly change: (observation: bigint) => Effect.Effect<void, RpcError>
  }
>()("@optica/standalone/test/Shop") {
  static readonly layer = Layer.effect(
    Shop,
    Effect.gen(function* () {
      const collector = yield* TestCollector
      const database = yield* TestDatabase
      const exports = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: "50" }
      const catalog = yield* start("catalog", {
        ...exports,
        CATALOG_PORT: "0",
        DATABASE_URL: Redacted.value(database.url)
      })
      const proxy = yield* startProxy(catalog)
      const startEdge = (catalogUrl: string, env: Record<string, string>) =>
        start("edge", { ...env, PORT: "0", CATALOG_URL: catalogUrl, SYNC_URL: catalogUrl })
      const [edge, proxiedEdge, silentEdge] = yield* Effect.all(
        [startEdge(catalog, exports), startEdge(proxy.url, exports), startEdge(catalog, {})],
        { concurrency: "unbounded" }
      )
      const change = Effect.fnUntraced(function* (observation: bigint) {
        const isWritten = ({ name }: ReceivedSpan) => name.endsWith("/ApplyChanges")
        const before = collector.spans.filter(isWritten).length
        yield* fill(catalog, observation)
        yield* collector.waitUntil(() => collector.spans.filter(isWritten).length > before)
      })
      yield* change(1n)
      return { edge, proxiedEdge, proxy: proxy.state, silentEdge, change }
    })
  ).pipe(
    Layer.provide(TestDatabase.layer({ schema: "catalog", migrations, extensions })),
    Layer.provideMerge(TestCollector.layer)
  )
}

/** One public product. */
const fill = (catalog: string, observation: bigint) =>
  Effect.flatMap(ConnectClient.transportHttp({ baseUrl: catalog }), (transport) =>
    ConnectClient.make(CatalogService, transport).applyChanges(
      {
        changes: [
          {
            kind: ResourceKind.PRODUCT,
            id: BigInt(product.id),
            observation,
            state: { case: "sourceJson", value: JSON.stringify({ ...product, price: `${observation}.00` }) }
          }
        ]
      },
      { headers: { authorization: `Bearer ${token}` } }
    )
  ).pipe(Effect.scoped)

const caller = "00f067aa0ba902b7"

/** What a caller with a trace of its own asks for, and all spans that came of it. */
const ask = Effect.fnUntraced(function* (edge: string, path: string, traceId: string) {
  const collector = yield* TestCollector
  const before = collector.spans.length
  const spans = () => collector.spans.slice(before)
  const response = yield* Effect.promise(() =>
    fetch(edge + path, { headers: { traceparent: `00-${traceId}-${caller}-01` } })
  )
  assert.strictEqual(response.status, 200)
  assert.include(yield* Effect.promise(() => response.text()), product.name)
  const isSilent = edge === (yield* Shop).silentEdge
  // A process sends its spans in the order of their ends: with its server span everything of the request is there.
  yield* collector.waitUntil(() => {
    const ended = spans().filter(({ kind }) => kind === "server")
    return ended.some(isOf("catalog")) && (isSilent || ended.some(isOf("edge")))
  })
  // What a service does of itself at the same time is in traces that nobody asked for.
  const asked = new Set(spans().flatMap(({ kind, traceId }) => (kind === "server" ? [traceId] : [])))
  return spans().filter(({ traceId }) => asked.has(traceId))
})

const isOf = (service: string) => (span: ReceivedSpan) => span.service === service

interface Link {
  readonly service: string
  readonly kind: ReceivedSpan["kind"]
  /** Undefined for a statement, which is named after its database. */
  readonly name: string | undefined
}

const inEdge = (route: string, rpc: string): ReadonlyArray<Link> => [
  { service: "edge", kind: "server", name: `GET ${route}` },
  { service: "edge", kind: "client", name: `optica.catalog.v1.CatalogService/${rpc}` }
]

const inCatalog = (rpc: string, domain: string): ReadonlyArray<Link> => [
  { service: "catalog", kind: "server", name: `optica.catalog.v1.CatalogService/${rpc}` },
  { service: "catalog", kind: "internal", name: `Catalog.${domain}` },
  { service: "catalog", kind: "client", name: undefined }
]

/** Every span is of the caller's trace, each hangs on the one before it, the first on the caller; there are no others. */
const assertOneChain = (spans: ReadonlyArray<ReceivedSpan>, traceId: string, links: ReadonlyArray<Link>) => {
  let parent: string | undefined = caller
  for (const { service, kind, name } of links) {
    const [span, ...others] = spans.filter((candidate) => candidate.parentSpanId === parent)
    assert.isDefined(span, `nothing hangs on ${parent}, where ${service} ${kind} ${name} should`)
    assert.deepStrictEqual(others, [])
    assert.strictEqual(span?.traceId, traceId)
    assert.strictEqual(span?.service, service)
    assert.strictEqual(span?.kind, kind)
    if (name === undefined) assertStatement(span)
    else assert.strictEqual(span?.name, name)
    parent = span?.spanId
  }
  assert.strictEqual(spans.length, links.length)
}

const assertStatement = (span: ReceivedSpan | undefined) => {
  assert.strictEqual(span?.attributes["db.system.name"], "postgresql")
  assert.match(String(span?.attributes["db.query.text"]), /SELECT[\s\S]+ products /)
}

const oneProduct = [...inEdge("/api/products/:id", "GetProduct"), ...inCatalog("GetProduct", "getProduct")]
const aPage = [...inEdge("/api/products", "ListProducts"), ...inCatalog("ListProducts", "listProducts")]

layer(Shop.layer, { timeout: 60_000, excludeTestServices: true })("one request is one trace", (it) => {
  it.effect("of one product: edge, client, service, domain, SQL statement", () =>
    Effect.gen(function* () {
      const { edge } = yield* Shop
      const traceId = "4bf92f3577b34da6a3ce929d0e0e4701"
      assertOneChain(yield* ask(edge, `/api/products/${product.id}`, traceId), traceId, oneProduct)
    })
  )

  it.effect("of a page of products", () =>
    Effect.gen(function* () {
      const { edge } = yield* Shop
      const traceId = "4bf92f3577b34da6a3ce929d0e0e4702"
      assertOneChain(yield* ask(edge, "/api/products", traceId), traceId, aPage)
    })
  )

  it.effect("whatever the catalogue does of itself meanwhile, which is in traces of its own", () =>
    Effect.gen(function* () {
      const { change, edge } = yield* Shop
      const collector = yield* TestCollector
      const counted = () => collector.spans.filter(({ name }) => name === "Catalog.countStats")
      const before = counted().length
      yield* change(2n)
      for (let asked = 0; counted().length === before; asked++) {
        const traceId = `4bf92f3577b34da6a3ce929d0e0e5${String(asked).padStart(3, "0")}`
        assertOneChain(yield* ask(edge, `/api/products/${product.id}`, traceId), traceId, oneProduct)
      }
      for (const { parentSpanId } of counted()) assert.isUndefined(parentSpanId)
    })
  )

  it.effect("and breaks, for all to see, where a proxy drops traceparent", () =>
    Effect.gen(function* () {
      const { proxiedEdge, proxy } = yield* Shop
      const traceId = "4bf92f3577b34da6a3ce929d0e0e4703"
      const path = `/api/products/${product.id}`
      assertOneChain(yield* ask(proxiedEdge, path, traceId), traceId, oneProduct)

      proxy.strips = true
      const broken = yield* ask(proxiedEdge, path, "4bf92f3577b34da6a3ce929d0e0e4704")
      assert.throws(
        () => assertOneChain(broken, "4bf92f3577b34da6a3ce929d0e0e4704", oneProduct),
        /nothing hangs on [0-9a-f]{16}, where catalog server/
      )
      // All spans were sent, in two traces.
      assert.strictEqual(broken.length, oneProduct.length)
      assert.strictEqual(new Set(broken.map((span) => span.traceId)).size, 2)

      proxy.strips = false
      assertOneChain(yield* ask(proxiedEdge, path, traceId), traceId, oneProduct)
    })
  )

  it.effect("goes through an edge that exports nothing: the catalogue hangs on the caller", () =>
    Effect.gen(function* () {
      const { silentEdge } = yield* Shop
      const traceId = "4bf92f3577b34da6a3ce929d0e0e4705"
      const spans = yield* ask(silentEdge, `/api/products/${product.id}`, traceId)
      assertOneChain(spans, traceId, inCatalog("GetProduct", "getProduct"))
    })
  )
})
