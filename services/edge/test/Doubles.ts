/** Services behind the edge that answer from memory, and can be told to misbehave. */
import type { MessageInitShape } from "@bufbuild/protobuf"
import { timestampFromDate } from "@bufbuild/protobuf/wkt"
import { Code } from "@connectrpc/connect"
import * as ConnectRoutes from "@optica/connect/ConnectRoutes"
import {
  CatalogService,
  type GetFacetsRequest,
  type ListProductsRequest,
  type SearchProductsRequest,
  type SuggestProductsRequest
} from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { RunKind, type RunSchema, RunStatus } from "@optica/contracts/optica/sync/v1/run_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import type { PageRequest } from "@optica/contracts/optica/type/v1/page_pb"
import { Effect, Queue, Schema, Stream } from "effect"
import { facets, reviews, stats, stock } from "./Figures.ts"
import * as Recorded from "./Recorded.ts"

class Failure extends Schema.TaggedError<Failure>()("Failure", {
  message: Schema.String,
  connectCode: Schema.Enum(Code),
  metadata: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  violations: Schema.optionalKey(
    Schema.Array(Schema.Struct({ field: Schema.String, message: Schema.String }))
  ),
  retryAfterMs: Schema.optionalKey(Schema.Number)
}) {}

export const RUN_ID = "0198a3c2-5f1e-7c3a-9d1b-6f0f4b8f2a11"
export const FINISHED_ID = "0198a3c2-5f1e-7c3a-9d1b-6f0f4b8f2a12"

type Run = MessageInitShape<typeof RunSchema>

const run = (id: string, status: RunStatus, read = 0n): Run => ({
  id,
  kind: RunKind.FULL,
  status,
  startedAt: timestampFromDate(new Date("2026-11-21T03:00:00Z")),
  steps: [
    { resource: "products", total: 60n, read, applied: read, unchanged: 0n, removed: 0n, rejected: 0n }
  ],
  itemsPerSecond: 12.5
})

/** What a test can turn on its services. */
export interface Controls {
  /** Every call of the catalogue goes through it first. */
  catalog: Effect.Effect<void, Failure>
  /** Every call of the sync service goes through it first. */
  sync: Effect.Effect<void, Failure>
  /** When the catalogue last changed. */
  lastModified: Date
  firstCompletedAt: Date | undefined
  running: boolean
  /** Requests of ListProducts, as they came. */
  readonly lists: Array<ListProductsRequest>
  /** Of SearchProducts, SuggestProducts and GetFacets. */
  readonly searches: Array<SearchProductsRequest>
  readonly suggestions: Array<SuggestProductsRequest>
  readonly counts: Array<GetFacetsRequest>
  /** What was looked for instead. */
  correctedSearch: string
  /** Whether the figures are. */
  outdated: boolean
  /** `traceparent` and `authorization` of every call, and what was left of its time. */
  readonly calls: Array<{
    readonly method: string
    readonly traceparent: string | null
    readonly authorization: string | null
    readonly timeoutMs: number | undefined
  }>
  /** States that a watched run goes through; ends the stream when the run has ended. */
  readonly states: Queue.Queue<Run>
  interrupted: number
}

export const fail = (
  connectCode: Code,
  message = "no",
  more: Partial<Pick<Failure, "metadata" | "violations" | "retryAfterMs">> = {}
) => Effect.fail(new Failure({ connectCode, message, ...more }))

export const progress = (read: bigint) => run(RUN_ID, RunStatus.RUNNING, read)
export const done = run(RUN_ID, RunStatus.COMPLETED, 60n)

export const makeControls = Effect.map(
  Queue.unbounded<Run>(),
  (states): Controls => ({
    catalog: Effect.void,
    sync: Effect.void,
    lastModified: new Date("2026-11-21T03:10:00Z"),
    firstCompletedAt: new Date("2026-11-21T03:05:00Z"),
    running: false,
    lists: [],
    searches: [],
    suggestions: [],
    counts: [],
    correctedSearch: "",
    outdated: false,
    calls: [],
    states,
    interrupted: 0
  })
)

/** What cursors of these lists begin with; the page follows. */
export const CURSOR = "cursor+to/"

/** Both services. */
export const routes = (controls: Controls) => Effect.all([catalogRoutes(controls), syncRoutes(controls)])

const noted = (controls: Controls, method: string, call: ConnectRoutes.Call) =>
  Effect.sync(() => {
    controls.calls.push({
      method,
      traceparent: call.requestHeader.get("traceparent"),
      authorization: call.requestHeader.get("authorization"),
      timeoutMs: call.timeoutMs
    })
  })

const catalogRoutes = (controls: Controls) => {
  const products = Recorded.products.map(Recorded.toProduct)
  const variations = Recorded.variations.map(Recorded.toProduct)
  const categories = Recorded.categories.map(Recorded.toCategory)
  const enter = (method: string, call: ConnectRoutes.Call) =>
    Effect.andThen(
      noted(controls, method, call),
      Effect.suspend(() => controls.catalog)
    ).pipe(
      Effect.onInterrupt(() =>
        Effect.sync(() => {
          controls.interrupted += 1
        })
      )
    )
  const lastModified = () => timestampFromDate(controls.lastModified)
  const paged = <A>(all: ReadonlyArray<A>, request: { page?: PageRequest | undefined }) => {
    const { cursor = "" } = request.page ?? {}
    const perPage = request.page?.perPage || 20
    if (cursor !== "" && !cursor.startsWith(CURSOR)) {
      return fail(Code.InvalidArgument, "no", { violations: [{ field: "page.cursor", message: "is odd" }] })
    }
    const page = cursor === "" ? request.page?.page || 1 : Number(cursor.slice(CURSOR.length))
    if (cursor === "" && page * perPage > 10_000) {
      return fail(Code.InvalidArgument, "no", {
        violations: [
          { field: "page.page", message: "must lie within the first 10000 items: go on with the cursor" }
        ]
      })
    }
    const totalPages = Math.ceil(all.length / perPage)
    return Effect.succeed({
      items: all.slice((page - 1) * perPage, page * perPage),
      page: {
        ...{ page, perPage, total: BigInt(all.length), totalPages },
        nextCursor: page < totalPages ? `${CURSOR}${page + 1}` : ""
      },
      lastModified: lastModified()
    })
  }
  const notFound = (what: string) => fail(Code.NotFound, `There is no ${what} with that id`)
  return ConnectRoutes.makePartial(CatalogService, {
    getProduct: ({ id }, call) =>
      Effect.andThen(
        enter("GetProduct", call),
        Effect.suspend(() => {
          if (id === 39n) {
            return Effect.succeed({
              product: Recorded.toProduct(Recorded.variationAsProduct),
              lastModified: lastModified()
            })
          }
          const product = products.find((it) => it.id === id)
          return product === undefined
            ? notFound("product")
            : Effect.succeed({ product, lastModified: lastModified() })
        })
      ),
    listProducts: (request, call) =>
      Effect.andThen(
        enter("ListProducts", call),
        Effect.suspend(() => {
          controls.lists.push(request)
          return Effect.map(paged(products, request), ({ items, ...page }) => ({
            products: items,
            correctedSearch: controls.correctedSearch,
            ...page
          }))
        })
      ),
    listVariations: (request, call) =>
      Effect.andThen(
        enter("ListVariations", call),
        Effect.suspend(() => {
          const all = variations.filter((it) => it.parentId === request.productId)
          if (all.length === 0 && !products.some((it) => it.id === request.productId))
            return notFound("product")
          return Effect.map(paged(all, request), ({ items, ...page }) => ({ variations: items, ...page }))
        })
      ),
    getProductBySlug: ({ slug }, call) =>
      Effect.andThen(
        enter("GetProductBySlug", call),
        Effect.suspend(() => {
          const product = products.find((it) => it.slug === slug)
          return product === undefined
            ? notFound("product")
            : Effect.succeed({ product, lastModified: lastModified() })
        })
      ),
    searchProducts: (request, call) =>
      Effect.andThen(
        enter("SearchProducts", call),
        Effect.suspend(() => {
          controls.searches.push(request)
          return Effect.map(paged(products, request), ({ items, ...page }) => ({
            hits: items.map((product) => ({
              product,
              highlightedName: `<mark>${product.name}</mark>`,
              highlightedText: ""
            })),
            correctedSearch: controls.correctedSearch,
            ...page
          }))
        })
      ),
    suggestProducts: (request, call) =>
      Effect.andThen(
        enter("SuggestProducts", call),
        Effect.sync(() => {
          controls.suggestions.push(request)
          return {
            products: products
              .slice(0, request.limit)
              .map(({ id, name, slug, permalink, price, images }) => ({
                ...{ id, name, slug, permalink, price, highlightedName: `<mark>${name}</mark>` },
                ...(images[0] === undefined ? {} : { image: images[0] })
              })),
            categories: [{ id: 16n, name: "Frames", slug: "frames", count: 9n, highlightedName: "Frames" }],
            brands: [
              { id: 51n, name: "Bolt", slug: "bolt", count: 3n, highlightedName: "<mark>Bo</mark>lt" }
            ],
            lastModified: lastModified()
          }
        })
      ),
    getFacets: (request, call) =>
      Effect.andThen(
        enter("GetFacets", call),
        Effect.sync(() => {
          controls.counts.push(request)
          return {
            ...{ facets, total: 21n, lastModified: lastModified() },
            correctedSearch: controls.correctedSearch
          }
        })
      ),
    listReviews: (request, call) =>
      Effect.andThen(
        enter("ListReviews", call),
        Effect.suspend(() =>
          products.some((it) => it.id === request.productId)
            ? Effect.map(paged(reviews, request), ({ items, ...page }) => ({ reviews: items, ...page }))
            : notFound("product")
        )
      ),
    getStock: ({ id }, call) =>
      Effect.andThen(
        enter("GetStock", call),
        Effect.suspend(() =>
          products.some((it) => it.id === id)
            ? Effect.succeed({ stock: { ...stock, id }, lastModified: lastModified() })
            : notFound("product")
        )
      ),
    getCatalogStats: (_request, call) =>
      Effect.andThen(
        enter("GetCatalogStats", call),
        Effect.sync(() => ({
          stats: { ...stats, outdated: controls.outdated },
          lastModified: lastModified()
        }))
      ),
    listCategories: (_request, call) =>
      Effect.andThen(
        enter("ListCategories", call),
        Effect.sync(() => ({ categories, lastModified: lastModified() }))
      ),
    getCategory: ({ id }, call) =>
      Effect.andThen(
        enter("GetCategory", call),
        Effect.suspend(() => {
          const category = categories.find((it) => it.id === id)
          return category === undefined
            ? notFound("category")
            : Effect.succeed({ category, lastModified: lastModified() })
        })
      )
  })
}

const syncRoutes = (controls: Controls) => {
  const enter = (method: string, call: ConnectRoutes.Call) =>
    Effect.andThen(
      noted(controls, method, call),
      Effect.suspend(() => controls.sync)
    )
  const known = (id: string) => {
    if (id === RUN_ID) return Effect.succeed(run(RUN_ID, RunStatus.RUNNING))
    return id === FINISHED_ID
      ? Effect.succeed(run(FINISHED_ID, RunStatus.COMPLETED, 60n))
      : fail(Code.NotFound, "There is no run with that id")
  }
  return ConnectRoutes.make(SyncService, {
    startSync: ({ kind }, call) =>
      Effect.andThen(
        enter("StartSync", call),
        Effect.suspend(() =>
          controls.running
            ? fail(Code.AlreadyExists, "A run is at work", { metadata: { run_id: RUN_ID } })
            : Effect.succeed({ run: { ...run(RUN_ID, RunStatus.RUNNING), kind } })
        )
      ),
    getSyncStatus: (_request, call) =>
      Effect.andThen(
        enter("GetSyncStatus", call),
        Effect.sync(() => ({
          history: [run(FINISHED_ID, RunStatus.COMPLETED, 60n)],
          shopUrl: "https://shop.example",
          ...(controls.firstCompletedAt === undefined
            ? {}
            : { firstCompletedAt: timestampFromDate(controls.firstCompletedAt) })
        }))
      ),
    getRun: ({ id }, call) =>
      Effect.andThen(
        enter("GetRun", call),
        Effect.map(known(id), (it) => ({ run: it }))
      ),
    watchSync: ({ id }, call) =>
      Stream.unwrap(
        Effect.as(
          enter("WatchSync", call),
          id === FINISHED_ID
            ? Stream.make({ run: run(FINISHED_ID, RunStatus.COMPLETED, 60n) })
            : Stream.fromQueue(controls.states).pipe(
                Stream.takeUntil((it) => it.status !== RunStatus.RUNNING),
                Stream.map((it) => ({ run: it })),
                Stream.ensuring(
                  Effect.sync(() => {
                    controls.interrupted += 1
                  })
                )
              )
        )
      ),
    cancelSync: ({ id }, call) =>
      Effect.andThen(
        enter("CancelSync", call),
        Effect.map(known(id), (it) => ({ run: it }))
      )
  })
}
