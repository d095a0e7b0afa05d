// Shows what the address says, and keeps the two together.

import * as address from "./address.js"
import * as api from "./api.js"
import { counted, need } from "./dom.js"
import * as list from "./list.js"
import * as product from "./product.js"
import * as searchBox from "./search-box.js"

const main = need("#main")
let productLoad = new AbortController()
let shownView = address.read(new URL(location.href))
/** Where the list was left, for the way back. */
let listAddress = "/"

history.scrollRestoration = "manual"

/** Notes how far down the page stands, for whoever comes back to it. */
const noteScroll = () => history.replaceState({ y: window.scrollY }, "")

/** @param {string} to */
const open = (to) => {
  if (to === `${location.pathname}${location.search}`) return
  noteScroll()
  const before = shownView
  history.pushState({ y: 0 }, "", to)
  shownView = address.read(new URL(location.href))
  void show({ before, y: undefined })
}

/** @param {string} to */
const replace = (to) => {
  history.replaceState(history.state, "", to)
  listAddress = to
}

const catalogue = list.make({ open, replace })
const search = searchBox.make({ open })

/**
 * @param {{ readonly before: import("./address.js").View | undefined, readonly y: number | undefined }} how What was shown
 * before, and how far down to go; undefined where nothing or nobody says.
 */
const show = async ({ before, y }) => {
  const view = address.read(new URL(location.href))
  productLoad.abort()
  if (view.product !== "") {
    productLoad = new AbortController()
    const shown = product.make(view.product, listAddress, productLoad.signal)
    main.replaceChildren(shown.root)
    window.scrollTo(0, 0)
    await shown.load()
    if (before !== undefined) shown.focus()
  } else {
    const isBack = before !== undefined && before.product !== ""
    listAddress = address.ofList(view.choice, view.pages)
    if (!main.contains(catalogue.root)) main.replaceChildren(catalogue.root)
    search.set(view.choice.search)
    const shown = catalogue.show(view.choice, view.pages)
    catalogue.describe()
    if (isBack) focusProduct(before.product)
    if (y !== undefined) window.scrollTo(0, y)
    else if (isBack) window.scrollTo(0, 0)
    await shown
  }
  if (y !== undefined) window.scrollTo(0, y)
}

/** Back in the list, one goes on where one left it. @param {string} id */
const focusProduct = (id) => {
  const link = main.querySelector(`a[href="${CSS.escape(address.ofProduct(id))}"]`)
  if (link instanceof HTMLElement) link.focus({ preventScroll: true })
  else catalogue.focus()
}

window.addEventListener("popstate", (event) => {
  const before = shownView
  shownView = address.read(new URL(location.href))
  void show({ before, y: event.state?.y ?? 0 })
})
window.addEventListener("pagehide", noteScroll)

document.addEventListener("click", (event) => {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey
  )
    return
  const link = event.target instanceof Element ? event.target.closest("a") : null
  if (link === null || link.target !== "" || link.origin !== location.origin || link.pathname !== "/") return
  if (link.hash !== "") return
  event.preventDefault()
  open(`${link.pathname}${link.search}`)
})

const figures = async () => {
  try {
    const { data } = await api.figures(new AbortController().signal)
    need("#figures").textContent = [
      counted(data.products, "product", "products"),
      counted(data.variations, "variation", "variations"),
      counted(data.brands, "brand", "brands"),
      counted(data.reviews, "review", "reviews")
    ].join(" · ")
  } catch {
    // The page lives without them.
  }
}

void show({ before: undefined, y: history.state?.y })
void figures()
