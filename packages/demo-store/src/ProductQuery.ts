import type { Facts } from "./Facts.ts"
import type { JsonObject } from "./Json.ts"
import type { Product } from "./Product.ts"
import { flag, integers, text, texts } from "./rest/Params.ts"
import type { Shop } from "./Shop.ts"
import { parse, type Timezone } from "./SiteTime.ts"
import { mix } from "./seed/Dice.ts"

type Test = (facts: Facts) => boolean

/** Ids of the products that a list request asks for, in its order; the page is cut elsewhere. */
export const productIds = (shop: Shop, values: JsonObject): ReadonlyArray<number> => {
  const tests = testsOf(shop, values)
  const found: Array<Facts> = []
  const include = integers(values, "include")
  if (include.length > 0) {
    const facts = shop.facts()
    for (const id of [...new Set(include)].sort((a, b) => a - b)) {
      const entry = facts.get(id)
      if (entry !== undefined && tests.every((test) => test(entry))) found.push(entry)
    }
  } else {
    for (const entry of shop.facts().values()) {
      if (tests.every((test) => test(entry))) found.push(entry)
    }
  }
  return order(shop, found, values, include)
}

/** What the caller gets when nothing says otherwise: everything but the trash (fact 9). */
const statusTest = (values: JsonObject): Test => {
  const included = texts(values, "include_status")
  const excluded = new Set(texts(values, "exclude_status"))
  const asked = included.length > 0 ? included : [text(values, "status") ?? "any"]
  if (asked.includes("any")) return (facts) => facts.status !== "trash" && !excluded.has(facts.status)
  const wanted = new Set(asked)
  return (facts) => wanted.has(facts.status) && !excluded.has(facts.status)
}

const testsOf = (shop: Shop, values: JsonObject): ReadonlyArray<Test> => {
  const tests: Array<Test> = [statusTest(values), ...dateTests(shop.timezone, values)]
  const add = <A>(value: A | undefined, test: (value: A) => Test) => {
    if (value !== undefined) tests.push(test(value))
  }
  const list = <A>(items: ReadonlyArray<A>, test: (set: ReadonlySet<A>) => Test) => {
    if (items.length > 0) tests.push(test(new Set(items)))
  }
  const row = (facts: Facts): Product | undefined => shop.product(facts.id)
  list(integers(values, "exclude"), (ids) => (facts) => !ids.has(facts.id))
  list(integers(values, "parent"), (ids) => (facts) => ids.has(row(facts)?.parent_id ?? 0))
  list(integers(values, "parent_exclude"), (ids) => (facts) => !ids.has(row(facts)?.parent_id ?? 0))
  add(text(values, "type"), (type) => (facts) => facts.type === type)
  list(texts(values, "include_types"), (types) => (facts) => types.has(facts.type))
  list(texts(values, "exclude_types"), (types) => (facts) => !types.has(facts.type))
  add(flag(values, "featured"), (featured) => (facts) => facts.featured === featured)
  add(flag(values, "on_sale"), (sale) => (facts) => facts.onSale === sale)
  add(flag(values, "virtual"), (virtual) => (facts) => facts.virtual === virtual)
  add(flag(values, "downloadable"), (downloadable) => (facts) => row(facts)?.downloadable === downloadable)
  add(text(values, "stock_status"), (stock) => (facts) => facts.stock === stock)
  add(text(values, "tax_class"), (name) => (facts) => facts.taxClass === (name === "standard" ? "" : name))
  add(price(values, "min_price"), (min) => (facts) => facts.price >= min)
  add(price(values, "max_price"), (max) => (facts) => facts.price >= 0 && facts.price <= max)
  list(
    withChildren(shop, idList(values, "category")),
    (ids) => (facts) => facts.categoryIds.some((id) => ids.has(id))
  )
  list(idList(values, "tag"), (ids) => (facts) => facts.tagIds.some((id) => ids.has(id)))
  list(idList(values, "brand"), (ids) => (facts) => facts.brandIds.some((id) => ids.has(id)))
  add(text(values, "slug"), (slug) => (facts) => row(facts)?.slug === slug)
  add(attributeTest(shop, values), (test) => test)
  for (const test of searchTests(row, values)) tests.push(test)
  return tests
}

const price = (values: JsonObject, name: string): number | undefined => {
  const value = Number(text(values, name) ?? "x")
  return Number.isNaN(value) || text(values, name) === "" ? undefined : value
}

const idList = (values: JsonObject, name: string): ReadonlyArray<number> =>
  (text(values, name) ?? "")
    .split(",")
    .map(Number)
    .filter((id) => Number.isInteger(id) && id > 0)

/** A category stands for its children as well. */
const withChildren = (shop: Shop, ids: ReadonlyArray<number>): ReadonlyArray<number> => {
  if (ids.length === 0) return ids
  const all = new Set(ids)
  const terms = shop.taxonomies.terms("product_cat")
  for (let grown = true; grown; ) {
    grown = false
    for (const term of terms) {
      if (all.has(term.parent) && !all.has(term.id)) {
        all.add(term.id)
        grown = true
      }
    }
  }
  return [...all]
}

/** `attribute=pa_colour&attribute_term=12,14`: both or nothing, as WooCommerce has it. */
const attributeTest = (shop: Shop, values: JsonObject): Test | undefined => {
  const slug = text(values, "attribute")
  const terms = new Set(idList(values, "attribute_term"))
  const attribute = shop.taxonomies.attributes().find((entry) => entry.slug === slug)
  if (attribute === undefined || terms.size === 0) return undefined
  return (facts) =>
    shop
      .product(facts.id)
      ?.attributes.some((use) => use.id === attribute.id && use.termIds.some((id) => terms.has(id))) ?? false
}

const searchTests = (row: (facts: Facts) => Product | undefined, values: JsonObject): ReadonlyArray<Test> => {
  const either = text(values, "search_name_or_sku")
  if (either !== undefined && either !== "") {
    const wanted = either.toLowerCase()
    return [
      (facts) => {
        const product = row(facts)
        return (
          product !== undefined &&
          (product.name.toLowerCase().includes(wanted) || product.sku.toLowerCase().includes(wanted))
        )
      }
    ]
  }
  const tests: Array<Test> = []
  const partial = text(values, "search_sku")
  const exact = text(values, "sku")
  if (partial !== undefined && partial !== "") {
    const wanted = partial.toLowerCase()
    tests.push((facts) => row(facts)?.sku.toLowerCase().includes(wanted) ?? false)
  } else if (exact !== undefined && exact !== "") {
    const wanted = new Set([exact, ...exact.split(",").map((sku) => sku.trim())])
    tests.push((facts) => wanted.has(row(facts)?.sku ?? ""))
  }
  const words = (text(values, "search") ?? "")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
  if (words.length > 0) {
    tests.push((facts) => {
      const product = row(facts)
      if (product === undefined) return false
      const all = `${product.name}\n${product.description}\n${product.short_description}`.toLowerCase()
      return words.every((word) => all.includes(word))
    })
  }
  return tests
}

/**
 * Date bounds as WordPress compares them: strictly (fact 1), a zone in the value moves it to the shop's wall clock, a
 * value without one is taken as it stands; then it is held against the local column, or with `dates_are_gmt` against
 * the GMT one. So `…Z` with the flag opens the recorded hole of 5½ hours (fact 2).
 */
export const dateTests = (
  zone: Timezone,
  values: JsonObject
): ReadonlyArray<(dates: { readonly created: number; readonly modified: number }) => boolean> => {
  const column = flag(values, "dates_are_gmt") === true ? 0 : zone.offsetMinutes * 60
  const bound = (name: string): number | undefined => {
    const written = parse(text(values, name) ?? "")
    if (written === undefined) return undefined
    return written.offset === undefined
      ? written.wall
      : written.wall + (zone.offsetMinutes - written.offset) * 60
  }
  const tests: Array<(dates: { readonly created: number; readonly modified: number }) => boolean> = []
  const after = bound("after")
  const before = bound("before")
  const modifiedAfter = bound("modified_after")
  const modifiedBefore = bound("modified_before")
  if (after !== undefined) tests.push((dates) => dates.created + column > after)
  if (before !== undefined) tests.push((dates) => dates.created + column < before)
  if (modifiedAfter !== undefined) tests.push((dates) => dates.modified + column > modifiedAfter)
  if (modifiedBefore !== undefined) tests.push((dates) => dates.modified + column < modifiedBefore)
  return tests
}

const order = (
  shop: Shop,
  found: Array<Facts>,
  values: JsonObject,
  include: ReadonlyArray<number>
): ReadonlyArray<number> => {
  const orderby = text(values, "orderby") ?? "date"
  const sign = text(values, "order") === "asc" ? 1 : -1
  if (orderby === "include" || orderby === "post__in") {
    const position = new Map(include.map((id, at) => [id, at]))
    return found
      .sort((a, b) => (position.get(a.id) ?? 0) - (position.get(b.id) ?? 0))
      .map((entry) => entry.id)
  }
  const named = new Map<number, string>()
  const name = (entry: Facts): string => {
    const known = named.get(entry.id)
    if (known !== undefined) return known
    const row = shop.product(entry.id)
    const key = (orderby === "slug" ? row?.slug : row?.name)?.toLowerCase() ?? ""
    named.set(entry.id, key)
    return key
  }
  const keys: Record<string, (a: Facts, b: Facts) => number> = {
    date: (a, b) => a.created - b.created,
    id: () => 0,
    // The same shuffle until the shop changes: a random order that can be paged through.
    random: (a, b) => mix(shop.revision, a.id) - mix(shop.revision, b.id),
    modified: (a, b) => a.modified - b.modified,
    price: (a, b) => a.price - b.price,
    popularity: (a, b) => a.sales - b.sales,
    sales: (a, b) => a.sales - b.sales,
    rating: (a, b) => a.rating - b.rating,
    menu_order: (a, b) => a.menuOrder - b.menuOrder,
    title: (a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0),
    slug: (a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0)
  }
  const key = keys[orderby] ?? keys.id
  return found.sort((a, b) => sign * ((key?.(a, b) ?? 0) || a.id - b.id)).map((entry) => entry.id)
}
