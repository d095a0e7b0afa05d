import * as ConnectClient from "@optica/connect/ConnectClient"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { TestDatabase } from "@optica/postgres/TestDatabase"
import { WooCommerce } from "@optica/woocommerce/WooCommerce"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Run, RunKind } from "../src/Run.ts"
import { type Identity, ShopIdentity, SyncSettings } from "../src/Settings.ts"
import { Sync } from "../src/Sync.ts"
import { CatalogClient } from "../src/Upstreams.ts"
import { FakeCatalog } from "./FakeCatalog.ts"
import { FakeShop } from "./FakeShop.ts"

const migrations = new URL("../migrations/", import.meta.url)
export const token = Redacted.make("test-token")

/** A shop and a catalogue whose strings the test holds, and a database of its own. */
export class World extends Context.Service<
  World,
  { readonly shop: FakeShop; readonly catalog: FakeCatalog }
>()("@optica/sync/test/World") {
  static readonly layer = Layer.effect(
    World,
    Effect.map(FakeShop.start, (shop) => {
      for (const path of [
        "/products/categories",
        "/products/tags",
        "/products/attributes",
        "/products",
        "/variations",
        "/products/reviews"
      ]) {
        shop.put(path)
      }
      return { shop, catalog: new FakeCatalog() }
    })
  )
}

export interface Options {
  readonly pageSize?: number
  readonly patienceMs?: number
  readonly onStart?: "auto" | "never"
  readonly firstAnswerMs?: number
  readonly requestTimeoutMs?: number
  readonly identity?: Identity
}

/** Sync between the shop and the catalogue of the world. Build it anew, and it is another process as far as runs can tell. */
export const syncLayer = (options: Options = {}) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { catalog, shop } = yield* World
      const transport = ConnectClient.transportInMemory([yield* catalog.routes])
      return Sync.layerNoDeps.pipe(
        Layer.provide(
          WooCommerce.layer({
            url: shop.url,
            consumerKey: Redacted.make("ck_test"),
            consumerSecret: Redacted.make("cs_test"),
            minGapMs: 0,
            retries: 1,
            retryBaseMs: 5,
            requestTimeoutMs: options.requestTimeoutMs ?? 500
          })
        ),
        Layer.provide(FetchHttpClient.layer),
        Layer.provide(CatalogClient.layerTransport(transport)),
        Layer.provide(Layer.succeed(OperatorToken, token)),
        // By default each shop of a test is the same one, wherever it listens.
        Layer.provide(Layer.succeed(ShopIdentity, options.identity ?? { shop: "test", revision: "" })),
        Layer.provide(
          Layer.succeed(SyncSettings, {
            pageSize: options.pageSize ?? 10,
            concurrency: 4,
            patienceMs: options.patienceMs ?? 2000,
            firstAnswerMs: options.firstAnswerMs ?? 15_000,
            onStart: options.onStart ?? "never"
          })
        )
      )
    })
  )

/** A run from its start to its end. */
export const runToEnd = Effect.fnUntraced(function* (kind: RunKind) {
  const sync = yield* Sync
  return yield* ended((yield* sync.start(kind)).id)
})

/** The run once it has ended. */
export const ended = Effect.fnUntraced(function* (id: string) {
  const sync = yield* Sync
  const last: Array<Run> = yield* Stream.runCollect(Stream.takeRight(sync.watch(id), 1))
  const [run] = last
  return run ?? (yield* Effect.die("a run has at least one state"))
})

export const database = TestDatabase.layer({ schema: "sync", migrations })

/** One fresh shop, catalogue and database for a test. */
export const world = <A, E>(
  test: Effect.Effect<A, E, World | Scope.Scope | Layer.Success<typeof database>>
) => test.pipe(Effect.provide([World.layer, database], { local: true }), Effect.scoped)

/** Runs a part of a test in a process of its own, as far as runs can tell. */
export const withSync =
  (options: Options = {}) =>
  <A, E, R>(test: Effect.Effect<A, E, R | Sync>) =>
    test.pipe(Effect.provide(syncLayer(options), { local: true }))
