import { execFile } from "node:child_process"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterAll, beforeAll } from "vitest"
import { consumerKey, consumerSecret } from "./ShopClient.ts"
import { type Answering, listReply, serve } from "./TestShop.ts"

const run = promisify(execFile)
const here = fileURLToPath(new URL("..", import.meta.url))
const repository = join(here, "../..")
const bin = join(repository, "node_modules/.bin")

// An npm above us must not decide what this one packs.
const env = Object.fromEntries(
  Object.entries({ ...process.env, PATH: `${bin}:${process.env.PATH}` }).filter(
    ([name]) => !/^npm_/i.test(name)
  )
)

const work = mkdtempSync(join(tmpdir(), "woocommerce-pack-"))
const consumer = join(work, "consumer")
const installed = join(consumer, "node_modules/@optica/woocommerce")
let manifestAfterwards = ""

const product = { id: 18, status: "publish", name: "Bolt &amp; Co", price: "12.50" }
const shop: Answering = ({ method, url }) =>
  url.pathname.endsWith("/999999")
    ? {
        status: 404,
        body: { code: "woocommerce_rest_product_invalid_id", message: "Invalid ID.", data: { status: 404 } }
      }
    : method === "HEAD"
      ? listReply([], 57, 57)
      : listReply([product, { id: 19, status: "publish", price: "a lot" }], 2, 1)

/** Runs a program in the consumer's folder against a shop; it must end by itself. */
const against = (file: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { url } = yield* serve(shop)
      const woo = { WOO_URL: url, WOO_CONSUMER_KEY: consumerKey, WOO_CONSUMER_SECRET: consumerSecret }
      const { stdout } = yield* Effect.promise(() =>
        run(process.execPath, [file], { cwd: consumer, env: { ...env, ...woo }, timeout: 20_000 })
      )
      return stdout
    })
  )

const readmeSnippet = (): string => {
  const [, snippet = ""] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(here, "README.md"), "utf8")) ?? []
  return snippet
}

// Packed from a copy: prepack swaps package.json, which whoever runs beside us would stumble over.
beforeAll(async () => {
  const copy = join(work, "repository/packages/woocommerce")
  cpSync(here, copy, {
    recursive: true,
    filter: (path) => !["node_modules", "dist"].includes(basename(path))
  })
  for (const file of ["tsconfig.json", "LICENSE"])
    cpSync(join(repository, file), join(work, "repository", file))
  symlinkSync(join(repository, "node_modules"), join(work, "repository/node_modules"))
  const before = readFileSync(join(copy, "package.json"), "utf8")
  await run("npm", ["pack", "--offline", "--pack-destination", work], { cwd: copy, env })
  manifestAfterwards =
    readFileSync(join(copy, "package.json"), "utf8") === before && !existsSync(join(copy, "LICENSE"))
      ? "as before"
      : "changed"

  const [tarball = ""] = readdirSync(work).filter((name) => name.endsWith(".tgz"))
  mkdirSync(installed, { recursive: true })
  await run("tar", ["-xzf", join(work, tarball), "--strip-components=1", "-C", installed])
  mkdirSync(join(consumer, "node_modules/@types"), { recursive: true })
  for (const dependency of ["effect", "@types/node", "undici-types"]) {
    symlinkSync(join(repository, "node_modules", dependency), join(consumer, "node_modules", dependency))
  }
  writeFileSync(join(consumer, "package.json"), '{ "type": "module" }')
}, 120_000)

afterAll(() => rmSync(work, { recursive: true, force: true }))

describe("the tarball of npm pack", () => {
  it("holds JavaScript, declarations, README and licence, no sources and no tests", () => {
    const files = readdirSync(installed, { recursive: true, encoding: "utf8" })
    for (const file of [
      "package.json",
      "README.md",
      "FACTS.md",
      "LICENSE",
      "dist/WooCommerce.js",
      "dist/WooCommerce.d.ts",
      "dist/Product.js",
      "dist/Product.d.ts"
    ]) {
      assert.include(files, file)
    }
    assert.deepStrictEqual(
      files.filter(
        (file) => /^(src|test|pack|bench)\//.test(file) || (file.endsWith(".ts") && !file.endsWith(".d.ts"))
      ),
      []
    )
    const { dependencies, exports, scripts } = JSON.parse(
      readFileSync(join(installed, "package.json"), "utf8")
    )
    assert.deepStrictEqual(exports, { "./*": { types: "./dist/*.d.ts", default: "./dist/*.js" } })
    assert.deepStrictEqual(Object.keys(dependencies), ["effect"])
    assert.isUndefined(scripts)
  })

  it("leaves package.json as it was", () => assert.strictEqual(manifestAfterwards, "as before"))

  it.live("runs in a plain JavaScript program, which ends by itself when it is done", () =>
    Effect.gen(function* () {
      writeFileSync(
        join(consumer, "plain.js"),
        `import { Resources } from "@optica/woocommerce/Resource"
import { WooCommerce } from "@optica/woocommerce/WooCommerce"
import { Effect, Layer, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
const { WOO_URL: url, WOO_CONSUMER_KEY, WOO_CONSUMER_SECRET } = process.env
const layer = WooCommerce.layer({ url, consumerKey: Redacted.make(WOO_CONSUMER_KEY), consumerSecret: Redacted.make(WOO_CONSUMER_SECRET) })
const page = Effect.flatMap(WooCommerce, (woo) => woo.list(Resources.products))
const { items, refused } = await Effect.runPromise(Effect.provide(page, Layer.provide(layer, FetchHttpClient.layer)))
console.log(JSON.stringify([items[0].value.name, refused[0].path]))
`
      )
      assert.strictEqual(yield* against("plain.js"), '["Bolt &amp; Co","price"]\n')
    })
  )

  it.live("type checks, and so does a mistake", () =>
    Effect.promise(async () => {
      writeFileSync(join(consumer, "snippet.ts"), readmeSnippet())
      writeFileSync(
        join(consumer, "mistake.ts"),
        `import type { Product } from "@optica/woocommerce/Product"
import type { ListParams } from "@optica/woocommerce/ListParams"
declare const product: Product
// @ts-expect-error prices are strings
export const price: number = product.price
export const stock: number | null = product.stock_quantity
// @ts-expect-error there is no such order
export const params: ListParams = { order: "up" }
`
      )
      const compilerOptions = {
        strict: true,
        noEmit: true,
        module: "NodeNext",
        target: "ES2024",
        lib: ["ES2024", "ESNext.Disposable"],
        types: ["node"],
        exactOptionalPropertyTypes: true,
        skipLibCheck: true
      }
      writeFileSync(
        join(consumer, "tsconfig.json"),
        JSON.stringify({ compilerOptions, files: ["snippet.ts", "mistake.ts"] })
      )
      const result = await run(join(bin, "tsc"), ["-p", consumer], { cwd: consumer, env }).catch(
        (error) => error
      )
      assert.strictEqual(result.stdout, "")
    })
  )

  it.live("the README's snippet runs and prints what it promises", () =>
    Effect.gen(function* () {
      writeFileSync(join(consumer, "snippet.ts"), readmeSnippet())
      assert.strictEqual(
        yield* against("snippet.ts"),
        '57 products\n18 Bolt &amp; Co: 12.50\n19 refused at price: Expected a decimal amount such as "12.50", or ""\nThe shop has no products 999999.\n'
      )
    })
  )
})
