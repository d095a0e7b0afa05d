import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { type Item, type Refused, type Resource, Resources, renderPath } from "../src/Resource.ts"
import { Id, Text } from "../src/Scalars.ts"
import { record, rows } from "./Recorded.ts"

const decode = <A>(resource: Resource<A>, source: Schema.Json): Item<A> => {
  const decoded = resource.decode(source)
  if (Result.isFailure(decoded)) throw new Error(`${decoded.failure.path}: ${decoded.failure.rule}`)
  return decoded.success
}

const refusal = (resource: Resource<unknown>, source: Schema.Json): Refused =>
  Result.getOrThrow(Result.flip(resource.decode(source)))

const first = (group: string, name: string): Schema.JsonObject => {
  const found = rows(group).find(({ from }) => from === name)
  if (found === undefined) throw new Error(`nothing in ${group} ${name}`)
  return found.row
}

const product = (changes: Schema.JsonObject): Schema.JsonObject => ({
  ...first("products", "list-id-asc-per18-page1"),
  ...changes
})

const productOf = (id: number, group = "products") => {
  const found = rows(group).find(({ row }) => row.id === id)
  if (found === undefined) throw new Error(`no ${group} ${id}`)
  return decode(Resources.products, found.row).value
}

describe("Resources", () => {
  const groups: ReadonlyArray<readonly [string, Resource<unknown>, number]> = [
    ["products", Resources.products, 40],
    ["variations", Resources.variations, 20],
    ["categories", Resources.categories, 10],
    ["tags", Resources.tags, 10],
    ["attributes", Resources.attributes, 5],
    ["terms", Resources.termsOf(1), 10],
    ["reviews", Resources.reviews, 20],
    ["customers", Resources.customers, 20],
    ["orders", Resources.orders, 28],
    ["coupons", Resources.coupons, 7]
  ]

  for (const [group, resource, atLeast] of groups) {
    it(`read every recorded one of ${group}, and keep it whole beside`, () => {
      const all = rows(group).filter(({ row }) => group !== "orders" || "line_items" in row)
      assert.isAtLeast(all.length, atLeast)
      for (const { from, row } of all) {
        const { source, value } = decode(resource, row)
        assert.strictEqual(source, row, from)
        assert.isObject(value)
      }
    })
  }

  // What a schema does not name is lost to those who read only the value: the recorded keys are the floor.
  it("name every recorded key of a product, but for links and the two templates of context=edit", () => {
    const known = new Set(Object.keys(productOf(18)))
    const unknown = new Set(
      rows("products").flatMap(({ row }) => Object.keys(row).filter((key) => !known.has(key)))
    )
    assert.deepStrictEqual([...unknown].sort(), ["_links", "generated_slug", "permalink_template"])
  })

  it("take every decoded text and amount over unchanged", () => {
    for (const { row } of rows("products")) {
      const value: Record<string, unknown> = decode(Resources.products, row).value
      for (const [key, sent] of Object.entries(row)) {
        if (key in value && (typeof sent === "string" || typeof sent === "boolean"))
          assert.strictEqual(value[key], sent, key)
      }
    }
  })

  describe("what shops really send", () => {
    it.each([["12999.999"], ["0.0001"], ["1000.10"], ["899.00"], ["0"], [""]])(
      "fact 11: the price %j stays as it is stored",
      (price) => {
        const { value } = decode(
          Resources.products,
          product({ price, regular_price: price, sale_price: price })
        )
        assert.deepStrictEqual([value.price, value.regular_price, value.sale_price], [price, price, price])
      }
    )

    it("fact 11: a free sale keeps sale_price empty, price 0 and on_sale true", () => {
      const { value } = decode(Resources.products, product({ price: "0", sale_price: "", on_sale: true }))
      assert.deepStrictEqual([value.price, value.sale_price, value.on_sale], ["0", "", true])
    })

    it('fact 13: manage_stock may be "parent", stock null or negative', () => {
      const variations = rows("variations").map(({ row }) => decode(Resources.variations, row).value)
      assert.include(
        variations.map((one) => one.manage_stock),
        "parent"
      )
      const products = rows("products").map(({ row }) => decode(Resources.products, row).value)
      assert.include(
        products.map((one) => one.stock_quantity),
        null
      )
      assert.isTrue([...variations, ...products].some((one) => (one.stock_quantity ?? 0) < 0))
    })

    it("fact 13: total_sales is a number, or digits on a variation read as a product", () => {
      assert.isString(first("variations", "as-product").total_sales)
      assert.strictEqual(decode(Resources.products, first("variations", "as-product")).value.total_sales, 0)
    })

    it('fact 12: image ids of order lines are "12", 14 or "", their prices numbers', () => {
      const lines = rows("orders")
        .filter(({ row }) => "line_items" in row)
        .flatMap(({ row }) => decode(Resources.orders, row).value.line_items)
      assert.isTrue(lines.every((line) => line.image === null || Number.isInteger(line.image.id)))
      assert.isTrue(lines.every((line) => /^\d+(\.\d+)?$/.test(line.price)))
    })

    it("fact 12: the line of a deleted product has product_id 0, no sku, image 0, and its name", () => {
      const order = first("orders", "list-id-asc-per28-page1")
      const line = {
        id: 9,
        name: "Gone Frame",
        product_id: 0,
        variation_id: 0,
        sku: "",
        price: 1999.5,
        image: { id: 0, src: "" },
        parent_name: null,
        taxes: [{ id: 1, total: "5", subtotal: "" }]
      }
      const [read] = decode(Resources.orders, { ...order, line_items: [line] }).value.line_items
      assert.deepStrictEqual(
        [read?.product_id, read?.sku, read?.image, read?.name],
        [0, "", { id: 0, src: "" }, "Gone Frame"]
      )
      assert.deepStrictEqual([read?.price, read?.parent_name, read?.taxes[0]?.subtotal], ["1999.5", "", ""])
    })

    it("fact 14: meta values keep their types, nested prescriptions of order lines intact", () => {
      const metas = rows("orders")
        .filter(({ row }) => "line_items" in row)
        .flatMap(({ row }) => decode(Resources.orders, row).value.line_items)
        .flatMap((line) => line.meta_data)
      assert.isTrue(metas.some((meta) => typeof meta.value === "object" && meta.value !== null))
      assert.isTrue(metas.some((meta) => typeof meta.display_value === "object"))
    })

    it("fact 15: a customer whom WooCommerce never saved has no date_modified", () => {
      const customers = rows("customers").map(({ row }) => decode(Resources.customers, row).value)
      assert.isTrue(customers.some((one) => one.date_modified_gmt === null))
    })

    it("fact 16: names keep their HTML entities", () => {
      const names = rows("tags").map(({ row }) => decode(Resources.tags, row).value.name)
      assert.isTrue(names.some((name) => name.includes("&amp;")))
      assert.strictEqual(
        decode(Resources.products, product({ name: "Rosé &amp; Gold" })).value.name,
        "Rosé &amp; Gold"
      )
    })

    it("fact 9: what is in the trash says so", () => {
      const trashed = decode(Resources.products, record("products", "trashed-single").body).value
      assert.strictEqual(trashed.status, "trash")
      assert.include(trashed.slug, "__trashed")
    })

    it("states and types of plugins are as good as any", () => {
      const { value } = decode(
        Resources.products,
        product({
          status: "wc-rental",
          type: "subscription",
          stock_status: "lowstock",
          catalog_visibility: "members"
        })
      )
      assert.deepStrictEqual(
        [value.status, value.type, value.stock_status, value.catalog_visibility],
        ["wc-rental", "subscription", "lowstock", "members"]
      )
    })

    it("unknown keys are kept in the source", () => {
      const source = product({ yoast_head: "<title>", acf: { lens: [1] } })
      assert.deepStrictEqual(decode(Resources.products, source).source, source)
    })

    it("a row of an older shop decodes with what it has", () => {
      const { value } = decode(Resources.variations, { id: 5, status: "publish", price: "10" })
      assert.strictEqual(value.price, "10")
      assert.deepStrictEqual([value.name, value.parent_id, value.image, value.meta_data], ["", 0, null, []])
    })
  })

  describe("what they refuse", () => {
    it.each([
      [{ regular_price: "12,50" }, "regular_price", 'Expected a decimal amount such as "12.50", or ""'],
      [
        {
          images: [
            { id: 1, src: "a" },
            { id: 2, src: {} }
          ]
        },
        "images[1].src",
        "Expected text"
      ],
      [{ images: [{ src: ["a"] }] }, "images[0].src", "Expected text"],
      [{ status: null }, "status", "Expected string"],
      [{ attributes: [{ id: 1, options: ["a", {}] }] }, "attributes[0].options[1]", "Expected text"],
      [{ dimensions: { length: {} } }, "dimensions.length", "Expected text"],
      [
        { date_modified_gmt: "gestern" },
        "date_modified_gmt",
        "Expected a date such as 2026-11-21T03:01:56, or null"
      ]
    ])("%j: by path and rule", (changes, path, rule) => {
      const refused = refusal(Resources.products, product(changes))
      assert.strictEqual(refused.path, path)
      assert.strictEqual(refused.rule, rule)
      assert.strictEqual(refused.id, 18)
    })

    it("repeats no value, which may be personal", () => {
      const refused = refusal(Resources.customers, { id: 7, email: ["ada@shop.example"] })
      assert.notInclude(JSON.stringify([refused.path, refused.rule]), "ada")
    })

    it.each([[null], ["x"], [5], [[]], [{ status: "publish" }], [{ id: "x", status: "publish" }]])(
      "%j: no id to be read",
      (source) => assert.isUndefined(refusal(Resources.products, source).id)
    )
  })

  it("withSchema reads less of the same thing", () => {
    const narrow = Resources.variationsOf(38).withSchema(Schema.Struct({ id: Id, name: Text }))
    assert.strictEqual(narrow.path, "/products/38/variations")
    assert.deepStrictEqual(decode(narrow, { id: "4", name: null, price: "so what" }).value, {
      id: 4,
      name: ""
    })
  })

  it("a path reads as in JavaScript", () => {
    assert.strictEqual(renderPath(["images", 0, "src"]), "images[0].src")
    assert.strictEqual(renderPath([0, "a"]), "[0].a")
    assert.strictEqual(renderPath([]), "")
  })
})
