import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf"
import { timestampFromDate } from "@bufbuild/protobuf/wkt"
import type { SuggestProductsResponseSchema } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ProductSchema } from "@optica/contracts/optica/catalog/v1/product_pb"
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
import { suggest, type Term } from "./CatalogSql/suggest.ts"
import type { Cursors } from "./Cursor.ts"
import { highlighted, markable, START } from "./Highlight.ts"
import { htmlText } from "./HtmlText.ts"
import { nextCursor, pageStart, queryText } from "./PageStart.ts"
import type { Corrected, Page } from "./ProductLists.ts"
import type { MetaAllow } from "./ProductMessage.ts"
import type { PageQuery, ProductFilter } from "./ProductQuery.ts"
import { shown } from "./Shown.ts"

/** What a search found. */
export interface Found extends Page<MessageInitShape<typeof SearchHitSchema>>, Corrected {}

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
  /** Highlights of names and texts, as HTML. */
  const highlight = Effect.fnUntraced(function* (
    query: string | null,
    items: ReadonlyArray<{ readonly name: string; readonly text: string }>
  ) {
    if (items.length === 0) return []
    const plain = items.map(({ name, text }) => ({
      name: htmlText(name, longest.name),
      text: htmlText(text, longest.text)
    }))
    const given = plain.map(({ name, text }) => ({ name: markable(name), text: markable(text) }))
    const marked = query === null ? given : yield* markTexts(sql, language, query, given)
    return plain.map(({ name, text }, position) => ({
      name: highlighted(name, marked[position]?.name ?? ""),
      text: marked[position]?.text.includes(START) === true ? highlighted(text, marked[position].text) : ""
    }))
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
    const marked = yield* highlight(
      first?.query ?? null,
      products.map(({ description, name, shortDescription }) => ({
        name,
        text: [shortDescription, description].filter((text) => text !== "").join(" … ")
      }))
    )
    return {
      items: products.map((product, position) => ({
        product,
        highlightedName: marked[position]?.name ?? "",
        highlightedText: marked[position]?.text ?? ""
      })),
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

  const suggestions = Effect.fn("Catalog.suggestProducts")(function* (text: string, limit: number) {
    const found = yield* suggest(sql, language, text, limit)
    const products = found.products.map((document) => fromBinary(ProductSchema, document))
    const terms = [...found.categories, ...found.brands]
    const marked = yield* highlight(
      found.query,
      [...products, ...terms].map(({ name }) => ({ name, text: "" }))
    )
    const nameOf = (position: number) => marked[position]?.name ?? ""
    const suggestion = (first: number) => (term: Term, position: number) => ({
      ...term,
      highlightedName: nameOf(first + position)
    })
    return {
      products: products.map(({ id, images, name, permalink, price, slug }, position) => ({
        ...{ id, name, permalink, price, slug, highlightedName: nameOf(position) },
        ...(images[0] === undefined ? {} : { image: images[0] })
      })),
      categories: found.categories.map(suggestion(products.length)),
      brands: found.brands.map(suggestion(products.length + found.categories.length)),
      lastModified: timestampFromDate(found.lastModified)
    }
  }, unavailable)

  return { searchProducts: search, suggestProducts: suggestions }
}
