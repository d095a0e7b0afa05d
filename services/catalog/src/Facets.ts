import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf"
import { CategorySchema } from "@optica/contracts/optica/catalog/v1/category_pb"
import type {
  AttributeFacetSchema,
  CategoryFacetSchema,
  FacetsSchema
} from "@optica/contracts/optica/catalog/v1/facet_pb"
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { type CatalogUnavailable, unavailable } from "./CatalogFailure.ts"
import { type CountedValue, countFacets } from "./CatalogSql/countFacets.ts"
import { textHits } from "./CatalogSql/textHits.ts"
import { parentsFirst } from "./Category.ts"
import { FacetKind } from "./FacetValue.ts"
import { rangeOf } from "./PriceRange.ts"
import type { Corrected } from "./ProductLists.ts"
import type { ProductFilter } from "./ProductQuery.ts"
import { searchWords } from "./SearchWords.ts"

/** Counts of one snapshot. */
export interface FacetCounts extends Corrected {
  readonly facets: MessageInitShape<typeof FacetsSchema>
  /** The total of the list with the same filter. */
  readonly total: number
  readonly lastModified: Date
}

/** Counts of what one could filter by. */
export interface Facets {
  getFacets(filter: ProductFilter): Effect.Effect<FacetCounts, CatalogUnavailable>
}

export const make = (sql: SqlClient, language: string): Facets => {
  const getFacets = Effect.fn("Catalog.getFacets")(function* (filter: ProductFilter) {
    const rows = yield* countFacets(
      sql,
      filter,
      filter.search === "" ? undefined : textHits(sql, language, searchWords(filter.search))
    )
    const [{ catalogue_changed_at, corrected, total }] = rows
    const counted = rows.filter((row) => row.kind !== null)
    return {
      facets: facetsOf(counted),
      total,
      correctedSearch: corrected,
      lastModified: catalogue_changed_at
    }
  }, unavailable)

  return { getFacets }
}

const facetsOf = (counted: ReadonlyArray<CountedValue>): FacetCounts["facets"] => {
  const kinds = Map.groupBy(counted, (value) => value.kind)
  const of = (kind: FacetKind) => kinds.get(kind) ?? []
  const flag = (kind: FacetKind) => BigInt(of(kind)[0]?.count ?? 0)
  return {
    categories: categoriesOf(of(FacetKind.subtree)),
    brands: of(FacetKind.brand).map(({ count, key, name, slug }) => ({
      id: BigInt(key),
      name,
      slug,
      count: BigInt(count)
    })),
    attributes: attributesOf(of(FacetKind.attribute)),
    prices: of(FacetKind.price).flatMap(({ count, key }) => {
      const range = rangeOf(key)
      return range === undefined ? [] : [{ ...range, count: BigInt(count) }]
    }),
    stockStatuses: of(FacetKind.stockStatus).map(({ count, key }) => ({
      stockStatus: key,
      count: BigInt(count)
    })),
    onSale: flag(FacetKind.onSale),
    featured: flag(FacetKind.featured),
    ratings: of(FacetKind.rating).map(({ count, key }) => ({ rating: Number(key), count: BigInt(count) }))
  }
}

/** Siblings come in the shop's order. */
const categoriesOf = (
  values: ReadonlyArray<CountedValue>
): Array<MessageInitShape<typeof CategoryFacetSchema>> =>
  parentsFirst(
    values.flatMap(({ count, document, key, name, parent_id, slug }) => {
      const said = document === null ? { name, slug } : fromBinary(CategorySchema, document)
      // Only named as the parent of others, which stand at the top then.
      if (document === null && name === "") return []
      return [{ id: Number(key), parentId: Number(parent_id), count, name: said.name, slug: said.slug }]
    })
  ).map(({ count, id, name, parentId, slug }) => ({
    id: BigInt(id),
    name,
    slug,
    parent: BigInt(parentId),
    count: BigInt(count)
  }))

const attributesOf = (
  values: ReadonlyArray<CountedValue>
): Array<MessageInitShape<typeof AttributeFacetSchema>> =>
  [...Map.groupBy(values, (value) => value.scope)].map(([slug, terms]) => ({
    slug,
    name: terms[0]?.label || slug,
    terms: terms.map((term) => ({ slug: term.key, name: term.name, count: BigInt(term.count) }))
  }))
