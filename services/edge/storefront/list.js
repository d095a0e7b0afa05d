// The list: what was found, how it is narrowed, and more of it.

import * as address from "./address.js"
import * as api from "./api.js"
import { card, placeholders } from "./card.js"
import { announce, counted, el, failed, stockText } from "./dom.js"
import * as facets from "./facets.js"
import * as known from "./known.js"
import { plain } from "./markup.js"

/** @typedef {import("./address.js").Choice} Choice */
/** @typedef {import("./api.js").Product} Product */
/** @typedef {{ readonly open: (address: string) => void, readonly replace: (address: string) => void }} Navigation */

/** Pictures that are in sight at once are not left for later. */
const EAGER = 8

/** @param {Navigation} navigation */
export const make = (navigation) => {
  const title = el("h1", { tabindex: -1 }, "All products")
  const total = el("p", { class: "total" })
  const note = el("div", {})
  const chips = el("ul", { class: "chips", "aria-label": "Chosen filters" })
  const sort = el("select", { id: "sort", "data-key": "sort" })
  const grid = el("ul", { class: "grid", "aria-label": "Products" })
  const more = el("div", { class: "more" })
  const options = el("div", { class: "facets", id: "filters" })
  /** On narrow screens filters are folded. @param {boolean} open */
  const unfold = (open) => {
    aside.classList.toggle("open", open)
    filterButton.setAttribute("aria-expanded", String(open))
  }
  const filterButton = el(
    "button",
    {
      type: "button",
      class: "filter-button",
      "aria-expanded": "false",
      "aria-controls": "filters",
      onclick: () => unfold(!aside.classList.contains("open"))
    },
    "Filters"
  )
  const done = el(
    "button",
    { type: "button", class: "filters-done", onclick: () => leaveFilters() },
    "Show the products"
  )
  const leaveFilters = () => {
    unfold(false)
    title.focus({ preventScroll: true })
    title.scrollIntoView({ block: "start" })
  }
  const aside = el("aside", { "aria-label": "Filters" }, options, done)
  const results = el(
    "section",
    { class: "results", "aria-label": "Results" },
    el(
      "div",
      { class: "head" },
      el("div", {}, title, total),
      el("div", { class: "tools" }, filterButton, el("label", { for: "sort" }, "Sort by"), sort)
    ),
    note,
    chips,
    grid,
    more
  )
  const root = el("div", { class: "list" }, aside, results)

  let load = new AbortController()
  let shownAddress = ""
  /** @type {Choice} */
  let choice = address.everything
  /** @type {import("./api.js").Facets | undefined} */
  let counts
  /** @type {string | null} */
  let cursor = null
  let found = 0
  let shown = 0
  let pages = 0

  /** @param {Choice} next */
  const choose = (next) => navigation.open(address.ofList(next))
  sort.addEventListener("change", () => choose({ ...choice, sort: sort.value }))

  /** @param {Choice} wanted @param {number} wantedPages */
  const show = async (wanted, wantedPages) => {
    const at = address.ofList(wanted)
    choice = wanted
    if (at === shownAddress && pages >= wantedPages) return
    shownAddress = at
    load.abort()
    load = new AbortController()
    const { signal } = load
    describe()
    results.setAttribute("aria-busy", "true")
    if (grid.childElementCount === 0) grid.replaceChildren(...placeholders())
    // A choice shows at once; what it leads to follows.
    drawFacets()
    try {
      const [page, facet] = await Promise.all([
        api.products(wanted, null, signal),
        api.facets(wanted, signal)
      ])
      counts = await known.complete(facet.data, wanted, signal)
      drawFacets()
      describe()
      note.replaceChildren(...corrected(page.meta.corrected_search ?? null))
      place(page, true)
      while (cursor !== null && pages < wantedPages) place(await api.products(wanted, cursor, signal), false)
      announce(`${counted(found, "product", "products")} found`)
    } catch (failure) {
      if (signal.aborted) return
      shownAddress = ""
      pages = 0
      grid.replaceChildren()
      more.replaceChildren()
      total.textContent = ""
      note.replaceChildren(failed(failure, () => void show(wanted, wantedPages)))
    }
    results.removeAttribute("aria-busy")
  }

  /** @param {import("./api.js").Answer<ReadonlyArray<Product>>} answer @param {boolean} first */
  const place = ({ data, meta }, first) => {
    cursor = meta.pagination?.next_cursor || null
    found = meta.pagination?.total ?? data.length
    pages = first ? 1 : pages + 1
    shown = first ? data.length : shown + data.length
    const cards = data.map((product, position) => card(product, first && position < EAGER))
    if (first) grid.replaceChildren(...cards)
    else grid.append(...cards)
    total.textContent = counted(found, "product", "products")
    done.textContent = `Show ${counted(found, "product", "products")}`
    more.replaceChildren(...footing())
    return cards
  }

  const isEverything = () => choice.search === "" && chosenFilters().length === 0

  /** What can be done about an empty list depends on what was asked. */
  const nothing = () => {
    if (isEverything()) return "The shop has no products yet."
    if (chosenFilters().length === 0) return "Nothing was found. Look for something else."
    return choice.search === ""
      ? "Nothing fits. Take a filter away."
      : "Nothing fits. Take a filter away, or look for something else."
  }

  const footing = () => {
    if (found === 0) {
      return [
        el("p", { class: "nothing" }, nothing()),
        ...(isEverything() ? [] : [el("a", { class: "button", href: "/" }, "Show all products")])
      ]
    }
    const place = el("p", {}, `${shown.toLocaleString("en")} of ${found.toLocaleString("en")} shown`)
    return cursor === null
      ? [place]
      : [place, el("button", { type: "button", class: "show-more", onclick: showMore }, "Show more")]
  }

  const showMore = async () => {
    const { signal } = load
    const button = more.querySelector("button")
    if (cursor === null || button === null || button.getAttribute("aria-disabled") === "true") return
    button.setAttribute("aria-disabled", "true")
    try {
      const [first] = place(await api.products(choice, cursor, signal), false)
      navigation.replace(address.ofList(choice, pages))
      announce(`${shown} of ${counted(found, "product", "products")} shown`)
      const next = more.querySelector("button") ?? first?.querySelector("a")
      next?.focus({ preventScroll: true })
    } catch (failure) {
      if (signal.aborted) return
      more.replaceChildren(
        failed(failure, () => {
          more.replaceChildren(...footing())
          void showMore()
        })
      )
    }
  }

  /** @param {string | null} instead */
  const corrected = (instead) =>
    instead === null
      ? []
      : [
          el(
            "p",
            { class: "corrected" },
            "Nothing has all the words of ",
            el("q", {}, choice.search),
            ". These are results for ",
            el("q", {}, instead),
            "."
          )
        ]

  /** Title, order and what is chosen: all that is known before the answer. */
  const describe = () => {
    const [category, ...others] = choice.categories
    const name =
      category === undefined || others.length > 0 ? undefined : known.nameOf("categories", category)
    title.replaceChildren(
      ...(choice.search === ""
        ? [plain(name ?? "All products")]
        : ["Results for ", el("q", {}, choice.search)])
    )
    document.title = `${title.textContent} · Optica`
    const usual = choice.search === "" ? "Newest first" : "Best match"
    sort.replaceChildren(
      ...Object.entries(address.sorts).flatMap(([value, label]) =>
        value === "date-desc" && choice.search === ""
          ? []
          : [el("option", { value, selected: value === choice.sort }, label)]
      )
    )
    sort.prepend(
      el(
        "option",
        { value: "", selected: choice.sort === "" || (choice.sort === "date-desc" && choice.search === "") },
        usual
      )
    )
    const chosen = chosenFilters()
    filterButton.textContent = chosen.length === 0 ? "Filters" : `Filters (${chosen.length})`
    chips.replaceChildren(
      ...chosen.map(([label, next]) =>
        el(
          "li",
          {},
          el(
            "button",
            { type: "button", "aria-label": `Remove filter ${label}`, onclick: () => remove(next) },
            label,
            el("span", { "aria-hidden": "true" }, " ×")
          )
        )
      ),
      ...(chosen.length < 2
        ? []
        : [
            el(
              "li",
              {},
              el(
                "button",
                {
                  type: "button",
                  class: "link",
                  onclick: () => remove({ ...address.everything, search: choice.search, sort: choice.sort })
                },
                "Clear all"
              )
            )
          ])
    )
  }

  /** The button goes with its filter: focus stays near. @param {Choice} next */
  const remove = (next) => {
    choose(next)
    const [chip] = chips.getElementsByTagName("button")
    ;(chip ?? title).focus({ preventScroll: true })
  }

  /** @param {string} facet @param {string} key */
  const label = (facet, key) => plain(known.nameOf(facet, key) ?? key)

  /** @returns {ReadonlyArray<readonly [string, Choice]>} */
  const chosenFilters = () => {
    return [
      ...choice.categories.map(
        (id) =>
          /** @type {const} */ ([
            label("categories", id),
            { ...choice, categories: address.toggled(choice.categories, id) }
          ])
      ),
      ...choice.brand.map(
        (id) =>
          /** @type {const} */ ([label("brand", id), { ...choice, brand: address.toggled(choice.brand, id) }])
      ),
      ...Object.entries(choice.attributes).flatMap(([slug, terms]) =>
        terms.map((term) => /** @type {const} */ ([label(slug, term), address.withTerm(choice, slug, term)]))
      ),
      ...(choice.min_price === "" && choice.max_price === ""
        ? []
        : [
            /** @type {const} */ ([
              facets.rangeText(choice.min_price, choice.max_price),
              { ...choice, min_price: "", max_price: "" }
            ])
          ]),
      ...choice.rating.map(
        (value) =>
          /** @type {const} */ ([
            `${value} of 5 stars`,
            { ...choice, rating: address.toggled(choice.rating, value) }
          ])
      ),
      ...(choice.stock_status === ""
        ? []
        : [/** @type {const} */ ([stockText(choice.stock_status), { ...choice, stock_status: "" }])]),
      ...(choice.on_sale ? [/** @type {const} */ (["On sale", { ...choice, on_sale: false }])] : [])
    ]
  }

  const drawFacets = () => {
    if (counts === undefined) return
    const key =
      document.activeElement instanceof HTMLElement && options.contains(document.activeElement)
        ? document.activeElement.dataset.key
        : undefined
    options.replaceChildren(...facets.panels(counts, choice, choose))
    if (key === undefined) return
    for (const it of options.querySelectorAll("[data-key]")) {
      if (it instanceof HTMLElement && it.dataset.key === key) it.focus({ preventScroll: true })
    }
  }

  return { root, show, focus: () => title.focus({ preventScroll: true }), describe }
}
