import type { WooCommerceError } from "@optica/woocommerce/Failures"
import type { ListParams } from "@optica/woocommerce/ListParams"
import type { Item, Page, Refused } from "@optica/woocommerce/Resource"
import { WooCommerce } from "@optica/woocommerce/WooCommerce"
import * as Effect from "effect/Effect"
import type { Listing, Stamp } from "./Listing.ts"

const atOnce = 4

/**
 * Reads a page; one that the shop cannot bring forth whole (a PHP fatal over one product, not enough memory for a
 * hundred) it reads item by item, so that what is bad is told by its id and the rest is not lost. When not even one
 * item can be read, it is the shop that is in trouble, and the page's own failure stands.
 */
export const readPage = Effect.fnUntraced(function* (listing: Listing, params: ListParams) {
  const woo = yield* WooCommerce
  const whole = woo.list(listing.resource, params)
  if (!listing.resource.paged || params._fields !== undefined) return yield* whole
  return yield* Effect.catchIf(whole, mayBeOneItem, (error) => readApart(listing, params, error))
})

const mayBeOneItem = (error: WooCommerceError): boolean =>
  (error._tag === "ShopFailed" && error.status === 500) ||
  (error._tag === "AnswerUnreadable" && (error.reason === "not-json" || error.reason === "too-large"))

const readApart = Effect.fnUntraced(function* (
  listing: Listing,
  params: ListParams,
  failure: WooCommerceError
) {
  const woo = yield* WooCommerce
  const ids = yield* woo.list(listing.resource, { ...params, _fields: "id" })
  const read = yield* Effect.forEach(
    ids.items,
    ({ source, value }) =>
      woo.get(listing.resource, value.id).pipe(
        Effect.map((item): Apart => ({ item })),
        Effect.catchIf(
          (error) => error._tag === "AnswerUnreadable" || mayBeOneItem(error),
          (error) =>
            Effect.succeed<Apart>({ refused: { id: value.id, path: "", rule: error.message, source } })
        ),
        Effect.catchTag("ResourceNotFound", () => Effect.succeed<Apart>({}))
      ),
    { concurrency: atOnce }
  )
  const items = read.flatMap(({ item }) => item ?? [])
  if (items.length === 0) return yield* Effect.fail(failure)
  const page: Page<Stamp> = {
    ...ids,
    items,
    refused: [...ids.refused, ...read.flatMap(({ refused }) => refused ?? [])]
  }
  return page
})

interface Apart {
  readonly item?: Item<Stamp>
  readonly refused?: Refused
}
