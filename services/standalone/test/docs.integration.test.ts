import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { Browser } from "playwright-core"
import { chromiumPath, launch, withPage } from "./Chromium.ts"
import { ready, type Standalone, start, withDataDir } from "./Standalone.ts"

// The documentation page in a real browser, and the examples of the contract against the demo store.

interface Parameter {
  readonly name: string
  readonly in: string
  readonly example: unknown
}
interface Contract {
  readonly paths: Record<string, { readonly get?: { readonly parameters: ReadonlyArray<Parameter> } }>
}

const executable = chromiumPath()

// Scalar looks whether it may make code of strings, and does without; some of its style attributes are left out.
const expected = /inline style|policy violated: (?:script-src|style-src-attr) /

describe("the documentation", { timeout: 120_000 }, () => {
  let shop: Standalone
  let browser: Browser | undefined
  let release = () => {}
  let ended: Promise<void> = Promise.resolve()

  beforeAll(async () => {
    await new Promise<void>((started, failed) => {
      ended = withDataDir(async (dataDir) => {
        shop = await start({ OPTICA_DATA: dataDir, DEMO_PORT: "0" })
        await ready(shop)
        if (executable !== undefined) browser = await launch(executable)
        await new Promise<void>((done) => {
          release = done
          started()
        })
        await browser?.close()
      })
      ended.catch(failed)
    })
  }, 120_000)
  afterAll(async () => {
    release()
    await ended
  })

  const contract = async (): Promise<Contract> =>
    (await (await fetch(`${shop.origin}/openapi.json`)).json()) as Contract

  it("gives examples of filters that find something", async () => {
    const { paths } = await contract()
    const ofList = paths["/api/products"]?.get?.parameters ?? []
    assert.isAbove(ofList.length, 15)
    // A cursor is signed by the server that made it, and these orders need another parameter.
    for (const { example, name } of ofList.filter((it) => it.name !== "cursor")) {
      const query =
        name === "attributes"
          ? Object.entries(Object(example)).map(([slug, terms]) => `attributes[${slug}]=${String(terms)}`)
          : [`${name}=${encodeURIComponent(String(example))}`]
      const answer = await fetch(`${shop.origin}/api/products?${query.join("&")}`)
      const body = (await answer.json()) as { data?: ReadonlyArray<unknown> }
      assert.strictEqual(answer.status, 200, query.join("&"))
      assert.isNotEmpty(body.data, query.join("&"))
    }
  })

  it("gives examples of ids and slugs that are there", async () => {
    const { paths } = await contract()
    for (const [path, { get }] of Object.entries(paths)) {
      const inPath = get?.parameters.filter((it) => it.in === "path") ?? []
      if (!path.startsWith("/api/") || inPath.length === 0) continue
      const asked = inPath.reduce((address, it) => address.replace(`{${it.name}}`, String(it.example)), path)
      assert.strictEqual((await fetch(shop.origin + asked)).status, 200, asked)
    }
  })

  it("finds by the slug of a facet as it stands, and decoded", async () => {
    const { data } = (await (await fetch(`${shop.origin}/api/products/facets`)).json()) as {
      data: {
        attributes: ReadonlyArray<{ slug: string; terms: ReadonlyArray<{ slug: string; count: number }> }>
      }
    }
    const terms = data.attributes.flatMap(({ slug, terms }) => terms.map((term) => ({ ...term, of: slug })))
    const encoded = terms.filter(({ slug }) => slug.includes("%"))
    assert.isNotEmpty(encoded)
    for (const { count, of, slug } of encoded) {
      // The second is the slug once decoded, the first the slug itself.
      for (const written of [encodeURIComponent(slug), slug]) {
        const answer = await fetch(`${shop.origin}/api/products?attributes[${of}]=${written}`)
        assert.strictEqual(answer.headers.get("x-wp-total"), String(count), written)
      }
    }
  })

  for (const [width, height] of [
    [1280, 900],
    [360, 740]
  ] as const) {
    it(`leads from the type of a problem to its section, at ${width} pixels`, async ({ skip }) => {
      if (browser === undefined) return skip("NOT RUN: no Chromium is found on PATH or by CHROMIUM_PATH")
      const answer = await fetch(`${shop.origin}/api/products/999999999`)
      const { type } = (await answer.json()) as { type: string }
      await withPage(
        browser,
        async (page) => {
          // A megabyte of script, which draws in pauses: a busy machine takes long.
          page.setDefaultTimeout(45_000)
          await page.goto(`${shop.origin}/docs`)
          await page.getByRole("heading", { name: "List products", exact: true }).waitFor()
          const words = String(await page.evaluate("document.body.innerText"))
          assert.include(words, "Problem: not found")
          assert.notMatch(words, /Developer Tools|Generate SDKs|Deploy|Open API Client/)
          await page.goto("about:blank")
          await page.goto(shop.origin + type)
          const heading = page.getByRole("heading", { name: "Problem: not found" })
          await heading.waitFor()
          await page.waitForFunction(
            "[...document.querySelectorAll('h3')].some((it) => it.textContent.includes('Problem: not found') && Math.abs(it.getBoundingClientRect().top) < innerHeight / 2)"
          )
          assert.isAbove(Number(await page.evaluate("scrollY")), 300)
          const wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
          assert.isAtMost(Number(await page.evaluate(wide)), 0)
        },
        { expected, viewport: { width, height } }
      )
    })
  }
})
