import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import type { ProductFilter, ProductOrder } from "../ProductQuery.ts"
import { ids } from "./Parameters.ts"

/** An order as a statement says it: every order is that of one index, read in one direction, and ends in the id. */
export interface ListOrder {
  /** Columns that ordered rows of `products` are selected with: the sort keys, and `id`. */
  readonly columns: Fragment
  /** Puts rows of `products` in order. */
  readonly rows: Fragment
  /** Puts rows in order that were selected with `columns`, under the name `page`. */
  readonly page: Fragment
  /** The sort keys of such a row as texts: exact, so that `after` goes on at the very same place. */
  readonly place: Fragment
  /** Holds for rows of `products` that come after a place: one comparison of rows, where an index can begin. */
  readonly after: (place: ReadonlyArray<string>) => Fragment
}

/** A sort key and its type. */
type Key = readonly [value: string, type: string]

// As the indexes have them: what has no price is last in both directions.
const lowestPrice: Key = ["coalesce(price_min, 'Infinity')", "numeric"]
const highestPrice: Key = ["coalesce(price_max, '-Infinity')", "numeric"]

/** Sort keys before the id. */
const keysOf = ({ by, direction }: ProductOrder): ReadonlyArray<Key> => {
  switch (by) {
    case "id":
      return []
    case "title":
      return [["title_key", "text"]]
    case "slug":
      return [["slug", "text"]]
    case "modified":
      return [["date_modified", "timestamp"]]
    case "menu_order":
      return [["menu_order", "integer"]]
    case "price":
      return [direction === "asc" ? lowestPrice : highestPrice]
    case "popularity":
      return [["total_sales", "bigint"]]
    case "rating":
      return [
        ["average_rating", "numeric"],
        ["rating_count", "bigint"]
      ]
    default:
      return [["date_created", "timestamp"]]
  }
}

/** The order of a list. */
export const listOrder = (sql: SqlClient, order: ProductOrder, filter: ProductFilter): ListOrder => {
  const keys =
    order.by === "include"
      ? [{ value: sql`array_position(${ids(filter.includeIds)}::bigint[], id)`, type: "integer" }]
      : keysOf(order).map(([value, type]) => ({ value: sql.literal(value), type }))
  const all = [...keys, { value: sql.literal("id"), type: "bigint" }]
  const rises = order.by === "include" || order.direction === "asc"
  const direction = sql.literal(rises ? "ASC" : "DESC")
  const names = all.map((_, position) =>
    sql.literal(position === keys.length ? "page.id" : `page.key_${position}`)
  )
  return {
    columns: list(
      sql,
      all.map(({ value }, position) =>
        position === keys.length ? value : sql`${value} AS ${sql.literal(`key_${position}`)}`
      )
    ),
    rows: list(
      sql,
      all.map(({ value }) => sql`${value} ${direction}`)
    ),
    page: list(
      sql,
      names.map((name) => sql`${name} ${direction}`)
    ),
    place: sql`ARRAY[${list(
      sql,
      names.map((name) => sql`${name}::text`)
    )}]`,
    after: (place) => sql`(${list(
      sql,
      all.map(({ value }) => value)
    )}) ${sql.literal(rises ? ">" : "<")}
      (${list(
        sql,
        all.map(({ type }, position) => sql`${place[position] ?? ""}::text::${sql.literal(type)}`)
      )})`
  }
}

const list = (sql: SqlClient, [first, ...rest]: ReadonlyArray<Fragment>): Fragment =>
  rest.reduce((all, item) => sql`${all}, ${item}`, sql`${first ?? sql``}`)
