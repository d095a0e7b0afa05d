import { Code } from "@connectrpc/connect"
import { assert, layer } from "@effect/vitest"
import { ProductView } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ChangeOutcome, ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import type { Product } from "@optica/contracts/optica/catalog/v1/product_pb"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { categoryId, idOf, json, review, type Shop, type Thing, thing, visible } from "./ChangingShop.ts"
import { questions } from "./Questions.ts"
import { Served } from "./Served.ts"

// What the public may see, asked of every route and every RPC that the public has, before and after every change: on a
// real database, through the real edge, over a socket.

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

/** Every public route: right in what it shows, and the same to a caller who was there before the change. */
const checkRoutes = Effect.fnUntraced(function* (
  shop: Shop,
  before: ReadonlyMap<string, Answer>,
  datedBefore: ReadonlyMap<string, Answer>
) {
  const { url } = yield* Served
  const { seen } = visible(shop)
  const answers = new Map<string, Answer>()
  for (const { path, isAnswered, holds } of questions(shop)) {
    const answer = yield* get(url + path)
    answers.set(path, answer)
    assert.strictEqual(answer.status, isAnswered ? 200 : 404, path)
    if (isAnswered) holds?.(answer.text, path)
    // A refusal may repeat the id that it was asked for, and an address of the list its filter; nothing else that is hidden.
    for (const named of idsIn(saying(answer))) {
      const isAsked = answer.status === 404 && path.includes(String(named))
      assert.isTrue(seen.includes(named) || isAsked, `${path} names ${named}: ${answer.text}`)
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

const decodeStats = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Struct({
      data: Schema.Struct({
        products: Schema.Int,
        variations: Schema.Int,
        reviews: Schema.Int,
        on_sale: Schema.Int,
        featured: Schema.Int
      }),
      meta: Schema.Struct({ outdated: Schema.Boolean })
    })
  )
)

/** The figures, once they are those of the shop as it is: they are counted after a change, not with it. */
const checkStats = Effect.fnUntraced(function* (shop: Shop) {
  const { url } = yield* Served
  const { listed, products, seen } = visible(shop)
  for (;;) {
    const { data, meta } = decodeStats((yield* get(`${url}/api/products/stats`)).text)
    if (!meta.outdated) {
      return assert.deepStrictEqual(data, {
        products: listed.length,
        variations: seen.length - products.length,
        reviews: products.length,
        on_sale: listed.length,
        featured: listed.length
      })
    }
    yield* Effect.sleep("50 millis")
  }
})

/** Every RPC that a visitor may call, and that it may call no other. */
const checkRpcs = Effect.fnUntraced(function* (shop: Shop) {
  const { operator, visitor } = yield* Served
  const { found: searchable, ids, listed, products, seen, variationsOf } = visible(shop)
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
  const filter = { search: "thing" }
  const hits = (yield* visitor.searchProducts({ page, filter })).hits
  check(
    hits.flatMap((it) => it.product ?? []),
    searchable
  )
  check((yield* visitor.listProducts({ page, filter })).products, searchable)
  assert.strictEqual((yield* visitor.getFacets({ filter })).total, BigInt(searchable.length))
  assert.strictEqual((yield* visitor.getFacets({})).total, BigInt(listed.length))
  const suggested = (yield* visitor.suggestProducts({ search: "thin", limit: 20 })).products
  assert.deepStrictEqual(suggested.map((it) => Number(it.id)).toSorted(), searchable)
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
      check(variations.success.variations, variationsOf(id))
    }
    const bySlug = yield* Effect.result(visitor.getProductBySlug({ slug: `thing-${id}` }))
    assert.strictEqual(bySlug._tag === "Success", products.includes(id), `GetProductBySlug ${id}`)
    if (bySlug._tag === "Success" && bySlug.success.product) check([bySlug.success.product], [id])
    const stock = yield* Effect.result(visitor.getStock({ id: BigInt(id) }))
    assert.strictEqual(stock._tag === "Success", seen.includes(id), `GetStock ${id}`)
    if (stock._tag === "Success") {
      const named = stock.success.stock?.variations.map((variation) => Number(variation.id))
      assert.deepStrictEqual(named, variationsOf(id))
    }
    const reviews = yield* Effect.result(visitor.listReviews({ productId: BigInt(id), page }))
    assert.strictEqual(reviews._tag === "Success", seen.includes(id), `ListReviews ${id}`)
    if (reviews._tag === "Success") {
      const of = reviews.success.reviews.map((review) => Number(review.productId))
      assert.deepStrictEqual(of, products.includes(id) ? [id] : [])
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

layer(Served.layer, { excludeTestServices: true })("what the public sees of a changing shop", (it) => {
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
        yield* operator.applyChanges({
          changes: named
            .filter((id) => start.get(id)?.type !== "variation")
            .map((id) => ({
              kind: ResourceKind.REVIEW,
              id: BigInt(id + 10_000_000),
              observation: 1n,
              state: { case: "sourceJson", value: review(id) }
            }))
        })
        const { url } = yield* Served
        while ((yield* get(`${url}/api/categories`)).lastModified === "") yield* Effect.yieldNow
        const first = yield* checkRoutes(shop, new Map(), new Map())
        const dated = new Map([...first].filter(([, answer]) => answer.lastModified !== ""))
        assert.strictEqual(dated.size, [...first.values()].filter((it) => it.status === 200).length)
        let answers = first
        yield* checkRpcs(shop)
        yield* checkStats(shop)
        for (const change of changes) {
          yield* apply(new Map(change), named)
          for (const [id, it] of change) shop.set(id, it)
          answers = yield* checkRoutes(shop, answers, dated)
          for (const [path, answer] of answers) if (answer.lastModified !== "") dated.set(path, answer)
          yield* checkRpcs(shop)
        }
        yield* checkStats(shop)
      }),
    120_000
  )
})
