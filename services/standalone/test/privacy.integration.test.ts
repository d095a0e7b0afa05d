import { createHmac } from "node:crypto"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it, layer } from "@effect/vitest"
import * as ConnectClient from "@optica/connect/ConnectClient"
import type { RpcError } from "@optica/connect/ConnectError"
import { CatalogService, ProductView } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import { TestCollector } from "@optica/telemetry/TestCollector"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { freePort, root, startNode, until } from "../bench/Processes.ts"
import { endpoints, ready, start, withDataDir } from "./Standalone.ts"

// Everything that a whole run exports, after requests that carried secrets and personal data wherever they can stand:
// spans, log records and metrics as the collector got them, the log on standard output, and all pages of metrics.

const token = "operator-token-of-the-privacy-test"

/** What callers say of themselves; each is found by a part that nothing else contains. */
const personal = {
  searchText: "marlene.quibble@example.org",
  query: "zebedee-in-a-query",
  cursor: "eyJ4eXp6eSI6InBlcnNvbmFsIn0.c2lnbmF0dXJlLXh5enp5",
  path: "ottoline-in-a-path",
  slug: "ottoline-in-a-slug",
  header: "wilhelmina-in-a-header",
  body: "peregrine-in-a-body",
  reviewer: "ermintrude.reviewer@example.org",
  brokenJson: "barnaby-in-broken-json",
  wrongToken: "wrong-token-of-somebody",
  sku: "sku-of-hermione",
  cookie: "session-of-cornelius"
}

/** A demo store as a real shop: with keys that only its owner knows, and reviews with addresses. */
const startShop = async () => {
  const port = await freePort()
  const shop = startNode("packages/demo-store/src/main.ts", { DEMO_PORT: String(port), DEMO_PRODUCTS: "25" })
  await until("the demo store is ready", shop, async () => shop.output().includes("admin "))
  const said = (name: string) => new RegExp(`^${name}\\s+(\\S+)$`, "m").exec(shop.output())?.[1] ?? ""
  return { shop, url: `http://127.0.0.1:${port}`, key: said("consumer key"), secret: said("secret") }
}

const ask = async (url: string, init?: RequestInit): Promise<string> => {
  const response = await fetch(url, init)
  return await response.text()
}

/** Requests of the edge with something to hide in every place. */
const visitEdge = async (origin: string): Promise<void> => {
  const text = encodeURIComponent(personal.searchText)
  const headers = {
    "user-agent": personal.header,
    referer: `https://shop.example/${personal.header}`,
    cookie: personal.cookie,
    "x-forwarded-for": personal.header,
    baggage: `user=${personal.header}`
  }
  for (const path of [
    `/api/products?search=${text}`,
    `/api/products?search=${text}&per_page=0`,
    `/api/products?sku=${personal.sku}`,
    `/api/products?cursor=${personal.cursor}`,
    `/api/products?${personal.query}=${text}`,
    `/api/products?attributes[pa_colour]=${personal.query}`,
    `/api/search?q=${text}`,
    `/api/search?search=${text}`,
    `/api/search/suggest?q=${text}`,
    `/api/suggest?search=${text}`,
    `/api/facets?search=${text}`,
    `/api/products/facets?search=${text}`,
    `/api/products/slug/${personal.slug}`,
    `/api/products/${personal.path}`,
    `/${personal.path}?${personal.query}=1`,
    `/api/products/1/reviews?${personal.query}=${text}`,
    `/health/ready?${personal.query}=1`,
    "/sync/status"
  ]) {
    await ask(origin + path, { headers })
    await ask(origin + path, { headers: { ...headers, authorization: `Bearer ${personal.wrongToken}` } })
    await ask(origin + path, { headers: { ...headers, authorization: `Bearer ${token}` } })
  }
  for (const path of ["/sync/full", "/api/products", `/${personal.path}`]) {
    const body = JSON.stringify({ [personal.body]: personal.body })
    await ask(origin + path, {
      method: "POST",
      body,
      headers: { ...headers, "content-type": "application/json", authorization: `Bearer ${token}` }
    })
    await ask(origin + path, { method: personal.path.replaceAll("-", ""), headers })
  }
}

const review = (id: number) => ({
  id,
  product_id: 1,
  date_created_gmt: "2026-01-02T03:04:05",
  status: "approved",
  reviewer: personal.reviewer,
  reviewer_email: personal.reviewer,
  review: `Write to ${personal.reviewer}`,
  rating: 5,
  verified: true
})

/** The same of the RPCs: every method of the catalogue that takes words, changes, and bytes that are no request. */
const visitServices = (catalogUrl: string, syncUrl: string) =>
  Effect.gen(function* () {
    const headers = { "x-who": personal.header, cookie: personal.cookie }
    const operator = { ...headers, authorization: `Bearer ${token}` }
    const wrong = { ...headers, authorization: `Bearer ${personal.wrongToken}` }
    for (const protocol of ["connect", "grpc"] as const) {
      const transport = yield* ConnectClient.transportHttp({ baseUrl: catalogUrl, protocol })
      const catalog = ConnectClient.make(CatalogService, transport, { headers })
      const search = personal.searchText
      const filter = { search, skus: [personal.sku] }
      const change = (source: string, kind: ResourceKind, id: bigint) => ({
        kind,
        id,
        parentId: kind === ResourceKind.REVIEW ? 1n : 0n,
        observation: 9_000_000_000_000n,
        state: { case: "sourceJson" as const, value: source }
      })
      const changes = [
        change(JSON.stringify(review(900_001)), ResourceKind.REVIEW, 900_001n),
        change(
          JSON.stringify({ ...review(900_002), rating: personal.reviewer }),
          ResourceKind.REVIEW,
          900_002n
        ),
        change(`{"email":"${personal.brokenJson}"`, ResourceKind.PRODUCT, 900_003n)
      ]
      const calls: ReadonlyArray<Effect.Effect<unknown, RpcError>> = [
        catalog.searchProducts({ filter: { search } }),
        catalog.searchProducts({ filter, page: { cursor: personal.cursor } }),
        catalog.suggestProducts({ search }),
        catalog.getFacets({ filter }),
        catalog.listProducts({ filter, page: { cursor: personal.cursor } }),
        catalog.getProductBySlug({ slug: personal.slug }),
        catalog.listReviews({ productId: 1n, page: { cursor: personal.cursor } }),
        catalog.getProduct({ id: 1n, view: ProductView.FULL }, { headers: wrong }),
        catalog.applyChanges({ changes }, { headers: wrong }),
        catalog.applyChanges({ changes }, { headers: operator })
      ]
      yield* Effect.forEach(calls, Effect.exit)
      const sync = ConnectClient.make(SyncService, yield* ConnectClient.transportHttp({ baseUrl: syncUrl }))
      yield* Effect.exit(sync.getSyncStatus({}, { headers: wrong }))
      yield* Effect.exit(sync.getRun({ id: personal.path }, { headers: operator }))
      yield* Effect.exit(Stream.runDrain(sync.watchSync({ id: personal.path }, { headers: wrong })))
    }
    for (const contentType of [
      "application/json",
      "application/proto",
      "application/grpc",
      personal.header
    ]) {
      yield* Effect.promise(() =>
        ask(`${catalogUrl}/optica.catalog.v1.CatalogService/SearchProducts?${personal.query}=1`, {
          method: "POST",
          headers: { ...headers, "content-type": contentType },
          body: `{"filter":{"search":{"${personal.body}":1}},"${personal.brokenJson}`
        })
      )
    }
    yield* Effect.promise(() => ask(`${catalogUrl}/${personal.path}?${personal.query}=1`, { headers }))
  }).pipe(Effect.scoped)

/** A text in the ways that it may be written. */
const spellings = (text: string): ReadonlyArray<string> => [
  text,
  encodeURIComponent(text),
  JSON.stringify(text).slice(1, -1),
  Buffer.from(text).toString("base64").replace(/=+$/, ""),
  Buffer.from(text).toString("hex")
]

/** All that is written of SQL, as the compiler takes it: a backslash of SQL is written as two in a template. */
const sqlSources = (): string =>
  globSync("{services/*,packages/postgres}/{src,migrations}/**/*.{ts,sql}", { cwd: root })
    .map((path) => readFileSync(join(root, path), "utf8"))
    .flatMap((text) => [text, text.replaceAll("\\\\", "\\")])
    .join("\n")

/**
 * The tokens of SQL in which a quote may stand, comments and names first: comments, names, E'' where backslashes escape,
 * and literals where they are characters like all others and a quote is doubled.
 */
const quoting = /--[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"]|"")*"|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'/g

/** The string literals of a statement. */
const literalsOf = (statement: string): ReadonlyArray<string> =>
  (statement.match(quoting) ?? []).filter((token) => /^(?:[eE])?'/.test(token))

/** What stands around the first of some texts. */
const around = (exported: string, texts: ReadonlyArray<string>): ReadonlyArray<string> => {
  const at = texts.map((text) => exported.indexOf(text)).find((index) => index !== -1)
  return at === undefined ? [] : [exported.slice(Math.max(0, at - 200), at + 100)]
}

describe("the literals of a statement", () => {
  it.each([
    ["'a', 'it''s'", ["'a'", "'it''s'"]],
    [String.raw`replace(x, '\', '\\') || 'b'`, [String.raw`'\'`, String.raw`'\\'`, "'b'"]],
    [String.raw`E'a\'b' || 'c'`, [String.raw`E'a\'b'`, "'c'"]],
    ["'' || 'two\nlines'", ["''", "'two\nlines'"]],
    [`-- it's\n"o'clock" /* isn't */ = 'd'`, ["'d'"]],
    ["WHERE id = $1", []]
  ])("%s", (statement, literals) => assert.deepStrictEqual(literalsOf(statement), literals))
})

layer(TestCollector.layer, { timeout: 120_000, excludeTestServices: true })("a whole run", (it) => {
  it.effect("exports no secret and no personal data, whatever came in", () =>
    Effect.gen(function* () {
      const collector = yield* TestCollector
      const run = Effect.runPromiseWith(yield* Effect.context())
      const visit = async (dataDir: string): Promise<void> => {
        const { key, secret, shop, url } = await startShop()
        try {
          const standalone = await start({
            OPTICA_DATA: dataDir,
            OPTICA_OPERATOR_TOKEN: token,
            WOO_URL: url,
            WOO_CONSUMER_KEY: key,
            WOO_CONSUMER_SECRET: secret,
            CATALOG_PORT: String(await freePort()),
            SYNC_PORT: String(await freePort()),
            LOG_LEVEL: "All",
            OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
            OTEL_BSP_SCHEDULE_DELAY: "50",
            OTEL_BLRP_SCHEDULE_DELAY: "50",
            OTEL_METRIC_EXPORT_INTERVAL: "500"
          })
          await ready(standalone)
          const { catalog, sync } = endpoints(dataDir)
          await visitEdge(standalone.origin)
          await run(visitServices(catalog, sync))
          const pages = await Promise.all(
            [standalone.origin, catalog, sync].flatMap((base) =>
              ["/metrics", "/health/metrics"].map((path) => ask(base + path))
            )
          )
          const postgresPassword = readFileSync(join(dataDir, "postgres.password"), "utf8").trim()
          // What is pending is sent when it stops.
          await standalone.stop()
          const logged = standalone
            .output()
            .split("\n")
            .filter((line) => line.startsWith("{"))
          const exported = [...collector.bodies, ...logged, ...pages]

          // All kinds of things are there to be looked at.
          const rpcs = new Set(collector.spans.map(({ name }) => name))
          for (const rpc of [
            "SearchProducts",
            "SuggestProducts",
            "GetFacets",
            "ApplyChanges",
            "ListReviews"
          ]) {
            assert.include([...rpcs], `optica.catalog.v1.CatalogService/${rpc}`)
          }
          assert.isAbove(collector.logs.length, 20)
          assert.isAbove(logged.length, 20)
          assert.include(pages[0], "http_server_request_duration_seconds_count")
          assert.include(pages[2], "db_client_operation_duration_seconds_count")
          const statements = collector.spans.filter((span) => span.attributes["db.query.text"] !== undefined)
          assert.isAbove(statements.length, 20)
          assert.include(
            collector.metrics.map(({ name }) => name),
            "rpc.server.duration"
          )

          const rolePassword = (role: string) =>
            createHmac("sha256", postgresPassword).update(role).digest("hex")
          const hidden = {
            ...personal,
            token,
            key,
            secret,
            postgresPassword,
            catalogPassword: rolePassword("optica_catalog"),
            syncPassword: rolePassword("optica_sync")
          }
          const found = Object.entries(hidden).flatMap(([what, text]) => {
            assert.isAbove(text.length, 8, what)
            const where = exported.flatMap((it) => around(it, spellings(text)))
            return where.length === 0 ? [] : [`${what}, ${where.length} times: ${where[0]}`]
          })
          assert.deepStrictEqual(found, [])
          // Nobody's address at all: neither of the reviews that the mirror reads, nor of callers.
          const addresses = exported.flatMap(
            (it) => it.match(/[\w.+-]+@[\w-]+\.(?:com|org|net|test)\b/g) ?? []
          )
          assert.deepStrictEqual([...new Set(addresses)], [])
          // Statements hold placeholders, and no literals but those that their sources have.
          const sources = sqlSources()
          const literals = statements.flatMap(({ attributes }) =>
            literalsOf(String(attributes["db.query.text"]))
          )
          assert.isAbove(literals.length, 10)
          // Tables of letters are joined from several pieces: of a long literal the beginning has to be there.
          const written = (literal: string) =>
            sources.includes(literal.length > 40 ? literal.slice(1, 30) : literal)
          const foreign = new Set(literals.filter((literal) => !written(literal)))
          assert.deepStrictEqual([...foreign], [])
        } finally {
          await shop.stop()
        }
      }
      yield* Effect.promise(() => withDataDir(visit))
    })
  )
})
