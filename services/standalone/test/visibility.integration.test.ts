import { Code } from "@connectrpc/connect"
import { assert, layer } from "@effect/vitest"
import { Catalog } from "@optica/catalog/Catalog"
import * as CatalogRpc from "@optica/catalog/CatalogRpc"
import { extensions, migrations } from "@optica/catalog/CatalogService"
import * as ConnectClient from "@optica/connect/ConnectClient"
import * as ConnectRoutes from "@optica/connect/ConnectRoutes"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { CatalogService, ProductView } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ChangeOutcome, ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import type { Product } from "@optica/contracts/optica/catalog/v1/product_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import { Edge } from "@optica/edge/Edge"
import { CatalogUpstream, SyncUpstream } from "@optica/edge/Upstreams"
import { TestDatabase } from "@optica/postgres/TestDatabase"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

// What the public may see, asked of every route and every RPC that the public has, before and after every change: on a
// real database, through the real edge, over a socket.

const token = Redacted.make("operator-of-the-visibility-test")

class Served extends Context.Service<
  Served,
  {
    readonly url: string
    /** Without a token. */
    readonly visitor: ConnectClient.Client<typeof CatalogService>
    readonly operator: ConnectClient.Client<typeof CatalogService>
  }
>()("test/Served") {}

class NotHere extends Schema.TaggedError<NotHere>()("NotHere", {}) {
  readonly connectCode = Code.Unimplemented
  override readonly message = "This test has no mirror"
}
const notHere = () => Effect.fail(new NotHere({}))
const noSync = ConnectRoutes.make(SyncService, {
  startSync: notHere,
  getSyncStatus: notHere,
  getRun: notHere,
  watchSync: () => Stream.fail(new NotHere({})),
  cancelSync: notHere
})

const served = Layer.effect(
  Served,
  Effect.gen(function* () {
    const catalog = ConnectClient.transportInMemory([yield* CatalogRpc.routes])
    const sync = ConnectClient.transportInMemory([yield* noSync])
    const edge = yield* Layer.build(
      Edge.layer({ host: "127.0.0.1", port: 0 }).pipe(
        Layer.provide([CatalogUpstream.layerTransport(catalog), SyncUpstream.layerTransport(sync)])
      )
    )
    return {
      url: `http://127.0.0.1:${Context.get(edge, Edge).port}`,
      visitor: ConnectClient.make(CatalogService, catalog),
      operator: ConnectClient.make(CatalogService, catalog, {
        headers: { authorization: OperatorToken.authorization(token) }
      })
    }
  })
).pipe(
  Layer.provide(Catalog.layerNoDeps({ metaAllow: [] })),
  Layer.provide([
    TestDatabase.layer({ schema: "catalog", migrations, extensions }),
    Layer.succeed(OperatorToken, token)
  ]),
  Layer.provide(Logger.layer([]))
)

/** A product or variation as the shop has it; null: the shop has it no more. */
interface Thing {
  readonly type: "simple" | "variable" | "grouped" | "external" | "variation"
  readonly parent: number
  readonly status: string
  readonly password: string
  readonly visibility: string
  /** Whether a field of it cannot be understood. */
  readonly broken: boolean
}

const thing = (fields: Partial<Thing> = {}): Thing => ({
  ...{ type: "simple", parent: 0, status: "publish", password: "", visibility: "visible", broken: false },
  ...fields
})

const categoryId = 900

/** Digits that nothing else of an answer holds, save its random request and trace id: an id is found wherever an answer names it. */
const idOf = (position: number) => 7_310_000 + position

type Shop = ReadonlyMap<number, Thing | null>

const isOpen = (it: Thing | null | undefined) => it?.status === "publish" && it.password === ""
const isPublic = (shop: Shop, id: number) => {
  const it = shop.get(id)
  return isOpen(it) && (it?.type !== "variation" || isOpen(shop.get(it.parent)))
}
const isListed = (shop: Shop, id: number) => {
  const it = shop.get(id)
  return (
    isPublic(shop, id) &&
    it?.type !== "variation" &&
    (it?.visibility === "visible" || it?.visibility === "catalog")
  )
}

const json = (id: number, it: Thing, named: ReadonlyArray<number>) =>
  JSON.stringify({
    ...{
      id,
      name: `thing-${id}`,
      slug: `thing-${id}`,
      sku: `sku-${id}`,
      type: it.type,
      parent_id: it.parent
    },
    ...{ status: it.status, post_password: it.password, catalog_visibility: it.visibility },
    ...{
      price: it.broken ? "no price" : "10.00",
      stock_status: "instock",
      permalink: `https://shop.example/${id}`
    },
    ...{ date_created_gmt: "2026-01-02T03:04:05", date_modified_gmt: "2026-01-02T03:04:05" },
    categories: [{ id: categoryId, name: "All", slug: "all" }],
    ...{ variations: named, grouped_products: named, upsell_ids: named, cross_sell_ids: named },
    related_ids: named
  })

let observation = 0n

/** Tells the catalogue of these things, as sync would. */
const apply = Effect.fnUntraced(function* (things: Shop, named: ReadonlyArray<number>) {
  const { operator } = yield* Served
  observation++
  const { results } = yield* operator.applyChanges({
    changes: [...things].map(([id, it]) => ({
      kind: it?.type === "variation" ? ResourceKind.VARIATION : ResourceKind.PRODUCT,
      id: BigInt(id),
      observation,
      state:
        it === null
          ? { case: "deletion" as const, value: {} }
          : { case: "sourceJson" as const, value: json(id, it, named) }
    }))
  })
  for (const [position, it] of [...things.values()].entries()) {
    assert.strictEqual(results[position]?.outcome === ChangeOutcome.REJECTED, it?.broken === true)
  }
})

interface Answer {
  readonly status: number
  readonly text: string
  readonly etag: string
  readonly lastModified: string
}

const get = (url: string, headers: Record<string, string> = {}) =>
  Effect.promise(async (signal): Promise<Answer> => {
    const response = await fetch(url, { signal, headers })
    const field = (name: string) => response.headers.get(name) ?? ""
    const text = await response.text()
    return { status: response.status, text, etag: field("etag"), lastModified: field("last-modified") }
  })

const idsIn = (text: string) => new Set([...text.matchAll(/731\d{4}/g)].map(([id]) => Number(id)))

/** What an answer says, without what each answer has of its own. */
const saying = ({ status, text }: Answer) =>
  `${status} ${text.replace(/"performance":\{[^}]*\}|"(?:request|trace)_id":"[^"]*"/g, "")}`

const paths = (ids: ReadonlyArray<number>) => [
  "/api/products?per_page=100",
  `/api/products?per_page=100&include=${ids.join()}`,
  `/api/products?per_page=100&include=${ids.join()}&orderby=include`,
  `/api/products?per_page=100&sku=${ids.map((id) => `sku-${id}`).join()}`,
  `/api/products?per_page=100&categories=${categoryId}&stock_status=instock&orderby=price`,
  "/api/categories",
  `/api/categories/${categoryId}`,
  ...ids.flatMap((id) => [`/api/products/${id}`, `/api/products/${id}/variations?per_page=100`])
]

/** Every public route: right in what it shows, and the same to a caller who was there before the change. */
const checkRoutes = Effect.fnUntraced(function* (
  shop: Shop,
  before: ReadonlyMap<string, Answer>,
  datedBefore: ReadonlyMap<string, Answer>
) {
  const { url } = yield* Served
  const ids = [...shop.keys()]
  const seen = ids.filter((id) => isPublic(shop, id))
  const listed = ids.filter((id) => isListed(shop, id))
  const answers = new Map<string, Answer>()
  for (const path of paths(ids)) {
    const answer = yield* get(url + path)
    answers.set(path, answer)
    const own = /^\/api\/products\/(\d+)(\/variations)?/.exec(path)
    const id = Number(own?.[1])
    if (own === null) {
      assert.strictEqual(answer.status, 200, path)
      if (path.startsWith("/api/products")) {
        const { data, meta } = decodePage(answer.text)
        assert.deepStrictEqual(data.map((it) => it.id).toSorted(), listed, path)
        assert.strictEqual(meta.pagination.total, listed.length, path)
      } else assert.include(answer.text, `"count":${listed.length}`, path)
    } else if (own[2] === undefined) {
      assert.strictEqual(answer.status, seen.includes(id) ? 200 : 404, path)
    } else {
      const isProduct = seen.includes(id) && shop.get(id)?.type !== "variation"
      assert.strictEqual(answer.status, isProduct ? 200 : 404, path)
      const children = seen.filter((it) => shop.get(it)?.parent === id)
      if (isProduct)
        assert.deepStrictEqual(
          decodePage(answer.text)
            .data.map((it) => it.id)
            .toSorted(),
          children,
          path
        )
    }
    // A refusal may repeat the id that it was asked for, and nothing else that is hidden.
    for (const named of idsIn(saying(answer))) {
      assert.isTrue(seen.includes(named) || (answer.status === 404 && named === id), `${path} names ${named}`)
    }
    const old = before.get(path)
    if (old !== undefined && old.etag !== "") {
      const byTag = yield* get(url + path, { "if-none-match": old.etag })
      const isSame = answer.status === 200 && saying(old) === saying(answer)
      assert.strictEqual(byTag.status, isSame ? 304 : answer.status, path)
    }
    // The edge gives no date before its second is over, so the caller's may be from some changes ago.
    const dated = datedBefore.get(path)
    if (dated !== undefined) {
      const byDate = yield* get(url + path, { "if-modified-since": dated.lastModified })
      if (saying(dated) !== saying(answer)) assert.strictEqual(saying(byDate), saying(answer), path)
      else assert.include([304, answer.status], byDate.status, path)
    }
  }
  return answers
})

const decodePage = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Struct({
      data: Schema.Array(Schema.Struct({ id: Schema.Int })),
      meta: Schema.Struct({ pagination: Schema.Struct({ total: Schema.Int }) })
    })
  )
)

/** Every RPC that a visitor may call, and that it may call no other. */
const checkRpcs = Effect.fnUntraced(function* (shop: Shop) {
  const { operator, visitor } = yield* Served
  const ids = [...shop.keys()]
  const seen = ids.filter((id) => isPublic(shop, id))
  const listed = ids.filter((id) => isListed(shop, id))
  const check = (products: ReadonlyArray<Product>, expected: ReadonlyArray<number>) => {
    assert.deepStrictEqual(products.map((it) => Number(it.id)).toSorted(), expected)
    for (const it of products) {
      for (const list of [it.variations, it.groupedProducts, it.upsellIds, it.crossSellIds, it.relatedIds]) {
        assert.deepStrictEqual(list.map(Number).toSorted(), seen)
      }
    }
  }
  const page = { page: 1, perPage: 100 }
  const includeIds = ids.map(BigInt)
  check((yield* visitor.batchGetProducts({ ids: includeIds })).products, seen)
  for (const filter of [
    {},
    { includeIds },
    { skus: ids.map((id) => `sku-${id}`) },
    { categoryIds: [900n] }
  ]) {
    const list = yield* visitor.listProducts({ page, filter })
    check(list.products, listed)
    assert.strictEqual(list.page?.total, BigInt(listed.length))
  }
  assert.deepStrictEqual(
    (yield* visitor.listCategories({})).categories.map((it) => it.count),
    [BigInt(listed.length)]
  )
  assert.strictEqual((yield* visitor.getCategory({ id: 900n })).category?.count, BigInt(listed.length))
  for (const [id, it] of shop) {
    const found = yield* Effect.result(visitor.getProduct({ id: BigInt(id) }))
    assert.strictEqual(found._tag === "Success", seen.includes(id), `GetProduct ${id}`)
    if (found._tag === "Success" && found.success.product) check([found.success.product], [id])
    const variations = yield* Effect.result(visitor.listVariations({ productId: BigInt(id), page }))
    assert.strictEqual(variations._tag === "Success", seen.includes(id) && it?.type !== "variation")
    if (variations._tag === "Success") {
      check(
        variations.success.variations,
        seen.filter((child) => shop.get(child)?.parent === id)
      )
    }
    const full = { id: BigInt(id), view: ProductView.FULL }
    assert.strictEqual((yield* Effect.flip(visitor.getProduct(full))).code, Code.Unauthenticated)
    assert.strictEqual((yield* Effect.result(operator.getProduct(full)))._tag === "Success", it !== null)
  }
  const versions = visitor.listResourceVersions({ kind: ResourceKind.PRODUCT })
  assert.strictEqual((yield* Effect.flip(versions)).code, Code.Unauthenticated)
  const change = {
    kind: ResourceKind.PRODUCT,
    id: 1n,
    observation: 1n,
    state: { case: "deletion" as const, value: {} }
  }
  const written = yield* Effect.flip(visitor.applyChanges({ changes: [change] }))
  assert.strictEqual(written.code, Code.Unauthenticated)
})

layer(served, { excludeTestServices: true })("what the public sees of a changing shop", (it) => {
  it.effect(
    "is what is public, on every route and RPC, also to those who ask again",
    () =>
      Effect.gen(function* () {
        const { operator } = yield* Served
        yield* operator.applyChanges({
          changes: [
            {
              kind: ResourceKind.CATEGORY,
              id: BigInt(categoryId),
              observation: 1n,
              state: {
                case: "sourceJson",
                value: `{"id":${categoryId},"name":"All","slug":"all","parent":0}`
              }
            }
          ]
        })
        const a = (position: number, fields: Partial<Thing>) => [idOf(position), thing(fields)] as const
        const parent = idOf(1)
        const start = new Map<number, Thing | null>([
          a(0, {}),
          a(1, { type: "variable" }),
          a(2, { type: "variation", parent }),
          a(3, { type: "variation", parent, status: "private" }),
          a(4, { type: "grouped", visibility: "catalog" }),
          a(5, { type: "external", visibility: "search" }),
          a(6, { visibility: "hidden" }),
          a(7, { password: "secret" }),
          a(8, { status: "draft" }),
          a(9, { status: "private" }),
          a(10, { type: "variable", status: "pending" }),
          a(11, { type: "variation", parent: idOf(10) }),
          a(12, { status: "future" }),
          // Of a product that nobody has ever seen.
          a(13, { type: "variation", parent: idOf(99) })
        ])
        const changes: ReadonlyArray<ReadonlyArray<readonly [number, Thing | null]>> = [
          [a(0, { status: "private" })],
          [a(0, {})],
          [a(0, { status: "private", broken: true })],
          [a(0, {})],
          [
            a(0, { password: "secret", broken: true }),
            a(4, { type: "grouped", status: "trash", broken: true })
          ],
          [a(0, {}), a(4, { type: "grouped" })],
          [a(1, { type: "variable", status: "draft" })],
          [a(1, { type: "variable", visibility: "hidden" })],
          [a(1, { type: "variable", password: "secret" }), a(10, { type: "variable" })],
          [a(1, { type: "variable" }), a(2, { type: "variation", parent, status: "private" })],
          [a(2, { type: "variation", parent }), a(3, { type: "variation", parent })],
          [a(5, { type: "external", visibility: "visible" }), a(6, { visibility: "catalog" })],
          [a(7, {}), a(8, {}), a(9, {}), a(12, {})],
          [[idOf(7), null], a(8, { status: "trash" })],
          [[idOf(1), null]],
          [a(1, { type: "variable" })],
          [
            [idOf(2), null],
            [idOf(10), null]
          ]
        ]
        const named = [...start.keys()]
        const shop = new Map(start)
        yield* apply(start, named)
        const { url } = yield* Served
        while ((yield* get(`${url}/api/categories`)).lastModified === "") yield* Effect.yieldNow
        const first = yield* checkRoutes(shop, new Map(), new Map())
        const dated = new Map([...first].filter(([, answer]) => answer.lastModified !== ""))
        assert.strictEqual(dated.size, [...first.values()].filter((it) => it.status === 200).length)
        let answers = first
        yield* checkRpcs(shop)
        for (const change of changes) {
          yield* apply(new Map(change), named)
          for (const [id, it] of change) shop.set(id, it)
          answers = yield* checkRoutes(shop, answers, dated)
          for (const [path, answer] of answers) if (answer.lastModified !== "") dated.set(path, answer)
          yield* checkRpcs(shop)
        }
      }),
    60_000
  )
})
