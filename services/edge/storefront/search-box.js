// The search field, with what may be meant while one types: the combobox pattern of the ARIA authoring practices.

import * as address from "./address.js"
import * as api from "./api.js"
import { announce, counted, el, need, picture } from "./dom.js"
import { marked } from "./markup.js"

const PAUSE_MS = 150

/** @param {{ readonly open: (address: string) => void }} navigation */
export const make = (navigation) => {
  const form = need("#search")
  const input = need("#search-text")
  const box = need("#suggestions")
  if (!(input instanceof HTMLInputElement)) throw new Error("#search-text is no input")
  let asked = new AbortController()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  /** @type {ReadonlyArray<HTMLElement>} */
  let options = []
  let active = -1

  const close = () => {
    clearTimeout(timer)
    asked.abort()
    box.hidden = true
    options = []
    mark(-1)
    input.setAttribute("aria-expanded", "false")
  }

  /** @param {number} position -1 for none. */
  const mark = (position) => {
    options[active]?.setAttribute("aria-selected", "false")
    active = position
    const option = options[active]
    if (option === undefined) return input.removeAttribute("aria-activedescendant")
    option.setAttribute("aria-selected", "true")
    option.scrollIntoView({ block: "nearest" })
    input.setAttribute("aria-activedescendant", option.id)
  }

  /** @param {string} to */
  const open = (to) => {
    close()
    navigation.open(to)
  }

  /** @param {string} label @param {ReadonlyArray<{ readonly to: string, readonly content: ReadonlyArray<Node | string> }>} items */
  const group = (label, items) =>
    items.length === 0
      ? []
      : [
          el(
            "div",
            { role: "group", "aria-label": label },
            el("p", { class: "group", "aria-hidden": "true" }, label),
            ...items.map(({ content, to }) =>
              el(
                "div",
                {
                  role: "option",
                  class: "suggestion",
                  "aria-selected": "false",
                  "data-to": to,
                  onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
                  onclick: () => open(to)
                },
                ...content
              )
            )
          )
        ]

  /** @param {api.Suggestions} data */
  const draw = (data) => {
    /** @param {{ readonly count: number }} it */
    const counts = (it) => el("span", { class: "count" }, counted(it.count, "product", "products"))
    box.replaceChildren(
      ...group(
        "Categories",
        data.categories.map((it) => ({
          to: address.ofList({ ...address.everything, categories: [String(it.id)] }),
          content: [el("span", { class: "name" }, ...marked(it.highlight)), counts(it)]
        }))
      ),
      ...group(
        "Brands",
        data.brands.map((it) => ({
          to: address.ofList({ ...address.everything, brand: [String(it.id)] }),
          content: [el("span", { class: "name" }, ...marked(it.highlight)), counts(it)]
        }))
      ),
      ...group(
        "Products",
        data.products.map((it) => ({
          to: address.ofProduct(it.id),
          content: [
            picture(it.image, "", { small: true, eager: true }),
            el("span", { class: "name" }, ...marked(it.highlight)),
            el("span", { class: "count" }, it.price)
          ]
        }))
      )
    )
    options = [...box.querySelectorAll("[role=option]")].filter((it) => it instanceof HTMLElement)
    options.forEach((option, position) => {
      option.id = `suggestion-${position}`
    })
    active = -1
    input.removeAttribute("aria-activedescendant")
    box.hidden = options.length === 0
    input.setAttribute("aria-expanded", String(options.length > 0))
    if (options.length > 0) announce(counted(options.length, "suggestion", "suggestions"))
  }

  const ask = async () => {
    asked.abort()
    const text = input.value.trim()
    if (text === "") return close()
    asked = new AbortController()
    const { signal } = asked
    try {
      const { data } = await api.suggestions(text, signal)
      if (!signal.aborted && document.activeElement === input) draw(data)
    } catch {
      // Suggestions are an extra: without them the search itself still works, and says what is wrong.
      if (!signal.aborted) close()
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), PAUSE_MS)
  })
  input.addEventListener("blur", close)
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !box.hidden) {
      event.preventDefault()
      close()
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length > 0) {
      event.preventDefault()
      const step = event.key === "ArrowDown" ? 1 : -1
      // One place more than there are options: there the field itself has the turn.
      const places = options.length + 1
      mark(((active + 1 + step + places) % places) - 1)
    } else if (event.key === "ArrowDown") void ask()
    else if (event.key === "Enter") {
      const to = options[active]?.dataset.to
      if (to === undefined) return
      event.preventDefault()
      open(to)
    }
  })
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    open(address.ofList({ ...address.everything, search: input.value.trim() }))
  })

  return {
    /** Shows what the address says was searched for. @param {string} text */
    set: (text) => {
      if (input.value !== text) input.value = text
    }
  }
}
