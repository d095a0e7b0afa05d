import { isArray, isObject, type Json, type JsonObject } from "../Json.ts"
import type { Shop } from "../Shop.ts"
import { integer, texts } from "./Params.ts"
import type { Answer, Call } from "./Route.ts"

/** Cuts the page out of all ids. A page past the end is empty, with the true totals (fact 10). */
export const page = (
  call: Call,
  ids: ReadonlyArray<number>,
  render: (id: number) => Json | undefined
): Answer => {
  const size = integer(call.values, "per_page", 10)
  const number = integer(call.values, "page", 1)
  const from = integer(call.values, "offset", (number - 1) * size)
  const items = ids.slice(from, from + size).flatMap((id) => render(id) ?? [])
  return {
    status: 200,
    body: items,
    paging: { total: ids.length, totalPages: Math.ceil(ids.length / size), page: number }
  }
}

/** Parameters that change which rows come, or their order: not the page, nor the form. */
const irrelevant = new Set([
  "page",
  "per_page",
  "offset",
  "context",
  "_fields",
  "_envelope",
  "_embed",
  "consumer_key",
  "consumer_secret"
])

/**
 * The ids behind a list, kept until the shop changes: paging through 100,000 products filters and sorts once.
 */
export class ListCache {
  #revision = -1
  readonly #lists = new Map<string, ReadonlyArray<number>>()

  ids(
    shop: Shop,
    kind: string,
    values: JsonObject,
    find: () => ReadonlyArray<number>
  ): ReadonlyArray<number> {
    if (this.#revision !== shop.revision) {
      this.#lists.clear()
      this.#revision = shop.revision
    }
    const relevant = Object.entries(values).filter(
      ([name]) => !irrelevant.has(name) && !name.startsWith("oauth_")
    )
    const key = `${kind} ${JSON.stringify(relevant)}`
    const known = this.#lists.get(key)
    if (known !== undefined) return known
    const found = find()
    const oldest = this.#lists.keys().next()
    if (this.#lists.size >= 8 && oldest.done !== true) this.#lists.delete(oldest.value)
    this.#lists.set(key, found)
    return found
  }
}

/** `_fields=id,meta_data,categories.name`: what is left of an item. `_links` goes from lists, stays on singles. */
export const onlyFields = (item: Json, fields: ReadonlyArray<string>, keepLinks: boolean): Json => {
  if (!isObject(item)) return item
  const kept: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(item)) {
    if (fields.includes(key) || (keepLinks && key === "_links")) kept[key] = value
    else {
      const nested = fields.flatMap((field) =>
        field.startsWith(`${key}.`) ? [field.slice(key.length + 1)] : []
      )
      if (nested.length > 0 && isObject(value)) kept[key] = onlyFields(value, nested, false)
    }
  }
  return kept
}

/** `include_meta` and `exclude_meta`: which keys of `meta_data` a list shows. */
export const onlyMeta = (values: JsonObject, item: JsonObject): JsonObject => {
  const included = texts(values, "include_meta")
  const excluded = texts(values, "exclude_meta")
  const meta = item.meta_data
  if ((included.length === 0 && excluded.length === 0) || !isArray(meta)) return item
  const shown = meta.filter((entry) => {
    const key = isObject(entry) && typeof entry.key === "string" ? entry.key : ""
    return (included.length === 0 || included.includes(key)) && !excluded.includes(key)
  })
  return { ...item, meta_data: shown }
}
