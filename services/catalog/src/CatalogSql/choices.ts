import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { FacetKind } from "../FacetValue.ts"
import type { ProductFilter } from "../ProductQuery.ts"
import { texts } from "./Parameters.ts"
import { subtree } from "./subtree.ts"

/** What a filter chooses of one facet: any of some values. */
export interface Choice {
  /** The facet that it is a choice of: `attribute pa_color` for the attribute, the kind's name otherwise. */
  readonly facet: string
  /** The ids of the values among a product's `keys`: an integer[], NULL where there are none. */
  readonly keys: Fragment
  /** The ids of the values whose bits tell the same. */
  readonly bits: Fragment
}

/** The choices of a filter, one for each facet that it restricts. Prices, SKUs, ids and the search are no choices. */
export const choices = (sql: SqlClient, filter: ProductFilter): ReadonlyArray<Choice> => {
  const values = (kind: FacetKind, keys: ReadonlyArray<string>) => sql`(
    SELECT array_agg(id) FROM facet_values WHERE kind = ${sql.literal(String(kind))} AND scope = ''
      AND key = ANY(${texts(keys)}::text[]))`
  const choice = (facet: keyof typeof FacetKind, keys: ReadonlyArray<string>): ReadonlyArray<Choice> => {
    const ids = values(FacetKind[facet], keys)
    return keys.length === 0 ? [] : [{ facet, keys: ids, bits: ids }]
  }
  const flag = (facet: "onSale" | "featured", value: boolean | undefined) =>
    choice(facet, value === undefined ? [] : [String(value)])
  return [
    ...(filter.categoryIds.length === 0
      ? []
      : [
          {
            facet: "category",
            keys: sql`(
              SELECT array_agg(id) FROM facet_values WHERE kind = ${sql.literal(String(FacetKind.category))}
                AND scope = '' AND key = ANY(${subtree(sql, filter.categoryIds)}::text[]))`,
            bits: values(FacetKind.subtree, filter.categoryIds.map(String))
          }
        ]),
    ...choice("tag", filter.tagIds.map(String)),
    ...choice("brand", filter.brandIds.map(String)),
    ...choice("stockStatus", filter.stockStatus === "" ? [] : [filter.stockStatus]),
    ...flag("onSale", filter.onSale),
    ...flag("featured", filter.featured),
    ...choice("rating", filter.ratings.map(String)),
    ...filter.attributes.map(({ attribute, terms }): Choice => {
      // Terms are known by their slug where the shop has said it; until then by the slug that the option would have.
      const ids = sql`(
        SELECT array_agg(v.id) FROM facet_values v
        LEFT JOIN attributes a ON a.slug = v.scope
        LEFT JOIN terms t ON t.attribute_id = a.id AND t.name = v.key
        WHERE v.kind = ${sql.literal(String(FacetKind.attribute))} AND v.scope = ${attribute}
          AND coalesce(t.slug, v.slug) = ANY(${texts(terms)}::text[]))`
      return { facet: `attribute ${attribute}`, keys: ids, bits: ids }
    })
  ]
}
