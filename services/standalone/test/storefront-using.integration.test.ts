import { assert, it } from "@effect/vitest"
import {
  type Answer,
  facet,
  focused,
  hasFocus,
  type Item,
  number,
  settled,
  storefront,
  tabTo
} from "./Storefront.ts"

// Run in the page: pixels by which it is too wide.
const tooWide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

storefront("using the storefront page", ({ api, assertLists, open, rich, visit, withPage }) => {
  it("shows a product with its pictures, variations, attributes and reviews", () =>
    withPage(async (page) => {
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
    withPage(async (page) => {
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

  it("is used with the keyboard alone", () =>
    withPage(async (page) => {
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
          await open(page, `/?product=${id}`)
          await page.locator(".variations tbody tr").first().waitFor()
          await assertFits()
        },
        { viewport: { width: 360, height: 740 }, colorScheme, hasTouch: true }
      )
    }
  })

  it("shows hostile texts as texts, whatever is not cleaned before", () =>
    withPage(
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
        await open(page, `/?product=${id}`)
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
      async (page) => {
        await page.route("**/api/products?*", (route) =>
          route.fulfill({
            status: 503,
            json: { detail: "not ready" },
            contentType: "application/problem+json"
          })
        )
        await open(page, `/`)
        const alert = page.getByRole("alert")
        assert.match((await alert.textContent()) ?? "", /The shop is not ready yet/)
        await page.unroute("**/api/products?*")
        await alert.getByRole("button", { name: "Try again" }).click()
        await assertLists(page, "orderby=date")
        await open(page, `/?product=999999999`)
        assert.match((await alert.textContent()) ?? "", /nothing here/)
        assert.strictEqual(await alert.getByRole("button").count(), 0)
        await alert.getByRole("link", { name: "All products" }).click()
        await assertLists(page, "orderby=date")
        await open(page, `/?min_price=cheap`)
        assert.match((await alert.textContent()) ?? "", /min_price must be an amount/)
      },
      { expected: /status of (?:400|404|503)|^(?:400|404|503): / }
    ))

  it("leads to the documentation, the contract and the health of what runs", () =>
    withPage(
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
        await page.getByRole("heading", { name: "List products", exact: true }).waitFor({ timeout: 45_000 })
      },
      // Scalar looks whether it may make code of strings, and does without; some of its style attributes are left out.
      { expected: /inline style|policy violated: (?:script-src|style-src-attr) / }
    ))
})
