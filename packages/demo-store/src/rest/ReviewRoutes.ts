import { dateTests } from "../ProductQuery.ts"
import type { Review } from "../Review.ts"
import * as Rules from "./ListRules.ts"
import { type ListCache, page } from "./Lists.ts"
import { reviewJson } from "./OtherJson.ts"
import { integers, text } from "./Params.ts"
import { type Call, ok, type Route } from "./Route.ts"
import { WooError } from "./WooError.ts"

const contextOf = (call: Call) => (text(call.values, "context") === "edit" ? "edit" : "view")

export const reviewRoutes = (lists: ListCache): ReadonlyArray<Route> => [
  {
    pattern: "/products/reviews",
    GET: {
      rules: Rules.reviewList,
      permission: "list",
      run: (call) => {
        const { shop } = call.site
        const ids = lists.ids(shop, "reviews", call.values, () => reviewIds(call))
        return page(call, ids, (id) => {
          const row = shop.review(id)
          return row === undefined ? undefined : reviewJson(call.site, row, contextOf(call))
        })
      }
    }
  },
  {
    pattern: "/products/reviews/#",
    GET: {
      rules: { context: Rules.context },
      permission: "view",
      run: (call) => ok(reviewJson(call.site, reviewOf(call), contextOf(call)))
    }
  }
]

export const reviewOf = (call: Call): Review => {
  const row = call.site.shop.review(call.ids[0] ?? 0)
  if (row === undefined) throw new WooError("woocommerce_rest_review_invalid_id", "Invalid review ID.", 404)
  return row
}

/** `modified_after` is not looked at: reviews have no such date (fact 3). */
const reviewIds = (call: Call): ReadonlyArray<number> => {
  const { shop } = call.site
  const { values } = call
  const products = integers(values, "product")
  const include = integers(values, "include")
  const exclude = new Set(integers(values, "exclude"))
  const status = text(values, "status") ?? "approved"
  const email = text(values, "reviewer_email")
  const search = text(values, "search")?.toLowerCase()
  const dates = dateTests(shop.timezone, { after: values.after ?? "", before: values.before ?? "" })
  const ids = products.length === 0 ? shop.reviewIds() : products.flatMap((id) => shop.reviewIds(id))
  const found = (include.length === 0 ? ids : ids.filter((id) => include.includes(id))).flatMap((id) => {
    const row = shop.review(id)
    if (row === undefined || exclude.has(id)) return []
    if (status === "all" ? row.status === "spam" || row.status === "trash" : row.status !== status) return []
    if (email !== undefined && row.reviewer_email !== email) return []
    if (search !== undefined && !row.review.toLowerCase().includes(search)) return []
    return dates.every((test) => test({ created: row.created, modified: 0 })) ? [row] : []
  })
  const orderby = text(values, "orderby") ?? "date_gmt"
  const sign = text(values, "order") === "asc" ? 1 : -1
  if (orderby === "include")
    return found.sort((a, b) => include.indexOf(a.id) - include.indexOf(b.id)).map((row) => row.id)
  const key = (row: Review): number =>
    orderby === "id" ? row.id : orderby === "product" ? row.product_id : row.created
  return found.sort((a, b) => sign * (key(a) - key(b) || a.id - b.id)).map((row) => row.id)
}
