import { Code } from "@connectrpc/connect"
import { expect, layer } from "@effect/vitest"
import { ProductOrderBy, SortOrder } from "@optica/contracts/optica/catalog/v1/product_filter_pb"
import { Effect, Schema } from "effect"
import { Envelope, PageEnvelope } from "../src/Answers.ts"
import { ProductView, VariationView } from "../src/ProductView.ts"
import { CURSOR, fail } from "./Doubles.ts"
import { json, problemOf } from "./Problem.ts"
import { TestEdge } from "./TestEdge.ts"

const page = json(PageEnvelope(ProductView))
const one = json(Envelope(ProductView))
const variations = json(PageEnvelope(VariationView))
const anything = json(Schema.Struct({ data: Schema.Json }))

layer(TestEdge.layer(), { excludeTestServices: true })("GET /api/products", (it) => {
  it.effect("is a page in the envelope", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { data, meta } = yield* page(yield* edge.get("/api/products?page=2&per_page=9"))
      expect(data.map(({ id }) => id)).toHaveLength(9)
      expect(meta.pagination).toStrictEqual({
        page: 2,
        per_page: 9,
        total: 21,
        total_pages: 3,
        has_next: true,
        has_prev: true,
        next_cursor: `${CURSOR}3`
      })
      expect(meta.performance).toMatchObject({ cache_status: "miss", source: "service" })
      expect(meta.performance.response_time).toMatch(/^[0-9]+\.[0-9]ms$/)
    })
  )

  it.effect("asks for the first twenty, the newest first, when nothing is said", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      yield* edge.get("/api/products")
      expect(edge.controls.lists.at(-1)).toMatchObject({
        page: { page: 1, perPage: 20 },
        orderBy: ProductOrderBy.DATE,
        order: SortOrder.DESC
      })
      expect(edge.controls.lists.at(-1)?.filter).toMatchObject({ minPrice: "", stockStatus: "", skus: [] })
      expect(edge.controls.lists.at(-1)?.filter?.onSale).toBeUndefined()
    })
  )

  it.effect("hands every parameter on", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const query =
        "page=3&per_page=100&categories=16,17,16&tag=34&sku=FR-1001,FR%2F2&include=18,19&min_price=0.50&max_price=12999.999" +
        "&on_sale=true&featured=false&stock_status=onbackorder&orderby=include&order=asc" +
        "&brand=51&rating=5,4,5&attributes[pa_colour]=black,blue&attributes%5Bpa_frame-shape%5D=round" +
        "&search=%20caf%C3%A9%20%22-%20"
      expect((yield* edge.get(`/api/products?${query}`)).status).toBe(200)
      expect(edge.controls.lists.at(-1)).toMatchObject({
        page: { page: 3, perPage: 100 },
        filter: {
          categoryIds: [16n, 17n],
          tagIds: [34n],
          skus: ["FR-1001", "FR/2"],
          includeIds: [18n, 19n],
          minPrice: "0.50",
          maxPrice: "12999.999",
          onSale: true,
          featured: false,
          stockStatus: "onbackorder",
          brandIds: [51n],
          ratings: [5, 4],
          attributes: [
            { attribute: "pa_colour", terms: ["black", "blue"] },
            { attribute: "pa_frame-shape", terms: ["round"] }
          ],
          search: 'café "-'
        },
        orderBy: ProductOrderBy.INCLUDE,
        order: SortOrder.ASC
      })
    })
  )

  it.effect("answers with some fields only", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { data } = yield* anything(yield* edge.get("/api/products?fields=price,id,id&per_page=1"))
      expect(data).toStrictEqual([{ id: 18, price: "1599" }])
    })
  )

  it.effect("is empty past the end", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { data, meta } = yield* page(yield* edge.get("/api/products?page=500"))
      expect(data).toStrictEqual([])
      expect(meta.pagination).toMatchObject({ has_next: false, has_prev: true, total: 21 })
    })
  )

  const wholes = [
    "1e1",
    " 5",
    "+5",
    "5 ",
    "-1",
    "0",
    "00",
    "01",
    "1.0",
    "0x10",
    "NaN",
    "Infinity",
    "null",
    "",
    "٣",
    "５",
    "1,2",
    "1_000"
  ]
  const bad: ReadonlyArray<readonly [query: string, field: string]> = [
    ...wholes.map((text) => [`page=${encodeURIComponent(text)}`, "page"] as const),
    ...wholes.map((text) => [`per_page=${encodeURIComponent(text)}`, "per_page"] as const),
    ["page=1000001", "page"],
    ["page=99999999999999999999999999", "page"],
    ["page", "page"],
    ["page=1&page=1", "page"],
    ["page[]=1", "page[]"],
    ["per_page=101", "per_page"],
    ["categories=", "categories"],
    ["categories=16,", "categories"],
    ["categories=16,x", "categories"],
    ["categories=0", "categories"],
    ["categories=9007199254740993", "categories"],
    [`categories=${Array.from({ length: 101 }, (_, at) => at + 1).join(",")}`, "categories"],
    ["tag=a", "tag"],
    ["include=-1", "include"],
    ["sku=", "sku"],
    ["sku=a,,b", "sku"],
    ["sku=%00", "sku"],
    ["sku=a%0Ab", "sku"],
    [`sku=${"x".repeat(201)}`, "sku"],
    ["min_price=1e3", "min_price"],
    ["min_price=-1", "min_price"],
    ["min_price=1.", "min_price"],
    ["min_price=.5", "min_price"],
    ["min_price=1,5", "min_price"],
    [`min_price=${"9".repeat(16)}`, "min_price"],
    ["min_price=2&max_price=1.5", "min_price"],
    ["min_price=2&max_price=1.5", "max_price"],
    ["min_price=2&max_price=1&page=0", "min_price"],
    ["max_price=NaN", "max_price"],
    ["max_price=0x1", "max_price"],
    ["on_sale=1", "on_sale"],
    ["on_sale=TRUE", "on_sale"],
    ["on_sale=", "on_sale"],
    ["featured=yes", "featured"],
    ["stock_status=", "stock_status"],
    ["stock_status=in%00stock", "stock_status"],
    [`stock_status=${"x".repeat(101)}`, "stock_status"],
    ["stock_status=instock&stock_status=onbackorder", "stock_status"],
    ["orderby=sales", "orderby"],
    ["orderby=relevance", "orderby"],
    ["orderby=__proto__", "orderby"],
    ["orderby=include", "orderby"],
    ["order=ASC", "order"],
    ["fields=", "fields"],
    ["fields=id,", "fields"],
    ["fields=constructor", "fields"],
    ["fields=downloads", "fields"],
    ["fields=_links", "fields"],
    ["search=", "search"],
    ["search=%20%E2%80%83", "search"],
    [`search=${"x".repeat(101)}`, "search"],
    [`search=${encodeURIComponent("😀".repeat(101))}`, "search"],
    ["search=a&search=b", "search"],
    ["q=x", "q"],
    ["limit=1", "limit"],
    ["brand=0", "brand"],
    ["rating=0", "rating"],
    ["rating=6", "rating"],
    ["rating=4.5", "rating"],
    ["rating=5,5,", "rating"],
    ["cursor=", "cursor"],
    ["cursor=a%20b", "cursor"],
    [`cursor=${"x".repeat(2001)}`, "cursor"],
    ["cursor=x&page=1", "cursor"],
    ["cursor=x&page=1", "page"],
    ["attributes=black", "attributes"],
    ["attributes[]=black", "attributes[]"],
    ["attributes[pa_colour]=", "attributes[pa_colour]"],
    ["attributes[pa_colour]=a,,b", "attributes[pa_colour]"],
    ["attributes[pa_colour]=a&attributes[pa_colour]=b", "attributes[pa_colour]"],
    ["attributes[pa_colour][]=a", "attributes[pa_colour][]"],
    ["attributes[pa_%00]=a", "attributes[pa_\0]"],
    [`attributes[${"x".repeat(101)}]=a`, `attributes[${"x".repeat(101)}]`],
    [`attributes[pa_x]=${Array.from({ length: 101 }, (_, at) => `t${at}`).join(",")}`, "attributes[pa_x]"],
    [Array.from({ length: 21 }, (_, at) => `attributes[pa_${at}]=a`).join("&"), "attributes"],
    ["Page=1", "Page"],
    ["__proto__=1", "__proto__"],
    ["constructor=1", "constructor"],
    ["=1", ""],
    ["page=%zz", "query"],
    ["sku=%ff", "query"],
    ["%c3%28=1", "query"]
  ]
  it.effect.each(bad)("refuses ?%s", ([query, field]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const calls = edge.controls.calls.length
      const response = yield* edge.get(`/api/products?${query}`)
      expect(response.status).toBe(400)
      const { error } = yield* problemOf(response)
      expect(error.code).toBe("VALIDATION_ERROR")
      expect(error.details.map((it) => it.field ?? "")).toContain(field)
      expect(edge.controls.calls.length).toBe(calls)
    })
  )

  it.effect("names every wrong field at once, with what was received", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const query = `page=0&per_page=x&orderby=y&fields=id,foo,bar&nonsense=1&min_price=${"9".repeat(300)}`
      const { error } = yield* problemOf(yield* edge.get(`/api/products?${query}`))
      const details = new Map(error.details.map((it) => [it.field, it]))
      expect([...details.keys()].sort()).toStrictEqual([
        "fields",
        "min_price",
        "nonsense",
        "orderby",
        "page",
        "per_page"
      ])
      expect(details.get("fields")?.message).toBe('has no field "foo", "bar"')
      expect(details.get("page")).toStrictEqual({
        field: "page",
        message: "must be a whole number from 1 to 1000000, in plain digits",
        received: "0"
      })
      expect(details.get("min_price")?.received).toHaveLength(100)
    })
  )

  it.effect("names what does not fit together beside what is wrong by itself", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const query = "page=2&cursor=x&orderby=relevance&rating=9&attributes[pa_x]="
      const { error } = yield* problemOf(yield* edge.get(`/api/products?${query}`))
      expect(error.details.map((it) => it.field).sort()).toStrictEqual([
        "attributes[pa_x]",
        "cursor",
        "orderby",
        "page",
        "rating"
      ])
    })
  )

  it.effect("says which parameters there are when one is not known", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const message = Effect.fnUntraced(function* (path: string) {
        return (yield* problemOf(yield* edge.get(path))).error.details[0]?.message
      })
      expect(yield* message("/api/products?colour=black")).toBe(
        "is not known here: this address takes page, per_page, cursor, fields, categories, tag, brand, sku, include, " +
          "min_price, max_price, on_sale, stock_status, rating, featured, search, orderby, order, attributes[…]"
      )
      expect(yield* message("/api/products/18/reviews?order=asc")).toBe(
        "is not known here: this address takes page, per_page, cursor"
      )
      expect(yield* message("/api/products/18/stock?page=1")).toBe(
        "is not known here: this address takes no parameters"
      )
    })
  )

  it.effect.each(["preorder", "instock", "on%20request%20%F0%9F%95%B6", "x".repeat(100)])(
    "asks for the stock status %s, whoever made it",
    (status) =>
      Effect.gen(function* () {
        const edge = yield* TestEdge
        expect((yield* edge.get(`/api/products?stock_status=${status}`)).status).toBe(200)
        expect(edge.controls.lists.at(-1)?.filter?.stockStatus).toBe(decodeURIComponent(status))
      })
  )

  it.effect("counts a rating that is given twice once", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      expect((yield* edge.get("/api/products?rating=5,5,4,5,3,2,1,1")).status).toBe(200)
      expect(edge.controls.lists.at(-1)?.filter?.ratings).toStrictEqual([5, 4, 3, 2, 1])
    })
  )

  it.effect("is ordered by relevance when it is searched and nothing else is said", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      yield* edge.get("/api/products?search=round")
      expect(edge.controls.lists.at(-1)?.orderBy).toBe(ProductOrderBy.RELEVANCE)
      yield* edge.get("/api/products?search=round&orderby=popularity")
      expect(edge.controls.lists.at(-1)?.orderBy).toBe(ProductOrderBy.POPULARITY)
    })
  )

  it.effect.each([
    ["page=101&per_page=100", "page", "must lie within the first 10000 items: go on with the cursor"],
    ["cursor=tampered", "cursor", "is odd"]
  ] as const)("refuses ?%s, as the catalogue does", ([query, field, message]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get(`/api/products?${query}`)
      expect(response.status).toBe(400)
      expect((yield* problemOf(response)).error.details).toStrictEqual([{ field, message }])
    })
  )

  it.effect("tells of a rule that only the catalogue knows in the words of the request", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.catalog = fail(Code.InvalidArgument, "no", {
        violations: [{ field: "filter.skus[0]", message: "is too odd" }]
      })
      const response = yield* edge.get("/api/products?sku=odd")
      edge.controls.catalog = Effect.void
      const { error } = yield* problemOf(response)
      expect(response.status).toBe(400)
      expect(error.details).toStrictEqual([{ field: "sku", message: "is too odd" }])
    })
  )
})

layer(TestEdge.layer(), { excludeTestServices: true })("GET /api/products/:id", (it) => {
  it.effect("is one product", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { data } = yield* one(yield* edge.get("/api/products/18"))
      expect(data).toMatchObject({ id: 18, price: "1599", manage_stock: true, date_on_sale_from: null })
    })
  )

  it.effect("is a variation as a product, when the id is one's", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { data } = yield* one(yield* edge.get("/api/products/39"))
      expect(data).toMatchObject({ id: 39, type: "variation", parent_id: 38, images: [{ id: 14 }] })
    })
  )

  it.effect("answers with some fields only", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { data } = yield* anything(yield* edge.get("/api/products/18?fields=sku"))
      expect(data).toStrictEqual({ sku: "FR-1001" })
    })
  )

  it.effect.each([
    ["/api/products/20", 404],
    ["/api/products/9007199254740991", 404],
    ["/api/products/9007199254740992", 400],
    ["/api/products/9007199254740993", 400],
    ["/api/products/9223372036854775808", 400],
    [`/api/products/${"9".repeat(300)}`, 400],
    [`/api/products/${"9".repeat(8000)}`, 400],
    ["/api/products/abc", 400],
    ["/api/products/slug", 400],
    ["/api/products/abc/stock", 400],
    ["/api/products/%00", 400],
    ["/api/products/1.5", 400],
    ["/api/products/__proto__", 400],
    ["/api/products/0", 400],
    ["/api/products/-1", 400],
    ["/api/products/+1", 400],
    ["/api/products/1e1", 400],
    ["/api/products/1.0", 400],
    ["/api/products/018", 400],
    ["/api/products/%2018", 400],
    ["/api/products/18%00", 400],
    ["/api/products/%D9%A3", 400],
    ["/api/products/18;drop", 400],
    ["/api/products/%ff", 400],
    ["/api/products/%", 400],
    ["/api/products/", 404],
    ["/api/products/18/", 404],
    ["/api//products/18", 404],
    ["/API/products/18", 404],
    ["/api/products/18/stocks", 404],
    ["/api/products/999/stock", 404],
    ["/api/products/0/stock", 400],
    ["/api/products/18/stock?fields=id", 400],
    ["/api/products/999/reviews", 404],
    ["/api/products/9007199254740993/reviews", 400],
    ["/api/products/18/reviews?per_page=101", 400],
    ["/api/products/slug/nothing-of-that-name", 404],
    ["/api/products/slug/a%00", 400],
    [`/api/products/slug/${"x".repeat(601)}`, 400],
    ["/api/products/slug/", 404],
    ["/api/products/slug/bolt-round-frame?page=1", 400],
    ["/api/products/categories/999999", 404],
    ["/api/products/categories/0", 400],
    ["/api/products/categories/18?categories=1", 400],
    ["/api/products/categories", 400],
    ["/api/products/featured?featured=true", 400],
    ["/api/products/18?page=1", 400],
    ["/api/products/0/variations", 400],
    ["/api/products/999/variations", 404],
    ["/api/products/38/variations?orderby=id", 400],
    ["/api/products/38/variations?fields=images", 400]
  ] as const)("%s is a %i", ([path, status]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get(path)
      expect(response.status).toBe(status)
      yield* problemOf(response)
    })
  )

  it.effect("has its variations in a page of their own", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { data, meta } = yield* variations(yield* edge.get("/api/products/38/variations?per_page=3"))
      expect(data.map(({ parent_id }) => parent_id)).toStrictEqual([38, 38, 38])
      expect(meta.pagination).toMatchObject({ total: 4, total_pages: 2, has_next: true })
    })
  )

  it.effect("has an empty page of variations when it is simple", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { data } = yield* variations(yield* edge.get("/api/products/18/variations"))
      expect(data).toStrictEqual([])
    })
  )
})
