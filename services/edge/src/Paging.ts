/** Where a page stands in its list, and how to get to the others. */
import type { PageInfo } from "@optica/contracts/optica/type/v1/page_pb"
import * as Schema from "effect/Schema"
import type { Exchange } from "./Exchange.ts"
import { DEEPEST } from "./Parameters.ts"
import { DEFAULT_PER_PAGE } from "./ProductQuery.ts"

export const Pagination = Schema.Struct({
  page: Schema.Int.annotate({ description: "From 1; of a cursor, the page that it leads to" }),
  per_page: Schema.Int,
  total: Schema.Int,
  total_pages: Schema.Int,
  has_next: Schema.Boolean,
  has_prev: Schema.Boolean,
  next_cursor: Schema.NullOr(Schema.String).annotate({
    description: "Passed as `cursor` it answers the page after this one; null on the last"
  })
}).annotate({ identifier: "Pagination" })
export type Pagination = typeof Pagination.Type

/** A page's place: in the body, and as header fields. */
export interface Place {
  readonly pagination: Pagination
  readonly headers: Record<string, string>
}

/** Characters that all links of an answer may have: clients refuse header fields that are much longer. */
const LONGEST = 6_000

type Asked = Pick<Exchange, "path" | "target">

/** The place of the page that answers a request; `cursor` is the one that it was asked by. */
export const of = (
  exchange: Asked,
  info: PageInfo | undefined,
  { cursor }: { readonly cursor?: string }
): Place => {
  const page = info?.page || 1
  const totalPages = info?.totalPages ?? 0
  const nextCursor = info?.nextCursor || null
  const pagination = {
    page,
    per_page: info?.perPage || DEFAULT_PER_PAGE,
    total: Number(info?.total ?? 0n),
    total_pages: totalPages,
    // Numbers count the list as it is now; whoever came by a cursor goes on from an item.
    has_next: nextCursor !== null || (cursor === undefined && page < totalPages),
    has_prev: page > 1,
    next_cursor: nextCursor
  }
  const link = links(exchange, pagination, cursor !== undefined)
  return {
    pagination,
    headers: {
      "x-wp-total": String(pagination.total),
      "x-wp-totalpages": String(totalPages),
      ...(link === "" || link.length > LONGEST ? {} : { link })
    }
  }
}

const placing = new Set(["page", "cursor"])

/** RFC 8288. Relative to the address that was asked, so that nobody has to be believed which one that was. */
const links = (exchange: Asked, at: Pagination, byCursor: boolean): string => {
  const { path, target } = exchange
  const kept = target
    .slice(path.length + 1)
    .split("&")
    .filter((pair) => pair !== "" && !placing.has(nameOf(pair)))
    .map((pair) => pair.replace(/[^\x21-\x7e]|[<>"#]/g, encodeURIComponent))
  const to = (relation: string, parameter: string) =>
    `<${path}?${[...kept, parameter].join("&")}>; rel="${relation}"`
  const numbered = (relation: string, page: number) =>
    page * at.per_page > DEEPEST ? [] : [to(relation, `page=${page}`)]
  const last = Math.max(1, at.total_pages)
  const byNumber = byCursor || !at.has_next ? [] : numbered("next", at.page + 1)
  const byNext =
    byNumber.length > 0 || at.next_cursor === null
      ? byNumber
      : [to("next", `cursor=${encodeURIComponent(at.next_cursor)}`)]
  return [
    ...numbered("first", 1),
    // Where a cursor led to, pages by number need not end: it may come of pages of another size.
    ...(at.has_prev && !byCursor ? numbered("prev", Math.min(at.page - 1, last)) : []),
    ...byNext,
    ...numbered("last", last)
  ].join(", ")
}

/** The name of a parameter, however it was written. */
const nameOf = (pair: string): string => {
  const end = pair.indexOf("=")
  return decodeURIComponent((end === -1 ? pair : pair.slice(0, end)).replaceAll("+", " "))
}
