// Names of what can be chosen. Counts leave out what no product has; what was chosen keeps its name and its place all the
// same, so that it can be taken back.

import * as address from "./address.js"
import * as api from "./api.js"

/** @typedef {import("./address.js").Choice} Choice */
/** @typedef {import("./api.js").Facets} Facets */
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

/** @param {Facets} facets */
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
 * @param {Facets} facets @param {Choice} choice @param {AbortSignal} signal @returns {Promise<Facets>}
 */
export const complete = async (facets, choice, signal) => {
  learn(facets)
  if (chosen(choice).some(([facet, keys]) => keys.some((key) => nameOf(facet, key) === undefined))) {
    learn((await api.facets(address.everything, signal)).data)
  }
  const missing = Object.keys(choice.attributes).filter(
    (slug) => !facets.attributes.some((it) => it.slug === slug)
  )
  const all = [
    ...facets.attributes,
    ...missing.map((slug) => ({ slug, name: attributes.get(slug) ?? slug, terms: [] }))
  ]
  return {
    ...facets,
    categories: withChosen(
      facets.categories,
      ({ id }) => String(id),
      choice.categories,
      (key) => ({ ...named("categories", key), id: Number(key), parent: parentOf(key), count: 0 })
    ),
    brands: withChosen(
      facets.brands,
      ({ id }) => String(id),
      choice.brand,
      (key) => ({ ...named("brand", key), id: Number(key), count: 0 })
    ),
    attributes: all.map((it) => ({
      ...it,
      terms: withChosen(
        it.terms,
        ({ slug }) => slug,
        choice.attributes[it.slug] ?? [],
        (slug) => ({ ...named(it.slug, slug), slug, count: 0 })
      )
    })),
    stock_statuses: withChosen(
      facets.stock_statuses,
      (it) => it.stock_status,
      choice.stock_status === "" ? [] : [choice.stock_status],
      (stock_status) => ({ stock_status, count: 0 })
    ),
    ratings: withChosen(
      facets.ratings,
      ({ rating }) => String(rating),
      choice.rating,
      (key) => ({ rating: Number(key), count: 0 })
    )
  }
}

/**
 * Values, and those of `keys` that are not among them.
 * @template Value
 * @param {ReadonlyArray<Value>} values @param {(value: Value) => string} keyOf
 * @param {ReadonlyArray<string>} keys @param {(key: string) => Value} none What has no products.
 */
const withChosen = (values, keyOf, keys, none) => [
  ...values,
  ...keys.filter((key) => !values.some((value) => keyOf(value) === key)).map(none)
]

/** @param {string} facet @param {string} key */
const named = (facet, key) => ({ name: nameOf(facet, key) ?? key })

/** @param {string} key Of a category; what is not known stands at the top. */
const parentOf = (key) => known.get("categories")?.get(key)?.parent ?? 0
