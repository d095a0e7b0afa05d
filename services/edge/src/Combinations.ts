/** Rules about parameters that are right each by itself and have to fit together. */
import * as Schema from "effect/Schema"
import { attributeOf } from "./Parameters.ts"

/** A parameter that does not fit beside the others. */
export interface Misfit {
  readonly field: string
  readonly message: string
}

const MAX_ATTRIBUTES = 20

/** What does not fit, by the names that were given and what `read` finds there. */
const misfits = (names: ReadonlyArray<string>, read: (name: string) => unknown): ReadonlyArray<Misfit> => {
  const given = new Set(names)
  const found: Array<Misfit> = []
  if (given.has("cursor") && given.has("page")) {
    found.push(
      { field: "page", message: "cannot be given with cursor, which says where to go on" },
      { field: "cursor", message: "cannot be given with page" }
    )
  }
  if (given.has("q") && given.has("search")) {
    found.push({ field: "q", message: "cannot be given with search, which means the same" })
  }
  const orderby = read("orderby")
  if (orderby === "include" && !given.has("include")) {
    found.push({ field: "orderby", message: "include needs the parameter include" })
  }
  if (orderby === "relevance" && !given.has("search")) {
    found.push({ field: "orderby", message: "relevance needs the parameter search" })
  }
  if (areCrossed(read("min_price"), read("max_price"))) {
    found.push(
      { field: "min_price", message: "must not be above max_price" },
      { field: "max_price", message: "must not be below min_price" }
    )
  }
  if (names.filter((name) => attributeOf(name) !== undefined).length > MAX_ATTRIBUTES) {
    found.push({ field: "attributes", message: `must be of at most ${MAX_ATTRIBUTES} attributes` })
  }
  return found
}

const amount = /^([0-9]{1,15})(?:\.([0-9]{1,10}))?$/

/** An amount without its point; undefined for what is none. */
const exact = (text: unknown): bigint | undefined => {
  const [, whole, fraction = ""] = typeof text === "string" ? (amount.exec(text) ?? []) : []
  return whole === undefined ? undefined : BigInt(whole + fraction.padEnd(10, "0"))
}

/** Whether no price can lie between two bounds. */
const areCrossed = (lowest: unknown, highest: unknown): boolean => {
  const [from, to] = [exact(lowest), exact(highest)]
  return from !== undefined && to !== undefined && from > to
}

/** Refuses a query whose parameters do not fit together. */
export const check = Schema.makeFilter((query: object) =>
  misfits(Object.keys(query), (name) => Reflect.get(query, name)).map(({ field, message }) => ({
    path: [field],
    issue: message
  }))
)

/** The same of a query in which more is wrong, so that all of it is told at once. */
export const misfitsOf = (search: URLSearchParams): ReadonlyArray<Misfit> =>
  misfits([...new Set(search.keys())], (name) => search.get(name))
