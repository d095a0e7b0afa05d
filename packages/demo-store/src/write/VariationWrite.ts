import { isArray, isObject, type Json, type JsonObject } from "../Json.ts"
import type { AttributeChoice, Product, Variation } from "../Product.ts"
import type { Shop } from "../Shop.ts"
import { attributeOf, termOf } from "./AttributeWrite.ts"
import { imageOf, sellable, stockOf } from "./SellableWrite.ts"
import { string } from "./Stored.ts"

const blank = (parent: Product, now: number): Variation => ({
  id: 0,
  parent_id: parent.id,
  created: now,
  modified: now,
  status: "publish",
  description: "",
  sku: "",
  global_unique_id: "",
  regular_price: "",
  sale_price: "",
  sale_from: null,
  sale_to: null,
  virtual: false,
  downloadable: false,
  downloads: [],
  download_limit: -1,
  download_expiry: -1,
  tax_status: "taxable",
  tax_class: "parent",
  manage_stock: false,
  stock_quantity: null,
  stock_status: "instock",
  backorders: "no",
  low_stock_amount: null,
  weight: "",
  dimensions: { length: "", width: "", height: "" },
  shipping_class: "",
  menu_order: 0,
  meta_data: [],
  image: null,
  attributes: []
})

export const createVariation = (shop: Shop, parent: Product, body: JsonObject): Variation => {
  const row = merged(shop, blank(parent, shop.now), body)
  return shop.putVariation({ ...row, id: shop.newId() }, "created")
}

export const updateVariation = (shop: Shop, held: Variation, body: JsonObject): Variation =>
  shop.putVariation({ ...merged(shop, held, body), modified: shop.now }, "updated")

export const trashVariation = (shop: Shop, held: Variation): Variation =>
  shop.putVariation({ ...held, status: "trash", modified: shop.now }, "trashed")

const merged = (shop: Shop, held: Variation, body: JsonObject): Variation => {
  const status = body.status
  const sent = body.manage_stock
  const managed =
    sent === "parent"
      ? "parent"
      : sent === undefined
        ? held.manage_stock
        : sent === true || sent === "true" || sent === 1
  return {
    ...held,
    ...sellable(shop, held, body),
    ...stockOf(held, managed === true, body),
    status:
      status === "publish" || status === "private" || status === "draft" || status === "pending"
        ? status
        : held.status,
    manage_stock: managed,
    image: imageFor(shop, held, body.image),
    attributes: choicesOf(shop, held, body.attributes)
  }
}

const imageFor = (shop: Shop, held: Variation, sent: Json | undefined): Variation["image"] => {
  if (sent === undefined) return held.image
  if (!isObject(sent) || Object.keys(sent).length === 0) return null
  return imageOf(shop, held.image === null ? [] : [held.image], sent) ?? null
}

/** Only one option of each attribute; one that was not named stands for "any". */
const choicesOf = (shop: Shop, held: Variation, sent: Json | undefined): ReadonlyArray<AttributeChoice> => {
  if (!isArray(sent)) return held.attributes
  return sent.flatMap((entry) => {
    if (!isObject(entry)) return []
    const attribute = attributeOf(shop, entry)
    const option = string(entry, "option", "")
    const name = attribute?.name ?? string(entry, "name", "")
    if (name === "" || option === "") return []
    return [
      {
        id: attribute?.id ?? 0,
        name,
        termId: attribute === undefined ? 0 : termOf(shop, attribute.id, option),
        option
      }
    ]
  })
}
