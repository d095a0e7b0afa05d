import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { Browser, Locator, Page } from "playwright-core"
import { chromiumPath, launch, withPage } from "./Chromium.ts"
import { ready, type Standalone, start, withDataDir } from "./Standalone.ts"

// The storefront page in a real browser, on the whole graph with the demo store. What it shows is compared with what the
// API answers to anyone. Every test fails on whatever the browser complains of (see Chromium.ts).

const executable = chromiumPath()
const notRun = "NOT RUN: no Chromium is found on PATH or by CHROMIUM_PATH"

interface Item {
  readonly id: number
  readonly name: string
}
interface Answer<Data> {
  readonly data: Data
  readonly meta: {
    readonly pagination: { readonly total: number }
    readonly corrected_search?: string | null
  }
}
interface Facets {
  readonly total: number
  readonly categories: ReadonlyArray<
    Item & { readonly slug: string; readonly parent: number; readonly count: number }
  >
  readonly attributes: ReadonlyArray<{
    readonly slug: string
    readonly name: string
    readonly terms: ReadonlyArray<{ readonly slug: string; readonly name: string; readonly count: number }>
  }>
}

const PER_PAGE = 24

// Run in the page: the sum of what the browser counts as jumps, and pixels by which the page is too wide.
const countJumps = `globalThis.jumps = 0
new PerformanceObserver((entries) => {
  for (const { value } of entries.getEntries()) jumps += value
}).observe({ type: "layout-shift", buffered: true })`
const tooWide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

if (executable === undefined) {
  it("the storefront page works in a browser", ({ skip }) => skip(notRun))
}

describe.skipIf(executable === undefined)("the storefront page", { timeout: 60_000 }, () => {
  let shop: Standalone
  let browser: Browser
  let release = () => {}
  let ended: Promise<void> = Promise.resolve()

  beforeAll(async () => {
    await new Promise<void>((started, failed) => {
      ended = withDataDir(async (dataDir) => {
        shop = await start({ OPTICA_DATA: dataDir, DEMO_PRODUCTS: "150", DEMO_PORT: "0" })
        await ready(shop)
        browser = await launch(executable ?? "")
        await new Promise<void>((done) => {
          release = done
          started()
        })
        await browser.close()
      })
      ended.catch(failed)
    })
  }, 120_000)
  afterAll(async () => {
    release()
    await ended
  })

  const api = async <Data = ReadonlyArray<Item>>(path: string): Promise<Answer<Data>> => {
    const answer = await fetch(`${shop.origin}/api/products${path}`)
    assert.strictEqual(answer.status, 200, path)
    return (await answer.json()) as Answer<Data>
  }

  const visit = async (page: Page, path: string) => {
    await page.goto(`${shop.origin}${path}`)
    await settled(page)
  }

  /** The list shows just what the API answers to the same question. */
  const assertLists = async (page: Page, query: string, count = PER_PAGE) => {
    await settled(page)
    const { data, meta } = await api(`?per_page=${count}&${query}`)
    assert.deepStrictEqual(
      await listed(page),
      data.map(({ id }) => String(id))
    )
    const { total } = meta.pagination
    assert.strictEqual(
      await page.locator(".total").textContent(),
      total === 1 ? "1 product" : `${total} products`
    )
    return total
  }

  it("lists what the API lists, with names, prices, stock and pictures, without a jump", () =>
    withPage(browser, async (page) => {
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
    withPage(browser, async (page) => {
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
    withPage(browser, async (page) => {
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
    withPage(browser, async (page) => {
      await visit(page, "/?search=sunglases")
      const { data, meta } = await api("/search?q=sunglases&per_page=24")
      assert.strictEqual(meta.corrected_search, "sunglasses")
      assert.include(await page.locator(".corrected").textContent(), "results for sunglasses")
      assert.deepStrictEqual(
        await listed(page),
        data.map(({ id }) => String(id))
      )
    }))

  it("narrows by a facet and widens within it, with counts that keep their word", () =>
    withPage(browser, async (page) => {
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
    withPage(browser, async (page) => {
      await visit(page, "/")
      await facet(page, "Categories", "Frames").click()
      const frames = await assertLists(page, "categories=16")
      await facet(page, "Categories", "Rimless").click()
      assert.isBelow(await assertLists(page, "categories=19"), frames)
      assert.isFalse(await facet(page, "Categories", "Frames").isChecked())
      assert.strictEqual(await page.getByRole("heading", { level: 1 }).textContent(), "Rimless")
    }))

  it("combines filters of all kinds, and clears them", () =>
    withPage(browser, async (page) => {
      await visit(page, "/")
      await facet(page, "Categories", "Frames").click()
      await facet(page, "Availability", "In stock").click()
      await facet(page, "Offers", "On sale").click()
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
    withPage(browser, async (page) => {
      await visit(page, "/?search=zzzzzzzzqqqq")
      assert.strictEqual(await total(page), "0 products")
      await page.getByRole("link", { name: "Show all products" }).click()
      await assertLists(page, "orderby=date")
    }))

  it("sorts", () =>
    withPage(browser, async (page) => {
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
    withPage(browser, async (page) => {
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

  /** A public product with variations and reviews. */
  const rich = async () => {
    const { data } = await api<
      ReadonlyArray<Item & { variations: ReadonlyArray<number>; rating_count: number }>
    >("?per_page=100&orderby=rating")
    const found = data.find(({ rating_count, variations }) => variations.length > 1 && rating_count > 0)
    if (found === undefined) throw new Error("the demo store has no product with variations and reviews")
    return found
  }

  it("shows a product with its pictures, variations, attributes and reviews", () =>
    withPage(browser, async (page) => {
      const { id, name } = await rich()
      await visit(page, `/?product=${id}`)
      assert.strictEqual(await page.getByRole("heading", { level: 1 }).textContent(), name)
      const variations = await api<ReadonlyArray<Item & { price: string }>>(`/${id}/variations?per_page=100`)
      const rows = page.locator(".variations tbody tr")
      await rows.nth(variations.data.length - 1).waitFor()
      assert.strictEqual(await rows.count(), variations.data.length)
      assert.include(await rows.first().textContent(), variations.data[0]?.price ?? "no product")
      const reviews = await api<ReadonlyArray<{ reviewer: string }>>(`/${id}/reviews?per_page=5`)
      await page.getByRole("heading", { name: `Reviews (${reviews.meta.pagination.total})` }).waitFor()
      assert.include(
        await page.locator(".reviews li").first().textContent(),
        reviews.data[0]?.reviewer ?? "no review"
      )
      await page.getByRole("button", { name: "Picture 2 of" }).click()
      assert.strictEqual(
        await page.getByRole("button", { name: "Picture 2 of" }).getAttribute("aria-pressed"),
        "true"
      )
      assert.isAbove(await page.locator(".attributes dt").count(), 1)
      assert.isAbove((await page.locator(".description .rich").textContent())?.length ?? 0, 20)
    }))

  it("goes back and forward through lists and products, to the place that was left", () =>
    withPage(browser, async (page) => {
      await visit(page, "/")
      await facet(page, "Categories", "Frames").click()
      await settled(page)
      const link = page.locator(".card a").nth(15)
      await link.scrollIntoViewIfNeeded()
      const [href, scrolled] = [await link.getAttribute("href"), await number(page, "scrollY")]
      assert.isAbove(scrolled, 100)
      await link.click()
      await page.locator(".product:not([aria-busy])").waitFor()
      const title = await page.title()
      await page.goBack()
      await assertLists(page, "categories=16")
      assert.strictEqual(await focused(page, "href"), href)
      assert.closeTo(await number(page, "scrollY"), scrolled, 5)
      await page.goBack()
      await assertLists(page, "orderby=date")
      await page.goForward()
      await assertLists(page, "categories=16")
      assert.isTrue(await facet(page, "Categories", "Frames").isChecked())
      await page.goForward()
      await page.locator(".product:not([aria-busy])").waitFor()
      assert.strictEqual(await page.title(), title)
      await page.getByRole("link", { name: "Back to the results" }).click()
      await assertLists(page, "categories=16")
    }))

  it("shows the same again from its address alone", () =>
    withPage(browser, async (page) => {
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

  it("is used with the keyboard alone", () =>
    withPage(browser, async (page) => {
      await visit(page, "/")
      await page.keyboard.press("Tab")
      assert.strictEqual(await focused(page, "class"), "skip")
      await tabTo(page, page.getByRole("combobox", { name: "Search the shop" }))
      const suggestions = page.getByRole("listbox", { name: "Suggestions" })
      await page.keyboard.type("fra")
      await suggestions.getByRole("option").first().waitFor()
      await page.keyboard.press("ArrowDown")
      assert.strictEqual(await suggestions.getByRole("option", { selected: true }).count(), 1)
      assert.strictEqual(await focused(page, "aria-activedescendant"), "suggestion-0")
      await page.keyboard.press("Escape")
      assert.isFalse(await suggestions.getByRole("option").first().isVisible())
      await page.keyboard.press("ControlOrMeta+a")
      await page.keyboard.type("frame")
      await page.keyboard.press("Enter")
      await page.getByRole("heading", { level: 1, name: "frame" }).waitFor()
      await settled(page)
      await tabTo(page, facet(page, "Offers", "On sale"))
      await page.keyboard.press("Space")
      await assertLists(page, "search=frame&on_sale=true")
      assert.strictEqual(await focused(page, "data-key"), "more:on_sale", "focus stays where it was")
      const link = page.locator(".card a").first()
      await tabTo(page, link)
      await page.keyboard.press("Enter")
      await page.locator(".product:not([aria-busy])").waitFor()
      assert.strictEqual(await page.locator("h1:focus").count(), 1)
      // The key for it is the browser's, not the page's.
      await page.goBack()
      await page.locator(".results").waitFor()
      assert.isTrue(await hasFocus(page, link))
    }))

  it("fits a phone of 360 pixels, light and dark", async () => {
    const { id } = await rich()
    for (const colorScheme of ["light", "dark"] as const) {
      await withPage(
        browser,
        async (page) => {
          const assertFits = async () => {
            const wide = await number(page, tooWide)
            assert.isAtMost(wide, 0)
          }
          await visit(page, "/")
          await assertFits()
          const filters = page.getByRole("button", { name: "Filters" })
          assert.isFalse(await facet(page, "Categories", "Frames").isVisible())
          await filters.click()
          assert.strictEqual(await filters.getAttribute("aria-expanded"), "true")
          await facet(page, "Categories", "Frames").click()
          const found = await assertLists(page, "categories=16")
          await assertFits()
          await page.getByRole("button", { name: `Show ${found} products` }).click()
          assert.isFalse(await facet(page, "Categories", "Frames").isVisible())
          await page.goto(`${shop.origin}/?product=${id}`)
          await page.locator(".variations tbody tr").first().waitFor()
          await assertFits()
        },
        { viewport: { width: 360, height: 740 }, colorScheme, hasTouch: true }
      )
    }
  })

  it("shows hostile texts as texts, whatever is not cleaned before", () =>
    withPage(
      browser,
      async (page) => {
        const hostile = `<img src=x onerror="alert(1)">'"&amp;<script>alert(2)</script>\u202e`
        await visit(page, `/?search=${encodeURIComponent(hostile)}`)
        assert.strictEqual(
          await page.getByRole("heading", { level: 1 }).textContent(),
          `Results for ${hostile}`
        )
        // As the shop might send it if nobody cleaned it. Chromium tells of handlers and styles as it reads them, in a
        // document where they do nothing.
        const html = `${hostile}<p style="position:fixed" onclick="alert(3)">text <a href="javascript:alert(4)">link</a><iframe src="//x.invalid"></iframe><svg onload=alert(5)><style>*{display:none}</style></p>`
        const { id } = await rich()
        await page.route("**/api/products/*", async (route) => {
          const answer = await route.fetch()
          const body = (await answer.json()) as Answer<object>
          const brands = [{ id: 1, name: hostile, slug: "x" }]
          const data = {
            ...body.data,
            name: hostile,
            description: html,
            short_description: html,
            sku: hostile,
            brands
          }
          await route.fulfill({ response: answer, json: { ...body, data } })
        })
        await page.goto(`${shop.origin}/?product=${id}`)
        await page.locator(".product:not([aria-busy])").waitFor()
        const title = await page.getByRole("heading", { level: 1 }).textContent()
        assert.strictEqual(title, hostile.replace("&amp;", "&"))
        assert.strictEqual(
          await page.locator("main").locator("script, iframe, svg, style, [style], [onclick]").count(),
          0
        )
        assert.strictEqual(await page.locator(".description a").count(), 0)
        assert.include(await page.locator(".description .rich").textContent(), "text link")
        await page.unroute("**/api/products/*")
        await page.route("**/api/products/search?*", async (route) => {
          const answer = await route.fetch()
          const body = (await answer.json()) as Answer<ReadonlyArray<object>>
          const highlight = { name: `<mark>a</mark>${hostile}<mark onclick=x>`, description: html }
          await route.fulfill({
            response: answer,
            json: { ...body, data: body.data.map((it) => ({ ...it, name: hostile, highlight })) }
          })
        })
        await visit(page, "/?search=frame")
        const first = page.locator(".card a").first()
        assert.strictEqual(await first.textContent(), `a${hostile.replace("&amp;", "&")}<mark onclick=x>`)
        assert.strictEqual(await first.locator("mark").textContent(), "a")
      },
      {
        expected: /inline (?:event handler|style)|policy violated: (?:script|style)-src-(?:attr|elem) inline/
      }
    ))

  it("tells what went wrong in a sentence, and tries again", () =>
    withPage(
      browser,
      async (page) => {
        await page.route("**/api/products?*", (route) =>
          route.fulfill({
            status: 503,
            json: { detail: "not ready" },
            contentType: "application/problem+json"
          })
        )
        await page.goto(`${shop.origin}/`)
        const alert = page.getByRole("alert")
        assert.match((await alert.textContent()) ?? "", /The shop is not ready yet/)
        await page.unroute("**/api/products?*")
        await alert.getByRole("button", { name: "Try again" }).click()
        await assertLists(page, "orderby=date")
        await page.goto(`${shop.origin}/?product=999999999`)
        assert.match((await alert.textContent()) ?? "", /nothing here/)
        await page.goto(`${shop.origin}/?min_price=cheap`)
        assert.match((await alert.textContent()) ?? "", /min_price must be an amount/)
      },
      { expected: /status of (?:400|404|503)|^(?:400|404|503): / }
    ))

  it("leads to the documentation, the contract and the health of what runs", () =>
    withPage(
      browser,
      async (page) => {
        await visit(page, "/")
        const developers = page.getByRole("navigation", { name: "For developers" })
        assert.match((await page.locator("#figures").textContent()) ?? "", /^\d+ products · \d+ variations/)
        await developers.getByRole("link", { name: "Health" }).click()
        await page.waitForURL("**/health/ready")
        await page.goBack()
        await developers.getByRole("link", { name: "OpenAPI" }).click()
        await page.waitForURL("**/openapi.json")
        await page.goBack()
        await developers.getByRole("link", { name: "API documentation" }).click()
        await page.getByRole("heading", { name: "List products", exact: true }).waitFor()
      },
      // Scalar looks whether it may make code of strings, and does without; some of its style attributes are left out.
      { expected: /inline style|policy violated: (?:script-src|style-src-attr) / }
    ))
})

/** The list, or what stands in its place, is all there. */
const settled = (page: Page): Promise<void> =>
  page.locator(".results:not([aria-busy]), .product:not([aria-busy])").waitFor()

/** Ids of the products in the list, in order. */
const listed = async (page: Page): Promise<ReadonlyArray<string>> => {
  const script =
    "[...document.querySelectorAll('.card a')].map((it) => new URL(it.href).searchParams.get('product'))"
  const ids: unknown = await page.evaluate(script)
  return Array.isArray(ids) ? ids.map(String) : []
}

const number = async (page: Page, script: string): Promise<number> => Number(await page.evaluate(script))

const total = (page: Page): Promise<string | null> => page.locator(".total").textContent()

const search = async (page: Page, text: string): Promise<void> => {
  await page.getByRole("combobox", { name: "Search the shop" }).fill(text)
  await page.getByRole("button", { name: "Search", exact: true }).click()
  await page.getByRole("heading", { level: 1, name: text }).waitFor()
  await settled(page)
}

/** One choice of a facet, as the page names them. */
const option = (page: Page, group: string, name: string): Locator =>
  page
    .getByRole("group", { name: group, exact: true })
    .locator("label")
    .filter({ has: page.getByText(name, { exact: true }) })

const facet = (page: Page, group: string, name: string): Locator => option(page, group, name).locator("input")

/** Unfolds a facet that is folded at first. */
const unfold = (page: Page, group: string): Promise<void> =>
  page
    .locator("summary")
    .filter({ hasText: new RegExp(`^${group}$`) })
    .click()

const focused = (page: Page, attribute: string): Promise<string | null> =>
  page.locator(":focus").getAttribute(attribute)

const hasFocus = async (page: Page, target: Locator): Promise<boolean> =>
  (await target.and(page.locator(":focus")).count()) === 1

/** Tabs on until it is there. */
const tabTo = async (page: Page, target: Locator): Promise<void> => {
  for (let presses = 0; presses < 200; presses++) {
    if (await hasFocus(page, target)) return
    await page.keyboard.press("Tab")
  }
  throw new Error("the Tab key does not lead there")
}
