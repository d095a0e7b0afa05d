import { Code } from "@connectrpc/connect"
import { assert, describe, layer } from "@effect/vitest"
import * as ConnectClient from "@optica/connect/ConnectClient"
import { ConnectServer } from "@optica/connect/ConnectServer"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { CatalogService, ProductView } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ChangeOutcome, ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { ProductOrderBy } from "@optica/contracts/optica/catalog/v1/product_filter_pb"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { routes } from "../src/CatalogRpc.ts"
import { category, layerCatalog, product, variation } from "./Shop.ts"

class Transport extends Context.Service<Transport, ConnectClient.ClientTransport>()("test/Transport") {}

const operator = Layer.succeed(OperatorToken, Redacted.make("operator-secret-token"))
const served = Layer.mergeAll(layerCatalog(), operator)

const inMemory = Layer.effect(
  Transport,
  Effect.map(routes, (catalog) => ConnectClient.transportInMemory([catalog]))
).pipe(Layer.provide(served))

const overSocket = (protocol: "connect" | "grpc") =>
  Layer.effect(
    Transport,
    Effect.flatMap(ConnectServer, ({ port }) =>
      ConnectClient.transportHttp({ baseUrl: `http://127.0.0.1:${port}`, protocol })
    )
  ).pipe(
    Layer.provide(
      ConnectServer.layer({ host: "127.0.0.1", port: 0, routes: Effect.map(routes, (catalog) => [catalog]) })
    ),
    Layer.provide(served)
  )

const clients = Effect.map(Transport, (transport) => ({
  anonymous: ConnectClient.make(CatalogService, transport),
  operator: ConnectClient.make(CatalogService, transport, {
    headers: { authorization: Redacted.make("Bearer operator-secret-token") }
  })
}))

const source = (json: object) => ({ case: "sourceJson" as const, value: JSON.stringify(json) })

for (const [name, transport] of [
  ["in memory", inMemory],
  ["over Connect", overSocket("connect")],
  ["over gRPC", overSocket("grpc")]
] as const) {
  describe(`CatalogService ${name}`, () => {
    layer(transport)((it) => {
      it.effect("takes changes and serves what the public may see of them", () =>
        Effect.gen(function* () {
          const { anonymous, operator } = yield* clients
          const { results } = yield* operator.applyChanges({
            changes: [
              { kind: ResourceKind.CATEGORY, id: 4n, observation: 1n, state: source(category(4, 0)) },
              {
                kind: ResourceKind.PRODUCT,
                id: 1n,
                observation: 1n,
                state: source(product(1, { type: "variable", variations: [2, 3], categories: [{ id: 4 }] }))
              },
              { kind: ResourceKind.VARIATION, id: 2n, observation: 1n, state: source(variation(2, 1)) },
              {
                kind: ResourceKind.VARIATION,
                id: 3n,
                observation: 1n,
                state: source(variation(3, 1, { status: "private" }))
              },
              { kind: ResourceKind.PRODUCT, id: 9n, observation: 1n, state: source({ id: 9 }) }
            ]
          })
          assert.deepStrictEqual(
            results.map(({ id, outcome, reason }) => [id, outcome, reason.split(":")[0]]),
            [
              [4n, ChangeOutcome.APPLIED, ""],
              [1n, ChangeOutcome.APPLIED, ""],
              [2n, ChangeOutcome.APPLIED, ""],
              [3n, ChangeOutcome.APPLIED, ""],
              [9n, ChangeOutcome.REJECTED, "status"]
            ]
          )
          const got = yield* anonymous.getProduct({ id: 1n })
          assert.deepStrictEqual(got.product?.variations, [2n])
          assert.strictEqual(got.sourceJson, "")
          assert.isDefined(got.lastModified)
          const batch = yield* anonymous.batchGetProducts({ ids: [2n, 7n, 1n, 3n, 2n] })
          assert.deepStrictEqual(
            batch.products.map((it) => it.id),
            [2n, 1n]
          )
          const list = yield* anonymous.listProducts({ filter: { categoryIds: [4n] } })
          assert.deepStrictEqual(
            [list.products.map((it) => it.id), list.page?.total, list.page?.perPage],
            [[1n], 1n, 20]
          )
          const mistyped = yield* anonymous.listProducts({
            filter: { search: "framme", categoryIds: [4n] },
            orderBy: ProductOrderBy.PRICE
          })
          assert.deepStrictEqual([mistyped.page?.total, mistyped.correctedSearch], [1n, "frame"])
          const counts = yield* anonymous.getFacets({ filter: { search: "framme", categoryIds: [4n] } })
          assert.deepStrictEqual([counts.total, counts.correctedSearch], [1n, "frame"])
          const figures = yield* anonymous.getCatalogStats({})
          assert.isDefined(figures.stats?.computedAt)
          assert.isDefined(figures.lastModified)
          const variations = yield* anonymous.listVariations({ productId: 1n })
          assert.deepStrictEqual(
            variations.variations.map((it) => it.id),
            [2n]
          )
          const { categories } = yield* anonymous.listCategories({})
          assert.deepStrictEqual(
            categories.map((it) => [it.id, it.count]),
            [[4n, 1n]]
          )
          assert.strictEqual((yield* anonymous.getCategory({ id: 4n })).category?.slug, "category-4")
        })
      )

      it.effect("shows everything, whole, to an operator only", () =>
        Effect.gen(function* () {
          const { anonymous, operator } = yield* clients
          const json = variation(3, 1, { status: "private" })
          const full = yield* operator.getProduct({ id: 3n, view: ProductView.FULL })
          assert.deepStrictEqual(JSON.parse(full.sourceJson), json)
          assert.strictEqual(full.product?.status, "private")
          for (const call of [
            Effect.asVoid(anonymous.getProduct({ id: 3n, view: ProductView.FULL })),
            Effect.asVoid(
              anonymous.applyChanges({
                changes: [
                  { kind: ResourceKind.TAG, id: 1n, observation: 1n, state: { case: "deletion", value: {} } }
                ]
              })
            ),
            Effect.asVoid(anonymous.listResourceVersions({ kind: ResourceKind.PRODUCT }))
          ]) {
            const error = yield* Effect.flip(call)
            assert.deepStrictEqual(
              [error.code, error.reason],
              [Code.Unauthenticated, "OperatorTokenRequired"]
            )
          }
          const { versions } = yield* operator.listResourceVersions({ kind: ResourceKind.VARIATION })
          assert.deepStrictEqual(
            versions.map((it) => [it.id, it.observation, it.parentId]),
            [
              [2n, 1n, 1n],
              [3n, 1n, 1n]
            ]
          )
        })
      )

      it.effect("leads through lists by cursors, whatever they are of", () =>
        Effect.gen(function* () {
          const { anonymous, operator } = yield* clients
          yield* operator.applyChanges({
            changes: [
              ...[21n, 22n, 23n].map((id) => ({
                kind: ResourceKind.PRODUCT,
                id,
                observation: 1n,
                state: source(
                  product(Number(id), { slug: `cursor-${id}`, stock_quantity: 4, manage_stock: true })
                )
              })),
              ...[31n, 32n].map((id) => ({
                kind: ResourceKind.REVIEW,
                id,
                observation: 1n,
                state: source({
                  id: Number(id),
                  product_id: 21,
                  status: "approved",
                  reviewer: "Asha",
                  rating: 4
                })
              }))
            ]
          })
          const filter = { includeIds: [23n, 21n, 22n] }
          const list = { filter, orderBy: ProductOrderBy.INCLUDE }
          const first = yield* anonymous.listProducts({ ...list, page: { perPage: 2 } })
          const cursor = first.page?.nextCursor ?? ""
          const second = yield* anonymous.listProducts({ ...list, page: { perPage: 2, cursor } })
          assert.deepStrictEqual(
            [first, second].map(({ page, products }) => [
              products.map((it) => it.id),
              page?.page,
              page?.total,
              page?.totalPages,
              page?.nextCursor !== ""
            ]),
            [
              [[23n, 21n], 1, 3n, 2, true],
              [[22n], 2, 3n, 2, false]
            ]
          )
          const reviews = yield* anonymous.listReviews({ productId: 21n, page: { perPage: 1 } })
          const others = yield* anonymous.listReviews({
            productId: 21n,
            page: { perPage: 1, cursor: reviews.page?.nextCursor ?? "" }
          })
          assert.deepStrictEqual(
            [...reviews.reviews, ...others.reviews].map((it) => it.id),
            [32n, 31n]
          )
          const foreign = yield* Effect.flip(anonymous.listProducts({ page: { cursor } }))
          assert.deepStrictEqual(
            [foreign.code, foreign.reason, foreign.violations[0]?.field],
            [Code.InvalidArgument, "CursorInvalid", "page.cursor"]
          )
          const deep = yield* Effect.flip(anonymous.listProducts({ page: { page: 501 } }))
          assert.deepStrictEqual(
            [deep.code, deep.reason, deep.violations[0]?.field],
            [Code.InvalidArgument, "PageTooDeep", "page.page"]
          )
          assert.strictEqual((yield* anonymous.getProductBySlug({ slug: "cursor-21" })).product?.id, 21n)
          assert.strictEqual((yield* anonymous.getStock({ id: 21n })).stock?.stockQuantity, 4)
          const slug = yield* Effect.flip(anonymous.getProductBySlug({ slug: "cursor-21\u0000" }))
          assert.deepStrictEqual([slug.code, slug.reason], [Code.NotFound, "ProductSlugNotFound"])
        })
      )

      it.effect("names every field that is wrong by rules between fields", () =>
        Effect.gen(function* () {
          const { anonymous } = yield* clients
          const choice = (attribute: string) => ({ attribute, terms: ["black"] })
          const filter = { attributes: ["pa_a", "pa_b", "pa_a", "pa_b"].map(choice) }
          const page = { page: 2, cursor: "x" }
          const fields = ["filter.attributes[2].attribute", "filter.attributes[3].attribute"]
          const cases = [
            [Effect.flip(anonymous.listProducts({ filter, page })), [...fields, "page.page"]],
            [
              Effect.flip(anonymous.searchProducts({ filter: { ...filter, search: "x" }, page })),
              [...fields, "page.page"]
            ],
            [Effect.flip(anonymous.getFacets({ filter })), fields],
            [Effect.flip(anonymous.listVariations({ productId: 1n, page })), ["page.page"]],
            [Effect.flip(anonymous.listReviews({ productId: 1n, page })), ["page.page"]]
          ] as const
          for (const [call, expected] of cases) {
            const error = yield* call
            assert.deepStrictEqual([error.code, error.reason], [Code.InvalidArgument, "RequestInvalid"])
            assert.deepStrictEqual(
              error.violations.map((it) => it.field),
              expected
            )
          }
          const first = yield* Effect.flip(anonymous.listProducts({ page: { page: 1, cursor: "x" } }))
          assert.strictEqual(first.reason, "CursorInvalid")
        })
      )

      it.effect("names what is missing or wrong", () =>
        Effect.gen(function* () {
          const { anonymous, operator } = yield* clients
          const missing = yield* Effect.flip(anonymous.getProduct({ id: 3n }))
          assert.deepStrictEqual(
            [missing.code, missing.reason, missing.metadata],
            [Code.NotFound, "ProductNotFound", { id: "3" }]
          )
          const absent = yield* Effect.flip(anonymous.listVariations({ productId: 77n }))
          assert.deepStrictEqual([absent.code, absent.reason], [Code.NotFound, "ProductNotFound"])
          const category = yield* Effect.flip(anonymous.getCategory({ id: 77n }))
          assert.deepStrictEqual([category.code, category.reason], [Code.NotFound, "CategoryNotFound"])
          const twice = yield* Effect.flip(
            operator.applyChanges({
              changes: [ResourceKind.PRODUCT, ResourceKind.VARIATION].map((kind) => ({
                kind,
                id: 1n,
                observation: 5n,
                state: { case: "deletion" as const, value: {} }
              }))
            })
          )
          assert.deepStrictEqual([twice.code, twice.reason], [Code.InvalidArgument, "DuplicateChange"])
          assert.strictEqual(twice.violations[0]?.field, "changes[1].id")
          const none = yield* anonymous.listProducts({ filter: { stockStatus: "\u0000" } })
          assert.strictEqual(none.page?.total, 0n)
          const invalid = yield* Effect.flip(anonymous.listProducts({ filter: { minPrice: "1e9" } }))
          assert.deepStrictEqual(
            [invalid.code, invalid.violations[0]?.field],
            [Code.InvalidArgument, "filter.min_price"]
          )
        })
      )
    })
  })
}
