import { assert, layer } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import { Catalog } from "../src/Catalog.ts"
import { searchProducts } from "../src/CatalogSql/searchProducts.ts"
import type { PageQuery, ProductFilter, ProductOrder } from "../src/ProductQuery.ts"
import {
  category,
  firstPage,
  gone,
  layerCatalog,
  noFilter,
  options,
  product,
  read,
  readProduct,
  recorded,
  variation
} from "./Shop.ts"

const term = (id: number, name: string) => ({ id, name, slug: name.toLowerCase() })
const colour = (...options: ReadonlyArray<string>) => [{ id: 1, name: "Colour", slug: "pa_color", options }]

const shop: ReadonlyArray<Schema.JsonObject> = [
  product(1, { name: "Titanium Frame", sku: "FR-1001", global_unique_id: "4006381333931", total_sales: 5 }),
  product(2, { name: "Oval Frame", sku: "FR-1002", brands: [term(1, "Titanium Works")], total_sales: 1 }),
  product(3, { name: "Round Frame", attributes: colour("Titanium", "Black"), total_sales: 9 }),
  product(4, {
    name: "Square Frame",
    description: "<p>Made of <b>titanium</b> by hand</p>",
    total_sales: 99
  }),
  product(5, { name: "Lunettes l&eacute;g&egrave;res", sku: "LL 5", categories: [term(10, "Femme")] }),
  product(6, { name: "Солнцезащитные Очки «Ёлка»", total_sales: 2 }),
  product(7, { name: "Aviator", type: "variable", variations: [70, 71] }),
  product(8, { name: "Hidden aviator", catalog_visibility: "hidden" }),
  product(9, { name: "Searched aviator", catalog_visibility: "search" }),
  product(10, { name: "Listed aviator", catalog_visibility: "catalog" }),
  product(11, { name: "Draft aviator", status: "draft", sku: "DR-1" }),
  product(12, { name: `&lt;img src=x onerror=alert(1)&gt; "Wicked" & <b>bold</b> \uE000x\uE001` }),
  product(13, { name: "Ray-Ban Wayfarer", global_unique_id: "978-3-16-148410-0" }),
  product(14, { name: "FR 1001 look-alike", total_sales: 1000 })
]
const variations = [
  variation(70, 7, { sku: "AV-7-BLACK", global_unique_id: "5012345678900" }),
  variation(71, 7, { sku: "AV-7-SECRET", status: "private" })
]

/** What people type, and what nobody does. */
const Typed = Schema.Array(
  Schema.Union([
    Schema.Literals(["fr", "a", "Titan", "frame", "очки", "1001", "the", "av-7-black", "titaniun"]),
    Schema.Literals([
      "'",
      "&",
      "\\",
      ":*",
      " ",
      " ",
      "-",
      "\u0301",
      "%",
      "\0",
      "\uD800",
      "\u202E",
      "(",
      "<->",
      "🕶"
    ]),
    Schema.String
  ])
).check(Schema.isMaxLength(8))

const write = Effect.gen(function* () {
  const catalog = yield* Catalog
  yield* catalog.applyChanges([
    ...shop.map((json) => readProduct(json, 1)),
    ...variations.map((json) => read(ResourceKind.VARIATION, json, 1, 7)),
    read(ResourceKind.CATEGORY, category(10, 0, { name: "Femme", slug: "femme" }), 1)
  ])
})

const search = (text: string, filter: Partial<ProductFilter> = {}) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const found = yield* catalog.searchProducts({ ...noFilter, ...filter, search: text }, firstPage)
    assert.strictEqual(found.total, found.items.length)
    return { ...found, ids: found.items.map(({ product }) => Number(product?.id)) }
  })
const ids = (text: string, filter: Partial<ProductFilter> = {}) =>
  Effect.map(search(text, filter), (found) => found.ids)

layer(layerCatalog())("Search", (it) => {
  it.effect("ranks names over codes and brands over attributes over descriptions", () =>
    Effect.gen(function* () {
      yield* write
      assert.deepStrictEqual(yield* ids("titanium"), [1, 2, 3, 4])
      assert.deepStrictEqual(yield* ids("titanium frame"), [1, 2, 3, 4])
    })
  )

  it.effect("finds all the words in any order, the last one as it is typed", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ids("hand titanium"), [4])
      assert.deepStrictEqual(yield* ids("titanium ha"), [4])
      assert.deepStrictEqual(yield* ids("tita"), [1, 2, 3, 4])
      assert.deepStrictEqual(yield* ids("frames of titaniums by hands"), [4])
      assert.deepStrictEqual(yield* ids("rayban"), [13])
      assert.deepStrictEqual(yield* ids("ban ray"), [13])
    })
  )

  it.effect("finds with and without accents, in any case, in any composition", () =>
    Effect.gen(function* () {
      for (const text of [
        "lunettes légères",
        "LUNETTES LEGERES",
        "légères",
        "Le\u0301ge\u0300res",
        "ｌｅｇｅｒｅｓ"
      ]) {
        assert.deepStrictEqual(yield* ids(text), [5], text)
      }
    })
  )

  it.effect("finds Cyrillic in any case and says where, in a shop of another language as well", () =>
    Effect.gen(function* () {
      for (const text of ["очки", "ОЧКИ", "солнцезащ", "елка", "ЁЛКА"]) {
        assert.deepStrictEqual(yield* ids(text), [6], text)
      }
      const { items } = yield* search("очки")
      assert.strictEqual(items[0]?.highlightedName, "Солнцезащитные <mark>Очки</mark> «Ёлка»")
      const mistyped = yield* search("солнцизащитные")
      assert.deepStrictEqual([mistyped.ids, mistyped.correctedSearch], [[6], "солнцезащитные"])
    })
  )

  it.effect("puts the product of a SKU or GTIN first, also by a public variation", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ids("FR-1001"), [1, 14])
      assert.deepStrictEqual(yield* ids("fr-1001"), [1, 14])
      assert.deepStrictEqual(yield* ids("4006381333931"), [1])
      assert.deepStrictEqual(yield* ids("400638"), [1])
      assert.deepStrictEqual(yield* ids("fr100"), [1, 2])
      assert.deepStrictEqual(yield* ids("LL 5"), [5])
      assert.deepStrictEqual(yield* ids("av-7-black"), [7])
      assert.deepStrictEqual(yield* ids("AV-7"), [7])
      assert.deepStrictEqual(yield* ids("aviator av-7-black"), [7])
      assert.deepStrictEqual(yield* ids("titanium av-7-black"), [])
      assert.deepStrictEqual(yield* ids("5012345678900"), [7])
      assert.deepStrictEqual(yield* ids("9783161484100"), [13])
      assert.deepStrictEqual(yield* ids("978-3-16-148410-0"), [13])
      assert.deepStrictEqual(yield* ids("AV-7-SECRET"), [])
      assert.deepStrictEqual(yield* ids("DR-1"), [])
    })
  )

  it.effect("lists in any order say what was looked for instead, on every page", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const list = (text: string, by: ProductOrder["by"], page: Partial<PageQuery> = {}) =>
        catalog.listProducts(
          { ...noFilter, search: text },
          { by, direction: "asc" },
          { ...firstPage, perPage: 3, ...page }
        )
      for (const by of ["relevance", "id"] as const) {
        const first = yield* list("titaniun framme", by)
        const second = yield* list("titaniun framme", by, { cursor: first.nextCursor })
        const past = yield* list("titaniun framme", by, { page: 9 })
        assert.deepStrictEqual(
          [first, second, past].map(({ correctedSearch, items }) => [items.length, correctedSearch]),
          [
            [3, "titanium frame"],
            [1, "titanium frame"],
            [0, "titanium frame"]
          ]
        )
        for (const text of ["titanium frame", "qqqxyzzy", ""]) {
          if (text === "" && by === "relevance") continue
          assert.strictEqual((yield* list(text, by)).correctedSearch, "")
        }
      }
    })
  )

  it.effect("looks for what is spelt alike where nothing has all the words, and says so", () =>
    Effect.gen(function* () {
      const found = yield* search("titaniun framme")
      assert.deepStrictEqual([found.ids, found.correctedSearch], [[1, 2, 3, 4], "titanium frame"])
      assert.strictEqual((yield* search("titanium")).correctedSearch, "")
      assert.deepStrictEqual(yield* ids("FR-1009"), [])
      assert.deepStrictEqual(yield* ids("qqqxyzzy"), [])
      const catalog = yield* Catalog
      const facets = yield* catalog.getFacets({ ...noFilter, search: "titaniun framme" })
      assert.deepStrictEqual([facets.total, facets.correctedSearch], [4, "titanium frame"])
      const none = yield* catalog.getFacets({ ...noFilter, search: "titaniun framme", minPrice: "99999" })
      assert.deepStrictEqual([none.total, none.correctedSearch], [0, "titanium frame"])
      for (const text of ["titanium", "qqqxyzzy", ""]) {
        const found = yield* catalog.getFacets({ ...noFilter, search: text })
        assert.strictEqual(found.correctedSearch, "")
      }
    })
  )

  it.effect("finds what the shop shows in searches, and nothing else", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* ids("aviator")).sort(), [7, 9])
      const catalog = yield* Catalog
      yield* catalog.applyChanges([
        readProduct(product(9, { name: "Searched aviator", status: "private" }), 2),
        gone(ResourceKind.PRODUCT, 7, 2)
      ])
      assert.deepStrictEqual(yield* ids("aviator"), [])
      assert.deepStrictEqual(yield* ids("av-7-black"), [])
      yield* catalog.applyChanges([readProduct(product(9, { name: "Renamed" }), 3)])
      assert.deepStrictEqual(yield* ids("renamed"), [9])
      yield* catalog.applyChanges(
        [...shop.filter((it) => it.id === 7 || it.id === 9), ...variations].map((json) =>
          readProduct(json, 4)
        )
      )
      assert.deepStrictEqual((yield* ids("aviator")).sort(), [7, 9])
    })
  )

  it.effect("marks what was found, and lets no markup of the shop through", () =>
    Effect.gen(function* () {
      const { items } = yield* search("titanium")
      assert.strictEqual(items[0]?.highlightedName, "<mark>Titanium</mark> Frame")
      assert.strictEqual(items[0]?.highlightedText, "")
      assert.include(items[3]?.highlightedText, "Made of <mark>titanium</mark> by hand")
      const wicked = yield* search("wicked bold")
      assert.strictEqual(
        wicked.items[0]?.highlightedName,
        "&lt;img src=x onerror=alert(1)&gt; &quot;<mark>Wicked</mark>&quot; &amp; <mark>bold</mark> \uE000x\uE001"
      )
    })
  )

  it.effect("takes any text as text, and finds nothing where it has no word", () =>
    Effect.gen(function* () {
      for (const text of [
        "",
        " ",
        "'",
        "''",
        `"`,
        "&",
        "|",
        "!",
        "<->",
        ":*",
        "()",
        "\\",
        "\\'",
        "%",
        "_",
        "\u200B\u200F",
        "\0",
        "\uD800",
        "🕶️",
        "!(:*&|"
      ]) {
        assert.deepStrictEqual(yield* ids(text), [], JSON.stringify(text))
      }
      for (const text of [
        "titanium & !frame",
        "titanium | frame",
        "'titanium':A",
        "titanium:*",
        "(titanium",
        "titanium\\",
        "tita\u200Bnium\0",
        "\u202Etitanium",
        "titanium 🕶",
        "titanium\uDC00"
      ]) {
        assert.include(yield* ids(text), 1, JSON.stringify(text))
      }
      assert.deepStrictEqual(yield* ids("titanium <-> works"), [2])
      assert.deepStrictEqual(yield* ids("z&".repeat(50_000)), [])
      assert.deepStrictEqual(yield* ids("x".repeat(100_000)), [])
    })
  )

  it.effect.prop(
    "never fails, and shows every hit once, whatever is typed",
    { typed: Typed, perPage: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3 })) },
    ({ perPage, typed }) =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const filter = { ...noFilter, search: typed.join("") }
        const seen: Array<bigint | undefined> = []
        let cursor = ""
        let total = 0
        do {
          const page = yield* catalog.searchProducts(filter, { page: 1, perPage, cursor })
          for (const { product } of page.items) seen.push(product?.id)
          total = page.total
          cursor = page.nextCursor
        } while (cursor !== "")
        assert.strictEqual(seen.length, total)
        assert.strictEqual(new Set(seen).size, total)
        if (filter.search === "") return
        assert.strictEqual((yield* catalog.getFacets(filter)).total, total)
        for (const by of ["price", "relevance"] as const) {
          const list = yield* catalog.listProducts(filter, { by, direction: "asc" }, firstPage)
          assert.deepStrictEqual([list.total, list.items.length], [total, total])
        }
        yield* catalog.suggestProducts(filter.search, 5)
      }),
    { arbitrary: { runs: 150 } }
  )

  it.effect(
    "ranks of many hits those that are called so, then the most popular; pages agree on who was ranked",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient
        const page = (after: ReadonlyArray<string> | undefined, limit: number) =>
          searchProducts(
            sql,
            "english",
            { ...noFilter, search: "titanium" },
            { page: 1, offset: 0, after },
            limit,
            1
          )
        const whole = yield* page(undefined, 10)
        // One is ranked, the more popular one of the two that are called so; the others follow by popularity.
        assert.deepStrictEqual(
          whole.map((row) => row.place[3]),
          ["1", "4", "3", "2"]
        )
        const [first] = whole
        const place = [...(first?.place ?? []), ""].map((key) => key ?? "")
        const catalog = yield* Catalog
        // Another one that would be ranked instead comes in between.
        yield* catalog.applyChanges([readProduct(product(15, { name: "Titanium", total_sales: 50 }), 5)])
        assert.deepStrictEqual(
          (yield* page(place, 10)).map((row) => row.place[3]),
          ["4", "3", "2"]
        )
        assert.deepStrictEqual(
          (yield* page(undefined, 10)).map((row) => row.place[3]),
          ["15", "4", "3", "1", "2"]
        )
      })
  )

  it.effect("restricts what it finds by every other filter", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ids("titanium", { brandIds: [1n] }), [2])
      assert.deepStrictEqual(yield* ids("titanium", { maxPrice: "9" }), [])
      assert.deepStrictEqual(yield* ids("titanium", { skus: ["FR-1001"] }), [1])
    })
  )

  it.effect("suggests products, categories and brands by their beginnings", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const suggest = (text: string) => catalog.suggestProducts(text, 5)
      const found = yield* suggest("ti")
      assert.deepStrictEqual(
        found.products?.map((it) => Number(it.id)),
        [15, 1, 2]
      )
      assert.deepStrictEqual(
        found.brands?.map((it) => [it.name, it.count, it.highlightedName]),
        [["Titanium Works", 1n, "<mark>Titanium</mark> Works"]]
      )
      assert.deepStrictEqual(
        (yield* suggest("Fem")).categories?.map((it) => [it.slug, it.count]),
        [["femme", 1n]]
      )
      assert.deepStrictEqual((yield* suggest("avi")).products?.map((it) => Number(it.id)).sort(), [7, 9])
      assert.deepStrictEqual(
        (yield* suggest("О")).products?.map((it) => it.highlightedName),
        ["Солнцезащитные <mark>Очки</mark> «Ёлка»"]
      )
      for (const text of ["", "!", "'", "\\", "\0", "%"]) {
        const nothing = yield* suggest(text)
        assert.deepStrictEqual([nothing.products, nothing.categories, nothing.brands], [[], [], []])
      }
    })
  )

  it.effect(
    "refuses to start with a language that PostgreSQL does not have, and names those that it has",
    () =>
      Effect.gen(function* () {
        const layer = Catalog.layerNoDeps({ ...options(), searchLanguage: "klingon" })
        const error = yield* Effect.flip(Effect.scoped(Layer.build(layer)))
        assert.strictEqual(error._tag, "SearchLanguageUnknown")
        assert.match(
          error.message,
          /^CATALOG_SEARCH_LANGUAGE is "klingon".* english, .* russian, .* simple, /
        )
      })
  )

  it.effect("finds every recorded product by its whole name", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const products = [...new Map(recorded("products").map((json) => [json.id, json])).values()]
      yield* catalog.applyChanges(products.map((json) => readProduct(json, 9)))
      for (const json of products) {
        if (json.status !== "publish" || json.catalog_visibility !== "visible" || json.post_password !== "")
          continue
        assert.include(yield* ids(String(json.name).replace(/&[^;]+;/g, " ")), Number(json.id))
      }
    })
  )
})
