// What one can filter by, with how many products each choice would show.

import { toggled, withTerm } from "./address.js"
import { counted, el, stars, stockText } from "./dom.js"
import { plain } from "./markup.js"

/** @typedef {import("./address.js").Choice} Choice */
/** @typedef {import("./api.js").Facets} Facets */
/** @typedef {import("./api.js").CategoryCount} CategoryCount */
/** @typedef {{ readonly key: string, readonly label: string, readonly content?: Node, readonly count: number | undefined, readonly chosen: boolean, readonly next: Choice, readonly below?: ReadonlyArray<Option> }} Option */
/** @typedef {{ readonly key: string, readonly label: string, readonly kind: "checkbox" | "radio", readonly options: ReadonlyArray<Option>, readonly extra?: Node | undefined }} Group */

const SEVERAL = /** @type {const} */ ("checkbox")
const ONE = /** @type {const} */ ("radio")

const SHORT = 8
/** A list is not folded for the sake of one or two. */
const FOLDED_FROM = 12
const OPEN_AT_FIRST = new Set(["categories", "price", "brand", "rating", "stock", "more"])

/** Groups that were opened or closed by hand, and lists that were shown whole. @type {Map<string, boolean>} */
const unfolded = new Map()
/** @type {Set<string>} */
const whole = new Set()

/**
 * All facets. `choose` is called with what is to be listed next.
 * @param {Facets} facets @param {Choice} choice @param {(next: Choice) => void} choose
 * @returns {ReadonlyArray<Node>}
 */
export const panels = (facets, choice, choose) =>
  groups(facets, choice, choose)
    .filter((group) => group.options.some(({ chosen, count }) => chosen || count !== 0))
    .map((group) => panel(group, choose))

/** @param {Facets} facets @param {Choice} choice @param {(next: Choice) => void} choose @returns {ReadonlyArray<Group>} */
const groups = (facets, choice, choose) => [
  {
    key: "categories",
    label: "Categories",
    kind: SEVERAL,
    options: categories(facets.categories, choice)
  },
  {
    key: "price",
    label: "Price",
    kind: ONE,
    options: prices(facets.prices, choice),
    extra: bounds(choice, choose)
  },
  {
    key: "brand",
    label: "Brands",
    kind: SEVERAL,
    options: facets.brands.map(({ count, id, name }) => ({
      key: String(id),
      label: plain(name),
      count,
      chosen: choice.brand.includes(String(id)),
      next: { ...choice, brand: toggled(choice.brand, String(id)) }
    }))
  },
  ...facets.attributes.map(({ name, slug, terms }) => ({
    key: slug,
    label: plain(name),
    kind: SEVERAL,
    options: terms.map((term) => ({
      key: term.slug,
      label: plain(term.name),
      count: term.count,
      chosen: choice.attributes[slug]?.includes(term.slug) ?? false,
      next: withTerm(choice, slug, term.slug)
    }))
  })),
  {
    key: "rating",
    label: "Rating",
    kind: SEVERAL,
    options: facets.ratings.map(({ count, rating }) => ({
      key: String(rating),
      label: `${rating} of 5`,
      content: stars(rating, `${rating} of 5 stars`),
      count,
      chosen: choice.rating.includes(String(rating)),
      next: { ...choice, rating: toggled(choice.rating, String(rating)) }
    }))
  },
  {
    key: "stock",
    label: "Availability",
    kind: ONE,
    options: [
      {
        key: "",
        label: "Any",
        count: undefined,
        chosen: choice.stock_status === "",
        next: { ...choice, stock_status: "" }
      },
      ...facets.stock_statuses.map(({ count, stock_status }) => ({
        key: stock_status,
        label: stockText(stock_status),
        count,
        chosen: choice.stock_status === stock_status,
        next: { ...choice, stock_status }
      }))
    ]
  },
  {
    key: "more",
    label: "Offers",
    kind: SEVERAL,
    options: [
      {
        key: "on_sale",
        label: "On sale",
        count: facets.on_sale,
        chosen: choice.on_sale,
        next: { ...choice, on_sale: !choice.on_sale }
      }
    ]
  }
]

/**
 * The tree, folded: what is below a category shows once something there, or it itself, is chosen. A category holds what is
 * below it, so choosing one takes its ancestors and descendants out of the choice.
 * @param {ReadonlyArray<CategoryCount>} all @param {Choice} choice @returns {ReadonlyArray<Option>}
 */
const categories = (all, choice) => {
  const byId = new Map(all.map((it) => [it.id, it]))
  /** @param {CategoryCount | undefined} it @returns {Array<string>} */
  const above = (it) => {
    /** @type {Array<string>} */
    const ids = []
    for (
      let up = byId.get(it?.parent ?? 0);
      up !== undefined && !ids.includes(String(up.id));
      up = byId.get(up.parent)
    ) {
      ids.push(String(up.id))
    }
    return ids
  }
  const shown = new Set(choice.categories.flatMap((id) => [id, ...above(byId.get(Number(id)))]))
  /** @param {string} id @returns {Choice} */
  const next = (id) => {
    if (choice.categories.includes(id)) return { ...choice, categories: toggled(choice.categories, id) }
    const up = above(byId.get(Number(id)))
    const others = choice.categories.filter((other) => {
      const it = byId.get(Number(other))
      return !up.includes(other) && (it === undefined || !above(it).includes(id))
    })
    return { ...choice, categories: [...others, id] }
  }
  /** @param {(it: CategoryCount) => boolean} belongs @param {number} depth @returns {ReadonlyArray<Option>} */
  const level = (belongs, depth) =>
    all.filter(belongs).map((it) => {
      const id = String(it.id)
      return {
        key: id,
        label: plain(it.name),
        count: it.count,
        chosen: choice.categories.includes(id),
        next: next(id),
        below:
          shown.has(id) && depth < 6
            ? level((other) => other.parent === it.id && other.id !== it.id, depth + 1)
            : []
      }
    })
  return level((it) => !byId.has(it.parent), 1)
}

/** @param {ReadonlyArray<import("./api.js").PriceCount>} ranges @param {Choice} choice @returns {ReadonlyArray<Option>} */
const prices = (ranges, choice) => {
  const none = choice.min_price === "" && choice.max_price === ""
  return [
    {
      key: "",
      label: "Any price",
      count: undefined,
      chosen: none,
      next: { ...choice, min_price: "", max_price: "" }
    },
    ...ranges.map(({ count, max_price, min_price }) => ({
      key: min_price,
      label: rangeText(min_price, max_price),
      count,
      chosen: !none && choice.min_price === min_price && choice.max_price === max_price,
      next: { ...choice, min_price, max_price }
    }))
  ]
}

/** A range that ends just below a round number is said with it. @param {string} from @param {string} to */
export const rangeText = (from, to) => {
  if (to === "") return from === "" ? "Any price" : `${from} and more`
  const whole = /^([0-9]+)\.99+$/.exec(to)?.[1]
  const end = whole === undefined ? to : String(BigInt(whole) + 1n)
  return from === "" || from === "0" ? `Up to ${end}` : `${from} to ${end}`
}

/** @param {Choice} choice @param {(next: Choice) => void} choose */
const bounds = (choice, choose) => {
  /** @param {string} name @param {string} label @param {string} value */
  const field = (name, label, value) =>
    el("input", {
      name,
      value,
      "aria-label": label,
      placeholder: label,
      inputmode: "decimal",
      autocomplete: "off",
      maxlength: 26,
      pattern: "[0-9]{1,15}([.][0-9]{1,10})?",
      title: "An amount such as 1499 or 1499.50",
      "data-key": `price:${name}`
    })
  const from = field("min_price", "From", choice.min_price)
  const to = field("max_price", "To", choice.max_price)
  return el(
    "form",
    {
      class: "bounds",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault()
        // Whoever mixes the two up means what lies between them.
        const isCrossed = from.value !== "" && to.value !== "" && Number(from.value) > Number(to.value)
        const [lowest, highest] = isCrossed ? [to.value, from.value] : [from.value, to.value]
        choose({ ...choice, min_price: lowest, max_price: highest })
      }
    },
    from,
    to,
    el("button", { type: "submit", "data-key": "price:apply" }, "Apply")
  )
}

/** @param {Group} group @param {(next: Choice) => void} choose */
const panel = ({ extra, key, kind, label, options }, choose) => {
  const chosen = options.some((it) => it.chosen && it.count !== undefined)
  const open = unfolded.get(key) ?? (chosen || OPEN_AT_FIRST.has(key))
  const list = el("ul", { class: "options", "data-group": key })
  const fill = () => {
    const rest =
      whole.has(key) || options.length < FOLDED_FROM ? [] : options.slice(SHORT).filter((it) => !it.chosen)
    list.replaceChildren(
      ...options.filter((it) => !rest.includes(it)).map((it) => item(it, key, kind, choose)),
      ...(rest.length === 0
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
                  onclick: () => {
                    whole.add(key)
                    fill()
                    list.querySelectorAll("input")[SHORT]?.focus()
                  }
                },
                `Show all ${options.length}`
              )
            )
          ])
    )
  }
  fill()
  const details = el(
    "details",
    { class: "facet", open, ontoggle: () => unfolded.set(key, details.open) },
    el("summary", { "data-key": `${key}:summary` }, label),
    el("fieldset", {}, el("legend", { class: "hidden" }, label), list, extra)
  )
  return details
}

/** @param {Option} option @param {string} group @param {"checkbox" | "radio"} kind @param {(next: Choice) => void} choose @returns {HTMLLIElement} */
const item = (option, group, kind, choose) => {
  const { below = [], chosen, content, count, key, label, next } = option
  const empty = count === 0 && !chosen
  const input = el("input", {
    type: kind,
    name: `facet-${group}`,
    checked: chosen,
    disabled: empty,
    "data-key": `${group}:${key}`,
    onchange: () => choose(next)
  })
  return el(
    "li",
    {},
    el(
      "label",
      { class: empty ? "option empty" : "option" },
      input,
      el("span", { class: "name" }, content ?? label),
      count !== undefined &&
        el(
          "span",
          { class: "count" },
          el("span", { "aria-hidden": "true" }, count.toLocaleString("en")),
          el("span", { class: "hidden" }, `, ${counted(count, "product", "products")}`)
        )
    ),
    below.length > 0 &&
      el("ul", { class: "options below" }, ...below.map((it) => item(it, group, kind, choose)))
  )
}
