import type { JsonObject } from "../Json.ts"
import type { Product, Variation } from "../Product.ts"
import { productIds } from "../ProductQuery.ts"
import { variationIds } from "../VariationQuery.ts"
import * as Rules from "./ListRules.ts"
import { type ListCache, page } from "./Lists.ts"
import { text } from "./Params.ts"
import { type Context, productJson, variationAsProduct, variationJson } from "./ProductJson.ts"
import type { RelatedIds } from "./RelatedIds.ts"
import { type Call, ok, type Route } from "./Route.ts"
import { invalidId, WooError } from "./WooError.ts"

const contextOf = (call: Call): Context => (text(call.values, "context") === "edit" ? "edit" : "view")

const single = { context: Rules.context }

export const productRoutes = (lists: ListCache, related: RelatedIds): ReadonlyArray<Route> => {
  const render = (call: Call, row: Product): JsonObject =>
    productJson(call.site, row, contextOf(call), related.of(call.site.shop, row))
  return [
    {
      pattern: "/products",
      GET: {
        rules: Rules.productList,
        permission: "list",
        run: (call) => {
          const { shop } = call.site
          const ids = lists.ids(shop, "products", call.values, () => productIds(shop, call.values))
          return page(call, ids, (id) => {
            const row = shop.product(id)
            return row === undefined ? undefined : render(call, row)
          })
        }
      }
    },
    {
      pattern: "/products/#",
      GET: {
        rules: single,
        permission: "view",
        run: (call) => {
          const { shop } = call.site
          const row = shop.product(call.ids[0] ?? 0)
          if (row !== undefined) return ok(render(call, row))
          const variation = shop.variation(call.ids[0] ?? 0)
          const parent = variation === undefined ? undefined : shop.product(variation.parent_id)
          if (variation === undefined || parent === undefined) throw invalidId("product")
          return ok(variationAsProduct(call.site, variation, parent))
        }
      }
    },
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
            return row === undefined ? undefined : variationJson(call.site, row, contextOf(call), "parent")
          })
        }
      }
    },
    {
      pattern: "/products/#/variations/#",
      GET: {
        rules: single,
        permission: "view",
        run: (call) => ok(variationJson(call.site, childOf(call), contextOf(call), "parent"))
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
}

/** The variation in the path: under another parent it does not exist. */
export const childOf = (call: Call): Variation => {
  const [parent = 0, id = 0] = call.ids
  const row = call.site.shop.variation(id)
  if (row === undefined || row.parent_id !== parent)
    throw new WooError("woocommerce_rest_product_variation_invalid_id", "Invalid ID.", 404)
  return row
}
