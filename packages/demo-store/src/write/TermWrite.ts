import { isObject, type JsonObject } from "../Json.ts"
import { encodeName, strip } from "../rest/Html.ts"
import { WooError } from "../rest/WooError.ts"
import type { Shop } from "../Shop.ts"
import type { Taxonomy } from "../Taxonomies.ts"
import type { Attribute, Term } from "../Term.ts"
import { imageOf } from "./SellableWrite.ts"
import { boolean, number, slugOfName, string, uniqueSlug } from "./Stored.ts"

const tree = (taxonomy: Taxonomy): boolean => taxonomy === "product_cat" || taxonomy === "product_brand"

export const createTerm = (shop: Shop, taxonomy: Taxonomy, body: JsonObject): Term => {
  const name = encodeName(string(body, "name", ""))
  const parent = tree(taxonomy) ? number(body, "parent", 0) : 0
  const terms = shop.taxonomies.terms(taxonomy)
  const twin = terms.find((term) => term.name === name && term.parent === parent)
  if (twin !== undefined) {
    throw new WooError("term_exists", "A term with the name provided already exists with this parent.", 400, {
      resource_id: twin.id
    })
  }
  if (parent !== 0 && shop.taxonomies.term(taxonomy, parent) === undefined) {
    throw new WooError("woocommerce_rest_term_invalid", "Parent resource does not exist.", 404)
  }
  const blank: Term = {
    id: shop.taxonomies.newTermId(),
    name,
    slug: "",
    description: "",
    parent,
    menu_order: 0,
    display: "default",
    image: null
  }
  const row = merged(shop, taxonomy, blank, body)
  shop.taxonomies.putTerm(taxonomy, row)
  shop.commit({ kind: "term", action: "created", id: row.id })
  return row
}

/** Renames and the like change every product that shows the term, and the date of none (fact 4). */
export const updateTerm = (shop: Shop, taxonomy: Taxonomy, held: Term, body: JsonObject): Term => {
  const row = merged(shop, taxonomy, held, body)
  shop.taxonomies.putTerm(taxonomy, row)
  shop.commit({ kind: "term", action: "updated", id: row.id })
  return row
}

export const deleteTerm = (shop: Shop, taxonomy: Taxonomy, held: Term): void => {
  if (taxonomy === "product_cat" && held.id === shop.taxonomies.defaultCategory) {
    throw new WooError("woocommerce_rest_cannot_delete", "Default product category cannot be deleted.", 500)
  }
  // Children move up, as wp_delete_term has it.
  for (const child of shop.taxonomies.terms(taxonomy)) {
    if (child.parent === held.id) shop.taxonomies.putTerm(taxonomy, { ...child, parent: held.parent })
  }
  shop.taxonomies.removeTerm(taxonomy, held.id)
  shop.commit({ kind: "term", action: "deleted", id: held.id })
}

const merged = (shop: Shop, taxonomy: Taxonomy, held: Term, body: JsonObject): Term => {
  const name = encodeName(string(body, "name", held.name))
  const sent = string(body, "slug", "")
  const wanted = sent === "" ? (held.slug === "" ? slugOfName(name) : held.slug) : slugOfName(sent)
  const others = new Set(
    shop.taxonomies.terms(taxonomy).flatMap((term) => (term.id === held.id ? [] : [term.slug]))
  )
  const display = string(body, "display", held.display)
  const image = body.image
  return {
    ...held,
    name,
    slug: uniqueSlug(wanted, (slug) => others.has(slug)),
    description: strip(string(body, "description", held.description)),
    parent: tree(taxonomy) ? number(body, "parent", held.parent) : 0,
    menu_order: number(body, "menu_order", held.menu_order),
    display,
    image:
      image === undefined
        ? held.image
        : isObject(image) && Object.keys(image).length > 0
          ? (imageOf(shop, held.image === null ? [] : [held.image], image) ?? held.image)
          : null
  }
}

const attributeSlug = (shop: Shop, wanted: string, id: number): string => {
  const slug = `pa_${slugOfName(wanted.replace(/^pa_/, "")).slice(0, 28)}`
  if (shop.taxonomies.attributes().some((attribute) => attribute.slug === slug && attribute.id !== id)) {
    throw new WooError(
      "woocommerce_rest_cannot_create",
      `Slug "${slug.slice(3)}" is already in use. Change it, please.`,
      400
    )
  }
  return slug
}

export const createAttribute = (shop: Shop, body: JsonObject): Attribute => {
  const id = shop.taxonomies.newAttributeId()
  const name = string(body, "name", "").replace(/<[^>]*>/g, "")
  return put(shop, "created", {
    id,
    name,
    slug: attributeSlug(shop, string(body, "slug", name), id),
    type: string(body, "type", "select"),
    order_by: string(body, "order_by", "menu_order"),
    has_archives: boolean(body, "has_archives", false)
  })
}

export const updateAttribute = (shop: Shop, held: Attribute, body: JsonObject): Attribute =>
  put(shop, "updated", {
    ...held,
    name: string(body, "name", held.name).replace(/<[^>]*>/g, ""),
    slug: body.slug === undefined ? held.slug : attributeSlug(shop, string(body, "slug", held.slug), held.id),
    order_by: string(body, "order_by", held.order_by),
    has_archives: boolean(body, "has_archives", held.has_archives)
  })

export const deleteAttribute = (shop: Shop, held: Attribute): void => {
  shop.taxonomies.removeAttribute(held.id)
  shop.commit({ kind: "attribute", action: "deleted", id: held.id })
}

const put = (shop: Shop, action: "created" | "updated", row: Attribute): Attribute => {
  shop.taxonomies.putAttribute(row)
  shop.commit({ kind: "attribute", action, id: row.id })
  return row
}
