import { assert, describe, it } from "@effect/vitest"
import * as ConnectClient from "@optica/connect/ConnectClient"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { RunKind, RunStatus } from "@optica/contracts/optica/sync/v1/run_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import { provision } from "@optica/postgres/Provision"
import { TestDatabase } from "@optica/postgres/TestDatabase"
import { type Resource, Resources } from "@optica/woocommerce/Resource"
import { WooCommerce } from "@optica/woocommerce/WooCommerce"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { database } from "./Harness.ts"
import { start, startCatalog, startShop, startSync } from "./Processes.ts"

const token = "operator-of-the-test"
const headers = { authorization: `Bearer ${token}` }
const Id = Schema.Struct({ id: Schema.Int })

const test = <A, E>(body: Effect.Effect<A, E, TestDatabase | Scope.Scope>) =>
  body.pipe(Effect.provide(database, { local: true }), Effect.scoped)

/** A shop, a catalogue and the settings of a sync between them, all real. */
const system = Effect.fnUntraced(function* (products: number) {
  const { adminUrl, url } = yield* TestDatabase
  const shop = yield* startShop(products)
  const catalogDatabase = yield* provision(adminUrl, {
    role: "optica_catalog",
    schema: "catalog",
    extensions: ["pg_trgm", "unaccent"]
  })
  const catalog = yield* startCatalog(Redacted.value(catalogDatabase), token)
  const env = {
    ...shop.env,
    DATABASE_URL: Redacted.value(url),
    CATALOG_URL: catalog.url,
    OPTICA_OPERATOR_TOKEN: token,
    SYNC_PAGE_SIZE: "20"
  }
  const client = ConnectClient.make(
    CatalogService,
    yield* ConnectClient.transportHttp({ baseUrl: catalog.url }),
    { headers }
  )
  return { shop, catalog: client, env }
})

const syncClient = (baseUrl: string) =>
  Effect.map(ConnectClient.transportHttp({ baseUrl }), (transport) =>
    ConnectClient.make(SyncService, transport, { headers })
  )

const held = Effect.fnUntraced(function* (
  catalog: ConnectClient.Client<typeof CatalogService>,
  kind: ResourceKind
) {
  const ids: Array<number> = []
  for (let afterId = 0n; ; ) {
    const { versions } = yield* catalog.listResourceVersions({ kind, afterId })
    ids.push(...versions.map((version) => Number(version.id)))
    const last = versions.at(-1)
    if (last === undefined) return ids
    afterId = last.id
  }
})

const listed = (env: Record<string, string>, resource: Resource<unknown>, status?: string) =>
  Effect.gen(function* () {
    const woo = yield* WooCommerce
    const pages = yield* Stream.runCollect(
      woo.pages(resource.withSchema(Id), {
        per_page: 100,
        _fields: "id",
        ...(resource.paged ? { orderby: "id", order: "asc" } : {}),
        ...(status === undefined ? {} : { status })
      })
    )
    return pages.flatMap((page) => page.items.map((item) => item.value.id)).sort((a, b) => a - b)
  }).pipe(
    Effect.provide(
      WooCommerce.layer({
        url: env.WOO_URL ?? "",
        consumerKey: Redacted.make(env.WOO_CONSUMER_KEY ?? ""),
        consumerSecret: Redacted.make(env.WOO_CONSUMER_SECRET ?? ""),
        minGapMs: 0
      }).pipe(Layer.provide(FetchHttpClient.layer))
    )
  )

describe("the process", () => {
  it.live(
    "killed at any moment and started again brings the mirror to the same end, nothing lost, nothing twice",
    () =>
      test(
        Effect.gen(function* () {
          const { catalog, env, shop } = yield* system(600)
          let kills = 0
          // Each round dies a little later than the one before, wherever the run is by then.
          for (const afterMs of [0, 60, 120, 200, 300, 450]) {
            const sync = yield* startSync(env)
            yield* Effect.sleep(afterMs)
            yield* sync.kill
            kills += 1
          }
          const sync = yield* startSync(env)
          const client = yield* syncClient(sync.url)
          const { current, history } = yield* client.getSyncStatus({ history: 100 })
          const id = current?.id ?? history[0]?.id ?? ""
          const states = yield* Stream.runCollect(client.watchSync({ id }))
          const run = states.at(-1)?.run
          assert.strictEqual(run?.status, RunStatus.COMPLETED, run?.error)
          assert.strictEqual((yield* client.getSyncStatus({})).history.length, 1, "one run, resumed")
          assert.isAtLeast(run?.resumed ?? 0, 1)
          assert.isAtMost(run?.resumed ?? 0, kills)
          for (const [kind, resource, status] of [
            [ResourceKind.PRODUCT, Resources.products, "any"],
            [ResourceKind.VARIATION, Resources.variations, "any"],
            [ResourceKind.CATEGORY, Resources.categories],
            [ResourceKind.TAG, Resources.tags],
            [ResourceKind.ATTRIBUTE, Resources.attributes],
            [ResourceKind.REVIEW, Resources.reviews, "all"]
          ] as const) {
            const there = yield* listed(env, resource, status)
            assert.deepStrictEqual(yield* held(catalog, kind), there, resource.name)
            const counts = run?.steps.find((step) => step.resource === resource.name)
            assert.strictEqual(Number(counts?.read), there.length, `${resource.name} read`)
            assert.strictEqual(Number(counts?.total), there.length, `${resource.name} total`)
            assert.strictEqual(Number(counts?.applied) + Number(counts?.unchanged), there.length)
          }
          assert.isAbove((yield* held(catalog, ResourceKind.TERM)).length, 0)
          assert.strictEqual(shop.process.exitCode, null)
        })
      ),
    120_000
  )

  it.live("serves its health, says where it listens and ends cleanly on SIGTERM in the middle of a run", () =>
    test(
      Effect.gen(function* () {
        const { env } = yield* system(200)
        const sync = yield* startSync({ ...env, SYNC_ON_START: "never" })
        const client = yield* syncClient(sync.url)
        const { run } = yield* client.startSync({ kind: RunKind.PRODUCTS })
        sync.process.kill("SIGTERM")
        assert.strictEqual(yield* sync.exitCode, 0, sync.output())
        const next = yield* startSync({ ...env, DATABASE_DIRECT_URL: env.DATABASE_URL })
        const again = yield* syncClient(next.url)
        const states = yield* Stream.runCollect(again.watchSync({ id: run?.id ?? "" }))
        assert.strictEqual(states.at(-1)?.run?.status, RunStatus.COMPLETED)
      })
    )
  )

  it.live("with a wrong key, shop, database or a missing setting ends with one sentence that names it", () =>
    test(
      Effect.gen(function* () {
        const { env } = yield* system(20)
        for (const [change, setting] of [
          [{ WOO_CONSUMER_SECRET: "cs_wrong" }, "WOO_CONSUMER_SECRET"],
          [{ WOO_CONSUMER_KEY: "ck_wrong" }, "WOO_CONSUMER_KEY"],
          [{ WOO_URL: "http://127.0.0.1:9" }, "WOO_URL"],
          [{ WOO_URL: "not an address" }, "WOO_URL"],
          [{ DATABASE_URL: "postgres://nobody@127.0.0.1:9/x" }, "DATABASE_URL"],
          [{ CATALOG_URL: "foo" }, "CATALOG_URL"],
          [{ OPTICA_OPERATOR_TOKEN: "" }, "OPTICA_OPERATOR_TOKEN"],
          [{ OPTICA_OPERATOR_TOKEN: "too-short" }, "OPTICA_OPERATOR_TOKEN"],
          [{ SYNC_PAGE_SIZE: "1" }, "SYNC_PAGE_SIZE"]
        ] as const) {
          const sync = yield* start("services/sync/src/main.ts", { ...env, ...change, SYNC_PORT: "0" })
          assert.strictEqual(yield* sync.exitCode, 1, setting)
          const said = sync.output().trimEnd()
          assert.include(said, setting)
          assert.strictEqual(said.split("\n").length, 1, said)
        }
      })
    )
  )
})
