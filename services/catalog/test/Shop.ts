import { readFileSync } from "node:fs"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { TestDatabase } from "@optica/postgres/TestDatabase"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import { Catalog, type CatalogOptions } from "../src/Catalog.ts"
import { extensions, migrations } from "../src/CatalogService.ts"
import type { Change } from "../src/Change.ts"
import type { PageQuery, ProductFilter, ProductOrder } from "../src/ProductQuery.ts"

/** How a Catalog is made. */
export const options = (metaAllow: ReadonlyArray<string> = []): CatalogOptions => ({
  metaAllow,
  searchLanguage: "english",
  cursorSecret: Redacted.make("a secret of the tests")
})

/** A Catalog on a database of its own. */
export const layerCatalog = (metaAllow: ReadonlyArray<string> = []) =>
  Catalog.layerNoDeps(options(metaAllow)).pipe(
    Layer.provideMerge(TestDatabase.layer({ schema: "catalog", migrations, extensions }))
  )

/** Objects of a real shop, recorded; without the key `_links` where it only differs by how it was read. */
export const recorded = (name: string): ReadonlyArray<Schema.JsonObject> =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"))

/** A simple public product; `fields` replaces or adds. */
export const product = (id: number, fields: Schema.JsonObject = {}): Schema.JsonObject => ({
  id,
  name: `Frame ${id}`,
  slug: `frame-${id}`,
  date_created_gmt: "2026-01-02T03:04:05",
  date_modified_gmt: "2026-01-02T03:04:05",
  type: "simple",
  status: "publish",
  catalog_visibility: "visible",
  price: "10.00",
  regular_price: "10.00",
  stock_status: "instock",
  post_password: "",
  ...fields
})

/** A public variation of a product. */
export const variation = (id: number, parentId: number, fields: Schema.JsonObject = {}): Schema.JsonObject =>
  product(id, { type: "variation", parent_id: parentId, ...fields })

export const category = (id: number, parent: number, fields: Schema.JsonObject = {}): Schema.JsonObject => ({
  id,
  name: `Category ${id}`,
  slug: `category-${id}`,
  parent,
  description: "",
  display: "default",
  image: null,
  menu_order: 0,
  count: 0,
  ...fields
})

/** What was read of a thing. */
export const read = (
  kind: ResourceKind,
  json: Schema.JsonObject,
  observation: number,
  parentId = 0
): Change => ({
  kind,
  id: Number(json.id),
  observation: BigInt(observation),
  parentId,
  source: JSON.stringify(json)
})

export const readProduct = (json: Schema.JsonObject, observation: number): Change =>
  read(ResourceKind.PRODUCT, json, observation)

export const gone = (kind: ResourceKind, id: number, observation: number): Change => ({
  kind,
  id,
  observation: BigInt(observation),
  parentId: 0,
  source: null
})

export const noFilter: ProductFilter = {
  categoryIds: [],
  tagIds: [],
  brandIds: [],
  attributes: [],
  skus: [],
  includeIds: [],
  minPrice: "",
  maxPrice: "",
  onSale: undefined,
  featured: undefined,
  stockStatus: "",
  ratings: [],
  search: ""
}

export const byId: ProductOrder = { by: "id", direction: "asc" }

export const firstPage: PageQuery = { page: 1, perPage: 100, cursor: "" }
