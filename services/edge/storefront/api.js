// The public API, and its failures as sentences.

import { addOrder, filters } from "./address.js"

/** @typedef {import("./address.js").Choice} Choice */
/** @typedef {{ readonly src: string, readonly alt: string, readonly thumbnail?: string, readonly srcset?: string, readonly sizes?: string }} Picture */
/** @typedef {{ readonly id: number, readonly name: string, readonly slug: string }} Term */

/**
 * @typedef {object} Product A product or a variation: the fields that the page reads.
 * @property {number} id
 * @property {string} name
 * @property {string} type
 * @property {string} sku
 * @property {string} price
 * @property {string} regular_price
 * @property {boolean} on_sale
 * @property {string} stock_status
 * @property {number | null} stock_quantity
 * @property {string} average_rating
 * @property {number} rating_count
 * @property {string} description
 * @property {string} short_description
 * @property {string} permalink
 * @property {ReadonlyArray<Picture>} images
 * @property {Picture | null} [image] Of a variation.
 * @property {ReadonlyArray<Term>} categories
 * @property {ReadonlyArray<Term>} brands
 * @property {ReadonlyArray<{ readonly name: string, readonly slug: string, readonly visible?: boolean, readonly options?: ReadonlyArray<string>, readonly option?: string }>} attributes
 * @property {ReadonlyArray<number>} variations
 * @property {{ readonly name: string, readonly description: string }} [highlight] Of what a search found.
 */

/** @typedef {{ readonly total: number, readonly next_cursor: string | null }} Pagination */
/** @typedef {{ readonly id: number, readonly name: string, readonly parent: number, readonly count: number }} CategoryCount */
/** @typedef {{ readonly id: number, readonly name: string, readonly count: number }} BrandCount */
/** @typedef {{ readonly slug: string, readonly name: string, readonly count: number }} TermCount */
/** @typedef {{ readonly slug: string, readonly name: string, readonly terms: ReadonlyArray<TermCount> }} AttributeCounts */
/** @typedef {{ readonly min_price: string, readonly max_price: string, readonly count: number }} PriceCount */
/** @typedef {{ readonly stock_status: string, readonly count: number }} StockCount */
/** @typedef {{ readonly rating: number, readonly count: number }} RatingCount */

/**
 * @typedef {object} Facets
 * @property {ReadonlyArray<CategoryCount>} categories
 * @property {ReadonlyArray<BrandCount>} brands
 * @property {ReadonlyArray<AttributeCounts>} attributes
 * @property {ReadonlyArray<PriceCount>} prices
 * @property {ReadonlyArray<StockCount>} stock_statuses
 * @property {ReadonlyArray<RatingCount>} ratings
 * @property {number} on_sale
 */

/** @typedef {{ readonly id: number, readonly count: number, readonly highlight: string }} SuggestedTerm */
/** @typedef {{ readonly id: number, readonly price: string, readonly image: Picture | null, readonly highlight: string }} SuggestedProduct */
/** @typedef {{ readonly categories: ReadonlyArray<SuggestedTerm>, readonly brands: ReadonlyArray<SuggestedTerm>, readonly products: ReadonlyArray<SuggestedProduct> }} Suggestions */
/** @typedef {{ readonly products: number, readonly variations: number, readonly brands: number, readonly reviews: number }} Figures */
/** @typedef {{ readonly rating: number, readonly reviewer: string, readonly verified: boolean, readonly date_created: string | null, readonly review: string }} Review */

/**
 * @template Data
 * @typedef {{ readonly data: Data, readonly meta: { readonly pagination?: Pagination, readonly corrected_search?: string | null } }} Answer
 */
/** @typedef {{ readonly detail?: string, readonly error?: { readonly details?: ReadonlyArray<{ readonly field?: string, readonly message: string }> } }} Problem */

/** What went wrong, told to the shopper. */
export class ShopFailure extends Error {
  /** @param {string} message @param {number} status 0 where there was no answer. */
  constructor(message, status) {
    super(message)
    this.status = status
  }
}

/** @template Data @param {string} path @param {URLSearchParams} query @param {AbortSignal} signal @returns {Promise<Answer<Data>>} */
const get = async (path, query, signal) => {
  const target = query.size === 0 ? path : `${path}?${query}`
  /** @type {Response} */
  let response
  /** @type {Answer<Data> & Problem} */
  let body
  try {
    response = await fetch(target, { signal, headers: { accept: "application/json" } })
    body = await response.json()
  } catch (cause) {
    if (signal.aborted) throw cause
    throw new ShopFailure("The shop cannot be reached.", 0)
  }
  if (!response.ok) throw new ShopFailure(sentence(response.status, body), response.status)
  return body
}

/** @param {number} status @param {Problem | null} problem What was answered, whatever it is. */
const sentence = (status, problem) => {
  const details = problem?.error?.details
  if (status === 400 && Array.isArray(details) && details.length > 0) {
    return `The shop does not understand this address: ${details.map(({ field, message }) => `${field} ${message}`).join("; ")}.`
  }
  if (status === 404) return "The shop has nothing here, or has it no more."
  if (status === 503) return "The shop is not ready yet. Its first mirror may still be under way."
  return typeof problem?.detail === "string"
    ? `The shop did not answer: ${problem.detail}.`
    : "The shop did not answer."
}

const PER_PAGE = 24
const LIST_FIELDS =
  "id,name,type,price,regular_price,on_sale,stock_status,average_rating,rating_count,images,brands"
const HIT_FIELDS = `${LIST_FIELDS},highlight`

/**
 * A page of the list. A search that is not sorted otherwise is asked where hits come with highlights.
 * @param {Choice} choice @param {string | null} cursor @param {AbortSignal} signal
 * @returns {Promise<Answer<ReadonlyArray<Product>>>}
 */
export const products = (choice, cursor, signal) => {
  const query = filters(choice)
  const isSearch = choice.search !== "" && choice.sort === ""
  if (isSearch) {
    query.set("q", choice.search)
    query.delete("search")
  }
  query.set("per_page", String(PER_PAGE))
  query.set("fields", isSearch ? HIT_FIELDS : LIST_FIELDS)
  addOrder(query, choice)
  if (cursor !== null) query.set("cursor", cursor)
  return get(isSearch ? "/api/products/search" : "/api/products", query, signal)
}

/** @param {Choice} choice @param {AbortSignal} signal @returns {Promise<Answer<Facets>>} */
export const facets = (choice, signal) => get("/api/products/facets", filters(choice), signal)

/** @param {string} text @param {AbortSignal} signal @returns {Promise<Answer<Suggestions>>} */
export const suggestions = (text, signal) =>
  get("/api/products/autocomplete", new URLSearchParams({ q: text, limit: "5" }), signal)

/** @param {AbortSignal} signal @returns {Promise<Answer<Figures>>} */
export const figures = (signal) => get("/api/products/stats", new URLSearchParams(), signal)

/** @param {string} id @param {AbortSignal} signal @returns {Promise<Answer<Product>>} */
export const product = (id, signal) =>
  get(`/api/products/${encodeURIComponent(id)}`, new URLSearchParams(), signal)

/** @param {number} id @param {string | null} cursor @param {AbortSignal} signal @returns {Promise<Answer<ReadonlyArray<Product>>>} */
export const variations = (id, cursor, signal) =>
  get(`/api/products/${id}/variations`, paged("100", cursor), signal)

/** @param {number} id @param {string | null} cursor @param {AbortSignal} signal @returns {Promise<Answer<ReadonlyArray<Review>>>} */
export const reviews = (id, cursor, signal) => get(`/api/products/${id}/reviews`, paged("5", cursor), signal)

/** @param {string} size @param {string | null} cursor */
const paged = (size, cursor) =>
  new URLSearchParams(cursor === null ? { per_page: size } : { per_page: size, cursor })
