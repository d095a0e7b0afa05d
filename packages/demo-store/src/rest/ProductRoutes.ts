import type { JsonObject } from "../Json.ts"
import type { Product } from "../Product.ts"
import { productIds } from "../ProductQuery.ts"
import { createProduct, trashProduct, updateProduct } from "../write/ProductWrite.ts"
import { batch } from "./Batch.ts"
import * as Rules from "./ListRules.ts"
import { type ListCache, onlyMeta, page } from "./Lists.ts"
import { flag, text } from "./Params.ts"
import { type Context, productJson, variationAsProduct } from "./ProductJson.ts"
import type { RelatedIds } from "./RelatedIds.ts"
import { type Call, created, type Endpoint, editable, ok, type Route } from "./Route.ts"
import { invalidId, WooError } from "./WooError.ts"
import { force, productBody } from "./WriteRules.ts"

export const contextOf = (call: Call): Context => (text(call.values, "context") === "edit" ? "edit" : "view")

export const productRoutes = (lists: ListCache, related: RelatedIds): ReadonlyArray<Route> => {
  const render = (call: Call, row: Product, context: Context): JsonObject =>
    productJson(call.site, row, context, related.of(call.site.shop, row))

  const held = (call: Call, id: number, status: number): Product => {
    const row = call.site.shop.product(id)
    if (row === undefined) throw new WooError("woocommerce_rest_product_invalid_id", "Invalid ID.", status)
    return row
  }

  const list: Endpoint = {
    rules: Rules.productList,
    permission: "list",
    run: (call) => {
      const { shop } = call.site
      const ids = lists.ids(shop, "products", call.values, () => productIds(shop, call.values))
      return page(call, ids, (id) => {
        const row = shop.product(id)
        if (row !== undefined) return onlyMeta(call.values, render(call, row, contextOf(call)))
        // A search by SKU finds variations too.
        return asProduct(call, id)
      })
    }
  }

  const asProduct = (call: Call, id: number): JsonObject | undefined => {
    const variation = call.site.shop.variation(id)
    const parent = variation === undefined ? undefined : call.site.shop.product(variation.parent_id)
    return variation === undefined || parent === undefined
      ? undefined
      : variationAsProduct(call.site, variation, parent)
  }

  const get: Endpoint = {
    rules: { context: Rules.context },
    permission: "view",
    run: (call) => {
      const id = call.ids[0] ?? 0
      const row = call.site.shop.product(id)
      const body = row === undefined ? asProduct(call, id) : render(call, row, contextOf(call))
      if (body === undefined) throw invalidId("product")
      return ok(body)
    }
  }

  // Written rows come back in the edit form.
  const create = (call: Call, body: JsonObject): Product => createProduct(call.site.shop, body)

  const update = (call: Call, id: number, body: JsonObject): JsonObject =>
    render(call, updateProduct(call.site.shop, held(call, id, 400), body), "edit")

  /** Answers with the product as it was before. */
  const remove = (call: Call, id: number, forced: boolean): JsonObject => {
    const row = held(call, id, 404)
    const before = render(call, row, "edit")
    if (forced) call.site.shop.remove(id)
    else if (row.status === "trash") {
      throw new WooError("woocommerce_rest_already_trashed", "The product has already been deleted.", 410)
    } else trashProduct(call.site.shop, row)
    return before
  }

  return [
    {
      pattern: "/products",
      GET: list,
      POST: {
        rules: productBody,
        permission: "create",
        run: (call) => {
          const row = create(call, call.values)
          return created(render(call, row, "edit"), `/products/${row.id}`)
        }
      }
    },
    {
      pattern: "/products/batch",
      ...editable({
        rules: {},
        permission: "batch",
        run: (call) =>
          batch(call, {
            rules: productBody,
            create: (_, body) => render(call, create(call, body), "edit"),
            update,
            remove: (_, id) => remove(call, id, true)
          })
      })
    },
    {
      pattern: "/products/#",
      GET: get,
      ...editable({
        rules: productBody,
        permission: "edit",
        run: (call) => ok(update(call, call.ids[0] ?? 0, call.values))
      }),
      DELETE: {
        rules: force,
        permission: "delete",
        run: (call) => ok(remove(call, call.ids[0] ?? 0, flag(call.values, "force") === true))
      }
    }
  ]
}
