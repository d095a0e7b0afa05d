import { assert, layer } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import { Catalog } from "../src/Catalog.ts"
import { listProducts } from "../src/CatalogSql/listProducts.ts"
import type { ProductFilter, ProductOrder } from "../src/ProductQuery.ts"
import {
  byId,
  category,
  firstPage,
  gone,
  layerCatalog,
  noFilter,
  product,
  read,
  readProduct,
  variation
} from "./Shop.ts"

const colour = (...options: ReadonlyArray<string>) => ({ id: 2, name: "Colour", slug: "pa_color", options })
const size = (...options: ReadonlyArray<string>) => ({ id: 3, name: "Size", slug: "pa_size", options })

const frames: ReadonlyArray<Schema.JsonObject> = [
  product(1, {
    name: "Zeta",
    price: "100",
    sku: "A-1",
    menu_order: 2,
    categories: [{ id: 11 }],
    tags: [{ id: 1 }],
    average_rating: "4.50",
    rating_count: 2,
    total_sales: 3,
    attributes: [colour("Black", "Red"), size("50")]
  }),
  product(2, {
    name: "&Eacute;lan &amp; Co",
    price: "20.50",
    sku: "A-2",
    on_sale: true,
    categories: [{ id: 12 }, { id: 11 }],
    tags: [{ id: 7 }],
    brands: [{ id: 31, name: "Zeiss", slug: "zeiss" }],
    average_rating: "4.49",
    rating_count: 20,
    total_sales: 3,
    attributes: [colour("Black"), size("50", "52")]
  }),
  product(3, {
    name: "alpha",
    price: "",
    featured: true,
    brands: [{ id: 31, name: "Zeiss", slug: "zeiss" }],
    average_rating: "4.50",
    rating_count: 0,
    total_sales: 70,
    stock_status: "outofstock",
    categories: [{ id: 10 }]
  }),
  product(4, {
    name: "Beta",
    price: "9.99999999",
    menu_order: -1,
    tags: [{ id: 1 }, { id: 2 }],
    categories: [{ id: 20 }],
    brands: [{ id: 32, name: "Hoya", slug: "hoya" }],
    // The second stands on this product alone, so it is no attribute of the shop.
    attributes: [
      colour("Navy Blue"),
      size("52"),
      { id: 0, name: "Colour", slug: "pa_color", options: ["Black"] }
    ]
  }),
  product(5, { name: "beta", price: "1000.10", sku: "a-1", date_created_gmt: "2020-01-01T00:00:00" }),
  product(6, {
    name: "eland",
    price: "0",
    date_created_gmt: "2030-01-01T00:00:00",
    date_modified_gmt: "2030-01-01T00:00:00"
  }),
  product(7, {
    name: "भारत",
    price: "20.5",
    slug: "%e0%a4%ad",
    date_created_gmt: null,
    date_modified_gmt: null
  }),
  product(8, { name: "Hidden", catalog_visibility: "hidden", sku: "H-1" }),
  product(9, { name: "Draft", status: "draft", sku: "D-1" })
]

// 10 > 11 > 12, and 20 on its own; 12 stands below itself by a detour in the last test.
const categories = [category(10, 0), category(11, 10), category(12, 11), category(20, 0)]

const listed = (filter: Partial<ProductFilter>, order: ProductOrder = byId) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const page = yield* catalog.listProducts({ ...noFilter, ...filter }, order, firstPage)
    assert.strictEqual(page.total, page.items.length)
    return page.items.map((it) => Number(it.id))
  })

layer(layerCatalog())("ListProducts", (it) => {
  it.effect("finds by each filter, and by all of them together", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      yield* catalog.applyChanges([
        ...frames.map((json) => readProduct(json, 1)),
        ...categories.map((json) => read(ResourceKind.CATEGORY, json, 1))
      ])
      const cases: ReadonlyArray<readonly [Partial<ProductFilter>, ReadonlyArray<number>]> = [
        [{}, [1, 2, 3, 4, 5, 6, 7]],
        [{ categoryIds: [10n] }, [1, 2, 3]],
        [{ categoryIds: [12n] }, [2]],
        [{ categoryIds: [12n, 20n] }, [2, 4]],
        [{ categoryIds: [99n] }, []],
        [{ tagIds: [2n] }, [4]],
        [{ tagIds: [1n, 2n] }, [1, 4]],
        [{ skus: ["A-1", "H-1", "D-1", ""] }, [1]],
        [{ skus: ["a-1"] }, [5]],
        [{ includeIds: [5n, 1n, 8n, 9n, 77n, 9223372036854775807n] }, [1, 5]],
        [{ minPrice: "20.5" }, [1, 2, 5, 7]],
        [{ maxPrice: "20.5" }, [2, 4, 6, 7]],
        [{ minPrice: "9.99999999", maxPrice: "9.99999999" }, [4]],
        [{ minPrice: "1000.1", maxPrice: "1000.1" }, [5]],
        [{ onSale: true }, [2]],
        [{ onSale: false }, [1, 3, 4, 5, 6, 7]],
        [{ featured: true }, [3]],
        [{ featured: false }, [1, 2, 4, 5, 6, 7]],
        [{ stockStatus: "outofstock" }, [3]],
        [{ stockStatus: "nonsense" }, []],
        [{ brandIds: [31n] }, [2, 3]],
        [{ brandIds: [31n, 32n, 99n] }, [2, 3, 4]],
        [{ ratings: [5] }, [1]],
        [{ ratings: [4, 5] }, [1, 2]],
        [{ ratings: [1] }, []],
        [{ attributes: [{ attribute: "pa_color", terms: ["black"] }] }, [1, 2]],
        [{ attributes: [{ attribute: "pa_color", terms: ["black", "navy-blue"] }] }, [1, 2, 4]],
        [
          {
            attributes: [
              { attribute: "pa_color", terms: ["black", "navy-blue"] },
              { attribute: "pa_size", terms: ["52"] }
            ]
          },
          [2, 4]
        ],
        [{ attributes: [{ attribute: "pa_color", terms: ["none"] }] }, []],
        [{ attributes: [{ attribute: "pa_none", terms: ["black"] }] }, []],
        [
          {
            categoryIds: [10n],
            onSale: true,
            minPrice: "1",
            skus: ["A-2"],
            stockStatus: "instock",
            featured: false,
            tagIds: [7n],
            brandIds: [31n],
            ratings: [4],
            includeIds: [1n, 2n, 3n],
            maxPrice: "20.50",
            attributes: [
              { attribute: "pa_color", terms: ["black"] },
              { attribute: "pa_size", terms: ["52"] }
            ]
          },
          [2]
        ]
      ]
      for (const [filter, expected] of cases) {
        assert.deepStrictEqual(
          yield* listed(filter),
          expected,
          JSON.stringify(filter, (_, it) => (typeof it === "bigint" ? String(it) : it))
        )
      }
    })
  )

  it.effect("orders by each key in both directions, ends in the id and puts what has no price last", () =>
    Effect.gen(function* () {
      const cases: ReadonlyArray<
        readonly [ProductOrder["by"], ReadonlyArray<number>, ReadonlyArray<number>]
      > = [
        ["id", [1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1]],
        ["title", [3, 4, 5, 2, 6, 1, 7], [7, 1, 6, 2, 5, 4, 3]],
        ["slug", [7, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 7]],
        ["price", [6, 4, 2, 7, 1, 5, 3], [5, 1, 7, 2, 4, 6, 3]],
        ["menu_order", [4, 2, 3, 5, 6, 7, 1], [1, 7, 6, 5, 3, 2, 4]],
        ["popularity", [4, 5, 6, 7, 1, 2, 3], [3, 2, 1, 7, 6, 5, 4]],
        ["rating", [4, 5, 6, 7, 2, 3, 1], [1, 3, 2, 7, 6, 5, 4]],
        ["date", [7, 5, 1, 2, 3, 4, 6], [6, 4, 3, 2, 1, 5, 7]],
        ["modified", [7, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 7]]
      ]
      for (const [by, rising, falling] of cases) {
        assert.deepStrictEqual(yield* listed({}, { by, direction: "asc" }), rising, by)
        assert.deepStrictEqual(yield* listed({}, { by, direction: "desc" }), falling, by)
      }
    })
  )

  it.effect("follows the order of include, whatever the direction", () =>
    Effect.gen(function* () {
      for (const direction of ["asc", "desc"] as const) {
        assert.deepStrictEqual(
          yield* listed({ includeIds: [5n, 1n, 77n, 3n] }, { by: "include", direction }),
          [5, 1, 3]
        )
      }
    })
  )

  it.effect("cuts pages that never overlap, with the exact total, also past the end", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const order = { by: "price", direction: "desc" } as const
      const pages = yield* Effect.forEach([1, 2, 3, 4, 3_333], (page) =>
        catalog.listProducts(noFilter, order, { page, perPage: 3, cursor: "" })
      )
      assert.deepStrictEqual(
        pages.map((page) => page.items.map((it) => Number(it.id))),
        [[5, 1, 7], [2, 4, 6], [3], [], []]
      )
      assert.deepStrictEqual([...new Set(pages.map((page) => page.total))], [7])
    })
  )

  it.effect("goes on after the first 10,000 with cursors only", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      for (const [page, perPage] of [
        [101, 100],
        [3_334, 3],
        [1_000_000, 100]
      ] as const) {
        for (const refused of [
          Effect.flip(catalog.listProducts(noFilter, byId, { page, perPage, cursor: "" })),
          Effect.flip(catalog.listVariations(1n, { page, perPage, cursor: "" })),
          Effect.flip(catalog.listReviews(1n, { page, perPage, cursor: "" }))
        ]) {
          assert.strictEqual((yield* refused)._tag, "PageTooDeep")
        }
      }
    })
  )

  it.effect(
    "tells by a cursor where the next page begins, whatever its size, and none on the last page",
    () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const pages: Array<readonly [number, ReadonlyArray<number>]> = []
        let cursor = ""
        for (const perPage of [2, 1, 100]) {
          const page = yield* catalog.listProducts(noFilter, byId, { page: 1, perPage, cursor })
          pages.push([page.page, page.items.map((it) => Number(it.id))])
          cursor = page.nextCursor
        }
        assert.deepStrictEqual(pages, [
          [1, [1, 2]],
          [2, [3]],
          [3, [4, 5, 6, 7]]
        ])
        assert.strictEqual(cursor, "")
        const whole = yield* catalog.listProducts(noFilter, byId, { page: 1, perPage: 7, cursor: "" })
        assert.strictEqual(whole.nextCursor, "")
        const fourth = yield* catalog.listProducts(noFilter, byId, { page: 4, perPage: 1, cursor: "" })
        const fifth = yield* catalog.listProducts(noFilter, byId, {
          page: 1,
          perPage: 2,
          cursor: fourth.nextCursor
        })
        assert.deepStrictEqual([fifth.page, fifth.items.map((it) => Number(it.id))], [5, [5, 6]])
      })
  )

  it.effect("refuses the cursor of another list, filter, order or direction", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const page = { page: 1, perPage: 1, cursor: "" }
      const { nextCursor: cursor } = yield* catalog.listProducts(noFilter, byId, page)
      const next = { ...page, cursor }
      const refused = [
        Effect.flip(catalog.listProducts({ ...noFilter, featured: false }, byId, next)),
        Effect.flip(catalog.listProducts({ ...noFilter, tagIds: [1n] }, byId, next)),
        Effect.flip(catalog.listProducts({ ...noFilter, brandIds: [1n] }, byId, next)),
        Effect.flip(catalog.listProducts(noFilter, { by: "slug", direction: "asc" }, next)),
        Effect.flip(catalog.listProducts(noFilter, { by: "id", direction: "desc" }, next)),
        Effect.flip(catalog.listVariations(1n, next)),
        Effect.flip(catalog.listReviews(1n, next)),
        Effect.flip(catalog.listProducts(noFilter, byId, { ...page, cursor: `${cursor}A` })),
        Effect.flip(catalog.listProducts(noFilter, byId, { ...page, cursor: cursor.slice(1) })),
        Effect.flip(catalog.listProducts(noFilter, byId, { ...page, cursor: "MQ" }))
      ]
      for (const list of refused) assert.strictEqual((yield* list)._tag, "CursorInvalid")
      assert.strictEqual((yield* catalog.listProducts(noFilter, byId, next)).items[0]?.id, 2n)
    })
  )

  it.effect("orders products with variations by their lowest price rising, by their highest falling", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const parent = (id: number) =>
        readProduct(product(id, { type: "variable", price: "20", sku: "priced" }), 1)
      const priced = (id: number, parentId: number, price: string) =>
        read(ResourceKind.VARIATION, variation(id, parentId, { price }), 1, parentId)
      yield* catalog.applyChanges([
        parent(200),
        parent(201),
        readProduct(product(202, { price: "50", sku: "priced" }), 1),
        priced(210, 200, "5"),
        priced(211, 200, "60"),
        priced(212, 201, "20"),
        priced(213, 201, "30")
      ])
      const filter = { skus: ["priced"] }
      assert.deepStrictEqual(yield* listed(filter, { by: "price", direction: "asc" }), [200, 201, 202])
      assert.deepStrictEqual(yield* listed(filter, { by: "price", direction: "desc" }), [200, 202, 201])
      assert.deepStrictEqual(yield* listed({ ...filter, minPrice: "40", maxPrice: "55" }), [200, 202])
      yield* catalog.applyChanges([200, 201, 202].map((id) => gone(ResourceKind.PRODUCT, id, 2)))
    })
  )

  it.effect(
    "lists what a search finds in any order, with the other filters, also what only searches show",
    () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const named = (id: number, name: string, price: string, fields: Schema.JsonObject = {}) =>
          readProduct(product(id, { name, price, slug: `s-${id}`, ...fields }), 1)
        yield* catalog.applyChanges([
          named(301, "Panto", "30"),
          named(302, "Panto in gold", "10", { featured: true }),
          named(303, "Panto of horn", "20", { catalog_visibility: "search" }),
          named(304, "Panto, not searched", "5", { catalog_visibility: "catalog" }),
          named(305, "Other", "1", { description: "<p>Goes well with a panto.</p>" })
        ])
        const search = "panto"
        const price = { by: "price", direction: "asc" } as const
        assert.deepStrictEqual(yield* listed({ search }, price), [305, 302, 303, 301])
        assert.deepStrictEqual(
          yield* listed({ search }, { ...price, direction: "desc" }),
          [301, 303, 302, 305]
        )
        assert.deepStrictEqual(yield* listed({ search, featured: false }, price), [305, 303, 301])
        assert.deepStrictEqual(yield* listed({ search: "nothing of the kind" }, price), [])
        const relevance = { by: "relevance", direction: "desc" } as const
        assert.deepStrictEqual(yield* listed({ search }, relevance), [303, 302, 301, 305])
        // Of many hits the index of the order is walked; what only searches show is not in it.
        const sql = yield* SqlClient
        const start = { page: 1, offset: 0, after: undefined }
        const walked = yield* listProducts(sql, "english", { ...noFilter, search }, price, start, 2, -1)
        assert.deepStrictEqual(
          walked.map((row) => row.place),
          [
            ["1.0000", "305"],
            ["10.0000", "302"],
            ["20.0000", "303"]
          ]
        )
        for (const order of [price, relevance]) {
          const whole = yield* listed({ search }, order)
          const seen: Array<number> = []
          let cursor = ""
          do {
            const page = yield* catalog.listProducts({ ...noFilter, search }, order, {
              page: 1,
              perPage: 1,
              cursor
            })
            assert.strictEqual(page.total, 4)
            seen.push(...page.items.map((it) => Number(it.id)))
            cursor = page.nextCursor
          } while (cursor !== "")
          assert.deepStrictEqual(seen, whole)
        }
        yield* catalog.applyChanges([301, 302, 303, 304, 305].map((id) => gone(ResourceKind.PRODUCT, id, 2)))
      })
  )

  it.effect("counts in categories what their lists hold, and puts parents first", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { categories } = yield* catalog.listCategories
      assert.deepStrictEqual(
        categories.map((it) => Number(it.id)),
        [10, 11, 12, 20]
      )
      for (const { count, id } of categories) {
        assert.strictEqual(Number(count), (yield* listed({ categoryIds: [id] })).length)
      }
      yield* catalog.applyChanges([read(ResourceKind.CATEGORY, category(10, 12), 2)])
      assert.deepStrictEqual(yield* listed({ categoryIds: [11n] }), [1, 2, 3])
      const circle = yield* catalog.listCategories
      assert.deepStrictEqual(
        circle.categories.map((it) => [Number(it.id), Number(it.count)]),
        [
          [20, 1],
          [10, 3],
          [11, 3],
          [12, 3]
        ]
      )
    })
  )

  it.effect("lists variations by menu_order and id, a page at a time", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      yield* catalog.applyChanges([
        readProduct(product(100, { type: "variable" }), 1),
        ...[104, 101, 103, 102].map((id) =>
          read(
            ResourceKind.VARIATION,
            product(id, { type: "variation", parent_id: 100, menu_order: id === 101 ? 5 : 0 }),
            1
          )
        )
      ])
      const pages = yield* Effect.forEach([1, 2, 3], (page) =>
        catalog.listVariations(100n, { page, perPage: 3, cursor: "" })
      )
      assert.deepStrictEqual(
        pages.map((page) => [page.items.map((it) => Number(it.id)), page.total]),
        [
          [[102, 103, 104], 4],
          [[101], 4],
          [[], 4]
        ]
      )
      const followed: Array<number> = []
      let cursor = ""
      do {
        const page = yield* catalog.listVariations(100n, { page: 1, perPage: 1, cursor })
        followed.push(...page.items.map((it) => Number(it.id)))
        cursor = page.nextCursor
      } while (cursor !== "" && followed.length < 10)
      assert.deepStrictEqual(followed, [102, 103, 104, 101])
    })
  )
})
