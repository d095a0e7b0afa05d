/** The query of a list, typed, with the traps of the recorded shop at the parameter that springs them. */
import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import { InvalidParams } from "./Failures.ts"
import { fromUtc } from "./WooDate.ts"

/**
 * A moment for `after`, `before`, `modified_after`, `modified_before`. Give a `DateTime`: it is sent as zoneless UTC
 * with `dates_are_gmt=true`, the one form that is right for every shop. A string is sent as it is: without
 * `dates_are_gmt` a zoneless one is read in the shop's local time; one with `Z` or an offset TOGETHER with
 * `dates_are_gmt=true` would silently lose rows (fact 2) and is refused here.
 */
export type Moment = DateTime.DateTime | string

/** Ids, slugs or states; sent comma-separated, the one list form that OAuth signatures and all routes agree on. */
export type Many<A> = A | ReadonlyArray<A>

/** Every parameter is optional; which resource honours which is WooCommerce's choice: an unknown one is ignored, a wrong value is a 400. */
export interface ListParams {
  /** From 1. Past the end: `[]` (fact 10). `pages` counts by itself. */
  readonly page?: number
  /** 1 to 100, 10 if not given; 0 or 101 is a 400 (fact 10). A shop spends about five times the CPU of 20 on 100. */
  readonly per_page?: number
  /** Skips rows instead of pages. */
  readonly offset?: number
  readonly search?: string
  /** Part of an SKU (newer shops). */
  readonly search_sku?: string
  /** Created after. */
  readonly after?: Moment
  /** Created before. */
  readonly before?: Moment
  /**
   * Changed after: STRICTLY greater, in whole seconds, so take the last known date minus an overlap (fact 1).
   * Customers, categories, tags and reviews ignore it silently and send everything (fact 3). Many changes do not
   * move the date at all (fact 4), a no-change save does (fact 6), and a product scheduled for next year bears next
   * year's date (fact 8): never take the highest date seen as the next value.
   */
  readonly modified_after?: Moment
  /** Changed before; the same traps as `modified_after`. */
  readonly modified_before?: Moment
  /** Set by itself where a `DateTime` is given. */
  readonly dates_are_gmt?: boolean
  readonly include?: Many<number>
  readonly exclude?: Many<number>
  readonly order?: "asc" | "desc"
  /** `id` with `asc` is the one order that stays put while things change. Customers know no `modified` (fact 3). */
  readonly orderby?:
    | "date"
    | "modified"
    | "id"
    | "include"
    | "title"
    | "slug"
    | "name"
    | "menu_order"
    | "price"
    | "popularity"
    | "rating"
    | "count"
    | "registered_date"
    | (string & {})
  readonly parent?: Many<number>
  readonly parent_exclude?: Many<number>
  readonly slug?: Many<string>
  /** Products: `any` (the default) is all but trash. Orders: `any` also leaves out checkout drafts (fact 9). */
  readonly status?: Many<string>
  /** One list with several states, trash too: `publish,draft,pending,private,future,trash` (fact 9; newer shops only). */
  readonly include_status?: Many<string>
  readonly exclude_status?: Many<string>
  readonly type?: Many<string>
  readonly include_types?: Many<string>
  readonly exclude_types?: Many<string>
  readonly sku?: Many<string>
  readonly featured?: boolean
  /** Category ids. */
  readonly category?: Many<number>
  /** Tag ids. */
  readonly tag?: Many<number>
  readonly shipping_class?: Many<number>
  /** Slug of a shop-wide attribute, `pa_…`, together with `attribute_term`. */
  readonly attribute?: string
  /** Term ids of `attribute`. */
  readonly attribute_term?: Many<number>
  readonly tax_class?: string
  readonly on_sale?: boolean
  /** A decimal string, in the shop's currency. */
  readonly min_price?: string
  readonly max_price?: string
  readonly stock_status?: Many<string>
  readonly virtual?: boolean
  readonly downloadable?: boolean
  /** Leaves out terms without products. */
  readonly hide_empty?: boolean
  /** Reviews and orders: product id. */
  readonly product?: Many<number>
  /** Orders: customer id, 0 for guests. */
  readonly customer?: number
  readonly reviewer?: Many<number>
  /** Customers: an exact address. Personal data: kept out of spans. */
  readonly email?: string
  readonly role?: string
  /** Coupons: an exact code. */
  readonly code?: string
  /** Orders: decimals of amounts. */
  readonly dp?: number
  readonly context?: "view" | "edit"
  /** Only these fields; the shop still builds the others. Read with a schema that wants no more: `withSchema`. */
  readonly _fields?: Many<string>
  /** Whatever a plugin adds. A name with brackets keeps them: `filter[brand]`. */
  readonly extra?: { readonly [name: string]: string | number | boolean | ReadonlyArray<string | number> }
}

const moments = ["after", "before", "modified_after", "modified_before"] as const
const zoned = /(Z|[+-]\d{2}:?\d{2})$/i

const invalid = (param: string, message: string) => Result.fail(new InvalidParams({ param, message }))

const wholeFrom = (param: string, value: number | undefined, from: number, to: number) =>
  value !== undefined && !(Number.isInteger(value) && value >= from && value <= to)
    ? new InvalidParams({
        param,
        message: `${param} must be a whole number from ${from} to ${to}, not ${value}.`
      })
    : undefined

/**
 * The parameters as they go over the wire, in the order given. Lists become `1,2,3`; a bracketed list in `extra`
 * (`"ids[]"`) is numbered, because the shop verifies signatures over the numbers that PHP gives to its entries.
 */
export const render = (
  params: ListParams
): Result.Result<ReadonlyArray<readonly [string, string]>, InvalidParams> => {
  const wrong =
    wholeFrom("page", params.page, 1, 1e9) ??
    wholeFrom("per_page", params.per_page, 1, 100) ??
    wholeFrom("offset", params.offset, 0, 1e9)
  if (wrong !== undefined) return Result.fail(wrong)
  const { extra, ...known } = params
  // WooCommerce takes an empty list for no filter at all and sends everything.
  const [empty] =
    Object.entries({ ...known, ...extra }).find(([, value]) => Array.isArray(value) && value.length === 0) ??
    []
  if (empty !== undefined) {
    return invalid(
      empty,
      `${empty} is an empty list, which the shop takes for all: leave it out, or ask nothing.`
    )
  }
  const exact = moments.filter((name) => DateTime.isDateTime(params[name]))
  const gmt = params.dates_are_gmt ?? exact.length > 0
  if (exact.length > 0 && !gmt) {
    return invalid(
      "dates_are_gmt",
      `${exact[0]} is a moment and is sent in UTC: leave dates_are_gmt out or set it to true.`
    )
  }
  const pairs: Array<readonly [string, string]> = []
  for (const [name, value] of Object.entries(known)) {
    if (value === undefined || name === "dates_are_gmt") continue
    if (DateTime.isDateTime(value)) pairs.push([name, fromUtc(value)])
    else pairs.push([name, Array.isArray(value) ? value.join(",") : String(value)])
  }
  for (const name of moments) {
    const value = params[name]
    if (typeof value !== "string") continue
    if (gmt && zoned.test(value)) {
      return invalid(
        name,
        `${name}=${value} with dates_are_gmt=true silently loses rows: give a DateTime, or leave the zone out.`
      )
    }
  }
  if (gmt) pairs.push(["dates_are_gmt", "true"])
  for (const [name, value] of Object.entries(extra ?? {})) {
    if (!Array.isArray(value)) pairs.push([name, String(value)])
    else if (!name.endsWith("[]")) pairs.push([name, value.join(",")])
    else
      pairs.push(...value.map((entry, index) => [`${name.slice(0, -2)}[${index}]`, String(entry)] as const))
  }
  return Result.succeed(pairs)
}
