import type { MessageInitShape } from "@bufbuild/protobuf"
import type { SuggestProductsResponseSchema } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import type { SearchHitSchema } from "@optica/contracts/optica/catalog/v1/search_pb"
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { CatalogUnavailable, CursorInvalid, PageTooDeep } from "./CatalogFailure.ts"
import type { Cursors } from "./Cursor.ts"
import type { Page } from "./ProductLists.ts"
import type { MetaAllow } from "./ProductMessage.ts"
import type { PageQuery, ProductFilter } from "./ProductQuery.ts"

/** What a search found, and what was looked for instead where nothing has all its words. */
export interface Found extends Page<MessageInitShape<typeof SearchHitSchema>> {
  readonly correctedSearch: string
}

/** Full-text search. */
export interface ProductSearch {
  /** What the filter's search finds among what its other filters leave, the best first, with highlights. */
  searchProducts(
    filter: ProductFilter,
    page: PageQuery
  ): Effect.Effect<Found, CursorInvalid | PageTooDeep | CatalogUnavailable>
  /** Products, categories and brands with words that begin as those of the text. */
  suggestProducts(
    search: string,
    limit: number
  ): Effect.Effect<MessageInitShape<typeof SuggestProductsResponseSchema>, CatalogUnavailable>
}

export const make = (
  sql: SqlClient,
  allow: MetaAllow,
  cursors: Cursors,
  /** One of PostgreSQL's, such as `english`. */
  language: string
): ProductSearch => {
  void sql
  void allow
  void cursors
  void language
  return { searchProducts: () => Effect.die("to do"), suggestProducts: () => Effect.die("to do") }
}
