/** Everything that can be asked of the public routes, with what they have to answer for a shop. */
import { assert } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { categoryId, type Shop, visible } from "./ChangingShop.ts"

/** Something to ask, and what the answer has to be. */
interface Question {
  readonly path: string
  readonly isAnswered: boolean
  readonly holds?: (text: string, path: string) => void
}

const decode = <S extends Schema.ConstraintDecoder<unknown>>(data: S) =>
  Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({ data })))

const Id = Schema.Struct({ id: Schema.Int })
const Count = Schema.Struct({ count: Schema.Int })
const decodePage = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Struct({
      data: Schema.Array(Id),
      meta: Schema.Struct({ pagination: Schema.Struct({ total: Schema.Int }) })
    })
  )
)
const decodeReviews = decode(Schema.Array(Schema.Struct({ product_id: Schema.Int })))
const decodeStock = decode(Schema.Struct({ id: Schema.Int, variations: Schema.Array(Id) }))
const decodeSuggestions = decode(
  Schema.Struct({ products: Schema.Array(Id), categories: Schema.Array(Count), brands: Schema.Array(Count) })
)
const decodeFacets = decode(
  Schema.Struct({
    total: Schema.Int,
    categories: Schema.Array(Count),
    brands: Schema.Array(Count),
    attributes: Schema.Array(Schema.Struct({ terms: Schema.Array(Count) })),
    prices: Schema.Array(Count),
    stock_statuses: Schema.Array(Count),
    on_sale: Schema.Int,
    featured: Schema.Int,
    ratings: Schema.Array(Count)
  })
)

const isPageOf = (expected: ReadonlyArray<number>) => (text: string, path: string) => {
  const { data, meta } = decodePage(text)
  assert.deepStrictEqual(data.map((it) => it.id).toSorted(), expected, path)
  assert.strictEqual(meta.pagination.total, expected.length, path)
}

/** All things are alike, so that every count is that of all. */
const counts = (expected: number) => (text: string) => {
  const { data } = decodeFacets(text)
  const found = [data.total, data.on_sale, data.featured].concat(
    [
      data.categories,
      data.brands,
      data.attributes[0]?.terms ?? [],
      data.prices,
      data.stock_statuses,
      data.ratings
    ]
      .flat()
      .map((it) => it.count)
  )
  assert.deepStrictEqual([...new Set(found)], [expected])
  if (expected > 0) assert.lengthOf(found, 9)
}

/** Every public route, with what it may say of such a shop. */
export const questions = (shop: Shop): ReadonlyArray<Question> => {
  const { found, ids, listed, products, seen, variationsOf } = visible(shop)
  const list = (path: string, expected: ReadonlyArray<number>): Question => ({
    path,
    isAnswered: true,
    holds: isPageOf(expected)
  })
  const counted = (path: string): Question => ({
    path,
    isAnswered: true,
    holds: (text) => assert.include(text, `"count":${listed.length}`)
  })
  return [
    list("/api/products?per_page=100", listed),
    list(`/api/products?per_page=100&include=${ids.join()}`, listed),
    list(`/api/products?per_page=100&include=${ids.join()}&orderby=include`, listed),
    list(`/api/products?per_page=100&sku=${ids.map((id) => `sku-${id}`).join()}`, listed),
    list(`/api/products?per_page=100&categories=${categoryId}&stock_status=instock&orderby=price`, listed),
    list("/api/products?per_page=100&attributes[pa_color]=black&brand=910&rating=5&tag=920", listed),
    list("/api/products?per_page=100&min_price=1&max_price=100&on_sale=true&orderby=popularity", listed),
    list("/api/products/featured?per_page=100&orderby=rating", listed),
    list(`/api/products/categories/${categoryId}?per_page=100`, listed),
    list("/api/products?per_page=100&search=thing", found),
    list("/api/products/search?per_page=100&q=thing", found),
    list("/api/products/search?per_page=100&q=describe&featured=true", found),
    counted("/api/categories"),
    counted(`/api/categories/${categoryId}`),
    { path: "/api/products/facets", isAnswered: true, holds: counts(listed.length) },
    { path: "/api/products/facets?search=thing", isAnswered: true, holds: counts(found.length) },
    {
      path: "/api/products/autocomplete?q=thi&limit=20",
      isAnswered: true,
      holds: (text) =>
        assert.deepStrictEqual(
          decodeSuggestions(text)
            .data.products.map((it) => it.id)
            .toSorted(),
          found
        )
    },
    {
      path: "/api/products/autocomplete?q=bran",
      isAnswered: true,
      holds: (text) =>
        assert.deepStrictEqual(
          decodeSuggestions(text).data.brands,
          listed.length === 0 ? [] : [{ count: listed.length }]
        )
    },
    ...ids.flatMap(
      (id): ReadonlyArray<Question> => [
        { path: `/api/products/${id}`, isAnswered: seen.includes(id) },
        { path: `/api/products/slug/thing-${id}`, isAnswered: products.includes(id) },
        {
          path: `/api/products/${id}/variations?per_page=100`,
          isAnswered: products.includes(id),
          holds: isPageOf(variationsOf(id))
        },
        {
          path: `/api/products/${id}/stock`,
          isAnswered: seen.includes(id),
          holds: (text) => {
            const { data } = decodeStock(text)
            assert.deepStrictEqual(
              [data.id, ...data.variations.map((it) => it.id)],
              [id, ...variationsOf(id)]
            )
          }
        },
        {
          path: `/api/products/${id}/reviews`,
          isAnswered: seen.includes(id),
          holds: (text) =>
            assert.deepStrictEqual(
              decodeReviews(text).data.map((it) => it.product_id),
              products.includes(id) ? [id] : []
            )
        },
        {
          // Where nothing has the text, what is spelt alike is looked for.
          path: `/api/products/search?q=sku-${id}`,
          isAnswered: true,
          holds: (text) => {
            const shown = decodePage(text).data.map((it) => it.id)
            assert.isTrue(shown.every((it) => found.includes(it)))
            if (found.includes(id)) assert.include(shown, id)
          }
        }
      ]
    )
  ]
}
