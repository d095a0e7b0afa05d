import type { Attribute } from "@optica/woocommerce/Attribute"
import type { Term } from "@optica/woocommerce/Term"
import { plainText } from "./Html.ts"
import { optionName } from "./ProductFacets.ts"
import { int32 } from "./ProductMessage.ts"
import { sortable, storable } from "./TitleKey.ts"

/** A shop-wide attribute as it is stored: a row of the table `attributes`. */
export interface AttributeRow {
  readonly id: number
  /** Its label, as pages show it. */
  readonly name: string
  /** The taxonomy, such as `pa_color`. */
  readonly slug: string
  readonly source: string
}

export const attributeRow = (attribute: Attribute, source: string): AttributeRow => ({
  id: attribute.id,
  name: storable(plainText(attribute.name)),
  slug: sortable(attribute.slug),
  source
})

/** A term of such an attribute: a row of the table `terms`. */
export interface TermRow {
  readonly id: number
  readonly attributeId: number
  /** As products name it among their options. */
  readonly name: string
  readonly slug: string
  readonly menuOrder: number
  readonly source: string
}

export const termRow = (term: Term, attributeId: number, source: string): TermRow => ({
  id: term.id,
  attributeId,
  name: optionName(term.name),
  slug: sortable(term.slug),
  menuOrder: int32(term.menu_order),
  source
})

/** A tag as it is stored: products say everything of it that is shown. */
export interface TagRow {
  readonly id: number
  readonly source: string
}
