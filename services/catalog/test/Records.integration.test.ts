import { assert, layer } from "@effect/vitest"
import { ChangeOutcome, ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import type { Product } from "@optica/contracts/optica/catalog/v1/product_pb"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import { Catalog } from "../src/Catalog.ts"
import { sanitize } from "../src/Html.ts"
import { layerCatalog, read, recorded } from "./Shop.ts"

const products = recorded("products")
const variations = recorded("variations")

/** Each recorded state of each thing, one after the other. */
const applyEach = Effect.fnUntraced(function* (
  kind: ResourceKind,
  things: ReadonlyArray<Schema.JsonObject>,
  parentOf: (json: Schema.JsonObject) => number = () => 0
) {
  const catalog = yield* Catalog
  const outcomes: Array<ChangeOutcome> = []
  for (const json of things) {
    const [result] = yield* catalog.applyChanges([read(kind, json, ++observation, parentOf(json))])
    assert.strictEqual(result?.reason, "")
    outcomes.push(result?.outcome ?? ChangeOutcome.UNSPECIFIED)
  }
  return outcomes
})
let observation = 0

layer(layerCatalog(["lens_code"]))("the records of a real shop", (it) => {
  it.effect("every product goes in and comes out whole in the full view", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      for (const json of products) {
        yield* applyEach(ResourceKind.PRODUCT, [json])
        const { source, value } = yield* catalog.getSource(BigInt(Number(json.id)))
        assert.deepStrictEqual(JSON.parse(source), json)
        assert.strictEqual(String(value.id), String(json.id))
        assertSame(value, json)
      }
    })
  )

  it.effect("the public view is the record without what is hidden", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      for (const json of latest([...products, ...variations])) {
        yield* applyEach(json.type === "variation" ? ResourceKind.VARIATION : ResourceKind.PRODUCT, [json])
      }
      let seen = 0
      for (const json of latest([...products, ...variations])) {
        const parent = latest(products).find((it) => it.id === json.parent_id)
        const open = (it: Schema.JsonObject) => it.status === "publish" && (it.post_password ?? "") === ""
        const expected = open(json) && (json.type !== "variation" || (parent !== undefined && open(parent)))
        const found = yield* Effect.option(catalog.getProduct(BigInt(Number(json.id))))
        assert.strictEqual(found._tag === "Some", expected, `product ${json.id}`)
        if (found._tag === "None") continue
        seen++
        const hidden = { ...json, meta_data: allowed(json.meta_data) }
        for (const key of ["description", "short_description", "price_html"]) {
          if (typeof json[key] === "string") Object.assign(hidden, { [key]: sanitize(json[key]) })
        }
        assertSame(found.value.value, hidden, referenceKeys)
      }
      assert.isAbove(seen, 60)
    })
  )

  it.effect("every variation goes in, also where it was read as a product", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      for (const json of variations) {
        for (const kind of [ResourceKind.VARIATION, ResourceKind.PRODUCT]) {
          yield* applyEach(kind, [json])
          const { source } = yield* catalog.getSource(BigInt(Number(json.id)))
          assert.deepStrictEqual(JSON.parse(source), json)
        }
      }
      const held = yield* catalog.listResourceVersions({
        kind: ResourceKind.VARIATION,
        afterId: 0n,
        observedBefore: 0n,
        limit: 1000
      })
      assert.deepStrictEqual(
        held.map((it) => Number(it.id)),
        [...new Set(variations.map((json) => Number(json.id)))].sort((a, b) => a - b)
      )
    })
  )

  it.effect("categories, tags, attributes, terms and reviews are kept whole", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient
      const attributeOf = (json: Schema.JsonObject) =>
        Number(/attributes\/(\d+)\/terms/.exec(JSON.stringify(json._links))?.[1])
      const kinds = [
        ["categories", ResourceKind.CATEGORY],
        ["tags", ResourceKind.TAG],
        ["attributes", ResourceKind.ATTRIBUTE],
        ["terms", ResourceKind.TERM],
        ["reviews", ResourceKind.REVIEW]
      ] as const
      for (const [table, kind] of kinds) {
        const things = recorded(table)
        yield* applyEach(kind, things, table === "terms" ? attributeOf : undefined)
        const rows = yield* sql<{ source: string }>`SELECT source FROM ${sql(table)} ORDER BY id`
        assert.deepStrictEqual(
          rows.map((row) => JSON.parse(row.source)),
          [...latest(things)].sort((a, b) => Number(a.id) - Number(b.id))
        )
      }
    })
  )

  it.effect("reading the shop again changes nothing", () =>
    Effect.gen(function* () {
      const again = latest(products).map((json) => ({ ...json, related_ids: [Number(json.id)] }))
      yield* applyEach(ResourceKind.PRODUCT, latest(products))
      const outcomes = yield* applyEach(ResourceKind.PRODUCT, again)
      assert.deepStrictEqual([...new Set(outcomes)], [ChangeOutcome.UNCHANGED])
    })
  )
})

/** The last recorded state of each thing. */
const latest = (things: ReadonlyArray<Schema.JsonObject>): ReadonlyArray<Schema.JsonObject> => [
  ...new Map(things.map((json) => [json.id, json])).values()
]

const allowed = (rows: Schema.Json | undefined) =>
  Array.isArray(rows) ? rows.filter((row: { key?: string }) => row.key === "lens_code") : []

// Of these the public sees the public ones only.
const referenceKeys = new Set(["variations", "grouped_products", "upsell_ids", "cross_sell_ids"])

/** Holds a message against the record, field by field: what the record has, the message has. */
const assertSame = (product: Product, json: Schema.JsonObject, except: ReadonlySet<string> = new Set()) => {
  const shown: Record<string, unknown> = { ...product }
  for (const [key, value] of Object.entries(json)) {
    if (notInTheContract.has(key) || except.has(key)) continue
    const name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    assert.deepStrictEqual(plain(shown[name]), plain(value), `${key} of ${json.id}`)
  }
  const list = (value: Schema.Json | undefined): ReadonlyArray<Schema.JsonObject> =>
    Array.isArray(value) ? value : []
  const pictures = json.image === undefined ? list(json.images) : list([json.image])
  assert.deepStrictEqual(
    product.images.map((image) => [String(image.id), image.src, image.alt]),
    pictures.map((image) => [String(image.id), image.src, image.alt])
  )
  assert.deepStrictEqual(
    product.attributes.map(({ name, option, options, slug }) => [name, slug, option ?? options]),
    list(json.attributes).map(({ name, option, options, slug }) => [name, slug, option ?? options])
  )
  assert.deepStrictEqual(
    product.metaData.map((row) => [String(row.id), row.key, JSON.parse(row.valueJson)]),
    list(json.meta_data).map((row) => [String(row.id), row.key, row.value])
  )
}

// Not part of the contract, or compared on their own: image is images[0], meta_data values are JSON text.
const notInTheContract = new Set([
  ...["_links", "downloads", "download_limit", "download_expiry", "purchase_note", "post_password"],
  ...["permalink_template", "generated_slug", "image", "gallery_image_ids", "manage_stock", "related_ids"],
  ...["images", "attributes", "meta_data"]
])

/** Both sides without what protobuf cannot tell apart: null and absent, numbers and their digits, key spelling. */
const plain = (value: unknown): unknown => {
  if (value === null || value === undefined) return ""
  if (typeof value === "bigint" || typeof value === "number") return String(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== "$typeName")
        .map(([key, item]) => [key, plain(item)])
    )
  }
  return value
}
