import { hash } from "node:crypto"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { type Refused, Resources } from "@optica/woocommerce/Resource"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { type AttributeRow, attributeRow, type TagRow, type TermRow, termRow } from "./Attribute.ts"
import { type CategoryRow, categoryRow } from "./Category.ts"
import { type ProductRow, productRow } from "./Product.ts"
import { allowText, type MetaAllow } from "./ProductMessage.ts"
import { type ReviewRow, reviewRow } from "./Review.ts"

/**
 * How a read model is made of what the shop sent. It is part of every content hash: raise it with any change to what is
 * derived, and the next sweep writes everything anew.
 */
const DERIVATION = 4

/** What a read model depends on beside the content. */
export interface Derivation {
  readonly allow: MetaAllow
  /** The language of the shop's texts, as PostgreSQL names it. */
  readonly language: string
  /** All of it as text: what goes into the content hash, the same for every change of a batch. */
  readonly text: string
}

export const derivationOf = (allow: MetaAllow, language: string): Derivation => ({
  allow,
  language,
  text: `${DERIVATION} ${language} ${allowText(allow)}`
})

/** One thing as it was read from the shop, or the news that it is gone. */
export interface Change {
  readonly kind: ResourceKind
  readonly id: number
  readonly observation: bigint
  /** What it belongs to, where the JSON does not say; 0 otherwise. */
  readonly parentId: number
  /** The JSON text that the shop sent; null for a deletion. */
  readonly source: string | null
}

/**
 * Products and variations share WordPress's post ids and may arrive as one another (fact 26), so they are one family:
 * of one id there is one of either. Every other kind is a family of its own.
 */
export const familyOf = (kind: ResourceKind): ResourceKind =>
  kind === ResourceKind.VARIATION ? ResourceKind.PRODUCT : kind

/** What a change says without having been decoded: enough to tell whether it is news. */
export interface Observed {
  readonly family: ResourceKind
  readonly id: number
  readonly kind: ResourceKind
  readonly parentId: number
  readonly observation: bigint
  readonly dateModifiedGmt: string
  /** Over everything that the read model is made of; null for a deletion. */
  readonly contentHash: Uint8Array | null
  /** Null for a deletion, and for what is to be hidden without having been understood. */
  readonly json: Schema.JsonObject | null
  readonly source: string
}

/** Why a change was not understood: the path in its JSON, and the rule. */
export interface Rejected {
  readonly reason: string
}

/** Parses the JSON and hashes it. Not decoded here: of most things in a sweep the hash is known already. */
export const observe = (change: Change, derivation: Derivation): Result.Result<Observed, Rejected> => {
  if (!Number.isSafeInteger(change.id) || !Number.isSafeInteger(change.parentId)) {
    return rejected("id", "Expected ids of at most 2^53 - 1")
  }
  const base = { family: familyOf(change.kind), id: change.id, observation: change.observation }
  if (change.source === null) {
    const { kind, parentId } = change
    return Result.succeed({
      ...base,
      kind,
      parentId,
      dateModifiedGmt: "",
      contentHash: null,
      json: null,
      source: ""
    })
  }
  try {
    const json: Schema.Json = JSON.parse(change.source)
    if (!isObject(json)) return rejected("", "Expected an object")
    if (Number(json.id) !== change.id) return rejected("id", `Expected the id of the change, ${change.id}`)
    const kind = kindOf(change, json)
    const parentId = parentOf(change, kind, json)
    if (parentId === 0 && (kind === ResourceKind.VARIATION || kind === ResourceKind.TERM)) {
      return rejected("parent_id", "Expected the id of what it belongs to, here or in the change")
    }
    return Result.succeed({
      ...base,
      kind,
      parentId,
      dateModifiedGmt: modifiedOf(json),
      contentHash: contentHash(`${derivation.text} ${kind} ${parentId}\n${stableText(change.source, json)}`),
      json,
      source: change.source
    })
  } catch (error) {
    // Also reached by related_ids that are nested too deep to write out again.
    return rejected("", error instanceof SyntaxError ? "Expected JSON" : "Expected JSON of a sensible depth")
  }
}

/** Recorded as the content of what is hidden: no content has it, so whatever is understood next is news. */
export const hiddenHash = new Uint8Array(16)

/** Recorded as the content of what was understood once and is not any more: whatever is understood next is news. */
export const lostHash = new Uint8Array(16).fill(255)

/**
 * What is left to note of a read that was rejected but says that the public may not see the thing: a product that went
 * private must not stay on show because another field of it cannot be understood. Undefined where it does not say so.
 */
export const observeHidden = (change: Change): Observed | undefined => {
  const family = familyOf(change.kind)
  if (change.source === null || family !== ResourceKind.PRODUCT || !Number.isSafeInteger(change.id))
    return undefined
  const json = parsed(change.source)
  if (json === undefined || Number(json.id) !== change.id) return undefined
  const { post_password: password, status } = json
  const isLocked = password !== undefined && password !== null && password !== "" && password !== false
  if (!isLocked && (!Predicate.isString(status) || status === "publish")) return undefined
  const kind = kindOf(change, json)
  const parentId = parentOf(change, kind, json)
  return {
    ...{
      family,
      id: change.id,
      kind,
      observation: change.observation,
      contentHash: hiddenHash,
      json: null,
      source: ""
    },
    parentId: Number.isSafeInteger(parentId) ? parentId : 0,
    dateModifiedGmt: modifiedOf(json)
  }
}

const parsed = (source: string): Schema.JsonObject | undefined => {
  try {
    const json: Schema.Json = JSON.parse(source)
    return isObject(json) ? json : undefined
  } catch {
    return undefined
  }
}

/** As the shop writes it, without a zone; anything else, a text that PostgreSQL cannot store among it, is as good as none. */
const modifiedOf = ({ date_modified_gmt: text }: Schema.JsonObject): string =>
  Predicate.isString(text) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? text : ""

const contentHash = (text: string): Uint8Array => hash("sha256", text, "buffer").subarray(0, 16)

/**
 * The text that counts: without what differs between two reads of the same thing. related_ids are drawn at random
 * (fact 7), _links tell how it was read. Cut out of the text, which is cheaper than writing the object anew. A text that
 * spells the same object in another way, or holds such a part deeper down as well, costs a needless write at worst.
 */
const stableText = (source: string, json: Schema.JsonObject): string => {
  let text = source
  for (const key of ["related_ids", "_links"]) {
    if (json[key] !== undefined) text = text.replace(`,"${key}":${JSON.stringify(json[key])}`, () => "")
  }
  return text
}

const rejected = (path: string, rule: string): Result.Result<never, Rejected> =>
  Result.fail({ reason: path === "" ? rule : `${path}: ${rule}` })

const isObject = (json: Schema.Json): json is Schema.JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json)

/** A variation may arrive as a product: then its type says so ("variation", or a plugin's "subscription_variation"). */
const kindOf = (change: Change, json: Schema.JsonObject): ResourceKind =>
  change.kind === ResourceKind.PRODUCT && /(^|_)variation$/.test(String(json.type))
    ? ResourceKind.VARIATION
    : change.kind

const parentOf = (change: Change, kind: ResourceKind, json: Schema.JsonObject): number => {
  const said =
    kind === ResourceKind.VARIATION ? json.parent_id : kind === ResourceKind.REVIEW ? json.product_id : 0
  const parent = Number(said)
  return Number.isSafeInteger(parent) && parent > 0 ? parent : change.parentId
}

/** A thing as it is written: one row of one table. */
export type Derived =
  | { readonly table: "products"; readonly row: ProductRow }
  | { readonly table: "categories"; readonly row: CategoryRow }
  | { readonly table: "tags"; readonly row: TagRow }
  | { readonly table: "attributes"; readonly row: AttributeRow }
  | { readonly table: "terms"; readonly row: TermRow }
  | { readonly table: "reviews"; readonly row: ReviewRow }

/** The tables that things are written to. */
export type Table = Derived["table"]

/** Decodes the JSON and makes the row of it. What breaks on the way is rejected, or it would hold up its batch for ever. */
export const derive = (observed: Observed, allow: MetaAllow): Result.Result<Derived, Rejected> => {
  try {
    return decodeAndDerive(observed, allow)
  } catch (error) {
    return rejected(
      "",
      `Expected something that can be derived from (${error instanceof Error ? error.message : error})`
    )
  }
}

const decodeAndDerive = (observed: Observed, allow: MetaAllow): Result.Result<Derived, Rejected> => {
  const { id, json, kind, parentId, source } = observed
  switch (kind) {
    case ResourceKind.PRODUCT:
    case ResourceKind.VARIATION:
      return decoded(Resources.products.decode(json), ({ value }) => ({
        table: "products",
        row: productRow(value, kind === ResourceKind.VARIATION, parentId, source, allow)
      }))
    case ResourceKind.CATEGORY:
      return decoded(Resources.categories.decode(json), ({ value }) => ({
        table: "categories",
        row: categoryRow(value, source)
      }))
    case ResourceKind.TAG:
      return decoded(Resources.tags.decode(json), () => ({ table: "tags", row: { id, source } }))
    case ResourceKind.ATTRIBUTE:
      return decoded(Resources.attributes.decode(json), ({ value }) => ({
        table: "attributes",
        row: attributeRow(value, source)
      }))
    case ResourceKind.TERM:
      return decoded(terms.decode(json), ({ value }) => ({
        table: "terms",
        row: termRow(value, parentId, source)
      }))
    case ResourceKind.REVIEW:
      return decoded(Resources.reviews.decode(json), ({ value }) => ({
        table: "reviews",
        row: reviewRow(value, parentId, source)
      }))
    case ResourceKind.UNSPECIFIED:
      return rejected("", "Expected a kind")
  }
}

// The decoder does not depend on the attribute.
const terms = Resources.termsOf(0)

const decoded = <A>(
  result: Result.Result<A, Refused>,
  make: (item: A) => Derived
): Result.Result<Derived, Rejected> =>
  Result.isSuccess(result)
    ? Result.succeed(make(result.success))
    : rejected(result.failure.path, result.failure.rule)
