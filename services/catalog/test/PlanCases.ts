/** What is asked of the generated shop of 100,000 products, how much it finds, and how little of the tables may be read for it. */
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"
import type { ProductFilter, ProductOrder } from "../src/ProductQuery.ts"

/** At most so many pages of 8 KiB, and so many rows or entries of an index. */
export interface Bounds {
  readonly buffers: number
  readonly rows: number
}

/** Things of the generated shop whose ids the cases need. */
export interface Landmarks {
  /** Ids of categories by slug. */
  readonly categories: ReadonlyMap<string, bigint>
  readonly sku: string
  readonly gtin: string
  readonly slug: string
  readonly simple: bigint
  readonly variable: bigint
  readonly variation: bigint
  readonly reviewed: bigint
}

export const findLandmarks = Effect.gen(function* () {
  const sql = yield* SqlClient
  const categories = yield* sql<{
    readonly id: bigint
    readonly slug: string
  }>`SELECT id, slug FROM categories`
  const [found] = yield* sql<Omit<Landmarks, "categories">>`
    SELECT simple.sku, simple.gtin, simple.slug, simple.id AS simple, variation.parent_id AS variable, variation.id AS variation,
      (SELECT product_id FROM reviews WHERE is_approved GROUP BY 1 ORDER BY count(*) DESC LIMIT 1) AS reviewed
    FROM (
      SELECT * FROM products p WHERE is_listed AND is_searchable AND ordinal > (SELECT max(ordinal) * 0.6 FROM products)
        AND NOT EXISTS (SELECT FROM products WHERE parent_id = p.id AND is_variation) ORDER BY id LIMIT 1
    ) simple, (
      SELECT * FROM products v WHERE is_variation AND is_public AND parent_id > (SELECT 1000 + max(ordinal) * 0.6 FROM products)
        AND EXISTS (SELECT FROM products WHERE id = v.parent_id AND is_listed) ORDER BY id LIMIT 1
    ) variation`
  if (found === undefined) return yield* Effect.die("the generated shop lacks what the cases are about")
  return { ...found, categories: new Map(categories.map((row) => [row.slug, row.id])) }
})

/** Filters of lists, and how many products they leave. */
export interface FilterCase {
  readonly name: string
  readonly hits: readonly [atLeast: number, atMost: number]
  readonly filter: (at: Landmarks) => Partial<ProductFilter>
  /** What a list may read, by its order. */
  readonly bounds: (by: ProductOrder["by"]) => Bounds
}

const category = (slug: string) => (at: Landmarks) => {
  const id = at.categories.get(slug)
  return { categoryIds: id === undefined ? [] : [id] }
}

/** A page is full after some entries of the order's index: 21 products, and the few that they name. */
const near: Bounds = { buffers: 1500, rows: 1500 }
/** What matches stands together at the other end of the order: entries of its index are read, and no products. */
const far: Bounds = { buffers: 4000, rows: 100_000 }
/** All matches, at most a thousand, are fetched and sorted. */
const gathered: Bounds = { buffers: 2500, rows: 4000 }

export const filters: ReadonlyArray<FilterCase> = [
  { name: "all", hits: [90_000, 100_000], filter: () => ({}), bounds: () => near },
  {
    name: "in stock",
    hits: [70_000, 90_000],
    filter: () => ({ stockStatus: "instock" }),
    bounds: () => near
  },
  {
    name: "a branch of categories",
    hits: [50_000, 70_000],
    filter: category("eyeglasses"),
    // The oldest 4,000 are all in another one.
    bounds: () => ({ buffers: 2500, rows: 5000 })
  },
  {
    name: "a brand",
    hits: [5000, 20_000],
    filter: () => ({ brandIds: [201n] }),
    // Names begin with the brand.
    bounds: (by) => (by === "title" || by === "slug" ? far : near)
  },
  {
    name: "a brand in two colours",
    hits: [1, 1000],
    filter: () => ({ brandIds: [240n], attributes: [{ attribute: "pa_color", terms: ["mint", "ecru"] }] }),
    bounds: () => gathered
  },
  {
    name: "two attributes",
    hits: [2000, 30_000],
    filter: () => ({
      attributes: [
        { attribute: "pa_frame-shape", terms: ["round", "oval"] },
        { attribute: "pa_material", terms: ["acetate", "titanium"] }
      ]
    }),
    bounds: () => near
  },
  {
    name: "a range of prices",
    hits: [5000, 30_000],
    filter: () => ({ minPrice: "30", maxPrice: "49.9999" }),
    bounds: (by) => (by === "price" ? far : near)
  },
  {
    name: "other prices",
    hits: [5000, 50_000],
    filter: () => ({ minPrice: "31.50", maxPrice: "64" }),
    // The ends of the ranges that the bounds cut.
    bounds: (by) => (by === "price" ? far : { buffers: 2500, rows: 12_000 })
  },
  {
    name: "few prices",
    hits: [1, 1000],
    filter: () => ({ minPrice: "12.5", maxPrice: "12.99" }),
    bounds: () => ({ buffers: 3500, rows: 12_000 })
  },
  {
    name: "only the oldest",
    hits: [2001, 5000],
    filter: category("vintage"),
    bounds: (by) => (by === "date" || by === "id" || by === "modified" ? far : { buffers: 2500, rows: 5000 })
  },
  {
    name: "few of the oldest",
    hits: [1, 1000],
    filter: category("vintage-archive-sixties"),
    bounds: () => gathered
  },
  {
    name: "what excludes each other",
    hits: [0, 0],
    filter: (at) => ({
      ...category("accessories")(at),
      attributes: [{ attribute: "pa_lens-type", terms: ["toric"] }]
    }),
    bounds: () => gathered
  },
  { name: "a SKU", hits: [1, 1], filter: (at) => ({ skus: [at.sku] }), bounds: () => gathered },
  {
    name: "ids",
    hits: [50, 100],
    filter: () => ({ includeIds: Array.from({ length: 100 }, (_, at) => BigInt(2000 + at * 7)) }),
    bounds: () => gathered
  }
]

/** Searches, and how much they find. */
export interface SearchCase {
  readonly name: string
  readonly hits: readonly [atLeast: number, atMost: number]
  readonly filter: (at: Landmarks) => Partial<ProductFilter>
  readonly bounds: Bounds
  /** Of the search itself, where facets and lists may read more. */
  readonly searched?: Bounds
}

/** At most a thousand hits are ranked. */
const ranked: Bounds = { buffers: 4000, rows: 12_000 }
/** The words of all hits are looked at once, to count them: entries of the index, then one row each. */
const counted: Bounds = { buffers: 25_000, rows: 140_000 }
/** Every hit has a word of its own that begins so: as many entries of the index beside the rows. */
const begun: Bounds = { buffers: 25_000, rows: 220_000 }

export const searches: ReadonlyArray<SearchCase> = [
  { name: "a word of few", hits: [1, 10], filter: () => ({ search: "monocle" }), bounds: ranked },
  { name: "a model", hits: [20, 1000], filter: () => ({ search: "coruna" }), bounds: ranked },
  { name: "two words", hits: [1, 1000], filter: () => ({ search: "brushed spectacles" }), bounds: ranked },
  { name: "a word of most", hits: [50_000, 100_000], filter: () => ({ search: "glasses" }), bounds: counted },
  { name: "a typo", hits: [1, 1000], filter: () => ({ search: "monocel" }), bounds: ranked },
  { name: "a typo of most", hits: [50_000, 100_000], filter: () => ({ search: "glaases" }), bounds: counted },
  { name: "no word at all", hits: [0, 0], filter: () => ({ search: "qqqqqqqq" }), bounds: ranked },
  { name: "a SKU", hits: [1, 10], filter: (at) => ({ search: at.sku }), bounds: ranked },
  { name: "a GTIN", hits: [1, 10], filter: (at) => ({ search: at.gtin }), bounds: ranked },
  { name: "the beginning of all SKUs", hits: [0, 0], filter: () => ({ search: "OPT-0" }), bounds: ranked },
  {
    name: "the beginnings of all codes, beside many words",
    hits: [10_000, 40_000],
    filter: () => ({ search: "opt frame material shape colour lens size rim gender OPT-0" }),
    bounds: counted
  },
  {
    name: "the beginning of all GTINs",
    hits: [90_000, 100_000],
    filter: () => ({ search: "4000" }),
    bounds: begun
  },
  {
    name: "a word of most and a filter of few",
    hits: [1, 1000],
    filter: () => ({
      search: "glasses",
      brandIds: [240n],
      attributes: [{ attribute: "pa_color", terms: ["mint", "ecru"] }]
    }),
    bounds: counted,
    searched: { buffers: 1500, rows: 1500 }
  },
  {
    name: "a word of few and a filter of most",
    hits: [1, 1000],
    filter: () => ({ search: "coruna", stockStatus: "instock" }),
    bounds: ranked
  }
]
