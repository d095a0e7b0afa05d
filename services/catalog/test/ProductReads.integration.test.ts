import { assert, layer } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { ManageStock } from "@optica/contracts/optica/catalog/v1/product_pb"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { Catalog } from "../src/Catalog.ts"
import { firstPage, layerCatalog, product, read, readProduct, variation } from "./Shop.ts"

const readVariation = (json: Schema.JsonObject, observation: number, parentId: number) =>
  read(ResourceKind.VARIATION, json, observation, parentId)

const review = (id: number, productId: number, fields: Schema.JsonObject = {}): Schema.JsonObject => ({
  id,
  product_id: productId,
  date_created: "2026-01-02T05:04:05",
  date_created_gmt: "2026-01-02T03:04:05",
  status: "approved",
  reviewer: "Asha &amp; <b>Ravi</b>",
  reviewer_email: "asha@example.com",
  review: "<p>Fits</p><script>no</script>",
  rating: 4,
  verified: true,
  ...fields
})

layer(layerCatalog())("a product by its slug", (it) => {
  it.effect("is found as the shop writes the slug, and with its percent-encoding undone", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      yield* catalog.applyChanges([
        readProduct(product(1, { slug: "round-frame" }), 1),
        readProduct(product(2, { slug: "%d0%be%d1%87%d0%ba%d0%b8-100" }), 1),
        readProduct(product(3, { slug: "twice" }), 1),
        readProduct(product(4, { slug: "twice" }), 1),
        readProduct(product(5, { slug: "hidden", catalog_visibility: "hidden" }), 1),
        readProduct(product(6, { slug: "draft", status: "draft" }), 1),
        readVariation(variation(7, 1, { slug: "round-frame-red" }), 1, 1)
      ])
      const cases: ReadonlyArray<readonly [string, bigint]> = [
        ["round-frame", 1n],
        ["%d0%be%d1%87%d0%ba%d0%b8-100", 2n],
        ["%D0%BE%D1%87%D0%BA%D0%B8-100", 2n],
        ["очки-100", 2n],
        ["twice", 3n],
        ["hidden", 5n]
      ]
      for (const [slug, id] of cases) {
        assert.strictEqual((yield* catalog.getProductBySlug(slug)).value.id, id, slug)
      }
    })
  )

  it.effect("is not found where the public may not see it, nor is a variation", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      for (const slug of [
        "draft",
        "round-frame-red",
        "none",
        "ROUND-FRAME",
        "%",
        "%zz",
        "\ud800",
        "'",
        "frame%"
      ]) {
        assert.strictEqual(
          (yield* Effect.flip(catalog.getProductBySlug(slug)))._tag,
          "ProductSlugNotFound",
          slug
        )
      }
    })
  )
})

layer(layerCatalog())("stock", (it) => {
  it.effect("is told of a product and of its public variations, in the shop's order", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const counted = {
        manage_stock: true,
        stock_quantity: 7,
        backorders: "notify",
        backorders_allowed: true
      }
      yield* catalog.applyChanges([
        readProduct(
          product(1, {
            type: "variable",
            ...counted,
            low_stock_amount: 2,
            sold_individually: true,
            purchasable: true
          }),
          1
        ),
        // Read when there was less: its product counts for it.
        readVariation(variation(2, 1, { menu_order: 2, manage_stock: "parent", stock_quantity: 3 }), 1, 1),
        readVariation(
          variation(3, 1, {
            menu_order: 1,
            manage_stock: true,
            stock_quantity: -1,
            backordered: true,
            stock_status: "onbackorder",
            purchasable: true
          }),
          1,
          1
        ),
        readVariation(variation(4, 1, { status: "private" }), 1, 1),
        readVariation(variation(5, 1, { menu_order: 3 }), 1, 1)
      ])
      const { value: stock } = yield* catalog.getStock(1n)
      assert.deepStrictEqual(
        [stock.id, stock.stockQuantity, stock.manageStock, stock.lowStockAmount, stock.purchasable],
        [1n, 7, ManageStock.YES, 2, true]
      )
      assert.deepStrictEqual(
        stock.variations.map((it) => [
          it.id,
          it.manageStock,
          it.stockQuantity,
          it.stockStatus,
          it.backorders,
          it.backordersAllowed,
          it.backordered,
          it.lowStockAmount,
          it.purchasable,
          it.soldIndividually
        ]),
        [
          [3n, ManageStock.YES, -1, "onbackorder", "", false, true, undefined, true, true],
          [2n, ManageStock.PARENT, 7, "instock", "notify", true, false, 2, false, true],
          [5n, ManageStock.NO, undefined, "instock", "", false, false, undefined, false, true]
        ]
      )
    })
  )

  it.effect("is told of a variation as in its product", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { value: whole } = yield* catalog.getStock(1n)
      for (const expected of whole.variations) {
        assert.deepStrictEqual((yield* catalog.getStock(expected.id)).value, expected)
      }
      for (const id of [4n, 9n]) {
        assert.strictEqual((yield* Effect.flip(catalog.getStock(id)))._tag, "ProductNotFound")
      }
    })
  )
})

layer(layerCatalog())("reviews", (it) => {
  it.effect("are the approved ones, the newest first, a page at a time", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      yield* catalog.applyChanges([
        readProduct(product(1), 1),
        readProduct(product(2), 1),
        readProduct(product(8, { status: "draft" }), 1),
        readVariation(variation(3, 1), 1, 1),
        ...[
          review(10, 1),
          review(11, 1),
          review(12, 1, { date_created_gmt: "2026-03-01T00:00:00" }),
          review(13, 1, { date_created_gmt: null }),
          review(14, 1, { status: "hold" }),
          review(15, 1, { status: "spam" }),
          review(16, 2),
          review(17, 8)
        ].map((json) => read(ResourceKind.REVIEW, json, 1))
      ])
      const seen: Array<number> = []
      let cursor = ""
      do {
        const page = yield* catalog.listReviews(1n, { page: 1, perPage: 1, cursor })
        assert.strictEqual(page.total, 4)
        seen.push(...page.items.map((it) => Number(it.id)))
        cursor = page.nextCursor
      } while (cursor !== "")
      assert.deepStrictEqual(seen, [12, 11, 10, 13])
      const second = yield* catalog.listReviews(1n, { page: 2, perPage: 3, cursor: "" })
      assert.deepStrictEqual(
        second.items.map((it) => Number(it.id)),
        [13]
      )
    })
  )

  it.effect("tell nothing of who wrote them but the name", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { items } = yield* catalog.listReviews(2n, firstPage)
      const { $typeName: _, ...shown } = items[0] ?? { $typeName: "" }
      assert.deepStrictEqual(shown, {
        id: 16n,
        productId: 2n,
        dateCreated: "2026-01-02T05:04:05",
        dateCreatedGmt: "2026-01-02T03:04:05",
        reviewer: "Asha &amp; Ravi",
        review: "<p>Fits</p>",
        rating: 4,
        verified: true
      })
    })
  )

  it.effect("are not told of what the public may not see; a variation has none", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      for (const id of [8n, 99n]) {
        assert.strictEqual((yield* Effect.flip(catalog.listReviews(id, firstPage)))._tag, "ProductNotFound")
      }
      const none = yield* catalog.listReviews(3n, firstPage)
      assert.deepStrictEqual([none.items, none.total, none.nextCursor], [[], 0, ""])
    })
  )
})
