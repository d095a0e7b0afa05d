import type { JsonObject } from "./Json.ts"
import { activePrice, onSale, type Variation } from "./Product.ts"
import { dateTests } from "./ProductQuery.ts"
import { flag, integers, text, texts } from "./rest/Params.ts"
import type { Shop } from "./Shop.ts"

/** Ids of variations that a list request asks for: of one product, or of all (fact 3). */
export const variationIds = (shop: Shop, values: JsonObject, parentId?: number): ReadonlyArray<number> => {
  const include = integers(values, "include")
  const rows = rowsOf(shop, values, parentId, include)
  const tests = testsOf(shop, values)
  const orderby = text(values, "orderby") ?? "date"
  const sign = text(values, "order") === "asc" ? 1 : -1
  const found = rows.filter((row) => tests.every((test) => test(row)))
  if (orderby === "include") {
    const position = new Map(include.map((id, at) => [id, at]))
    return found.sort((a, b) => (position.get(a.id) ?? 0) - (position.get(b.id) ?? 0)).map((row) => row.id)
  }
  const key = (row: Variation): number =>
    orderby === "date"
      ? row.created
      : orderby === "modified"
        ? row.modified
        : orderby === "menu_order"
          ? row.menu_order
          : 0
  return found.sort((a, b) => sign * (key(a) - key(b) || a.id - b.id)).map((row) => row.id)
}

const rowsOf = (
  shop: Shop,
  values: JsonObject,
  parentId: number | undefined,
  include: ReadonlyArray<number>
): Array<Variation> => {
  const rows: Array<Variation> = []
  const add = (id: number) => {
    const row = shop.variation(id)
    if (row !== undefined) rows.push(row)
  }
  if (parentId !== undefined) for (const id of shop.variationIds(parentId)) add(id)
  else {
    const parents = integers(values, "parent")
    if (include.length > 0) for (const id of include) add(id)
    else if (parents.length > 0)
      for (const parent of parents) for (const id of shop.variationIds(parent)) add(id)
    else {
      for (const facts of shop.facts().values()) {
        if (facts.type === "variable") for (const id of shop.variationIds(facts.id)) add(id)
      }
    }
  }
  if (include.length === 0) return rows
  const wanted = new Set(include)
  return rows.filter((row) => wanted.has(row.id))
}

const testsOf = (shop: Shop, values: JsonObject): ReadonlyArray<(row: Variation) => boolean> => {
  const { now } = shop
  const tests: Array<(row: Variation) => boolean> = [...dateTests(shop.timezone, values)]
  const included = texts(values, "include_status")
  const excluded = new Set(texts(values, "exclude_status"))
  const statuses = new Set(included.length > 0 ? included : [text(values, "status") ?? "any"])
  tests.push(
    (row) =>
      (statuses.has("any") ? row.status !== "trash" : statuses.has(row.status)) && !excluded.has(row.status)
  )
  const exclude = new Set(integers(values, "exclude"))
  if (exclude.size > 0) tests.push((row) => !exclude.has(row.id))
  const sku = text(values, "sku")
  if (sku !== undefined && sku !== "") {
    const wanted = new Set(sku.split(","))
    tests.push((row) => wanted.has(row.sku))
  }
  const stock = text(values, "stock_status")
  if (stock !== undefined) tests.push((row) => row.stock_status === stock)
  const sale = flag(values, "on_sale")
  if (sale !== undefined) tests.push((row) => onSale(row, now) === sale)
  const priced = flag(values, "has_price")
  if (priced !== undefined) tests.push((row) => (activePrice(row, now) !== "") === priced)
  const virtual = flag(values, "virtual")
  if (virtual !== undefined) tests.push((row) => row.virtual === virtual)
  return tests
}
