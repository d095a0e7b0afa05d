import { Code } from "@connectrpc/connect"
import { expect, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Envelope, EnvelopeWith, PageEnvelope, PageEnvelopeWith } from "../src/Answers.ts"
import { ListMeta, SearchMeta } from "../src/CorrectedSearch.ts"
import { FacetsView } from "../src/FacetsView.ts"
import { ProductView } from "../src/ProductView.ts"
import { ReviewView } from "../src/ReviewView.ts"
import { SearchHitView, SuggestionsView } from "../src/SearchHitView.ts"
import { FiguresAge, StatsView } from "../src/StatsView.ts"
import { StockView } from "../src/StockView.ts"
import { fail } from "./Doubles.ts"
import { json, problemOf } from "./Problem.ts"
import { TestEdge } from "./TestEdge.ts"

const anything = json(Schema.Struct({ data: Schema.Json }))
const products = json(PageEnvelope(ProductView))
const metaOf = json(Schema.Struct({ meta: Schema.Struct(ListMeta) }))

layer(TestEdge.layer(), { excludeTestServices: true })("the routes beside the list", (it) => {
  it.effect("/search finds products, with marks and the text that was looked for instead", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const read = json(PageEnvelopeWith(SearchHitView, SearchMeta))
      const path = "/api/products/search?q=%20rond%20&per_page=2&categories=16&attributes[pa_colour]=black"
      edge.controls.correctedSearch = "round"
      const { data, meta } = yield* read(yield* edge.get(path))
      edge.controls.correctedSearch = ""
      expect(data[0]?.highlight).toStrictEqual({ name: `<mark>${data[0]?.name}</mark>`, description: "" })
      expect(meta).toMatchObject({ corrected_search: "round", pagination: { total: 21, per_page: 2 } })
      expect(edge.controls.searches.at(-1)).toMatchObject({
        page: { page: 1, perPage: 2 },
        filter: {
          search: "rond",
          categoryIds: [16n],
          attributes: [{ attribute: "pa_colour", terms: ["black"] }]
        }
      })
      expect((yield* read(yield* edge.get(path))).meta.corrected_search).toBeNull()
    })
  )

  it.effect("/search answers with some fields only", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const get = (fields: string) => edge.get(`/api/products/search?q=x&per_page=1&fields=${fields}`)
      expect((yield* anything(yield* get("id,highlight"))).data).toStrictEqual([
        { id: 18, highlight: { name: expect.any(String), description: "" } }
      ])
      expect((yield* anything(yield* get("id"))).data).toStrictEqual([{ id: 18 }])
    })
  )

  it.effect("/autocomplete suggests products, categories and brands", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const read = json(Envelope(SuggestionsView))
      const { data } = yield* read(yield* edge.get("/api/products/autocomplete?q=bo"))
      expect(data.products).toHaveLength(5)
      expect(data.brands).toStrictEqual([
        { id: 51, name: "Bolt", slug: "bolt", count: 3, highlight: "<mark>Bo</mark>lt" }
      ])
      expect(edge.controls.suggestions.at(-1)).toMatchObject({ search: "bo", limit: 5 })
      yield* edge.get("/api/products/autocomplete?q=bo&limit=20")
      expect(edge.controls.suggestions.at(-1)?.limit).toBe(20)
    })
  )

  it.effect("/facets counts, with the filters of the list", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const read = json(Envelope(FacetsView))
      const { data } = yield* read(yield* edge.get("/api/products/facets?search=x&on_sale=true&rating=5"))
      expect(data).toStrictEqual({
        total: 21,
        categories: [{ id: 16, name: "Frames", slug: "frames", parent: 0, count: 21 }],
        brands: [{ id: 51, name: "Bolt", slug: "bolt", count: 3 }],
        attributes: [
          { slug: "pa_colour", name: "Colour", terms: [{ slug: "black", name: "Black", count: 4 }] }
        ],
        prices: [{ min_price: "0", max_price: "999.99", count: 2 }],
        stock_statuses: [{ stock_status: "instock", count: 20 }],
        on_sale: 5,
        featured: 1,
        ratings: [{ rating: 5, count: 2 }]
      })
      expect(edge.controls.counts.at(-1)?.filter).toMatchObject({ search: "x", onSale: true, ratings: [5] })
    })
  )

  it.effect("/facets takes the text of a search by either name, and not by both", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      for (const name of ["q", "search"]) {
        expect((yield* edge.get(`/api/products/facets?${name}=%20round%20`)).status).toBe(200)
        expect(edge.controls.counts.at(-1)?.filter?.search).toBe("round")
      }
      const both = yield* edge.get("/api/products/facets?q=round&search=round")
      expect((yield* problemOf(both)).error.details).toStrictEqual([
        { field: "q", message: "cannot be given with search, which means the same", received: "round" }
      ])
    })
  )

  it.effect.each([
    "/api/products?search=rond",
    "/api/products/featured?search=rond",
    "/api/products/categories/16?search=rond&orderby=price",
    "/api/products/facets?search=rond",
    "/api/products/facets?q=rond",
    "/api/products/search?q=rond"
  ])("%s says in meta what was looked for instead, and its tag covers that", (path) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const ask = Effect.fnUntraced(function* (corrected: string, etag = "") {
        edge.controls.correctedSearch = corrected
        const response = yield* edge.get(path, { headers: { "if-none-match": etag } })
        edge.controls.correctedSearch = ""
        return response
      })
      const meta = (response: Response) => Effect.map(metaOf(response), (it) => it.meta.corrected_search)
      const round = yield* ask("round")
      const none = yield* ask("")
      expect([yield* meta(round), yield* meta(none)]).toStrictEqual(["round", null])
      const etag = round.headers.get("etag") ?? ""
      expect((yield* ask("round", etag)).status).toBe(304)
      expect((yield* ask("around", etag)).status).toBe(200)
      expect((yield* ask("", etag)).status).toBe(200)
    })
  )

  it.effect.each(["/api/products", "/api/products/facets?on_sale=true"])(
    "%s says nothing of a search that was not asked for",
    (path) =>
      Effect.gen(function* () {
        const edge = yield* TestEdge
        expect((yield* metaOf(yield* edge.get(path))).meta).not.toHaveProperty("corrected_search")
      })
  )

  it.effect("/stats tells its age beside its figures, which the tag does not cover", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const read = json(EnvelopeWith(StatsView, FiguresAge))
      const current = yield* edge.get("/api/products/stats")
      expect(current.headers.get("last-modified")).toBe(edge.controls.lastModified.toUTCString())
      edge.controls.outdated = true
      const response = yield* edge.get("/api/products/stats")
      edge.controls.outdated = false
      expect(response.headers.get("last-modified")).toBeNull()
      expect(response.headers.get("etag")).toBe(current.headers.get("etag"))
      const { data, meta } = yield* read(response)
      expect(data).toMatchObject({
        products: 21,
        average_price: "1499.50",
        computed_at: "2026-11-21T03:09:00.000Z"
      })
      expect(meta).toMatchObject({ age_ms: 61_000, outdated: true })
      expect(response.headers.get("cache-control")).toContain("max-age=15,")
    })
  )

  it.effect("/:id/stock is what can be bought of it and its variations", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get("/api/products/38/stock")
      const { data } = yield* json(Envelope(StockView))(response)
      expect(data).toMatchObject({ id: 38, stock_quantity: -1.5, manage_stock: "parent", backorders: "yes" })
      expect(data.variations).toMatchObject([{ id: 39, stock_quantity: null, manage_stock: false }])
      expect(response.headers.get("cache-control")).toContain("max-age=10,")
    })
  )

  it.effect("/:id/reviews are approved reviews, page by page", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get("/api/products/18/reviews?per_page=1&page=2")
      const { data, meta } = yield* json(PageEnvelope(ReviewView))(response)
      expect(data).toMatchObject([{ id: 5, date_created: null, reviewer: "Ben", verified: true }])
      expect(meta.pagination).toMatchObject({ page: 2, total: 2, has_next: false })
      expect(response.headers.get("cache-control")).toContain("max-age=60,")
    })
  )

  it.effect("/slug/:slug is one product, its slug percent-encoded or not", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { data: all } = yield* products(yield* edge.get("/api/products"))
      for (const { id, slug } of all.slice(0, 3)) {
        const { data } = yield* anything(
          yield* edge.get(`/api/products/slug/${encodeURIComponent(slug)}?fields=id`)
        )
        expect(data).toStrictEqual({ id })
      }
    })
  )

  it.effect("/featured is the list of what is featured", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      yield* products(yield* edge.get("/api/products/featured?categories=16&orderby=rating"))
      expect(edge.controls.lists.at(-1)?.filter).toMatchObject({ featured: true, categoryIds: [16n] })
    })
  )

  it.effect("/categories/:id is the list of a category that exists", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      yield* products(yield* edge.get("/api/products/categories/18?on_sale=false"))
      expect(edge.controls.lists.at(-1)?.filter).toMatchObject({ onSale: false, categoryIds: [18n] })
      const calls = edge.controls.lists.length
      expect((yield* edge.get("/api/products/categories/999999")).status).toBe(404)
      expect(edge.controls.lists).toHaveLength(calls)
    })
  )

  it.effect.each([
    ["/search", "q"],
    ["/search?q=", "q"],
    ["/search?q=%20", "q"],
    [`/search?q=${"x".repeat(101)}`, "q"],
    ["/search?q=x&search=x", "search"],
    ["/search?q=x&orderby=price", "orderby"],
    ["/search?q=x&page=1&cursor=x", "cursor"],
    ["/search?q=x&fields=highlights", "fields"],
    ["/autocomplete", "q"],
    ["/autocomplete?q=x&limit=0", "limit"],
    ["/autocomplete?q=x&limit=21", "limit"],
    ["/autocomplete?q=x&page=1", "page"],
    ["/facets?page=1", "page"],
    ["/facets?orderby=price", "orderby"],
    ["/facets?attributes[pa_x]=", "attributes[pa_x]"],
    ["/stats?fields=products", "fields"]
  ] as const)("%s is refused", ([path, field]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get(`/api/products${path}`)
      expect(response.status).toBe(400)
      expect((yield* problemOf(response)).error.details.map((it) => it.field)).toContain(field)
    })
  )

  it.effect("tells of the text of a search by the name that it has here", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const violations = [{ field: "filter.search", message: "is too odd" }]
      edge.controls.catalog = fail(Code.InvalidArgument, "no", { violations })
      const named = Effect.fnUntraced(function* (path: string) {
        return (yield* problemOf(yield* edge.get(path))).error.details[0]?.field
      })
      const seen = [
        yield* named("/api/products/search?q=x"),
        yield* named("/api/products?search=x"),
        yield* named("/api/products/facets?search=x"),
        yield* named("/api/products/facets?q=x")
      ]
      edge.controls.catalog = Effect.void
      expect(seen).toStrictEqual(["q", "search", "search", "q"])
    })
  )
})
