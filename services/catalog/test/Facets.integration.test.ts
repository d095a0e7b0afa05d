import { create, type MessageShape } from "@bufbuild/protobuf"
import { assert, layer } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { FacetsSchema } from "@optica/contracts/optica/catalog/v1/facet_pb"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Catalog } from "../src/Catalog.ts"
import { rangeOf } from "../src/PriceRange.ts"
import type { ProductFilter } from "../src/ProductQuery.ts"
import {
  byId,
  category,
  firstPage,
  layerCatalog,
  noFilter,
  product,
  read,
  readProduct,
  variation
} from "./Shop.ts"

const Prices = ["", "0", "0.9999", "1", "49.90", "99.9999", "100", "149.99995", "150", "700"]
const Thing = Schema.Struct({
  name: Schema.Literals(["Alpine", "Baltic", "Coral"]),
  status: Schema.Literals(["publish", "publish", "publish", "publish", "draft"]),
  visibility: Schema.Literals(["visible", "visible", "visible", "catalog", "search", "hidden"]),
  categories: Schema.Array(Schema.Literals([10, 11, 12, 20, 30])).check(Schema.isMaxLength(3)),
  brand: Schema.Literals([0, 1, 2, 3]),
  colors: Schema.Array(Schema.Literals(["Black", "Ros&eacute;", "Blue"])).check(Schema.isMaxLength(2)),
  shape: Schema.Literals(["", "Cat Eye", "Round"]),
  tag: Schema.Literals([0, 5, 6]),
  stock: Schema.Literals(["instock", "outofstock", "onbackorder"]),
  sale: Schema.Boolean,
  featured: Schema.Boolean,
  rating: Schema.Literals(["0.00", "1.40", "3.50", "4.49", "5.00"]),
  price: Schema.Literals(Prices),
  variations: Schema.Array(Schema.Literals(Prices)).check(Schema.isMaxLength(2))
})
type Thing = typeof Thing.Type
const Shop = Schema.Array(Thing).check(Schema.isMinLength(16), Schema.isMaxLength(16))

const Filter = Schema.Struct({
  categoryIds: Schema.Array(Schema.Literals([10n, 11n, 12n, 20n, 30n, 99n])).check(Schema.isMaxLength(2)),
  brandIds: Schema.Array(Schema.Literals([1n, 2n, 3n, 9n])).check(Schema.isMaxLength(2)),
  tagIds: Schema.Array(Schema.Literals([5n, 6n])).check(Schema.isMaxLength(1)),
  colors: Schema.Array(Schema.Literals(["noir", "rose", "blue", "none"])).check(Schema.isMaxLength(2)),
  shapes: Schema.Array(Schema.Literals(["cat-eye", "round"])).check(Schema.isMaxLength(1)),
  minPrice: Schema.Literals(["", "", "", "0", "1", "50", "100", "150", "99.99999"]),
  maxPrice: Schema.Literals(["", "", "", "0.9999", "99.9999", "120", "149.9999", "700", "0"]),
  onSale: Schema.Literals(["", "", true, false]),
  featured: Schema.Literals(["", "", "", true, false]),
  stockStatus: Schema.Literals(["", "", "instock", "outofstock", "gone"]),
  ratings: Schema.Array(Schema.Literals([1, 4, 5])).check(Schema.isMaxLength(1)),
  search: Schema.Literals(["", "", "alpine", "Coral!", "nothing"]),
  some: Schema.Literals([false, false, false, true]),
  bySku: Schema.Literals([false, false, false, false, true])
})
const Filters = Schema.Array(Filter).check(Schema.isMinLength(4), Schema.isMaxLength(4))

const filterOf = ({
  bySku,
  colors,
  featured,
  onSale,
  shapes,
  some,
  ...rest
}: typeof Filter.Type): ProductFilter => ({
  ...noFilter,
  ...rest,
  onSale: onSale === "" ? undefined : onSale,
  featured: featured === "" ? undefined : featured,
  includeIds: some ? [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 99n] : [],
  skus: bySku ? ["S-1", "s-2", "S-3", "S-4", "S-5"] : [],
  attributes: [
    ...(colors.length === 0 ? [] : [{ attribute: "pa_color", terms: colors }]),
    ...(shapes.length === 0 ? [] : [{ attribute: "pa_shape", terms: shapes }])
  ]
})

// 10 > 11 > 12; the shop has not told of 30 yet, nor of the terms of pa_shape.
const categories = [category(10, 0, { menu_order: 2 }), category(11, 10), category(12, 11), category(20, 0)]
const term = (id: number, name: string, slug: string, order: number) =>
  read(ResourceKind.TERM, { id, name, slug, description: "", menu_order: order, count: 0 }, 1, 1)
const attribute = {
  id: 1,
  name: "Colour",
  slug: "pa_color",
  type: "select",
  order_by: "menu_order",
  has_archives: false
}

const things = (shop: ReadonlyArray<Thing>, observation: number) =>
  shop.flatMap((thing, index) => {
    const id = index + 1
    const attributes = [
      { id: 1, name: "Colour", slug: "pa_color", options: thing.colors },
      { id: 2, name: "Shape", slug: "pa_shape", options: thing.shape === "" ? [] : [thing.shape] },
      { id: 0, name: "Engraving", slug: "Engraving", options: ["Yes"] }
    ]
    return [
      readProduct(
        product(id, {
          name: thing.name,
          sku: `S-${id}`,
          type: thing.variations.length > 0 ? "variable" : "simple",
          status: thing.status,
          catalog_visibility: thing.visibility,
          categories: thing.categories.map((it) => ({
            id: it,
            name: `Category ${it}`,
            slug: `category-${it}`
          })),
          brands:
            thing.brand === 0
              ? []
              : [{ id: thing.brand, name: `Brand ${thing.brand}`, slug: `brand-${thing.brand}` }],
          tags:
            thing.tag === 0 ? [] : [{ id: thing.tag, name: `Tag ${thing.tag}`, slug: `tag-${thing.tag}` }],
          attributes: attributes.map((it, position) => ({
            ...it,
            position,
            visible: true,
            variation: false
          })),
          stock_status: thing.stock,
          on_sale: thing.sale,
          featured: thing.featured,
          average_rating: thing.rating,
          rating_count: thing.rating === "0.00" ? 0 : 3,
          price: thing.price
        }),
        observation
      ),
      ...[0, 1].map((nth) => {
        const price = thing.variations[nth]
        const json = variation(100 + 2 * id + nth, id, {
          price: price ?? "1",
          status: price === undefined ? "private" : "publish"
        })
        return read(ResourceKind.VARIATION, json, observation)
      })
    ]
  })

type Counts = Record<string, number>

/** Facets as one map: what a value is, and how many have it. */
const counts = (facets: MessageShape<typeof FacetsSchema>): Counts => {
  const rows = [
    ...facets.categories.map(({ count, id }) => [`category ${id}`, count] as const),
    ...facets.brands.map(({ count, id }) => [`brand ${id}`, count] as const),
    ...facets.attributes.flatMap(({ slug, terms }) =>
      terms.map((it) => [`${slug} ${it.slug}`, it.count] as const)
    ),
    ...facets.prices.map(({ count, minPrice }) => [`price ${minPrice}`, count] as const),
    ...facets.stockStatuses.map(({ count, stockStatus }) => [`stock ${stockStatus}`, count] as const),
    ...facets.ratings.map(({ count, rating }) => [`rating ${rating}`, count] as const),
    ["sale", facets.onSale] as const,
    ["featured", facets.featured] as const
  ]
  assert.strictEqual(new Set(rows.map(([value]) => value)).size, rows.length)
  return Object.fromEntries(rows.map(([value, count]) => [value, Number(count)]))
}

/** The filter with this value as the only one of its facet. */
const only = (filter: ProductFilter, value: string): ProductFilter => {
  const [facet = "", key = ""] = value.split(" ")
  switch (facet) {
    case "category":
      return { ...filter, categoryIds: [BigInt(key)] }
    case "brand":
      return { ...filter, brandIds: [BigInt(key)] }
    case "price":
      return { ...filter, ...rangeOf(key) }
    case "stock":
      return { ...filter, stockStatus: key }
    case "rating":
      return { ...filter, ratings: [Number(key)] }
    case "sale":
      return { ...filter, onSale: true }
    case "featured":
      return { ...filter, featured: true }
    default: {
      const others = filter.attributes.filter((choice) => choice.attribute !== facet)
      return { ...filter, attributes: [...others, { attribute: facet, terms: [key] }] }
    }
  }
}

let observation = 1

layer(layerCatalog())("facets", (it) => {
  it.effect.prop(
    "count what the list holds with a value as the only filter of its facet, and all others kept",
    [Shop, Filters],
    ([shop, filters]) =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        if (observation === 1) {
          yield* catalog.applyChanges([
            ...categories.map((it) => read(ResourceKind.CATEGORY, it, 1)),
            read(ResourceKind.ATTRIBUTE, attribute, 1),
            term(1, "Black", "noir", 2),
            term(2, "Ros&eacute;", "rose", 1),
            term(3, "Blue", "blue", 0)
          ])
        }
        observation++
        yield* catalog.applyChanges(things(shop, observation))
        for (const filter of filters.map(filterOf)) {
          const { facets, total } = yield* catalog.getFacets(filter)
          const counted = counts(create(FacetsSchema, facets))
          assert.strictEqual(total, matching(shop, filter), "total")
          assert.strictEqual((yield* catalog.listProducts(filter, byId, firstPage)).total, total)
          for (const value of new Set([...everyValue, ...Object.keys(counted)])) {
            const told = counted[value] ?? 0
            assert.strictEqual(
              told,
              matching(shop, only(filter, value)),
              `${value} ${JSON.stringify(filter, plain)}`
            )
            if (told === 0) continue
            const list = yield* catalog.listProducts(only(filter, value), byId, firstPage)
            assert.strictEqual(list.total, told, `list of ${value}`)
          }
        }
      }),
    { arbitrary: { runs: 40 } }
  )
})

layer(layerCatalog())("facets as they are shown", (it) => {
  it.effect("come in the shop's order: terms by menu order, parents first, the fullest brand first", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const options = ["Ros&eacute;", "Black", "Blue"]
      yield* catalog.applyChanges([
        ...categories.map((it) => read(ResourceKind.CATEGORY, it, 1)),
        read(ResourceKind.ATTRIBUTE, attribute, 1),
        term(1, "Black", "noir", 2),
        term(2, "Ros&eacute;", "rose", 1),
        term(3, "Blue", "blue", 0),
        ...[1, 2, 3].map((id) =>
          readProduct(
            product(id, {
              categories: [{ id: id === 1 ? 20 : 12, name: "C", slug: "c" }],
              brands: [{ id: id === 1 ? 5 : 6, name: id === 1 ? "A &amp; B" : "Z", slug: `b-${id}` }],
              attributes: [
                { id: 1, name: "Colour", slug: "pa_color", options },
                { id: 9, name: "Shape", slug: "pa_shape", options: ["Round"] }
              ],
              average_rating: id === 1 ? "2.00" : "4.00",
              rating_count: 1,
              price: id === 1 ? "99.90" : "5"
            }),
            1
          )
        )
      ])
      const facets = create(FacetsSchema, (yield* catalog.getFacets(noFilter)).facets)
      assert.deepStrictEqual(
        facets.categories.map(({ count, id, name, parent }) => [
          Number(id),
          name,
          Number(parent),
          Number(count)
        ]),
        [
          [20, "Category 20", 0, 1],
          [10, "Category 10", 0, 2],
          [11, "Category 11", 10, 2],
          [12, "Category 12", 11, 2]
        ]
      )
      assert.deepStrictEqual(
        facets.brands.map((it) => [it.name, Number(it.count)]),
        [
          ["Z", 2],
          ["A &amp; B", 1]
        ]
      )
      assert.deepStrictEqual(
        facets.attributes.map(({ name, slug, terms }) => [
          slug,
          name,
          terms.map((it) => `${it.slug} ${it.name}`)
        ]),
        [
          // Until the shop has told what it is called.
          ["pa_shape", "pa_shape", ["round Round"]],
          ["pa_color", "Colour", ["blue Blue", "rose Ros&eacute;", "noir Black"]]
        ]
      )
      assert.deepStrictEqual(
        facets.prices.map((it) => [it.minPrice, it.maxPrice]),
        [
          ["5", "6.9999"],
          ["70", "99.9999"]
        ]
      )
      assert.deepStrictEqual(
        facets.ratings.map((it) => it.rating),
        [4, 2]
      )
    })
  )

  it.effect("have one term for its old and its new name while products still say the old one", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const colored = (id: number, options: ReadonlyArray<string>) =>
        readProduct(product(id, { attributes: [{ id: 1, name: "Colour", slug: "pa_color", options }] }), 2)
      yield* catalog.applyChanges([
        colored(1, ["Light"]),
        colored(2, ["Pale", "Light"]),
        colored(3, ["Pale"])
      ])
      const renamed = read(
        ResourceKind.TERM,
        { id: 4, name: "Pale", slug: "light", description: "", menu_order: 0, count: 0 },
        2,
        1
      )
      yield* catalog.applyChanges([renamed])
      const [color] = create(FacetsSchema, (yield* catalog.getFacets(noFilter)).facets).attributes
      assert.deepStrictEqual(
        color?.terms.map((it) => [it.slug, it.name, Number(it.count)]),
        [["light", "Pale", 3]]
      )
      const listed = { ...noFilter, attributes: [{ attribute: "pa_color", terms: ["light"] }] }
      assert.strictEqual((yield* catalog.listProducts(listed, byId, firstPage)).total, 3)
    })
  )

  it.effect("hold the 200 brands with the most products", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const brand = (id: number) => ({ id, name: `Brand ${id}`, slug: `brand-${id}` })
      yield* catalog.applyChanges(
        Array.from({ length: 230 }, (_, nth) =>
          readProduct(product(nth + 1, { brands: [brand(1000 + nth), brand(1000 + (nth % 215))] }), 3)
        )
      )
      const { brands } = create(FacetsSchema, (yield* catalog.getFacets(noFilter)).facets)
      assert.strictEqual(brands.length, 200)
      assert.deepStrictEqual(
        brands.slice(0, 15).map((it) => it.count),
        Array.from({ length: 15 }, () => 2n)
      )
    })
  )

  it.effect("never mix two states of the catalogue while batches are applied", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      // Every batch moves all products at once: whatever is counted, all or none of them has it.
      const batch = (nth: number) =>
        catalog.applyChanges(
          Array.from({ length: 20 }, (_, index) =>
            readProduct(
              product(2000 + index, {
                on_sale: nth % 2 === 0,
                stock_status: nth % 2 === 0 ? "instock" : "outofstock",
                brands: [{ id: 1 + (nth % 2), name: `Brand ${nth % 2}`, slug: "b" }]
              }),
              10 + nth
            )
          )
        )
      yield* batch(0)
      const filter = {
        ...noFilter,
        includeIds: Array.from({ length: 20 }, (_, index) => BigInt(2000 + index))
      }
      const seen = new Set<string>()
      const look = Effect.gen(function* () {
        const { facets, total } = yield* catalog.getFacets({ ...filter, stockStatus: "instock" })
        const { brands, onSale, stockStatuses } = create(FacetsSchema, facets)
        const state = [
          total,
          Number(onSale),
          ...brands.map((it) => `${it.id}: ${it.count}`),
          ...stockStatuses.map((it) => `${it.stockStatus}: ${it.count}`)
        ]
        seen.add(state.join(", "))
      })
      yield* Effect.all(
        [
          Effect.forEach(
            Array.from({ length: 30 }, (_, nth) => nth + 1),
            batch
          ),
          Effect.forEach(Array.from({ length: 60 }), () => look),
          Effect.forEach(Array.from({ length: 60 }), () => look)
        ],
        { concurrency: 3 }
      )
      const states = ["20, 20, 1: 20, instock: 20", "0, 0, outofstock: 20"]
      assert.isEmpty([...seen].filter((state) => !states.includes(state)))
      assert.strictEqual(seen.size, 2)
    })
  )
})

const plain = (_: string, value: unknown) => (typeof value === "bigint" ? Number(value) : value)

const everyValue = [
  ...[10, 11, 12, 20, 30].map((id) => `category ${id}`),
  ...[1, 2, 3].map((id) => `brand ${id}`),
  ...["noir", "rose", "blue"].map((slug) => `pa_color ${slug}`),
  ...["cat-eye", "round"].map((slug) => `pa_shape ${slug}`),
  ...["instock", "outofstock", "onbackorder"].map((status) => `stock ${status}`),
  ...["0", "1", "30", "70", "100", "150", "700"].map((key) => `price ${key}`),
  ...[1, 4, 5].map((rating) => `rating ${rating}`),
  "sale",
  "featured"
]

/** How many products match, looked at one by one. */
const matching = (shop: ReadonlyArray<Thing>, filter: ProductFilter): number =>
  shop.filter((thing, index) => {
    const slugs = new Map([
      [
        "pa_color",
        thing.colors.map((color) => ({ Black: "noir", "Ros&eacute;": "rose", Blue: "blue" })[color])
      ],
      ["pa_shape", [{ "": "", "Cat Eye": "cat-eye", Round: "round" }[thing.shape]]]
    ])
    const stars = { "0.00": 0, "1.40": 1, "3.50": 4, "4.49": 4, "5.00": 5 }[thing.rating]
    const id = index + 1
    return (
      thing.status === "publish" &&
      ["visible", filter.search === "" ? "catalog" : "search"].includes(thing.visibility) &&
      filter.search.toLowerCase().startsWith(filter.search === "" ? "" : thing.name.toLowerCase()) &&
      any(
        filter.categoryIds,
        thing.categories.flatMap((it) => above[it].map(BigInt))
      ) &&
      any(filter.brandIds, [BigInt(thing.brand)]) &&
      any(filter.tagIds, [BigInt(thing.tag)]) &&
      filter.attributes.every(({ attribute, terms }) => any(terms, slugs.get(attribute) ?? [])) &&
      any(filter.includeIds, [BigInt(id)]) &&
      any(filter.skus, [`S-${id}`]) &&
      (filter.stockStatus === "" || filter.stockStatus === thing.stock) &&
      (filter.onSale === undefined || filter.onSale === thing.sale) &&
      (filter.featured === undefined || filter.featured === thing.featured) &&
      any(filter.ratings, [stars]) &&
      meets(thing, filter)
    )
  }).length

const above = { 10: [10], 11: [11, 10], 12: [12, 11, 10], 20: [20], 30: [30] }

const any = <A>(wanted: ReadonlyArray<A>, has: ReadonlyArray<A>) =>
  wanted.length === 0 || wanted.some((it) => has.includes(it))

const meets = (thing: Thing, { maxPrice, minPrice }: ProductFilter): boolean => {
  if (minPrice === "" && maxPrice === "") return true
  const kept = (price: string) => Math.round(Number(price) * 10_000)
  const own = thing.variations.length > 0 ? thing.variations : [thing.price]
  const prices = own.filter((price) => price !== "").map(kept)
  const from = minPrice === "" ? 0 : kept(minPrice)
  const to = maxPrice === "" ? Number.POSITIVE_INFINITY : kept(maxPrice)
  return prices.length > 0 && from <= to && Math.max(...prices) >= from && Math.min(...prices) <= to
}
