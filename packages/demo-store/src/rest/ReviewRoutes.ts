import type { JsonObject } from "../Json.ts"
import { dateTests } from "../ProductQuery.ts"
import type { Review } from "../Review.ts"
import { createReview, deleteReview, trashReview, updateReview } from "../write/ReviewWrite.ts"
import { batch } from "./Batch.ts"
import * as Rules from "./ListRules.ts"
import { type ListCache, page } from "./Lists.ts"
import { reviewJson } from "./OtherJson.ts"
import { flag, integers, text } from "./Params.ts"
import { type Call, created, editable, ok, type Route } from "./Route.ts"
import { WooError } from "./WooError.ts"
import { force, required, reviewBody } from "./WriteRules.ts"

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
    },
    POST: {
      rules: required(reviewBody, "product_id", "review", "reviewer", "reviewer_email"),
      permission: "create",
      run: (call) => {
        const row = createReview(call.site.shop, call.values)
        return created(reviewJson(call.site, row, "edit"), `/products/reviews/${row.id}`)
      }
    }
  },
  {
    pattern: "/products/reviews/batch",
    ...editable({
      rules: {},
      permission: "batch",
      run: (call) =>
        batch(call, {
          rules: reviewBody,
          create: (_, body) => reviewJson(call.site, createReview(call.site.shop, body), "edit"),
          update: (_, id, body) =>
            reviewJson(call.site, updateReview(call.site.shop, held(call, id), body), "edit"),
          remove: (_, id) => remove(call, held(call, id), true)
        })
    })
  },
  {
    pattern: "/products/reviews/#",
    GET: {
      rules: { context: Rules.context },
      permission: "view",
      run: (call) => ok(reviewJson(call.site, held(call, call.ids[0] ?? 0), contextOf(call)))
    },
    ...editable({
      rules: reviewBody,
      permission: "edit",
      run: (call) =>
        ok(
          reviewJson(
            call.site,
            updateReview(call.site.shop, held(call, call.ids[0] ?? 0), call.values),
            "edit"
          )
        )
    }),
    DELETE: {
      rules: force,
      permission: "delete",
      run: (call) => ok(remove(call, held(call, call.ids[0] ?? 0), flag(call.values, "force") === true))
    }
  }
]

/** For good it answers `{deleted, previous}`, into the trash with the review. */
const remove = (call: Call, row: Review, forced: boolean): JsonObject => {
  const { shop } = call.site
  if (!forced) {
    if (row.status === "trash") {
      throw new WooError("woocommerce_rest_already_trashed", "The object has already been trashed.", 410)
    }
    return reviewJson(call.site, trashReview(shop, row), "edit")
  }
  const previous = reviewJson(call.site, row, "edit")
  deleteReview(shop, row)
  return { deleted: true, previous }
}

const held = (call: Call, id: number): Review => {
  const row = call.site.shop.review(id)
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
