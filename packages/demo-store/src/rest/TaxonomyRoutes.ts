import type { JsonObject } from "../Json.ts"
import type { Taxonomy } from "../Taxonomies.ts"
import type { Attribute, Term } from "../Term.ts"
import type { TermCounts } from "../TermCounts.ts"
import {
  createAttribute,
  createTerm,
  deleteAttribute,
  deleteTerm,
  updateAttribute,
  updateTerm
} from "../write/TermWrite.ts"
import { batch } from "./Batch.ts"
import * as Rules from "./ListRules.ts"
import { page } from "./Lists.ts"
import { attributeJson, taxonomyPath, termJson } from "./OtherJson.ts"
import { flag, integer, integers, text } from "./Params.ts"
import { type Call, created, editable, ok, type Route } from "./Route.ts"
import { trashNotSupported, WooError } from "./WooError.ts"
import { attributeBody, force, required, termBody } from "./WriteRules.ts"

/** Routes of a taxonomy whose terms hang under `pattern`. */
const routes = (
  pattern: string,
  counts: TermCounts,
  taxonomyOf: (call: Call) => Taxonomy
): ReadonlyArray<Route> => {
  const render = (call: Call, taxonomy: Taxonomy, term: Term): JsonObject =>
    termJson(call.site, taxonomy, term, counts.direct(call.site.shop, term.id))
  const update = (call: Call, taxonomy: Taxonomy, id: number, body: JsonObject): JsonObject =>
    render(call, taxonomy, updateTerm(call.site.shop, taxonomy, held(call, taxonomy, id), body))
  const remove = (call: Call, taxonomy: Taxonomy, id: number): JsonObject => {
    const term = held(call, taxonomy, id)
    const before = render(call, taxonomy, term)
    deleteTerm(call.site.shop, taxonomy, term)
    return before
  }
  const idOf = (call: Call): number => call.ids.at(-1) ?? 0
  return [
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
      },
      POST: {
        rules: required(termBody, "name"),
        permission: "create",
        run: (call) => {
          const taxonomy = taxonomyOf(call)
          const term = createTerm(call.site.shop, taxonomy, call.values)
          return created(render(call, taxonomy, term), `${taxonomyPath(taxonomy)}/${term.id}`)
        }
      }
    },
    {
      pattern: `${pattern}/batch`,
      ...editable({
        rules: {},
        permission: "batch",
        run: (call) => {
          const taxonomy = taxonomyOf(call)
          return batch(call, {
            rules: termBody,
            create: (_, body) => render(call, taxonomy, createTerm(call.site.shop, taxonomy, body)),
            update: (_, id, body) => update(call, taxonomy, id, body),
            remove: (_, id) => remove(call, taxonomy, id)
          })
        }
      })
    },
    {
      pattern: `${pattern}/#`,
      GET: {
        rules: { context: Rules.context },
        permission: "view",
        run: (call) => {
          const taxonomy = taxonomyOf(call)
          return ok(render(call, taxonomy, held(call, taxonomy, idOf(call))))
        }
      },
      ...editable({
        rules: termBody,
        permission: "edit",
        run: (call) => ok(update(call, taxonomyOf(call), idOf(call), call.values))
      }),
      DELETE: {
        rules: force,
        permission: "delete",
        run: (call) => {
          if (flag(call.values, "force") !== true) throw trashNotSupported("Resource does not support")
          return ok(remove(call, taxonomyOf(call), idOf(call)))
        }
      }
    }
  ]
}

const held = (call: Call, taxonomy: Taxonomy, id: number): Term => {
  const term = call.site.shop.taxonomies.term(taxonomy, id)
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
    },
    POST: {
      rules: required(attributeBody, "name"),
      permission: "create",
      run: (call) => {
        const attribute = createAttribute(call.site.shop, call.values)
        return created(attributeJson(call.site, attribute), `/products/attributes/${attribute.id}`)
      }
    }
  },
  {
    pattern: "/products/attributes/#",
    GET: {
      rules: { context: Rules.context },
      permission: "view",
      run: (call) => ok(attributeJson(call.site, heldAttribute(call)))
    },
    ...editable({
      rules: attributeBody,
      permission: "edit",
      run: (call) =>
        ok(attributeJson(call.site, updateAttribute(call.site.shop, heldAttribute(call), call.values)))
    }),
    DELETE: {
      rules: force,
      permission: "delete",
      run: (call) => {
        const attribute = heldAttribute(call)
        if (flag(call.values, "force") !== true) throw trashNotSupported("Resource does not support")
        deleteAttribute(call.site.shop, attribute)
        return ok(attributeJson(call.site, attribute))
      }
    }
  }
]

const heldAttribute = (call: Call): Attribute => {
  const attribute = call.site.shop.taxonomies.attribute(call.ids[0] ?? 0)
  if (attribute === undefined) {
    throw new WooError("woocommerce_rest_taxonomy_invalid", "Resource does not exist.", 404)
  }
  return attribute
}
