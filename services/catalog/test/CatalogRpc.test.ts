import { Code } from "@connectrpc/connect"
import { assert, describe, layer } from "@effect/vitest"
import * as ConnectClient from "@optica/connect/ConnectClient"
import { ConnectServer } from "@optica/connect/ConnectServer"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { CatalogService, ProductView } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ChangeOutcome, ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
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
