/** What a search finds, and what a shopper who types may mean. */
import type { SuggestProductsResponse } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import type {
  ProductSuggestion,
  SearchHit,
  TermSuggestion
} from "@optica/contracts/optica/catalog/v1/search_pb"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { ImageView, imageView } from "./ImageView.ts"
import { encodedName, ProductView, part, productView } from "./ProductView.ts"

const marked = (what: string) =>
  Schema.String.annotate({
    description: `${what}, HTML-encoded; <mark> and </mark> stand around the words that were found and are the only tags`
  })

/** A product with the places where the search found something. */
export const SearchHitView = Schema.Struct({
  ...ProductView.fields,
  highlight: Schema.Struct({
    name: marked("The name"),
    description: marked("A piece of the description in which something was found, or an empty string")
  })
})
export type SearchHitView = typeof SearchHitView.Type

export const SearchHitPart = part(SearchHitView, "SearchHit")
export const hitFields: ReadonlySet<string> = new Set(Struct.keys(SearchHitView.fields))

/** Undefined for a hit without its product, which no catalogue sends. */
export const searchHitView = (hit: SearchHit): SearchHitView | undefined =>
  hit.product === undefined
    ? undefined
    : {
        ...productView(hit.product),
        highlight: { name: hit.highlightedName, description: hit.highlightedText }
      }

const SuggestedProduct = Schema.Struct({
  id: Schema.Int,
  name: encodedName("Name"),
  slug: Schema.String,
  permalink: Schema.String,
  price: Schema.String,
  image: Schema.NullOr(ImageView),
  highlight: marked("The name")
}).annotate({ identifier: "SuggestedProduct" })

const SuggestedTerm = Schema.Struct({
  id: Schema.Int,
  name: encodedName("Name"),
  slug: Schema.String,
  count: Schema.Int.annotate({ description: "Listed products that have it" }),
  highlight: marked("The name")
}).annotate({ identifier: "SuggestedTerm" })

/** What may be meant, the most likely first in each list. */
export const SuggestionsView = Schema.Struct({
  products: Schema.Array(SuggestedProduct),
  categories: Schema.Array(SuggestedTerm),
  brands: Schema.Array(SuggestedTerm)
}).annotate({ identifier: "Suggestions" })
export type SuggestionsView = typeof SuggestionsView.Type

const suggestedProduct = (it: ProductSuggestion): typeof SuggestedProduct.Type => ({
  id: Number(it.id),
  name: it.name,
  slug: it.slug,
  permalink: it.permalink,
  price: it.price,
  image: it.image === undefined ? null : imageView(it.image),
  highlight: it.highlightedName
})

const suggestedTerm = (it: TermSuggestion): typeof SuggestedTerm.Type => ({
  id: Number(it.id),
  name: it.name,
  slug: it.slug,
  count: Number(it.count),
  highlight: it.highlightedName
})

export const suggestionsView = (found: SuggestProductsResponse): SuggestionsView => ({
  products: found.products.map(suggestedProduct),
  categories: found.categories.map(suggestedTerm),
  brands: found.brands.map(suggestedTerm)
})
