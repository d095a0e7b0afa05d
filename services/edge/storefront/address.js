// What the page shows is all in its address, in the API's own words: an address can be kept, shared, and gone back to.

/**
 * @typedef {object} Choice What is listed.
 * @property {string} search
 * @property {ReadonlyArray<string>} categories Ids.
 * @property {ReadonlyArray<string>} brand Ids.
 * @property {Readonly<Record<string, ReadonlyArray<string>>>} attributes Terms by attribute.
 * @property {ReadonlyArray<string>} rating
 * @property {string} min_price
 * @property {string} max_price
 * @property {boolean} on_sale
 * @property {string} stock_status
 * @property {string} sort A key of `sorts`; "" for the usual one.
 */

/**
 * @typedef {object} View
 * @property {string} product Id of the product shown; "" for the list.
 * @property {Choice} choice
 * @property {number} pages How many pages of the list are shown.
 */

/** @type {Readonly<Record<string, string>>} */
export const sorts = {
  "date-desc": "Newest first",
  "popularity-desc": "Most popular",
  "rating-desc": "Best rated",
  "price-asc": "Price, low to high",
  "price-desc": "Price, high to low",
  "title-asc": "Name, A to Z"
}

const MAX_PAGES = 40

/** @type {Choice} */
export const everything = {
  search: "",
  categories: [],
  brand: [],
  attributes: {},
  rating: [],
  min_price: "",
  max_price: "",
  on_sale: false,
  stock_status: "",
  sort: ""
}

const attributeName = /^attributes\[([^[\]]+)\]$/u

/** @param {string | null} text @returns {ReadonlyArray<string>} */
const list = (text) => [...new Set((text ?? "").split(",").filter((it) => it !== ""))]

/** @param {URL} url @returns {View} */
export const read = (url) => {
  const query = url.searchParams
  /** @type {Record<string, ReadonlyArray<string>>} */
  const attributes = {}
  for (const [name, value] of query) {
    const slug = attributeName.exec(name)?.[1]
    if (slug !== undefined && value !== "") attributes[slug] = list(value)
  }
  const sort = `${query.get("orderby") ?? ""}-${query.get("order") ?? "desc"}`
  return {
    product: query.get("product") ?? "",
    pages: Math.min(MAX_PAGES, Math.max(1, Math.trunc(Number(query.get("pages"))) || 1)),
    choice: {
      search: (query.get("search") ?? "").trim().slice(0, 100),
      categories: list(query.get("categories")),
      brand: list(query.get("brand")),
      attributes,
      rating: list(query.get("rating")),
      min_price: query.get("min_price") ?? "",
      max_price: query.get("max_price") ?? "",
      on_sale: query.get("on_sale") === "true",
      stock_status: query.get("stock_status") ?? "",
      sort: Object.hasOwn(sorts, sort) ? sort : ""
    }
  }
}

/** The filters as the API and the address name them. @param {Choice} choice @returns {URLSearchParams} */
export const filters = (choice) => {
  const query = new URLSearchParams()
  /** @param {string} name @param {string} value */
  const add = (name, value) => {
    if (value !== "") query.set(name, value)
  }
  add("search", choice.search)
  add("categories", choice.categories.join(","))
  add("brand", choice.brand.join(","))
  for (const [slug, terms] of Object.entries(choice.attributes)) add(`attributes[${slug}]`, terms.join(","))
  add("min_price", choice.min_price)
  add("max_price", choice.max_price)
  add("rating", choice.rating.join(","))
  add("stock_status", choice.stock_status)
  add("on_sale", choice.on_sale ? "true" : "")
  return query
}

/** Adds the order, where one was chosen. @param {URLSearchParams} query @param {Choice} choice */
export const addOrder = (query, choice) => {
  const [orderby, order] = choice.sort.split("-")
  if (orderby && order) {
    query.set("orderby", orderby)
    query.set("order", order)
  }
}

/** Commas and brackets are easier to read as they are, and allowed in a query. @param {URLSearchParams} query */
const readable = (query) =>
  query.toString().replaceAll("%2C", ",").replaceAll("%5B", "[").replaceAll("%5D", "]")

/** @param {Choice} choice @param {number} pages @returns {string} */
export const ofList = (choice, pages = 1) => {
  const query = filters(choice)
  addOrder(query, choice)
  if (pages > 1) query.set("pages", String(pages))
  const text = readable(query)
  return text === "" ? "/" : `/?${text}`
}

/** @param {number | string} id */
export const ofProduct = (id) => `/?product=${id}`

/** The choice with a value of a facet added, or taken out where it is there. @param {ReadonlyArray<string>} values @param {string} value */
export const toggled = (values, value) =>
  values.includes(value) ? values.filter((it) => it !== value) : [...values, value]

/** @param {Choice} choice @param {string} slug @param {string} term @returns {Choice} */
export const withTerm = (choice, slug, term) => {
  const { [slug]: terms = [], ...others } = choice.attributes
  const next = toggled(terms, term)
  return { ...choice, attributes: next.length === 0 ? others : { ...choice.attributes, [slug]: next } }
}

/** @param {Choice} choice */
export const isFiltered = (choice) => filters({ ...choice, search: "" }).size > 0
