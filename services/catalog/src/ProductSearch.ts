import type { MessageInitShape } from "@bufbuild/protobuf"
import type { SuggestProductsResponseSchema } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import type { Product } from "@optica/contracts/optica/catalog/v1/product_pb"
import type { SearchHitSchema } from "@optica/contracts/optica/catalog/v1/search_pb"
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import {
  type CatalogUnavailable,
  type CursorInvalid,
  type PageTooDeep,
  unavailable
} from "./CatalogFailure.ts"
import { markTexts } from "./CatalogSql/markTexts.ts"
import { searchProducts } from "./CatalogSql/searchProducts.ts"
import type { Cursors } from "./Cursor.ts"
import { highlighted, START, unmarked } from "./Highlight.ts"
import { htmlText } from "./HtmlText.ts"
import { nextCursor, pageStart, queryText } from "./PageStart.ts"
import type { Page } from "./ProductLists.ts"
import type { MetaAllow } from "./ProductMessage.ts"
import type { PageQuery, ProductFilter } from "./ProductQuery.ts"
import { shown } from "./Shown.ts"

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

/** Characters that are looked at for a highlight. */
const longest = { name: 500, text: 2000 }

export const make = (
  sql: SqlClient,
  allow: MetaAllow,
  cursors: Cursors,
  /** One of PostgreSQL's, such as `english`. */
  language: string
): ProductSearch => {
  const highlight = Effect.fnUntraced(function* (query: string | null, products: ReadonlyArray<Product>) {
    if (products.length === 0) return []
    const items = products.map((product) => ({
      name: unmarked(htmlText(product.name, longest.name)),
      text: unmarked(htmlText(`${product.shortDescription} ${product.description}`, longest.text))
    }))
    const marked = query === null ? items : yield* markTexts(sql, language, query, items)
    return products.map((product, position) => {
      const { name = "", text = "" } = marked[position] ?? {}
      return {
        product,
        highlightedName: highlighted(name),
        highlightedText: text.includes(START) ? highlighted(text) : ""
      }
    })
  })

  const search = Effect.fn("Catalog.searchProducts")(function* (filter: ProductFilter, asked: PageQuery) {
    const query = queryText("search", filter)
    const start = yield* pageStart(cursors, query, asked)
    const rows = yield* searchProducts(sql, language, filter, start, asked.perPage)
    const [first] = rows
    const products = rows
      .slice(0, asked.perPage)
      .flatMap(({ document, public_ids }) =>
        document === null || public_ids === null ? [] : [shown(allow, { document, public_ids })]
      )
    const last = rows.length > asked.perPage ? rows[asked.perPage - 1] : undefined
    const corrected = first?.corrected ?? ""
    return {
      items: yield* highlight(first?.query ?? null, products),
      total: first?.total ?? 0,
      page: start.page,
      nextCursor: nextCursor(
        cursors,
        query,
        start,
        last === undefined ? undefined : [...last.place.map((key) => key ?? ""), corrected]
      ),
      lastModified: first?.catalogue_changed_at ?? new Date(0),
      correctedSearch: corrected
    }
  }, unavailable)

  return { searchProducts: search, suggestProducts: () => Effect.die("to do") }
}
