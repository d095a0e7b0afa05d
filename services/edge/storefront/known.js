// Names of what can be chosen. Counts leave out what no product has; what was chosen keeps its name and its place all the
// same, so that it can be taken back.

import * as address from "./address.js"
import * as api from "./api.js"

/** @typedef {import("./address.js").Choice} Choice */
/** @typedef {{ readonly key: string, readonly name: string, readonly parent?: number }} Known */

/** By facet, then by id or slug. @type {Map<string, Map<string, Known>>} */
const known = new Map()
/** Attributes by slug. @type {Map<string, string>} */
const attributes = new Map()

/** @param {string} facet @param {Known} it */
const remember = (facet, it) => {
  const held = known.get(facet) ?? new Map()
  held.set(it.key, it)
  known.set(facet, held)
}

/** @param {any} facets */
const learn = (facets) => {
  for (const { id, name, parent } of facets.categories)
    remember("categories", { key: String(id), name, parent })
  for (const { id, name } of facets.brands) remember("brand", { key: String(id), name })
  for (const { name, slug, terms } of facets.attributes) {
    attributes.set(slug, name)
    for (const term of terms) remember(slug, { key: term.slug, name: term.name })
  }
}

/** Chosen values by facet. @param {Choice} choice @returns {ReadonlyArray<readonly [string, ReadonlyArray<string>]>} */
const chosen = (choice) => [
  ["categories", choice.categories],
  ["brand", choice.brand],
  ...Object.entries(choice.attributes)
]

/** @param {string} facet @param {string} key */
export const nameOf = (facet, key) => known.get(facet)?.get(key)?.name

/**
 * Counts, with a zero for what was chosen and no product has. Asks for the names of all there is where one is not known.
 * @param {any} facets @param {Choice} choice @param {AbortSignal} signal
 */
export const complete = async (facets, choice, signal) => {
  learn(facets)
  if (chosen(choice).some(([facet, keys]) => keys.some((key) => nameOf(facet, key) === undefined))) {
    learn((await api.facets(address.everything, signal)).data)
  }
  /** @param {ReadonlyArray<any>} values @param {"id" | "slug"} by @param {string} facet @param {ReadonlyArray<string>} keys */
  const extend = (values, by, facet, keys) => [
    ...values,
    ...keys
      .filter((key) => !values.some((value) => String(value[by]) === key))
      .map((key) => ({
        ...known.get(facet)?.get(key),
        [by]: by === "id" ? Number(key) : key,
        name: nameOf(facet, key) ?? key,
        count: 0
      }))
  ]
  const missing = Object.keys(choice.attributes).filter(
    (slug) => !facets.attributes.some((/** @type {any} */ it) => it.slug === slug)
  )
  const all = [
    ...facets.attributes,
    ...missing.map((slug) => ({ slug, name: attributes.get(slug) ?? slug, terms: [] }))
  ]
  /** @param {ReadonlyArray<any>} values @param {string} by @param {ReadonlyArray<string | number>} keys */
  const counted = (values, by, keys) => [
    ...values,
    ...keys
      .filter((key) => !values.some((value) => value[by] === key))
      .map((key) => ({ [by]: key, count: 0 }))
  ]
  return {
    ...facets,
    categories: extend(facets.categories, "id", "categories", choice.categories),
    brands: extend(facets.brands, "id", "brand", choice.brand),
    attributes: all.map((it) => ({
      ...it,
      terms: extend(it.terms, "slug", it.slug, choice.attributes[it.slug] ?? [])
    })),
    stock_statuses: counted(
      facets.stock_statuses,
      "stock_status",
      choice.stock_status === "" ? [] : [choice.stock_status]
    ),
    ratings: counted(facets.ratings, "rating", choice.rating.map(Number))
  }
}
