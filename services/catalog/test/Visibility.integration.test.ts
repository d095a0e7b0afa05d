import { assert, layer } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import type { Product } from "@optica/contracts/optica/catalog/v1/product_pb"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Catalog } from "../src/Catalog.ts"
import { byId, category, firstPage, gone, layerCatalog, noFilter, product, read } from "./Shop.ts"

/** Where a shop's twelve things stand; products, and variations of any of them, which may not exist. */
const Thing = Schema.Struct({
  status: Schema.Literals([
    "publish",
    "publish",
    "publish",
    "draft",
    "pending",
    "private",
    "future",
    "trash",
    "custom"
  ]),
  password: Schema.Literals(["", "", "", "secret"]),
  visibility: Schema.Literals(["visible", "visible", "catalog", "search", "hidden", ""]),
  parent: Schema.Int.check(Schema.isBetween({ minimum: -12, maximum: 12 })),
  deleted: Schema.Literals([false, false, false, true])
})
type Thing = typeof Thing.Type
const Shop = Schema.Array(Thing).check(Schema.isMinLength(12), Schema.isMaxLength(12))

let observation = 0

layer(layerCatalog())("what the public sees", (it) => {
  it.effect.prop(
    "is what an anonymous visitor of the shop may see, on every read",
    [Shop],
    ([shop]) =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        observation++
        const ids = shop.map((_, index) => index + 1)
        yield* catalog.applyChanges([
          read(ResourceKind.CATEGORY, category(500, 0), observation),
          read(ResourceKind.CATEGORY, category(501, 500), observation),
          ...shop.map((thing, index) => change(thing, index + 1, ids)),
          ...ids.flatMap((id) => [
            read(ResourceKind.REVIEW, review(1000 + id, id, "approved"), observation),
            read(ResourceKind.REVIEW, review(2000 + id, id, "hold"), observation)
          ])
        ])
        const things = new Map(shop.map((thing, index) => [index + 1, thing]))
        const isVariation = (id: number) => (things.get(id)?.parent ?? 0) > 0
        const open = (id: number) => {
          const thing = things.get(id)
          return thing !== undefined && !thing.deleted && thing.status === "publish" && thing.password === ""
        }
        const isPublic = (id: number) => open(id) && (!isVariation(id) || open(things.get(id)?.parent ?? 0))
        const isListed = (id: number) =>
          isPublic(id) &&
          !isVariation(id) &&
          ["visible", "catalog"].includes(things.get(id)?.visibility ?? "")
        const seen = ids.filter(isPublic)

        /** Nothing that is shown names what is hidden. */
        const namesOnlyPublic = (shown: Product) => {
          const { crossSellIds, groupedProducts, relatedIds, upsellIds, variations } = shown
          for (const list of [crossSellIds, groupedProducts, relatedIds, upsellIds, variations]) {
            assert.deepStrictEqual(list.map(Number), seen)
          }
        }

        for (const id of ids) {
          const found = yield* Effect.option(catalog.getProduct(BigInt(id)))
          assert.strictEqual(found._tag === "Some", isPublic(id), `get ${id}`)
          if (found._tag === "Some") namesOnlyPublic(found.value.value)
        }

        const batch = yield* catalog.batchGetProducts([...ids, ...ids, 99].map(BigInt).reverse())
        assert.deepStrictEqual(
          batch.products.map((it) => Number(it.id)),
          seen.toReversed()
        )
        for (const shown of batch.products) namesOnlyPublic(shown)

        const listed = ids.filter(isListed)
        const below = listed.filter((id) => id % 2 === 0)
        for (const filter of [
          noFilter,
          { ...noFilter, categoryIds: [500n] },
          { ...noFilter, includeIds: ids.map(BigInt) }
        ]) {
          const list = yield* catalog.listProducts(filter, byId, firstPage)
          assert.deepStrictEqual([list.items.map((it) => Number(it.id)), list.total], [listed, listed.length])
          for (const shown of list.items) namesOnlyPublic(shown)
        }

        for (const id of ids) {
          const found = yield* Effect.option(catalog.listVariations(BigInt(id), firstPage))
          assert.strictEqual(found._tag === "Some", open(id) && !isVariation(id), `variations of ${id}`)
          if (found._tag === "None") continue
          const expected = seen.filter((it) => things.get(it)?.parent === id)
          assert.deepStrictEqual(
            [found.value.items.map((it) => Number(it.id)), found.value.total],
            [expected, expected.length]
          )
        }

        for (const id of ids) {
          const bySlug = yield* Effect.option(catalog.getProductBySlug(`frame-${id}`))
          assert.strictEqual(bySlug._tag === "Some", open(id) && !isVariation(id), `slug of ${id}`)
          if (bySlug._tag === "Some") namesOnlyPublic(bySlug.value.value)

          const stock = yield* Effect.option(catalog.getStock(BigInt(id)))
          assert.strictEqual(stock._tag === "Some", isPublic(id), `stock of ${id}`)
          if (stock._tag === "Some") {
            assert.deepStrictEqual(
              stock.value.value.variations.map((it) => Number(it.id)),
              isVariation(id) ? [] : seen.filter((it) => things.get(it)?.parent === id)
            )
          }

          const reviews = yield* Effect.option(catalog.listReviews(BigInt(id), firstPage))
          assert.strictEqual(reviews._tag === "Some", isPublic(id), `reviews of ${id}`)
          if (reviews._tag === "Some") {
            // Even those that a shop has of a variation.
            const expected = [1000 + id]
            assert.deepStrictEqual(
              [reviews.value.items.map((it) => Number(it.id)), reviews.value.total],
              [expected, expected.length]
            )
          }
        }

        const { categories } = yield* catalog.listCategories
        assert.deepStrictEqual(
          categories.map((it) => [Number(it.id), Number(it.count)]),
          [
            [500, listed.length],
            [501, below.length]
          ]
        )
        for (const category of categories) {
          assert.strictEqual((yield* catalog.getCategory(category.id)).value.count, category.count)
        }
        assert.strictEqual((yield* Effect.flip(catalog.getCategory(502n)))._tag, "CategoryNotFound")
      }),
    { arbitrary: { runs: 60 } }
  )
})

const review = (id: number, productId: number, status: string) => ({
  id,
  product_id: productId,
  date_created_gmt: "2026-01-02T03:04:05",
  status,
  reviewer: "Asha",
  review: "<p>Fits</p>",
  rating: 5
})

const change = (thing: Thing, id: number, ids: ReadonlyArray<number>) => {
  const isVariation = thing.parent > 0
  const kind = isVariation ? ResourceKind.VARIATION : ResourceKind.PRODUCT
  if (thing.deleted) return gone(kind, id, observation)
  return read(
    kind,
    product(id, {
      type: isVariation ? "variation" : "simple",
      parent_id: Math.max(0, thing.parent),
      status: thing.status,
      post_password: thing.password,
      catalog_visibility: thing.visibility,
      categories: [{ id: 500 + ((id + 1) % 2), name: "All", slug: "all" }],
      variations: ids,
      grouped_products: ids,
      upsell_ids: ids,
      cross_sell_ids: ids,
      related_ids: ids
    }),
    observation
  )
}
