import type { JsonObject } from "../Json.ts"
import { encodeName } from "../rest/Html.ts"
import type { Shop } from "../Shop.ts"
import type { Attribute } from "../Term.ts"
import { slugOfName, string, uniqueSlug } from "./Stored.ts"

/** The global attribute that `{id}` names; undefined for a custom one, which has only a name. */
export const attributeOf = (shop: Shop, entry: JsonObject): Attribute | undefined => {
  const id = typeof entry.id === "number" ? entry.id : 0
  if (id !== 0) return shop.taxonomies.attribute(id)
  const name = string(entry, "name", "")
  return shop.taxonomies.attributes().find((attribute) => attribute.slug === name)
}

/** Id of the term with this name (or slug), made if nobody had it: WooCommerce adds unknown options. */
export const termOf = (shop: Shop, attributeId: number, option: string): number => {
  const taxonomy = `pa:${attributeId}` as const
  const name = encodeName(option)
  const terms = shop.taxonomies.terms(taxonomy)
  const known = terms.find((term) => term.name === name) ?? terms.find((term) => term.slug === option)
  if (known !== undefined) return known.id
  const id = shop.taxonomies.newTermId()
  shop.taxonomies.putTerm(taxonomy, {
    id,
    name,
    slug: uniqueSlug(slugOfName(name), (slug) => terms.some((term) => term.slug === slug)),
    description: "",
    parent: 0,
    menu_order: 0,
    display: "default",
    image: null
  })
  shop.commit({ kind: "term", action: "created", id })
  return id
}
