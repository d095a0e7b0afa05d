// Small pieces that more than one view shows.

import { ShopFailure } from "./api.js"
import { plain, webAddress } from "./markup.js"

/** @typedef {import("./api.js").Product} Product */
/** @typedef {Node | string | undefined | false} Child */

/**
 * An element. A property that begins with "on" listens; "class", "aria-*", "data-*" and the like are attributes. Strings
 * among the children are text.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, unknown>} properties
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export const el = (name, properties = {}, ...children) => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue
    if (key.startsWith("on") && typeof value === "function") {
      element.addEventListener(key.slice(2), /** @type {EventListener} */ (value))
    } else element.setAttribute(key, value === true ? "" : String(value))
  }
  element.append(...children.filter((child) => child !== undefined && child !== false))
  return element
}

/** @param {string} selector @returns {HTMLElement} */
export const need = (selector) => {
  const found = document.querySelector(selector)
  if (!(found instanceof HTMLElement)) throw new Error(`the page has no ${selector}`)
  return found
}

/** Tells people who do not see the page what has changed. @param {string} text */
export const announce = (text) => {
  need("#announcement").textContent = text
}

/** @param {number} count @param {string} one @param {string} many */
export const counted = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`

/**
 * A picture in a box that has its size before the picture is there. `width` is about how wide it is shown.
 * @param {import("./api.js").Picture | null | undefined} image @param {string} alt @param {{ readonly small?: boolean, readonly eager?: boolean }} [how]
 */
export const picture = (image, alt, how = {}) => {
  const src = webAddress((how.small && image?.thumbnail) || image?.src)
  const none = () =>
    alt === ""
      ? el("span", { class: "picture none", "aria-hidden": "true" })
      : el("span", { class: "picture none", role: "img", "aria-label": `${alt}, no picture` })
  if (src === undefined) return none()
  const img = el("img", {
    alt,
    width: 600,
    height: 400,
    decoding: "async",
    loading: how.eager ? "eager" : "lazy",
    onerror: () => box.replaceWith(none())
  })
  img.src = src
  const box = el("span", { class: "picture" }, img)
  return box
}

/** Prices are shown as the shop wrote them: decimal strings. @param {Product} product */
export const price = (product) => {
  if (product.price === "") return el("p", { class: "price none" }, "Price on request")
  const from = product.type === "variable" || product.type === "grouped"
  const was = product.on_sale && product.regular_price !== "" && product.regular_price !== product.price
  return el(
    "p",
    { class: "price" },
    from && el("span", { class: "from" }, "from "),
    was
      ? el("ins", {}, el("span", { class: "hidden" }, "Now "), product.price)
      : el("span", {}, product.price),
    was && " ",
    was && el("del", {}, el("span", { class: "hidden" }, "was "), product.regular_price)
  )
}

const stockWords = /** @type {Record<string, string>} */ ({
  instock: "In stock",
  outofstock: "Out of stock",
  onbackorder: "On back-order"
})

/** @param {string} status */
export const stockText = (status) =>
  (Object.hasOwn(stockWords, status) ? stockWords[status] : undefined) ?? status

/** @param {string} status */
export const stock = (status) =>
  el("span", { class: `stock ${Object.hasOwn(stockWords, status) ? status : "other"}` }, stockText(status))

/** Stars for eyes, words for ears. @param {number} rating From 0 to 5. @param {string} words */
export const stars = (rating, words) => {
  const full = Math.round(rating)
  return el(
    "span",
    { class: "stars", role: "img", "aria-label": words },
    el("span", { "aria-hidden": "true" }, "★".repeat(full)),
    el("span", { "aria-hidden": "true", class: "empty" }, "★".repeat(5 - full))
  )
}

/** @param {Product} product */
export const rating = (product) => {
  if (!(product.rating_count > 0)) return undefined
  const mean = product.average_rating.replace(/0$/, "")
  return el(
    "span",
    { class: "rating" },
    stars(Number(mean), `Rated ${mean} of 5 by ${counted(product.rating_count, "customer", "customers")}`),
    el("span", { "aria-hidden": "true" }, ` ${mean} (${product.rating_count.toLocaleString("en")})`)
  )
}

/**
 * What went wrong, and the way on: once more, or, from what is not there or cannot be asked, away to `elsewhere`.
 * @param {unknown} failure @param {() => void} again @param {{ readonly href: string, readonly label: string }} [elsewhere]
 */
export const failed = (failure, again, elsewhere = { href: "/", label: "Show all products" }) =>
  el(
    "div",
    { class: "notice", role: "alert" },
    el("p", {}, failure instanceof Error ? failure.message : "Something went wrong."),
    failure instanceof ShopFailure && (failure.status === 400 || failure.status === 404)
      ? el("a", { class: "button", href: elsewhere.href }, elsewhere.label)
      : el("button", { type: "button", onclick: again }, "Try again")
  )

/** @param {ReadonlyArray<{ readonly name: string }>} terms */
export const names = (terms) => terms.map(({ name }) => plain(name)).join(", ")
