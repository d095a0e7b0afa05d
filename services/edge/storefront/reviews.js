// What customers say of a product.

import * as api from "./api.js"
import { el, failed, stars } from "./dom.js"
import { plain, rich } from "./markup.js"

/** @param {number} id @param {AbortSignal} signal */
export const section = (id, signal) => {
  const list = el("ol", { class: "reviews" })
  const more = el("div", { class: "more" }, el("p", {}, "Reading the reviews …"))
  const title = el("h2", { id: "reviews-title" }, "Reviews")

  /** @param {string | null} cursor */
  const load = async (cursor) => {
    try {
      const { data, meta } = await api.reviews(id, cursor, signal)
      const reviews = data.map(entry)
      list.append(...reviews)
      const total = meta.pagination?.total ?? 0
      title.textContent = total === 0 ? "Reviews" : `Reviews (${total.toLocaleString("en")})`
      const next = meta.pagination?.next_cursor || null
      more.replaceChildren(
        ...(total === 0 ? [el("p", {}, "No one has reviewed this yet.")] : []),
        ...(next === null
          ? []
          : [el("button", { type: "button", onclick: () => void load(next) }, "Show more reviews")])
      )
      if (cursor !== null) reviews[0]?.focus()
    } catch (failure) {
      if (!signal.aborted) more.replaceChildren(failed(failure, () => void load(cursor)))
    }
  }
  void load(null)
  return el("section", { class: "review-section", "aria-labelledby": "reviews-title" }, title, list, more)
}

/** @param {import("./api.js").Review} review */
const entry = (review) =>
  el(
    "li",
    { tabindex: -1 },
    el(
      "p",
      { class: "by" },
      review.rating > 0 && stars(review.rating, `${review.rating} of 5 stars`),
      " ",
      el("strong", {}, plain(review.reviewer)),
      review.verified && el("span", { class: "verified" }, " · verified buyer"),
      review.date_created !== null &&
        el("time", { datetime: review.date_created }, ` · ${day(review.date_created)}`)
    ),
    el("div", { class: "rich" }, rich(review.review))
  )

/** The day in the shop's own time, which the API gives without a zone. @param {string} date */
const day = (date) =>
  new Date(`${date.slice(0, 10)}T00:00:00Z`).toLocaleDateString("en-GB", {
    timeZone: "UTC",
    day: "numeric",
    month: "long",
    year: "numeric"
  })
