import { accessSync, constants, statSync } from "node:fs"
import { delimiter, join } from "node:path"
import { assert } from "@effect/vitest"
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core"

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
const places = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
]

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The browser to test with: CHROMIUM_PATH, else one of the usual names on PATH. */
export const chromiumPath = (): string | undefined => {
  const asked = process.env.CHROMIUM_PATH
  if (asked !== undefined && asked !== "") {
    // Whoever names a browser wants the test run.
    if (!isProgram(asked)) throw new Error(`CHROMIUM_PATH is ${asked}, which is no program`)
    return asked
  }
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "")
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...places].find(isProgram)
}

/** Starts it without a window. As root it has no sandbox of its own to put pages into. */
export const launch = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] })

/** Runs in the page, ahead of its own scripts: what the page's policy refuses is told on the console. */
const watch = `document.addEventListener("securitypolicyviolation", (event) => {
  console.error("policy violated: " + event.violatedDirective + " " + event.blockedURI + " " + event.sample)
})`

export type PageOptions = BrowserContextOptions & { readonly expected?: RegExp }

/**
 * A page for `use`, which fails on whatever a browser complains of: errors and warnings on the console, errors of scripts,
 * requests that failed or were refused, violations of the page's policy. `expected` are refusals that the test is about.
 */
export const withPage = async (
  browser: Browser,
  use: (page: Page) => Promise<void>,
  { expected, ...context }: PageOptions = {}
): Promise<void> => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...context })
  const complaints: Array<string> = []
  const complain = (text: string) => {
    if (expected === undefined || !expected.test(text)) complaints.push(text)
  }
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      complain(`${message.type()}: ${message.text()}`)
  })
  page.on("pageerror", (error) => complain(`page error: ${error.stack ?? error.message}`))
  page.on("requestfailed", (request) => {
    // What the page itself has no more use for, and pictures on their way when it is left.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") {
      complain(`failed: ${request.url()} ${request.failure()?.errorText}`)
    }
  })
  page.on("response", (response) => {
    if (response.status() >= 400) complain(`${response.status()}: ${response.url()}`)
  })
  page.on("dialog", (dialog) => complain(`dialog: ${dialog.message()}`))
  await page.addInitScript({ content: watch })
  page.setDefaultTimeout(15_000)
  try {
    await use(page)
    assert.deepStrictEqual(complaints, [])
  } catch (cause) {
    if (complaints.length === 0) throw cause
    throw new Error(`the browser complained:\n${complaints.join("\n")}`, { cause })
  } finally {
    await page.context().close()
  }
}
