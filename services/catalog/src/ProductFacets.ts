import type { Product, TermReference } from "@optica/woocommerce/Product"
import { FacetKind, type FacetValue } from "./FacetValue.ts"
import { plainText } from "./Html.ts"
import { priceRanges } from "./PriceRange.ts"
import { slugOf } from "./Slug.ts"
import { sortable } from "./TitleKey.ts"

/** Whether a public product is in lists and in searches. */
export interface Visibility {
  readonly isListed: boolean
  readonly isSearchable: boolean
}

/** Everything that a public product is counted and filtered by, but its prices: those of its variations decide. */
export const productFacets = (product: Product, seen: Visibility): ReadonlyArray<FacetValue> => [
  ...(seen.isListed ? [bare(FacetKind.listed, "")] : []),
  ...(seen.isSearchable ? [bare(FacetKind.searchable, "")] : []),
  ...terms(FacetKind.category, product.categories),
  ...terms(FacetKind.tag, product.tags),
  ...terms(FacetKind.brand, product.brands),
  ...product.attributes.flatMap(({ id, options, slug }) =>
    // An attribute of id 0 belongs to this product alone.
    id > 0 && slug !== ""
      ? options.flatMap((option) => (option === "" ? [] : [attributeOption(slug, option)]))
      : []
  ),
  ...(product.stock_status === "" ? [] : [bare(FacetKind.stockStatus, sortable(product.stock_status))]),
  bare(FacetKind.onSale, String(product.on_sale)),
  bare(FacetKind.featured, String(product.featured)),
  ...rating(product)
]

/** The price ranges of a product. */
export const priceFacets = (min: string | null, max: string | null): ReadonlyArray<FacetValue> =>
  min === null || max === null ? [] : priceRanges(min, max).map((range) => bare(FacetKind.price, range))

const bare = (kind: FacetKind, key: string): FacetValue => ({ kind, scope: "", key, name: "", slug: "" })

const terms = (kind: FacetKind, references: ReadonlyArray<TermReference>): ReadonlyArray<FacetValue> =>
  references.flatMap(({ id, name, slug }) =>
    id > 0 ? [{ kind, scope: "", key: String(id), name: shownName(name), slug: shownName(slug) }] : []
  )

/** Options that were met before: a shop has few, and every product some of them. */
const options = new Map<string, FacetValue>()
const mostOptions = 5000

const attributeOption = (taxonomy: string, option: string): FacetValue => {
  const met = options.get(`${taxonomy}\0${option}`)
  if (met !== undefined) return met
  const name = optionName(option)
  const value = { kind: FacetKind.attribute, scope: sortable(taxonomy), key: name, name, slug: slugOf(name) }
  if (options.size >= mostOptions) options.clear()
  if (option.length < 200) options.set(`${taxonomy}\0${option}`, value)
  return value
}

/** The name of an attribute's term: what products and terms are joined by. */
export const optionName = (name: string): string => sortable(plainText(name))

const shownName = (name: string): string => sortable(plainText(name))

/** Rounded as WooCommerce rounds: 4.50 counts as 5. */
const rating = ({ average_rating: average, rating_count: count }: Product): ReadonlyArray<FacetValue> => {
  const [, whole = "0", tenth = "0"] = /^(\d{1,2})(?:\.(\d))?/.exec(average) ?? []
  const stars = Math.min(5, Number(whole) + (tenth >= "5" ? 1 : 0))
  return count > 0 && stars > 0 ? [bare(FacetKind.rating, String(stars))] : []
}
