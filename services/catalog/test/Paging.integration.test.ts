import { assert, layer } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import { Catalog } from "../src/Catalog.ts"
import { listProducts } from "../src/CatalogSql/listProducts.ts"
import { CHUNK } from "../src/FacetValue.ts"
import type { ProductFilter, ProductOrder } from "../src/ProductQuery.ts"
import { firstPage, gone, layerCatalog, noFilter, product, readProduct } from "./Shop.ts"

/** Few values of each, so that many products tie; what has none of a thing ties with the likes of it. */
const Frame = Schema.Struct({
  date_created_gmt: Schema.NullOr(
    Schema.Literals(["2026-01-02T03:04:05", "2026-01-02T03:04:06", "0009-01-01T00:00:00"])
  ),
  date_modified_gmt: Schema.NullOr(Schema.Literals(["2026-01-02T03:04:05", "2031-01-01T00:00:00"])),
  name: Schema.Literals(["alpha", "Alpha", "&Aacute;lpha", "beta", "", "भारत", "a\u0001b"]),
  slug: Schema.Literals(["same", "other", "", "%e0%a4%ad"]),
  price: Schema.Literals(["", "", "0", "10", "10.00", "10.0001", "99999999999999999999.99", "-1"]),
  menu_order: Schema.Literals([0, 0, -1, 7, -2147483648]),
  total_sales: Schema.Literals([0, 0, 3, 9007199254740991]),
  average_rating: Schema.Literals(["0.00", "4.50", "4.5", "5.00"]),
  rating_count: Schema.Literals([0, 1, 2]),
  featured: Schema.Boolean,
  stock_status: Schema.Literals(["instock", "outofstock"])
})
const Shop = Schema.Array(Schema.NullOr(Frame)).check(Schema.isMinLength(24), Schema.isMaxLength(24))
const Query = Schema.Struct({
  by: Schema.Literals([
    "date",
    "id",
    "include",
    "title",
    "slug",
    "modified",
    "menu_order",
    "price",
    "popularity",
    "rating"
  ]),
  direction: Schema.Literals(["asc", "desc"]),
  featured: Schema.UndefinedOr(Schema.Boolean),
  stockStatus: Schema.Literals(["", "", "instock"]),
  maxPrice: Schema.Literals(["", "", "10"])
})
/** A page, and what happens to a product before it is read. */
const Step = Schema.Struct({
  perPage: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 6 })),
  id: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 30 })),
  event: Schema.Literals(["changes elsewhere", "changes elsewhere", "goes", "comes", "moves"]),
  frame: Frame
})
const Steps = Schema.Array(Step).check(Schema.isMinLength(24), Schema.isMaxLength(24))

type Frame = typeof Frame.Type

const ids = Array.from({ length: 30 }, (_, index) => index + 1)
let observation = 0

/** What a product is ordered by, as text: two of the same stay where they are. */
const keyOf = (frame: Frame, by: ProductOrder["by"]): string =>
  by === "date"
    ? String(frame.date_created_gmt)
    : by === "modified"
      ? String(frame.date_modified_gmt)
      : by === "title"
        ? frame.name
        : by === "popularity"
          ? String(frame.total_sales)
          : by === "rating"
            ? `${frame.average_rating} ${frame.rating_count}`
            : by === "slug" || by === "menu_order" || by === "price"
              ? String(frame[by])
              : ""

const matches = (frame: Frame, filter: ProductFilter): boolean =>
  (filter.featured === undefined || frame.featured === filter.featured) &&
  (filter.stockStatus === "" || frame.stock_status === filter.stockStatus) &&
  (filter.maxPrice === "" || (frame.price !== "" && Number(frame.price) <= 10 && frame.price !== "10.0001"))

layer(layerCatalog())("a list that is followed page by page", (it) => {
  it.effect.prop(
    "shows what keeps its place exactly once and in order, while products come, go and change",
    [Shop, Query, Steps],
    ([shop, { by, direction, featured, maxPrice, stockStatus }, steps]) =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const sql = yield* SqlClient
        const order: ProductOrder = { by, direction }
        const filter: ProductFilter = {
          ...noFilter,
          featured,
          stockStatus,
          maxPrice,
          includeIds: by === "include" ? ids.toReversed().map(BigInt) : []
        }
        const held = new Map<number, Frame>()
        const write = (id: number, frame: Frame | null, fields: Schema.JsonObject = {}) => {
          if (frame === null) held.delete(id)
          else held.set(id, frame)
          return frame === null
            ? gone(ResourceKind.PRODUCT, id, ++observation)
            : readProduct(product(id, { ...frame, ...fields }), ++observation)
        }
        // The products stand on both sides of the end of a chunk.
        if (observation === 0) {
          yield* sql`INSERT INTO free_ordinals SELECT generate_series(${CHUNK - 12}::integer, ${CHUNK + 30}::integer)`
        }
        yield* catalog.applyChanges(ids.map((id) => write(id, shop[id - 1] ?? null)))

        const before = yield* catalog.listProducts(filter, order, firstPage)
        const stays = new Set(before.items.map((it) => Number(it.id)))
        const seen: Array<number> = []
        let cursor = ""
        let pages = 0
        for (const { event, frame, id, perPage } of [...steps, ...steps]) {
          if (pages > 0) {
            const now = held.get(id)
            if (event === "goes") {
              stays.delete(id)
              yield* catalog.applyChanges([write(id, null)])
            } else if (event === "comes" || event === "moves") {
              if (now === undefined || keyOf(now, by) !== keyOf(frame, by) || !matches(frame, filter))
                stays.delete(id)
              yield* catalog.applyChanges([write(id, frame)])
            } else if (now !== undefined) {
              yield* catalog.applyChanges([write(id, now, { short_description: `<p>${observation}</p>` })])
            }
          }
          const page = yield* catalog.listProducts(filter, order, { page: 1, perPage, cursor })
          pages++
          assert.strictEqual(page.page, pages)
          assert.strictEqual(page.total, [...held.values()].filter((frame) => matches(frame, filter)).length)
          seen.push(...page.items.map((it) => Number(it.id)))
          cursor = page.nextCursor
          if (cursor === "") break
          assert.strictEqual(page.items.length, perPage)
        }
        assert.strictEqual(cursor, "", "the list has an end")
        // What moved forward past the reader may be met twice, what kept its place may not.
        assert.deepStrictEqual(
          seen.filter((id) => stays.has(id)),
          before.items.map((it) => Number(it.id)).filter((id) => stays.has(id))
        )

        // The index of the order, walked, tells the same as all matches, sorted.
        const start = { page: 1, offset: 0, after: undefined }
        const sorted = yield* listProducts(sql, "english", filter, order, start, 100, 1000)
        assert.deepStrictEqual(yield* listProducts(sql, "english", filter, order, start, 100, -1), sorted)
        for (const { place } of sorted.slice(0, -1)) {
          const after = { ...start, after: place.map(String) }
          assert.deepStrictEqual(
            (yield* listProducts(sql, "english", filter, order, after, 3, -1)).map((row) => row.place),
            sorted
              .slice(sorted.findIndex((row) => row.place === place) + 1)
              .slice(0, 4)
              .map((row) => row.place)
          )
        }
      }),
    { arbitrary: { runs: 60 }, timeout: 120_000 }
  )
})
