import { assert, it } from "@effect/vitest"
import {
  type Facets,
  facet,
  listed,
  number,
  option,
  PER_PAGE,
  search,
  settled,
  storefront,
  total,
  unfold
} from "./Storefront.ts"

// Run in the page: the sum of what the browser counts as jumps.
const countJumps = `globalThis.jumps = 0
new PerformanceObserver((entries) => {
  for (const { value } of entries.getEntries()) jumps += value
}).observe({ type: "layout-shift", buffered: true })`

storefront("finding a product on the storefront page", ({ api, assertLists, visit, withPage }) => {
  it("lists what the API lists, with names, prices, stock and pictures, without a jump", () =>
    withPage(async (page) => {
      await page.addInitScript({ content: countJumps })
      await visit(page, "/")
      assert.isAbove(await assertLists(page, "orderby=date"), PER_PAGE)
      const { data } =
        await api<ReadonlyArray<{ price: string; images: ReadonlyArray<object> }>>("?per_page=24")
      const first = page.locator(".card").first()
      assert.include(await first.locator(".price").textContent(), data[0]?.price ?? "no product")
      assert.match((await first.locator(".stock").textContent()) ?? "", /In stock|Out of stock|On back-order/)
      assert.isAbove(await number(page, "document.querySelector('.card img').naturalWidth"), 0)
      assert.strictEqual(await page.title(), "All products · Optica")
      assert.strictEqual(await page.getByRole("status").textContent(), `${await total(page)} found`)
      assert.isBelow(await number(page, "jumps"), 0.05)
    }))

  it("suggests while one types, and opens what is chosen", () =>
    withPage(async (page) => {
      await visit(page, "/")
      const field = page.getByRole("combobox", { name: "Search the shop" })
      await field.pressSequentially("sung")
      const options = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option")
      await options.first().waitFor()
      assert.strictEqual(await field.getAttribute("aria-expanded"), "true")
      assert.isAbove(await options.locator("mark").count(), 0)
      await options.filter({ hasText: "Sunglasses" }).first().click()
      await page.getByRole("heading", { level: 1, name: "Sunglasses" }).waitFor()
      assert.match(page.url(), /\/\?categories=20$/)
      await assertLists(page, "categories=20")
      assert.isFalse(await options.first().isVisible())
    }))

  it("searches, and marks what was found", () =>
    withPage(async (page) => {
      await visit(page, "/")
      await search(page, "round")
      const { data, meta } = await api("/search?q=round&per_page=24")
      assert.deepStrictEqual(
        await listed(page),
        data.map(({ id }) => String(id))
      )
      assert.strictEqual(await total(page), `${meta.pagination.total} products`)
      assert.strictEqual(await page.getByRole("heading", { level: 1 }).textContent(), "Results for round")
      assert.match((await page.locator(".card mark").first().textContent()) ?? "", /round/i)
      assert.match(page.url(), /\/\?search=round$/)
    }))

  it("says what it looked for instead of a typing error", () =>
    withPage(async (page) => {
      await visit(page, "/?search=sunglases")
      const { data, meta } = await api("/search?q=sunglases&per_page=24")
      assert.strictEqual(meta.corrected_search, "sunglasses")
      assert.include(await page.locator(".corrected").textContent(), "results for sunglasses")
      assert.deepStrictEqual(
        await listed(page),
        data.map(({ id }) => String(id))
      )
      await visit(page, "/?search=sunglases&orderby=price&order=asc")
      assert.include(await page.locator(".corrected").textContent(), "results for sunglasses")
    }))

  it("takes two prices as the bounds that they are, whichever is typed first", () =>
    withPage(async (page) => {
      await visit(page, "/")
      await page.getByRole("textbox", { name: "From" }).fill("2500")
      await page.getByRole("textbox", { name: "To" }).fill("900")
      await page.getByRole("button", { name: "Apply" }).click()
      assert.isAbove(await assertLists(page, "min_price=900&max_price=2500"), 0)
    }))

  it("tells counts in words that fit them to those who do not see them", () =>
    withPage(async (page) => {
      await visit(page, "/")
      const words = await page.locator(".option .count .hidden").allTextContents()
      assert.include(words, ", 1 product")
      assert.notInclude(words, ", 1 products")
    }))

  it("narrows by a facet and widens within it, with counts that keep their word", () =>
    withPage(async (page) => {
      await visit(page, "/")
      const { data } = await api<Facets>("/facets")
      const shapes = data.attributes.find(({ slug }) => slug === "pa_frame-shape")
      const [one, other] = [...(shapes?.terms ?? [])].sort((a, b) => b.count - a.count)
      assert.isDefined(one)
      assert.isDefined(other)
      if (one === undefined || other === undefined) return
      await unfold(page, shapes?.name ?? "")
      await facet(page, shapes?.name ?? "", one.name).click()
      assert.strictEqual(await assertLists(page, `attributes[pa_frame-shape]=${one.slug}`), one.count)
      // What the other would have alone, which is what it adds.
      assert.include(await option(page, shapes?.name ?? "", other.name).textContent(), String(other.count))
      await facet(page, shapes?.name ?? "", other.name).click()
      const both = await assertLists(page, `attributes[pa_frame-shape]=${one.slug},${other.slug}`)
      assert.strictEqual(both, one.count + other.count)
      await page.getByRole("button", { name: `Remove filter ${one.name}` }).click()
      await assertLists(page, `attributes[pa_frame-shape]=${other.slug}`)
    }))

  it("goes down the tree of categories", () =>
    withPage(async (page) => {
      await visit(page, "/")
      await facet(page, "Categories", "Frames").click()
      const frames = await assertLists(page, "categories=16")
      await facet(page, "Categories", "Rimless").click()
      assert.isBelow(await assertLists(page, "categories=19"), frames)
      assert.isFalse(await facet(page, "Categories", "Frames").isChecked())
      assert.strictEqual(await page.getByRole("heading", { level: 1 }).textContent(), "Rimless")
    }))

  it("combines filters of all kinds, and clears them", () =>
    withPage(async (page) => {
      await visit(page, "/")
      await facet(page, "Categories", "Frames").click()
      await facet(page, "Availability", "In stock").click()
      await facet(page, "Offers", "On sale").click()
      // Facets are drawn anew when their counts come: what is being typed into them would be gone.
      await settled(page)
      await page.getByRole("textbox", { name: "From" }).fill("500")
      await page.getByRole("textbox", { name: "To" }).fill("4000.50")
      await page.getByRole("button", { name: "Apply" }).click()
      const query = "categories=16&stock_status=instock&on_sale=true&min_price=500&max_price=4000.50"
      assert.isAbove(await assertLists(page, query), 0)
      const { data } = await api<Facets>(`/facets?${query}`)
      assert.strictEqual(await total(page), data.total === 1 ? "1 product" : `${data.total} products`)
      const chips = page.getByRole("list", { name: "Chosen filters" })
      assert.strictEqual(await chips.getByRole("button", { name: /^Remove filter/ }).count(), 4)
      await chips.getByRole("button", { name: "Clear all" }).click()
      await assertLists(page, "orderby=date")
      assert.strictEqual(new URL(page.url()).search, "")
    }))

  it("says so when nothing fits", () =>
    withPage(async (page) => {
      await visit(page, "/?search=zzzzzzzzqqqq")
      assert.strictEqual(await total(page), "0 products")
      assert.notInclude(await page.locator(".nothing").textContent(), "filter")
      // Contact lenses of a brand that makes frames.
      await visit(page, "/?categories=22&brand=63")
      assert.strictEqual(await total(page), "0 products")
      assert.strictEqual(await page.locator(".nothing").textContent(), "Nothing fits. Take a filter away.")
      await page.getByRole("link", { name: "Show all products" }).click()
      await assertLists(page, "orderby=date")
    }))

  it("sorts", () =>
    withPage(async (page) => {
      await visit(page, "/?categories=16")
      const orders = {
        "Price, low to high": "price&order=asc",
        "Best rated": "rating",
        "Name, A to Z": "title&order=asc"
      }
      for (const [label, orderby] of Object.entries(orders)) {
        await page.getByRole("combobox", { name: "Sort by" }).selectOption({ label })
        await assertLists(page, `categories=16&orderby=${orderby}`)
      }
    }))

  it("shows more until all is shown, each product once, also after a reload", () =>
    withPage(async (page) => {
      await visit(page, "/")
      const more = page.getByRole("button", { name: "Show more" })
      const all = (await api("?per_page=1")).meta.pagination.total
      for (let shown = PER_PAGE; shown < all; shown += PER_PAGE) {
        await more.click()
        await page.getByText(`${Math.min(all, shown + PER_PAGE)} of ${all} shown`).waitFor()
      }
      assert.strictEqual(await more.count(), 0)
      const before = await listed(page)
      assert.strictEqual(new Set(before).size, all)
      await page.reload()
      await settled(page)
      assert.deepStrictEqual(await listed(page), before)
    }))

  it("shows the same again from its address alone", () =>
    withPage(async (page) => {
      const address =
        "categories=16,20&attributes[pa_colour]=black,gold&min_price=500&orderby=price&order=desc"
      await visit(page, `/?${address}`)
      await assertLists(page, address)
      await page.reload()
      await assertLists(page, address)
      assert.isTrue(await facet(page, "Categories", "Frames").isChecked())
      assert.strictEqual(await page.getByRole("combobox", { name: "Sort by" }).inputValue(), "price-desc")
      assert.isAbove(await page.getByRole("button", { name: /^Remove filter/ }).count(), 4)
    }))
})
