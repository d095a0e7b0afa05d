import type { JsonObject } from "../Json.ts"
import type { Product, Variation } from "../Product.ts"
import { variationIds } from "../VariationQuery.ts"
import { createVariation, trashVariation, updateVariation } from "../write/VariationWrite.ts"
import { batch } from "./Batch.ts"
import * as Rules from "./ListRules.ts"
import { type ListCache, page } from "./Lists.ts"
import { flag } from "./Params.ts"
import { type Context, variationJson } from "./ProductJson.ts"
import { contextOf } from "./ProductRoutes.ts"
import { type Call, created, editable, ok, type Route } from "./Route.ts"
import { WooError } from "./WooError.ts"
import { force, variationBody } from "./WriteRules.ts"

const render = (call: Call, row: Variation, context: Context): JsonObject =>
  variationJson(call.site, row, context, "parent")

/** The variation in the path: under another parent it does not exist. */
const held = (call: Call, id: number, status: number): Variation => {
  const row = call.site.shop.variation(id)
  if (row === undefined || row.parent_id !== call.ids[0]) {
    throw new WooError("woocommerce_rest_product_variation_invalid_id", "Invalid ID.", status, {})
  }
  return row
}

const parentOf = (call: Call): Product => {
  const row = call.site.shop.product(call.ids[0] ?? 0)
  if (row === undefined)
    throw new WooError(
      "woocommerce_rest_product_variation_invalid_parent",
      "Cannot set attributes due to invalid parent product.",
      404
    )
  return row
}

const update = (call: Call, id: number, body: JsonObject): JsonObject =>
  render(call, updateVariation(call.site.shop, held(call, id, 400), body), "edit")

/** Answers with the variation as it was before. One that is gone has no methods left: no `targetHints`. */
const remove = (call: Call, id: number, forced: boolean): JsonObject => {
  const row = held(call, id, 404)
  const before = render(call, row, "edit")
  if (!forced) {
    if (row.status === "trash") {
      throw new WooError(
        "woocommerce_rest_already_trashed",
        "The product_variation has already been deleted.",
        410
      )
    }
    trashVariation(call.site.shop, row)
    return before
  }
  call.site.shop.remove(id)
  return variationJson(call.site, row, "edit", "gone")
}

export const variationRoutes = (lists: ListCache): ReadonlyArray<Route> => [
  {
    pattern: "/products/#/variations",
    GET: {
      rules: Rules.variationList,
      permission: "list",
      run: (call) => {
        const { shop } = call.site
        const parent = call.ids[0] ?? 0
        const ids = lists.ids(shop, `variations of ${parent}`, call.values, () =>
          variationIds(shop, call.values, parent)
        )
        return page(call, ids, (id) => {
          const row = shop.variation(id)
          return row === undefined ? undefined : render(call, row, contextOf(call))
        })
      }
    },
    POST: {
      rules: variationBody,
      permission: "create",
      run: (call) => {
        const row = createVariation(call.site.shop, parentOf(call), call.values)
        return created(render(call, row, "edit"), `/products/${row.parent_id}/variations/${row.id}`)
      }
    }
  },
  {
    pattern: "/products/#/variations/batch",
    ...editable({
      rules: {},
      permission: "batch",
      run: (call) =>
        batch(call, {
          rules: variationBody,
          create: (_, body) => render(call, createVariation(call.site.shop, parentOf(call), body), "edit"),
          update,
          remove: (_, id) => remove(call, id, true)
        })
    })
  },
  {
    pattern: "/products/#/variations/#",
    GET: {
      rules: { context: Rules.context },
      permission: "view",
      run: (call) => ok(render(call, held(call, call.ids[1] ?? 0, 404), contextOf(call)))
    },
    ...editable({
      rules: variationBody,
      permission: "edit",
      run: (call) => ok(update(call, call.ids[1] ?? 0, call.values))
    }),
    DELETE: {
      rules: force,
      permission: "delete",
      run: (call) => {
        const forced = flag(call.values, "force") === true
        return { ...ok(remove(call, call.ids[1] ?? 0, forced)), ...(forced ? { gone: true } : {}) }
      }
    }
  },
  {
    pattern: "/variations",
    GET: {
      rules: Rules.variationList,
      permission: "list",
      run: (call) => {
        const { shop } = call.site
        const ids = lists.ids(shop, "variations", call.values, () => variationIds(shop, call.values))
        return page(call, ids, (id) => {
          const row = shop.variation(id)
          return row === undefined ? undefined : variationJson(call.site, row, contextOf(call), "global")
        })
      }
    }
  }
]
