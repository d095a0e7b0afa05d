import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { FacetKind } from "../FacetValue.ts"
import { metRanges } from "../PriceRange.ts"
import type { ProductFilter } from "../ProductQuery.ts"
import { texts } from "./Parameters.ts"

/** What a filter chooses of one facet: any of some values. */
export interface Choice {
  /** The facet that it is a choice of: `attribute pa_color` for the attribute, the kind's name otherwise. */
  readonly facet: string
  /** The ids of the values whose bits tell: an integer[], NULL where there are none. */
  readonly bits: Fragment
}

/**
 * The choices of a filter, one for each facet that it restricts. SKUs, ids and the search are no choices; prices are one
 * where they are just those of a range.
 */
export const choices = (sql: SqlClient, filter: ProductFilter): ReadonlyArray<Choice> => {
  const choice = (facet: keyof typeof FacetKind, keys: ReadonlyArray<string>): ReadonlyArray<Choice> => {
    return keys.length === 0 ? [] : [{ facet, bits: valueIds(sql, facet, keys) }]
  }
  const flag = (facet: "onSale" | "featured", value: boolean | undefined) =>
    choice(facet, value === undefined ? [] : [String(value)])
  return [
    ...(filter.categoryIds.length === 0
      ? []
      : [
          {
            facet: "category",
            bits: valueIds(sql, "subtree", filter.categoryIds.map(String))
          }
        ]),
    ...choice("tag", filter.tagIds.map(String)),
    ...choice("brand", filter.brandIds.map(String)),
    ...choice("stockStatus", filter.stockStatus === "" ? [] : [filter.stockStatus]),
    ...flag("onSale", filter.onSale),
    ...flag("featured", filter.featured),
    ...choice("rating", filter.ratings.map(String)),
    ...(hasPrices(filter) && isWholeRanges(filter)
      ? choice("price", metRanges(filter.minPrice, filter.maxPrice).keys)
      : []),
    ...filter.attributes.map(
      ({ attribute, terms }): Choice => ({
        facet: `attribute ${attribute}`,
        bits: sql`(
        SELECT array_agg(v.id) FROM facet_values v ${termsOfValues(sql)}
        WHERE v.kind = ${kind(sql, "attribute")} AND v.scope = ${attribute}
          AND coalesce(t.slug, v.slug) = ANY((SELECT ${texts(terms)}::text[])::text[]))::integer[]`
      })
    )
  ]
}

/** The number of a kind, as a constant of the statement. */
export const kind = (sql: SqlClient, name: keyof typeof FacetKind): Fragment =>
  sql.literal(String(FacetKind[name]))

/** The ids of the values of a kind with these keys: an integer[], NULL where there are none. */
export const valueIds = (
  sql: SqlClient,
  name: keyof typeof FacetKind,
  keys: ReadonlyArray<string>
): Fragment => sql`(
  SELECT array_agg(id) FROM facet_values
  WHERE kind = ${kind(sql, name)} AND scope = '' AND key = ANY((SELECT ${texts(keys)}::text[])::text[]))::integer[]`

/**
 * The attribute `a` and the term `t` of a value `v` of the kind attribute. A term is known by its slug where the shop has
 * said it; until then by the slug that the option would have.
 */
const termsOfValues = (sql: SqlClient): Fragment => sql`
  LEFT JOIN attributes a ON a.slug = v.scope
  LEFT JOIN terms t ON t.attribute_id = a.id AND t.name = v.key AND t.slug <> ''`

/** Whether a filter has a bound of the price. */
export const hasPrices = (filter: ProductFilter): boolean => filter.minPrice !== "" || filter.maxPrice !== ""

/** Whether the bounds of the price are just those of price ranges, as they are when a shopper picks one. */
export const isWholeRanges = ({ maxPrice, minPrice }: ProductFilter): boolean => {
  const { above, below, keys } = metRanges(minPrice, maxPrice)
  return minPrice !== "" && keys.length > 0 && below === "" && above === undefined
}
