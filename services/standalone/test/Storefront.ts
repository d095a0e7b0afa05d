import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { Browser, Locator, Page } from "playwright-core"
import * as Chromium from "./Chromium.ts"
import { ready, start, withDataDir } from "./Standalone.ts"

// The storefront page in a real browser, on the whole graph with the demo store. What it shows is compared with what the
// API answers to anyone. Every test fails on whatever the browser complains of (see Chromium.ts).

const executable = Chromium.chromiumPath()
const notRun = "NOT RUN: no Chromium is found on PATH or by CHROMIUM_PATH"

export interface Item {
  readonly id: number
  readonly name: string
}
export interface Answer<Data> {
  readonly data: Data
  readonly meta: {
    readonly pagination: { readonly total: number }
    readonly corrected_search?: string | null
  }
}
export interface Facets {
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

/** Products on a page of the list. */
export const PER_PAGE = 24

interface Running {
  readonly origin: string
  readonly browser: Browser
}

/** Tests of the page: one shop and one browser for all that `journeys` makes. */
export const storefront = (name: string, journeys: (at: Storefront) => void): void => {
  if (executable === undefined) {
    it(`${name} works in a browser`, ({ skip }) => skip(notRun))
  }
  describe.skipIf(executable === undefined)(name, { timeout: 60_000 }, () => {
    let running: Running | undefined
    let release = () => {}
    let ended: Promise<void> = Promise.resolve()

    beforeAll(async () => {
      await new Promise<void>((started, failed) => {
        ended = withDataDir(async (dataDir) => {
          const shop = await start({ OPTICA_DATA: dataDir, DEMO_PRODUCTS: "150", DEMO_PORT: "0" })
          await ready(shop)
          const browser = await Chromium.launch(executable ?? "")
          running = { origin: shop.origin, browser }
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

    journeys(
      storefrontOf(() => {
        if (running === undefined) throw new Error("the shop has not been started")
        return running
      })
    )
  })
}

/** What tests of the page go by. */
type Storefront = ReturnType<typeof storefrontOf>

const storefrontOf = (running: () => Running) => {
  const api = async <Data = ReadonlyArray<Item>>(path: string): Promise<Answer<Data>> => {
    const answer = await fetch(`${running().origin}/api/products${path}`)
    assert.strictEqual(answer.status, 200, path)
    return (await answer.json()) as Answer<Data>
  }

  const open = async (page: Page, path: string) => {
    await page.goto(`${running().origin}${path}`)
  }

  /** Opens the page and waits for what it shows. */
  const visit = async (page: Page, path: string) => {
    await open(page, path)
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

  /** A public product with variations and reviews. */
  const rich = async () => {
    const { data } = await api<
      ReadonlyArray<Item & { variations: ReadonlyArray<number>; rating_count: number }>
    >("?per_page=100&orderby=rating")
    const found = data.find(({ rating_count, variations }) => variations.length > 1 && rating_count > 0)
    if (found === undefined) throw new Error("the demo store has no product with variations and reviews")
    return found
  }

  const withPage = (use: (page: Page) => Promise<void>, options?: Chromium.PageOptions) =>
    Chromium.withPage(running().browser, use, options)

  return { api, assertLists, open, rich, visit, withPage }
}

/** The list, or what stands in its place, is all there. */
export const settled = (page: Page): Promise<void> =>
  page.locator(".results:not([aria-busy]), .product:not([aria-busy])").waitFor()

/** Ids of the products in the list, in order. */
export const listed = async (page: Page): Promise<ReadonlyArray<string>> => {
  const script =
    "[...document.querySelectorAll('.card a')].map((it) => new URL(it.href).searchParams.get('product'))"
  const ids: unknown = await page.evaluate(script)
  return Array.isArray(ids) ? ids.map(String) : []
}

export const number = async (page: Page, script: string): Promise<number> =>
  Number(await page.evaluate(script))

export const total = (page: Page): Promise<string | null> => page.locator(".total").textContent()

export const search = async (page: Page, text: string): Promise<void> => {
  await page.getByRole("combobox", { name: "Search the shop" }).fill(text)
  await page.getByRole("button", { name: "Search", exact: true }).click()
  await page.getByRole("heading", { level: 1, name: text }).waitFor()
  await settled(page)
}

/** One choice of a facet, as the page names them. */
export const option = (page: Page, group: string, name: string): Locator =>
  page
    .getByRole("group", { name: group, exact: true })
    .locator("label")
    .filter({ has: page.getByText(name, { exact: true }) })

export const facet = (page: Page, group: string, name: string): Locator =>
  option(page, group, name).locator("input")

/** Unfolds a facet that is folded at first. */
export const unfold = (page: Page, group: string): Promise<void> =>
  page
    .locator("summary")
    .filter({ hasText: new RegExp(`^${group}$`) })
    .click()

export const focused = (page: Page, attribute: string): Promise<string | null> =>
  page.locator(":focus").getAttribute(attribute)

export const hasFocus = async (page: Page, target: Locator): Promise<boolean> =>
  (await target.and(page.locator(":focus")).count()) === 1

/** Tabs on until it is there. */
export const tabTo = async (page: Page, target: Locator): Promise<void> => {
  for (let presses = 0; presses < 200; presses++) {
    if (await hasFocus(page, target)) return
    await page.keyboard.press("Tab")
  }
  throw new Error("the Tab key does not lead there")
}
