import { describe, expect, it } from "vitest"
import { factsOf } from "../src/Facts.ts"
import { productIds } from "../src/ProductQuery.ts"
import { Shop } from "../src/Shop.ts"
import { kolkata } from "../src/SiteTime.ts"
import { createProduct, restoreProduct, trashProduct, updateProduct } from "../src/write/ProductWrite.ts"
import { createReview } from "../src/write/ReviewWrite.ts"
import { updateVariation } from "../src/write/VariationWrite.ts"

const at = (products: number, seed = "optica", clock = { now: 1_800_000_000_000 }): Shop =>
  new Shop({ products, seed, timezone: kolkata, now: () => clock.now })

const rows = (shop: Shop) =>
  [...shop.facts().keys()].map((id) => {
    const row = shop.product(id)
    if (row === undefined) throw new Error(`facts of ${id}, but no row`)
    return row
  })

describe("the seeded shop", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(rows(at(200))).toEqual(rows(at(200)))
    expect(rows(at(50))).not.toEqual(rows(at(50, "else")))
  })

  it("does not change when it grows: product 1000 of 100 is product 1000 of 1,000", () => {
    const strip = (shop: Shop) => shop.product(1000 + 16 * 20)?.name
    expect(strip(at(100))).toBe(strip(at(1000)))
  })

  it("tells filters what its rows say", () => {
    const shop = at(1500)
    for (const facts of shop.facts().values()) {
      const row = shop.product(facts.id)
      if (row === undefined) throw new Error(`facts of ${facts.id}, but no row`)
      expect(facts).toEqual(factsOf(row, shop.priceRange(row)))
      expect([...new Set(shop.termIds(row.id))].sort()).toEqual(
        [...new Set(row.attributes.flatMap((use) => use.termIds))].sort()
      )
    }
  })

  it("gives every SKU and slug to one product, and finds it by them", () => {
    const shop = at(600)
    const skus = rows(shop)
      .flatMap((row) => [row.sku, ...shop.variationsOf(row.id).map((variation) => variation.sku)])
      .filter((sku) => sku !== "")
    expect(new Set(skus).size).toBe(skus.length)
    const slugs = rows(shop)
      .map((row) => row.slug)
      .filter((slug) => slug !== "")
    expect(new Set(slugs).size).toBe(slugs.length)
    for (const row of rows(shop)) {
      if (row.sku !== "") expect(shop.bySku(row.sku)).toBe(row.id)
      if (row.slug !== "") expect(shop.bySlug(row.slug)).toBe(row.id)
    }
  })

  it("holds every oddity of a real shop among 600 products", () => {
    const all = rows(at(600))
    const has = (test: (row: (typeof all)[number]) => boolean) => all.filter(test).length
    expect(has((row) => row.status === "draft")).toBeGreaterThan(3)
    expect(has((row) => row.status === "private")).toBeGreaterThan(1)
    expect(has((row) => row.status === "pending")).toBeGreaterThan(1)
    expect(has((row) => row.status === "future" && row.modified > 2_000_000_000)).toBe(2)
    expect(has((row) => row.post_password !== "")).toBeGreaterThan(1)
    expect(has((row) => row.catalog_visibility === "hidden")).toBeGreaterThan(1)
    expect(has((row) => row.type === "grouped")).toBeGreaterThan(1)
    expect(has((row) => row.type === "external")).toBeGreaterThan(1)
    expect(has((row) => row.type === "variable")).toBeGreaterThan(35)
    expect(has((row) => (row.stock_quantity ?? 0) < 0)).toBeGreaterThan(3)
    expect(has((row) => row.name.includes("&amp;"))).toBeGreaterThan(10)
    expect(has((row) => row.regular_price.endsWith(".999"))).toBeGreaterThan(0)
    expect(has((row) => row.images.length === 0)).toBeGreaterThan(2)
    expect(has((row) => row.sku === "")).toBeGreaterThan(2)
    expect(has((row) => row.sale_price !== "")).toBeGreaterThan(40)
  })

  it("states boxed sizes of frames that can be made: A over B, a bridge of 14 to 22 mm", () => {
    const dims = rows(at(300)).flatMap((row) =>
      row.meta_data.flatMap((meta) => (meta.key === "frame_dims" ? [meta.value] : []))
    )
    expect(dims.length).toBeGreaterThan(150)
    for (const value of dims) {
      expect(value).toMatchObject({ a: expect.any(Number), b: expect.any(Number), dbl: expect.any(Number) })
      const { a, b, dbl } = {
        a: 0,
        b: 0,
        dbl: 0,
        ...(typeof value === "object" && value !== null ? value : {})
      }
      expect(a).toBeGreaterThan(b)
      expect(dbl).toBeGreaterThanOrEqual(14)
      expect(dbl).toBeLessThanOrEqual(22)
    }
  })
})

describe("changes", () => {
  const ids = (shop: Shop, values = {}) =>
    productIds(shop, { status: "any", orderby: "id", order: "asc", ...values })
  const first = (shop: Shop) => {
    const row = shop.product(1000)
    if (row === undefined) throw new Error("the shop is empty")
    return row
  }

  it("pass one place, in order", () => {
    const shop = at(20)
    const seen: Array<string> = []
    shop.onChange = (change) => seen.push(`${change.kind} ${change.action}`)
    const made = createProduct(shop, { name: "Rx & Co", regular_price: "10" })
    restoreProduct(shop, trashProduct(shop, updateProduct(shop, made, { name: "Rx" })))
    shop.remove(made.id)
    expect(seen).toEqual([
      "product created",
      "product updated",
      "product trashed",
      "product restored",
      "product deleted"
    ])
  })

  it("take a trashed product out of lists, leave it readable, and give its status back", () => {
    const shop = at(20)
    trashProduct(shop, first(shop))
    expect(ids(shop)).not.toContain(1000)
    expect(ids(shop, { include: [1000] })).toEqual([])
    expect(ids(shop, { status: "trash" })).toEqual([1000])
    expect(first(shop).slug).toMatch(/__trashed$/)
    restoreProduct(shop, first(shop))
    expect(first(shop)).toMatchObject({ status: "publish", slug: at(20).product(1000)?.slug })
    expect(first(shop).meta_data).toEqual(at(20).product(1000)?.meta_data)
  })

  it("of a variation move the parent's date and price, and nothing else of it (fact 5)", () => {
    const clock = { now: 1_800_000_000_000 }
    const shop = at(200, "optica", clock)
    const parent = rows(shop).find((row) => row.type === "variable" && row.status === "publish")
    if (parent === undefined) throw new Error("no variable product")
    const [variation] = shop.variationsOf(parent.id)
    if (variation === undefined) throw new Error("no variation")
    clock.now += 5000
    updateVariation(shop, variation, { regular_price: "1", sale_price: "" })
    expect(shop.product(parent.id)).toEqual({ ...parent, modified: 1_800_000_005 })
    expect(shop.priceRange(parent).min).toBe("1")
    expect(shop.facts().get(parent.id)?.price).toBe(1)
  })

  it("of a review move the product's average and date (fact 6)", () => {
    const shop = at(20)
    const before = first(shop)
    createReview(shop, {
      product_id: 1000,
      review: "Good",
      reviewer: "A",
      reviewer_email: "a@example.com",
      rating: 5
    })
    expect(first(shop).rating_count).toBe(before.rating_count + 1)
    expect(first(shop).modified).toBe(1_800_000_000)
  })

  it("of a variable product to the trash take its variations along", () => {
    const shop = at(200)
    const parent = rows(shop).find((row) => row.type === "variable")
    if (parent === undefined) throw new Error("no variable product")
    const count = shop.variationsOf(parent.id).length
    trashProduct(shop, parent)
    expect(shop.variationsOf(parent.id)).toEqual([])
    const trashed = shop.product(parent.id)
    if (trashed !== undefined) restoreProduct(shop, trashed)
    expect(shop.variationsOf(parent.id).length).toBe(count)
  })

  it("store meta values as MySQL gives them back (fact 14)", () => {
    const shop = at(1)
    const row = updateProduct(shop, first(shop), {
      meta_data: [
        { key: "yes", value: true },
        { key: "no", value: false },
        { key: "n", value: 42 },
        { key: "big", value: 1.2345678901234567e19 },
        { key: "o", value: {} },
        { key: "list", value: [1, "2"] },
        { key: "gone", value: null },
        { key: "", value: "x" },
        { key: "n", value: 43 }
      ]
    })
    const stored = Object.fromEntries(row.meta_data.map((meta) => [meta.key, meta.value]))
    expect(stored).toMatchObject({
      yes: "1",
      no: "",
      n: "43",
      big: "1.2345678901235E+19",
      o: [],
      list: [1, "2"]
    })
    expect(stored).not.toHaveProperty("gone")
    expect(Object.keys(stored)).not.toContain("")
  })
})
