import * as Effect from "effect/Effect"
import { CursorInvalid, DEEPEST, PageTooDeep } from "./CatalogFailure.ts"
import type { Cursors } from "./Cursor.ts"
import type { PageQuery } from "./ProductQuery.ts"

/** Where a page of a list begins. */
export interface PageStart {
  /** The page, from 1. */
  readonly page: number
  /** How many items to leave out, from the beginning or from `after` on. */
  readonly offset: number
  /** The sort keys of the item before the page, as PostgreSQL writes them; undefined where there is no cursor. */
  readonly after: ReadonlyArray<string> | undefined
}

/** Reads what was asked. `query` is what the cursor has to be bound to: see {@link queryText}. */
export const pageStart = (
  cursors: Cursors,
  query: string,
  asked: PageQuery
): Effect.Effect<PageStart, CursorInvalid | PageTooDeep> => {
  if (asked.cursor === "") {
    return asked.page * asked.perPage > DEEPEST
      ? Effect.fail(new PageTooDeep())
      : Effect.succeed({ page: asked.page, offset: (asked.page - 1) * asked.perPage, after: undefined })
  }
  const [page, ...after] = cursors.read(query, asked.cursor) ?? []
  return page === undefined
    ? Effect.fail(new CursorInvalid())
    : Effect.succeed({ page: Number(page), offset: 0, after })
}

/** The cursor of the page after this one; "" where this is the last. `last` are the sort keys of this page's last item. */
export const nextCursor = (
  cursors: Cursors,
  query: string,
  start: PageStart,
  last: ReadonlyArray<string> | undefined
): string => (last === undefined ? "" : cursors.make(query, [String(start.page + 1), ...last]))

/** What a cursor is bound to: the list, and all that was asked of it but which page. */
export const queryText = (list: string, asked: unknown): string =>
  JSON.stringify([list, asked], (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value))
