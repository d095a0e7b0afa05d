/** What the OpenAPI document says of each parameter. */
import * as Parameters from "./Parameters.ts"

export interface ParameterDocumentation {
  readonly description: string
  readonly schema: Record<string, unknown>
  readonly example: unknown
}

const id64 = { type: "integer", format: "int64", minimum: 1, maximum: Number.MAX_SAFE_INTEGER }
const idList = { type: "array", items: id64, minItems: 1, maxItems: Parameters.MAX_LIST }
const searchText = { type: "string", minLength: 1, maxLength: Parameters.MAX_SEARCH }
const deepest = Parameters.DEEPEST.toLocaleString("en")
const amount = { type: "string", pattern: "^[0-9]{1,15}(?:\\.[0-9]{1,10})?$" }

/** What the OpenAPI document says of each parameter, by name. Lists are separated by commas. */
export const documentation: Record<string, ParameterDocumentation> = {
  page: {
    description: `Which page, from 1. A page past the end is empty. Pages by number lead to the first ${deepest} items of a list; \`cursor\` leads further.`,
    schema: { type: "integer", minimum: 1, maximum: Parameters.MAX_PAGE, default: 1 },
    example: 1
  },
  per_page: {
    description: "Items on a page.",
    schema: { type: "integer", minimum: 1, maximum: Parameters.MAX_PER_PAGE, default: 20 },
    example: 20
  },
  cursor: {
    description:
      "Where to go on: `next_cursor` of an answer to the same filters and order. It takes the place of `page`. Opaque, and signed by the server that made it: take one of an answer.",
    schema: { type: "string", minLength: 1, maxLength: 2000 },
    example: "pnJ8dYvtS2mXw0Qk5hB1zVsiMiIsIjEwMTYiXQ"
  },
  fields: {
    description: "Only these fields of each item.",
    schema: { type: "array", items: { type: "string" }, minItems: 1 },
    example: ["id", "name", "price"]
  },
  categories: { description: "In any of these categories or one below.", schema: idList, example: [16] },
  tag: { description: "With any of these tags, by id.", schema: idList, example: [43] },
  brand: { description: "Of any of these brands, by id.", schema: idList, example: [63] },
  attributes: {
    description:
      "By attribute: `attributes[pa_colour]=gold,navy` finds what has any of these terms, by slug: as facets tell it, or with its percent-encoding undone. Several attributes have to match all. At most 20 attributes, each once, with up to 100 terms.",
    schema: {
      type: "object",
      additionalProperties: { type: "string", description: "Slugs of terms, separated by commas" },
      maxProperties: 20
    },
    example: { "pa_frame-shape": "round,oval" }
  },
  rating: {
    description: "With a mean rating that rounds to any of these. One that is given twice counts once.",
    schema: {
      type: "array",
      items: { type: "integer", minimum: 1, maximum: Parameters.MAX_RATINGS },
      minItems: 1,
      maxItems: Parameters.MAX_RATINGS
    },
    example: [4, 5]
  },
  search: {
    description:
      "Found by this text; where nothing has all the words, with its spelling mended, and `meta.corrected_search` says so. Nothing in it is an operator.",
    schema: searchText,
    example: "round frame"
  },
  q: {
    description:
      "What to look for; where nothing has all the words, its spelling is mended, and `meta.corrected_search` says so. Nothing in it is an operator. Where `search` is taken as well the two mean the same: one of them.",
    schema: searchText,
    example: "round frame"
  },
  limit: {
    description: "How many suggestions of each kind at most.",
    schema: { type: "integer", minimum: 1, maximum: 20, default: 5 },
    example: 5
  },
  sku: {
    description: "With any of these SKUs, exactly.",
    schema: {
      type: "array",
      items: { type: "string", minLength: 1, maxLength: 200 },
      minItems: 1,
      maxItems: Parameters.MAX_LIST
    },
    example: ["FR-1001"]
  },
  include: { description: "Among these ids.", schema: idList, example: [1016, 1240] },
  min_price: {
    description: "Price at least this; not above `max_price`.",
    schema: amount,
    example: "999.50"
  },
  max_price: { description: "Price at most this; not below `min_price`.", schema: amount, example: "4999" },
  on_sale: { description: "On sale now, or not.", schema: { type: "boolean" }, example: true },
  featured: { description: "Featured, or not.", schema: { type: "boolean" }, example: true },
  stock_status: {
    description:
      "With this stock status: one of WooCommerce's three, or what a plugin adds, as the facets tell it.",
    schema: {
      type: "string",
      minLength: 1,
      maxLength: Parameters.MAX_STOCK_STATUS,
      examples: ["instock", "outofstock", "onbackorder"]
    },
    example: "instock"
  },
  orderby: {
    description:
      "Ordered by what; ties by id. `include` is the order of the ids in `include`, `relevance` the best match of `search` first: each needs its parameter, and `order` does nothing to it. With `search` the default is `relevance`, otherwise `date`.",
    schema: { type: "string", enum: Parameters.orderBys },
    example: "price"
  },
  order: {
    description: "Rising or falling.",
    schema: { type: "string", enum: ["asc", "desc"], default: "desc" },
    example: "asc"
  },
  id: { description: "Id that WooCommerce gave it.", schema: id64, example: 1016 },
  slug: {
    description: "The unique part of its address in the shop, as it is or percent-encoded once more.",
    schema: { type: "string", minLength: 1, maxLength: 600 },
    example: "nordlys-koper-1001-browline-frame"
  },
  run: {
    description: "Id of the run.",
    schema: { type: "string", format: "uuid" },
    example: "0198a3c2-5f1e-7c3a-9d1b-6f0f4b8f2a11"
  }
}
