// A product as lists show it.

import * as address from "./address.js"
import { el, names, picture, price, rating, stock } from "./dom.js"
import { marked, plain } from "./markup.js"

const PLACEHOLDERS = 12

/** Stand where cards will be, so that nothing jumps when they come. */
export const placeholders = () =>
  Array.from({ length: PLACEHOLDERS }, () =>
    el("li", { class: "card waiting", "aria-hidden": "true" }, el("span", { class: "picture" }))
  )

/** @param {import("./api.js").Product} product @param {boolean} eager Whether its picture is in sight at once. */
export const card = (product, eager) => {
  const { brands, highlight, id, images, name } = product
  const text = plain(name)
  return el(
    "li",
    { class: "card" },
    picture(images[0], "", { small: false, eager }),
    product.on_sale && el("span", { class: "badge" }, "Sale"),
    el("p", { class: "brand-name" }, names(brands)),
    el(
      "h2",
      {},
      el(
        "a",
        { href: address.ofProduct(id) },
        ...(highlight === undefined || highlight.name === "" ? [text] : marked(highlight.name))
      )
    ),
    price(product),
    el("p", { class: "facts" }, stock(product.stock_status), rating(product)),
    highlight !== undefined &&
      highlight.description !== "" &&
      el("p", { class: "excerpt" }, ...marked(highlight.description))
  )
}
