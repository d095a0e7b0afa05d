// One product: pictures, facts, what it comes in, and what is said of it.

import * as address from "./address.js"
import * as api from "./api.js"
import { counted, el, failed, picture, price, rating, stock } from "./dom.js"
import { plain, rich, webAddress } from "./markup.js"
import * as reviews from "./reviews.js"

/** @typedef {import("./api.js").Product} Product */

/** @param {string} id @param {string} back Where the list is. @param {AbortSignal} signal */
export const make = (id, back, signal) => {
  const title = el("h1", { tabindex: -1 }, " ")
  const body = el(
    "div",
    { class: "product waiting", "aria-busy": "true" },
    el("div", { class: "gallery" }, el("span", { class: "picture" })),
    el("div", { class: "about" }, title)
  )
  const elsewhere = { href: back, label: back === "/" ? "All products" : "Back to the results" }
  const root = el(
    "article",
    {},
    el(
      "nav",
      { class: "back", "aria-label": "Back" },
      el("a", { href: back }, el("span", { "aria-hidden": "true" }, "← "), elsewhere.label)
    ),
    body
  )

  const load = async () => {
    try {
      const { data } = await api.product(id, signal)
      document.title = `${plain(data.name)} · Optica`
      title.textContent = plain(data.name)
      body.classList.remove("waiting")
      body.replaceChildren(...whole(data, title, signal))
    } catch (failure) {
      if (signal.aborted) return
      document.title = "Not here · Optica"
      const again = () => {
        root.replaceChildren(...[...root.children].slice(0, 1), body)
        void load()
      }
      root.replaceChildren(...[...root.children].slice(0, 1), failed(failure, again, elsewhere))
    }
    body.removeAttribute("aria-busy")
  }

  return { root, load, focus: () => title.focus({ preventScroll: true }) }
}

/** @param {Product} product @param {HTMLElement} title @param {AbortSignal} signal @returns {ReadonlyArray<Node>} */
const whole = (product, title, signal) => {
  const shown = gallery(product.images, plain(product.name))
  const isVariable = product.variations.length > 0
  const [brand] = product.brands
  /** @type {ReadonlyArray<Node | undefined>} */
  const parts = [
    el("div", { class: "gallery" }, shown.root),
    el(
      "div",
      { class: "about" },
      brand &&
        el(
          "p",
          { class: "brand-name" },
          el(
            "a",
            { href: address.ofList({ ...address.everything, brand: [String(brand.id)] }) },
            plain(brand.name)
          )
        ),
      title,
      rating(product),
      price(product),
      el(
        "p",
        { class: "facts" },
        stock(product.stock_status),
        quantity(product),
        product.on_sale && el("span", { class: "badge" }, "Sale")
      ),
      product.short_description !== "" && el("div", { class: "rich" }, rich(product.short_description)),
      isVariable && variations(product, shown.show, signal),
      facts(product),
      shopLink(product)
    ),
    product.description === ""
      ? undefined
      : el(
          "section",
          { class: "description", "aria-labelledby": "description-title" },
          el("h2", { id: "description-title" }, "Description"),
          el("div", { class: "rich" }, rich(product.description))
        ),
    reviews.section(product.id, signal)
  ]
  return parts.filter((part) => part !== undefined)
}

/** @param {Product} product */
const quantity = ({ stock_quantity: pieces, stock_status: status }) =>
  status === "instock" && pieces !== null && pieces > 0
    ? el("span", { class: "quantity" }, counted(pieces, "piece", "pieces"))
    : undefined

/** @param {ReadonlyArray<import("./api.js").Picture>} images @param {string} name */
const gallery = (images, name) => {
  const stage = el("div", { class: "stage" })
  /** @param {import("./api.js").Picture | undefined} image */
  const show = (image) => {
    stage.replaceChildren(picture(image, image?.alt ? plain(image.alt) : name, { eager: true }))
    for (const button of thumbnails)
      button.setAttribute("aria-pressed", String(button.dataset.src === image?.src))
  }
  const thumbnails = images.map((image, position) =>
    el(
      "button",
      {
        type: "button",
        "data-src": image.src,
        "aria-label": `Picture ${position + 1} of ${images.length}`,
        onclick: () => show(image)
      },
      picture(image, "", { small: true })
    )
  )
  show(images[0])
  const root = el(
    "div",
    {},
    stage,
    images.length > 1 &&
      el("div", { class: "thumbnails", role: "group", "aria-label": "Pictures" }, ...thumbnails)
  )
  return { root, show }
}

/** @param {Product} product @param {(image: import("./api.js").Picture) => void} showPicture @param {AbortSignal} signal */
const variations = (product, showPicture, signal) => {
  const rows = el("tbody", {})
  const state = el("div", { class: "more" }, el("p", {}, "Reading the variations …"))
  const scroll = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Variations" })
  const load = async () => {
    try {
      /** @type {string | null} */
      let cursor = null
      do {
        const { data, meta } = await api.variations(product.id, cursor, signal)
        rows.append(...data.map((it) => row(it, showPicture)))
        cursor = meta.pagination?.next_cursor || null
      } while (cursor !== null)
      state.replaceChildren(
        ...(scroll.scrollHeight > scroll.clientHeight
          ? [el("p", {}, `Scroll the list to see all ${product.variations.length}`)]
          : [])
      )
    } catch (failure) {
      if (signal.aborted) return
      rows.replaceChildren()
      state.replaceChildren(failed(failure, () => void load()))
    }
  }
  scroll.append(
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el("tr", {}, ...["Variation", "Price", "Stock"].map((it) => el("th", { scope: "col" }, it)))
      ),
      rows
    )
  )
  void load()
  return el(
    "section",
    { class: "variations", "aria-labelledby": "variations-title" },
    el(
      "h2",
      { id: "variations-title" },
      `Comes in ${counted(product.variations.length, "variation", "variations")}`
    ),
    scroll,
    state
  )
}

/** @param {Product} variation @param {(image: import("./api.js").Picture) => void} showPicture */
const row = (variation, showPicture) => {
  const options = variation.attributes.map(({ option }) => plain(option ?? "")).filter((it) => it !== "")
  const name = options.length === 0 ? plain(variation.name) : options.join(" · ")
  const { image } = variation
  return el(
    "tr",
    {},
    el(
      "th",
      { scope: "row" },
      image
        ? el(
            "button",
            { type: "button", class: "link", onclick: () => showPicture(image) },
            name,
            el("span", { class: "hidden" }, ", show its picture")
          )
        : name
    ),
    el("td", {}, price(variation)),
    el("td", {}, stock(variation.stock_status), quantity(variation))
  )
}

/** @param {Product} product */
const facts = (product) => {
  const attributes = product.attributes
    .filter(({ visible }) => visible !== false)
    .map(({ name, option, options }) => [plain(name), (options ?? [option ?? ""]).map(plain).join(", ")])
  const categories = product.categories.map(({ id, name }) =>
    el("a", { href: address.ofList({ ...address.everything, categories: [String(id)] }) }, plain(name))
  )
  return el(
    "dl",
    { class: "attributes" },
    ...attributes.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
    ...(categories.length === 0
      ? []
      : [
          el("dt", {}, "Categories"),
          el("dd", {}, ...categories.flatMap((it, position) => (position === 0 ? [it] : [", ", it])))
        ]),
    ...(product.sku === "" ? [] : [el("dt", {}, "SKU"), el("dd", {}, product.sku)])
  )
}

/** @param {Product} product */
const shopLink = ({ permalink }) => {
  const href = webAddress(permalink)
  return href === undefined
    ? undefined
    : el("p", {}, el("a", { class: "button", href, rel: "noopener noreferrer" }, "See it in the shop"))
}
