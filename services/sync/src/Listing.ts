import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import type { ListParams } from "@optica/woocommerce/ListParams"
import { type Resource, Resources } from "@optica/woocommerce/Resource"
import * as Schema from "effect/Schema"
import type { StepName } from "./Run.ts"

/** All that this service reads of an item; the rest goes to the catalogue as it came. */
export const Stamp = Schema.Struct({
  id: Schema.Int.check(Schema.isGreaterThan(0)),
  status: Schema.optionalKey(Schema.Unknown)
})
export type Stamp = typeof Stamp.Type

/** One list of the shop. */
export interface Listing {
  readonly resource: Resource<Stamp>
  /** Beside the page: the order that stays put while things change, and all states that a list shows. */
  readonly params: ListParams
  /** Id of what the items belong to, where they do not say it themselves; 0 otherwise. */
  readonly parentId: number
}

const listing = (resource: Resource<unknown>, params: ListParams = {}, parentId = 0): Listing => ({
  resource: resource.withSchema(Stamp),
  params: resource.paged ? { orderby: "id", order: "asc", ...params } : params,
  parentId
})

/** What the catalogue calls the items of a step. */
export const kindOf: Record<StepName, ResourceKind> = {
  categories: ResourceKind.CATEGORY,
  tags: ResourceKind.TAG,
  attributes: ResourceKind.ATTRIBUTE,
  terms: ResourceKind.TERM,
  products: ResourceKind.PRODUCT,
  variations: ResourceKind.VARIATION,
  reviews: ResourceKind.REVIEW
}

/** The lists that hold everything of their kind. Terms have none: they are listed by attribute. */
export const lists: Record<Exclude<StepName, "terms">, Listing> = {
  categories: listing(Resources.categories),
  tags: listing(Resources.tags),
  attributes: listing(Resources.attributes),
  products: listing(Resources.products, { status: "any" }),
  variations: listing(Resources.variations, { status: "any" }),
  reviews: listing(Resources.reviews, { status: "all" })
}

export const termsOf = (attributeId: number): Listing =>
  listing(Resources.termsOf(attributeId), {}, attributeId)

/** The list that holds everything of a kind, where there is one. */
export const listOf = (resource: StepName): Listing | undefined =>
  resource === "terms" ? undefined : lists[resource]

/** For shops without a list of all variations. */
export const variationsOf = (productId: number): Listing =>
  listing(Resources.variationsOf(productId), { status: "any" }, productId)

export const variableProducts: Listing = listing(Resources.products, { status: "any", type: "variable" })
