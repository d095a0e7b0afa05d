import type { JsonObject } from "../Json.ts"
import type { Taxonomy } from "../Taxonomies.ts"
import type { Term } from "../Term.ts"
import type { TermCounts } from "../TermCounts.ts"
import * as Rules from "./ListRules.ts"
import { page } from "./Lists.ts"
import { attributeJson, termJson } from "./OtherJson.ts"
import { flag, integer, integers, text } from "./Params.ts"
import { type Call, ok, type Route } from "./Route.ts"
import { WooError } from "./WooError.ts"

/** Routes of a taxonomy whose terms hang under `pattern`. */
const routes = (
  pattern: string,
  counts: TermCounts,
  taxonomyOf: (call: Call) => Taxonomy
): ReadonlyArray<Route> => [
  {
    pattern,
    GET: {
      rules: Rules.termList,
      permission: "list",
      run: (call) => {
        const taxonomy = taxonomyOf(call)
        const { shop } = call.site
        const terms = listed(call, taxonomy, counts)
        return page(
          call,
          terms.map((term) => term.id),
          (id) => {
            const term = shop.taxonomies.term(taxonomy, id)
            const count = taxonomy === "product_cat" ? counts.whole(shop, id) : counts.direct(shop, id)
            return term === undefined ? undefined : termJson(call.site, taxonomy, term, count)
          }
        )
      }
    }
  },
  {
    pattern: `${pattern}/#`,
    GET: {
      rules: { context: Rules.context },
      permission: "view",
      run: (call) => {
        const taxonomy = taxonomyOf(call)
        const term = termOf(call, taxonomy)
        return ok(termJson(call.site, taxonomy, term, counts.direct(call.site.shop, term.id)))
      }
    }
  }
]

export const termOf = (call: Call, taxonomy: Taxonomy): Term => {
  const term = call.site.shop.taxonomies.term(taxonomy, call.ids.at(-1) ?? 0)
  if (term === undefined) throw new WooError("woocommerce_rest_term_invalid", "Resource does not exist.", 404)
  return term
}

const listed = (call: Call, taxonomy: Taxonomy, counts: TermCounts): ReadonlyArray<Term> => {
  const { shop } = call.site
  const { values } = call
  const include = integers(values, "include")
  const exclude = integers(values, "exclude")
  const parent = values.parent
  const slug = text(values, "slug")
  const search = text(values, "search")?.toLowerCase()
  const product = shop.product(integer(values, "product", 0))
  const attached = new Set([
    ...(product?.category_ids ?? []),
    ...(product?.tag_ids ?? []),
    ...(product?.brand_ids ?? [])
  ])
  const count = (term: Term) =>
    taxonomy === "product_cat" ? counts.whole(shop, term.id) : counts.direct(shop, term.id)
  const found = shop.taxonomies
    .terms(taxonomy)
    .filter(
      (term) =>
        (include.length === 0 || include.includes(term.id)) &&
        !exclude.includes(term.id) &&
        (typeof parent !== "number" || term.parent === parent) &&
        (slug === undefined || slug === "" || term.slug === slug) &&
        (search === undefined || term.name.toLowerCase().includes(search)) &&
        (product === undefined || attached.has(term.id)) &&
        (flag(values, "hide_empty") !== true || count(term) > 0)
    )
  const orderby = text(values, "orderby") ?? "name"
  const sign = text(values, "order") === "desc" ? -1 : 1
  if (orderby === "include") return [...found].sort((a, b) => include.indexOf(a.id) - include.indexOf(b.id))
  const key = (term: Term): string | number =>
    orderby === "id" || orderby === "term_group"
      ? term.id
      : orderby === "count"
        ? count(term)
        : orderby === "slug"
          ? term.slug
          : orderby === "description"
            ? term.description
            : term.name.toLowerCase()
  return [...found].sort((a, b) => {
    const left = key(a)
    const right = key(b)
    return sign * (left < right ? -1 : left > right ? 1 : a.id - b.id)
  })
}

export const taxonomyRoutes = (counts: TermCounts): ReadonlyArray<Route> => [
  ...routes("/products/categories", counts, () => "product_cat"),
  ...routes("/products/tags", counts, () => "product_tag"),
  ...routes("/products/brands", counts, () => "product_brand"),
  ...routes("/products/attributes/#/terms", counts, (call) => {
    const id = call.ids[0] ?? 0
    if (call.site.shop.taxonomies.attribute(id) === undefined) {
      throw new WooError("woocommerce_rest_taxonomy_invalid", "Taxonomy does not exist.", 404)
    }
    return `pa:${id}`
  }),
  {
    pattern: "/products/attributes",
    GET: {
      rules: Rules.attributeList,
      permission: "list",
      run: (call) => {
        // All at once, whatever page was asked for: WooCommerce does not page attributes.
        const items: ReadonlyArray<JsonObject> = call.site.shop.taxonomies
          .attributes()
          .map((attribute) => attributeJson(call.site, attribute))
        return { status: 200, body: items, paging: { total: items.length, totalPages: 1, page: 1 } }
      }
    }
  },
  {
    pattern: "/products/attributes/#",
    GET: {
      rules: { context: Rules.context },
      permission: "view",
      run: (call) => {
        const attribute = call.site.shop.taxonomies.attribute(call.ids[0] ?? 0)
        if (attribute === undefined)
          throw new WooError("woocommerce_rest_taxonomy_invalid", "Resource does not exist.", 404)
        return ok(attributeJson(call.site, attribute))
      }
    }
  }
]
