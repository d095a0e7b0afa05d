import type { Product } from "@optica/woocommerce/Product"
import { htmlText } from "./HtmlText.ts"

/** The words of a product, folded as {@link wordsOf} folds them, apart by how much they tell of what it is. */
export interface SearchText {
  /** The name. */
  readonly a: string
  /** SKU, GTIN, brands. */
  readonly b: string
  /** Attributes with their options (those of variations among them), categories, tags. */
  readonly c: string
  /** Both descriptions. */
  readonly d: string
}

/** Bounds of the texts, in characters: more than any shop writes, and little enough for a tsvector (1 MiB). */
const longest = { name: 1000, code: 200, term: 200, terms: 8000, description: 20_000 }

/** What a product can be found by. */
export const searchText = (product: Product): SearchText => {
  const { attributes, brands, categories, tags } = product
  const terms = [
    ...attributes.flatMap(({ name, option, options }) => [name, ...options, option ?? ""]),
    ...categories.map((it) => it.name),
    ...tags.map((it) => it.name)
  ]
  const short = htmlText(product.short_description, longest.description)
  const long = htmlText(product.description, longest.description - short.length)
  return {
    a: withJoined(htmlText(product.name, longest.name)),
    b: [
      product.sku.slice(0, longest.code),
      product.global_unique_id.slice(0, longest.code),
      ...texts(brands.map((it) => it.name))
    ]
      .map(withJoined)
      .join(" "),
    c: wordsOf(texts(terms).join(" ")).join(" "),
    // Of a description it only counts that it has a word.
    d: [...new Set(wordsOf(`${short} ${long}`))].join(" ")
  }
}

const texts = (encoded: ReadonlyArray<string>): ReadonlyArray<string> => {
  let room = longest.terms
  return [...new Set(encoded)].flatMap((html) => {
    const text = htmlText(html, longest.term)
    room -= text.length
    return room < 0 ? [] : [text]
  })
}

/** The words, and what they make when written in one: `Ray-Ban` and `FR-1001` are typed as rayban and fr1001 too. */
const withJoined = (text: string): string => {
  const joined = text.match(/[\p{L}\p{N}]+(?:[-‐‑./_'’·][\p{L}\p{N}]+){1,7}/gu) ?? []
  return [...wordsOf(text), ...joined.flatMap((it) => wordsOf(it.replace(/[^\p{L}\p{N}]/gu, "")))].join(" ")
}

/**
 * The words of a text: letters and digits, case folded, in compatibility form; anything else is between words, save what
 * is seen by nobody (zero-width characters, marks of direction), which is taken out. Accents are folded by the database.
 * What is longer than any word comes in pieces, cut in texts and in searches at the same places.
 */
export const wordsOf = (text: string): ReadonlyArray<string> =>
  (/^[\0-\x7f]*$/.test(text)
    ? text.toLowerCase().match(/[a-z\d]{1,64}/g)
    : text
        .replace(/\p{Cf}/gu, "")
        .normalize("NFKC")
        .toLowerCase()
        // Greek writes it so at the end of a word only; a word that is being typed has not ended.
        .replaceAll("ς", "σ")
        .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]{0,63}/gu)) ?? []
