/** How many products have each value of each filter. */
import type { Facets } from "@optica/contracts/optica/catalog/v1/facet_pb"
import * as Schema from "effect/Schema"
import { encodedName } from "./ProductView.ts"

const count = Schema.Int.annotate({
  description: "The total of the list with this as the only filter of its kind, and all others as they are"
})

export const StockCount = Schema.Struct({ stock_status: Schema.String, count: Schema.Int })

export const FacetsView = Schema.Struct({
  total: Schema.Int.annotate({ description: "Products that match all filters" }),
  categories: Schema.Array(
    Schema.Struct({
      id: Schema.Int,
      name: encodedName("Name"),
      slug: Schema.String,
      parent: Schema.Int,
      count
    })
  ).annotate({ description: "Parents before their children; a count holds what is below" }),
  brands: Schema.Array(
    Schema.Struct({ id: Schema.Int, name: encodedName("Name"), slug: Schema.String, count })
  ).annotate({ description: "Brands by `brand=id`, the fullest first, at most 200" }),
  attributes: Schema.Array(
    Schema.Struct({
      slug: Schema.String.annotate({ description: "As in `attributes[slug]`" }),
      name: encodedName("Name"),
      terms: Schema.Array(
        Schema.Struct({
          slug: Schema.String.annotate({ description: "As in `attributes[…]=slug`" }),
          name: encodedName("Name"),
          count
        })
      )
    })
  ).annotate({
    description:
      "Attributes of the whole shop by name, with their terms in the shop's order; of more than 200 terms those with the most products"
  }),
  prices: Schema.Array(Schema.Struct({ min_price: Schema.String, max_price: Schema.String, count })).annotate(
    { description: "Ranges as the parameters of the same names take them, rising" }
  ),
  stock_statuses: Schema.Array(Schema.Struct({ ...StockCount.fields, count })).annotate({
    description: "As `stock_status` takes them"
  }),
  on_sale: count,
  featured: count,
  ratings: Schema.Array(Schema.Struct({ rating: Schema.Int, count })).annotate({
    description: "Mean ratings, rounded, from 1 to 5, as `rating` takes them"
  })
}).annotate({ identifier: "Facets" })
export type FacetsView = typeof FacetsView.Type

/** A category or a brand. */
const named = (it: {
  readonly id: bigint
  readonly name: string
  readonly slug: string
  readonly count: bigint
}) => ({ id: Number(it.id), name: it.name, slug: it.slug, count: Number(it.count) })

export const facetsView = (facets: Facets, total: bigint): FacetsView => ({
  total: Number(total),
  categories: facets.categories.map((it) => ({ ...named(it), parent: Number(it.parent) })),
  brands: facets.brands.map(named),
  attributes: facets.attributes.map(({ slug, name, terms }) => ({
    slug,
    name,
    terms: terms.map((it) => ({ slug: it.slug, name: it.name, count: Number(it.count) }))
  })),
  prices: facets.prices.map((it) => ({
    min_price: it.minPrice,
    max_price: it.maxPrice,
    count: Number(it.count)
  })),
  stock_statuses: facets.stockStatuses.map(stockCount),
  on_sale: Number(facets.onSale),
  featured: Number(facets.featured),
  ratings: facets.ratings.map((it) => ({ rating: it.rating, count: Number(it.count) }))
})

export const stockCount = (it: { readonly stockStatus: string; readonly count: bigint }) => ({
  stock_status: it.stockStatus,
  count: Number(it.count)
})
