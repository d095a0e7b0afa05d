import type { MessageInitShape } from "@bufbuild/protobuf"
import type { FacetsSchema } from "@optica/contracts/optica/catalog/v1/facet_pb"
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { CatalogUnavailable } from "./CatalogFailure.ts"
import type { ProductFilter } from "./ProductQuery.ts"

/** Counts of one snapshot. */
export interface FacetCounts {
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
  void sql
  void language
  return { getFacets: () => Effect.die("to do") }
}
