import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { type Faults, noFaults } from "../Faults.ts"
import type { Json, JsonObject } from "../Json.ts"
import type { Product } from "../Product.ts"
import { encodeName } from "../rest/Html.ts"
import { check } from "../rest/Params.ts"
import { productJson } from "../rest/ProductJson.ts"
import type { Site } from "../rest/Site.ts"
import { WooError } from "../rest/WooError.ts"
import { productBody } from "../rest/WriteRules.ts"
import type { Stats } from "../Stats.ts"
import type { Taxonomy } from "../Taxonomies.ts"
import { createProduct, restoreProduct, trashProduct, updateProduct } from "../write/ProductWrite.ts"
import { mergeMeta } from "../write/Stored.ts"
import { FaultChange, MetaWrite, ProductChange, Rename } from "./AdminRequests.ts"

export interface AdminRequest {
  readonly method: string
  /** Behind `/demo-admin`. */
  readonly path: string
  readonly body: string
}

export interface AdminResponse {
  readonly status: number
  readonly body: JsonObject
}

export interface Controls {
  readonly site: Site
  readonly faults: Faults
  readonly stats: Stats
}

/** A refusal of the admin API: becomes `application/problem+json` (RFC 9457). */
class Problem {
  readonly status: number
  readonly title: string
  readonly detail: string

  constructor(status: number, title: string, detail: string) {
    this.status = status
    this.title = title
    this.detail = detail
  }
}

/** Answers one admin request. Never throws. */
export const handleAdmin = (controls: Controls, request: AdminRequest): AdminResponse => {
  try {
    return { status: 200, body: route(controls, request) }
  } catch (error) {
    const problem =
      error instanceof Problem
        ? error
        : error instanceof WooError
          ? new Problem(error.status, error.code, `${error.message} ${JSON.stringify(error.data)}`)
          : new Problem(500, "The demo store failed", error instanceof Error ? error.message : String(error))
    return {
      status: problem.status,
      body: { type: "about:blank", title: problem.title, status: problem.status, detail: problem.detail }
    }
  }
}

const taxonomies: Readonly<Record<string, Taxonomy>> = {
  categories: "product_cat",
  tags: "product_tag",
  brands: "product_brand"
}

const route = (controls: Controls, request: AdminRequest): JsonObject => {
  const { faults, site, stats } = controls
  const [head = "", second = "", third = "", fourth = "", fifth = ""] = request.path.split("/").slice(1)
  const posted = request.method === "POST"
  if (head === "stats" && second === "") {
    if (request.method === "DELETE") stats.reset()
    else if (request.method !== "GET") throw wrongMethod(request, "GET, DELETE")
    return stats.report
  }
  if (head === "faults" && second === "") {
    if (posted) faults.plan = { ...faults.plan, ...decode(FaultChange, request.body) }
    else if (request.method === "DELETE") faults.plan = noFaults
    else if (request.method !== "GET") throw wrongMethod(request, "GET, POST, DELETE")
    return { ...faults.plan }
  }
  if (!posted) throw wrongMethod(request, "POST")
  if (head === "products" && second === "") {
    return shown(site, createProduct(site.shop, change(request.body)))
  }
  if (head === "products") return productAction(controls, Number(second), third, request.body)
  const taxonomy = taxonomies[head]
  if (taxonomy !== undefined && third === "rename") {
    return renameTerm(site, taxonomy, Number(second), decode(Rename, request.body).name)
  }
  if (head === "attributes" && third === "rename") return renameAttribute(site, Number(second), request.body)
  if (head === "attributes" && third === "terms" && fifth === "rename") {
    return renameTerm(site, `pa:${Number(second)}`, Number(fourth), decode(Rename, request.body).name)
  }
  throw new Problem(
    404,
    "No such admin route",
    `${request.method} /demo-admin${request.path} is not known; the README has the table.`
  )
}

const productAction = (controls: Controls, id: number, action: string, body: string): JsonObject => {
  const { shop } = controls.site
  const held = shop.product(id)
  if (held === undefined) throw new Problem(404, "No such product", `There is no product ${id}.`)
  switch (action) {
    case "change":
      return shown(controls.site, updateProduct(shop, held, change(body)))
    case "trash":
      if (held.status === "trash")
        throw new Problem(409, "Already in the trash", `Product ${id} is in the trash already.`)
      return shown(controls.site, trashProduct(shop, held))
    case "restore":
      if (held.status !== "trash")
        throw new Problem(409, "Not in the trash", `Product ${id} is not in the trash.`)
      return shown(controls.site, restoreProduct(shop, held))
    case "delete":
      shop.remove(id)
      return { id, deleted: true }
    case "meta": {
      const write = decode(MetaWrite, body)
      const meta_data = mergeMeta(held.meta_data, [write], () => shop.newMetaId())
      return shown(controls.site, shop.putProduct({ ...held, meta_data }, "silent"))
    }
    default:
      throw new Problem(
        404,
        "No such admin route",
        `Products know change, trash, restore, delete and meta, not "${action}".`
      )
  }
}

const renameTerm = (site: Site, taxonomy: Taxonomy, id: number, name: string): JsonObject => {
  const term = site.shop.taxonomies.term(taxonomy, id)
  if (term === undefined) throw new Problem(404, "No such term", `There is no term ${id} in ${taxonomy}.`)
  site.shop.taxonomies.putTerm(taxonomy, { ...term, name: encodeName(name) })
  site.shop.commit({ kind: "term", action: "silent", id })
  return { id, taxonomy, name: encodeName(name), slug: term.slug }
}

const renameAttribute = (site: Site, id: number, body: string): JsonObject => {
  const attribute = site.shop.taxonomies.attribute(id)
  if (attribute === undefined) throw new Problem(404, "No such attribute", `There is no attribute ${id}.`)
  const { name } = decode(Rename, body)
  site.shop.taxonomies.putAttribute({ ...attribute, name })
  site.shop.commit({ kind: "attribute", action: "silent", id })
  return { id, name, slug: attribute.slug }
}

const shown = (site: Site, row: Product): JsonObject => productJson(site, row, "edit", [])

const change = (body: string): JsonObject => check(productBody, jsonOf(decode(ProductChange, body)))

/** Effect's JSON object and ours are the same thing under two names. */
const jsonOf = (value: typeof ProductChange.Type): JsonObject => value

const wrongMethod = (request: AdminRequest, allowed: string): Problem =>
  new Problem(
    405,
    "Wrong method",
    `${request.method} is not allowed on /demo-admin${request.path}; it takes ${allowed}.`
  )

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** Decodes a JSON body; every wrong field is named at once. */
const decode = <S extends Schema.ConstraintDecoder<unknown>>(schema: S, body: string): S["Type"] => {
  const decoded = Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" })(
    parse(body)
  )
  if (Result.isSuccess(decoded)) return decoded.success
  const wrong = format(decoded.failure.issue).issues.map(
    ({ message, path }) => `${path?.join(".") || "body"}: ${message}`
  )
  throw new Problem(400, "Wrong body", wrong.join("; "))
}

const parse = (body: string): Json => {
  try {
    return body.trim() === "" ? {} : JSON.parse(body)
  } catch {
    throw new Problem(400, "Malformed JSON", "The body is no JSON.")
  }
}
