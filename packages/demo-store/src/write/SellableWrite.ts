import { isArray, isObject, type Json, type JsonObject } from "../Json.ts"
import type { Download, Image, Product, StockStatus, Variation } from "../Product.ts"
import { strip } from "../rest/Html.ts"
import { WooError } from "../rest/WooError.ts"
import type { Shop } from "../Shop.ts"
import { boolean, decimal, maybeNumber, mergeMeta, number, seconds, string } from "./Stored.ts"

type Sellable = Product | Variation

/** The fields that products and variations share, with what was sent laid over what is held. */
export const sellable = (shop: Shop, held: Sellable, body: JsonObject) => {
  const sku = string(body, "sku", held.sku)
  if (sku !== held.sku) requireFreeSku(shop, sku, held.id)
  return {
    description: strip(string(body, "description", held.description)),
    sku,
    global_unique_id: string(body, "global_unique_id", held.global_unique_id),
    ...pricesOf(shop, held, body),
    virtual: boolean(body, "virtual", held.virtual),
    downloadable: boolean(body, "downloadable", held.downloadable),
    downloads: downloadsOf(held, body),
    download_limit: number(body, "download_limit", held.download_limit),
    download_expiry: number(body, "download_expiry", held.download_expiry),
    tax_status: string(body, "tax_status", held.tax_status),
    tax_class: string(body, "tax_class", held.tax_class),
    low_stock_amount: maybeNumber(body, "low_stock_amount", held.low_stock_amount),
    weight: string(body, "weight", held.weight),
    dimensions: dimensionsOf(held, body.dimensions),
    shipping_class: string(body, "shipping_class", held.shipping_class),
    menu_order: number(body, "menu_order", held.menu_order),
    meta_data: mergeMeta(held.meta_data, body.meta_data, () => shop.newMetaId())
  }
}

/** The SKU is unique over products and variations, trash included. */
const requireFreeSku = (shop: Shop, sku: string, id: number): void => {
  if (sku === "") return
  const owner = shop.bySku(sku)
  if (owner === undefined || owner === id) return
  throw new WooError("product_invalid_sku", "Invalid or duplicated SKU.", 400, {
    resource_id: owner,
    unique_sku: freeSku(shop, sku)
  })
}

const freeSku = (shop: Shop, sku: string): string => {
  for (let suffix = 1; ; suffix++) if (shop.bySku(`${sku}-${suffix}`) === undefined) return `${sku}-${suffix}`
}

const pricesOf = (shop: Shop, held: Sellable, body: JsonObject) => {
  const from =
    seconds(body.date_on_sale_from_gmt, shop.timezone, "utc") ??
    seconds(body.date_on_sale_from, shop.timezone, "local")
  const to =
    seconds(body.date_on_sale_to_gmt, shop.timezone, "utc") ??
    seconds(body.date_on_sale_to, shop.timezone, "local")
  const regular = decimal(string(body, "regular_price", held.regular_price))
  const sale = decimal(string(body, "sale_price", held.sale_price))
  return {
    regular_price: regular,
    // A sale that is no reduction is dropped when the product is saved.
    sale_price: sale !== "" && (regular === "" || Number(sale) >= Number(regular)) ? "" : sale,
    sale_from: from === undefined ? held.sale_from : from,
    sale_to: to === undefined ? held.sale_to : to
  }
}

const downloadsOf = (held: Sellable, body: JsonObject): ReadonlyArray<Download> =>
  isArray(body.downloads)
    ? body.downloads.flatMap((entry, position) =>
        isObject(entry) && typeof entry.file === "string"
          ? [
              {
                id: string(entry, "id", `file-${held.id}-${position}`),
                name: string(entry, "name", ""),
                file: entry.file
              }
            ]
          : []
      )
    : held.downloads

const dimensionsOf = (held: Sellable, sent: Json | undefined): Sellable["dimensions"] =>
  isObject(sent)
    ? {
        length: string(sent, "length", held.dimensions.length),
        width: string(sent, "width", held.dimensions.width),
        height: string(sent, "height", held.dimensions.height)
      }
    : held.dimensions

export interface Stock {
  readonly stock_quantity: number | null
  readonly stock_status: StockStatus
  readonly backorders: "no" | "notify" | "yes"
}

/** Managed stock decides the status by its quantity; unmanaged has none. */
export const stockOf = (held: Sellable, managed: boolean, body: JsonObject): Stock => {
  const sentBackorders = body.backorders
  const backorders =
    sentBackorders === "no" || sentBackorders === "notify" || sentBackorders === "yes"
      ? sentBackorders
      : held.backorders
  if (!managed) {
    const status = body.stock_status
    return {
      stock_quantity: null,
      stock_status:
        status === "instock" || status === "outofstock" || status === "onbackorder"
          ? status
          : held.stock_status,
      backorders: "no"
    }
  }
  const quantity = maybeNumber(body, "stock_quantity", held.stock_quantity) ?? 0
  return {
    stock_quantity: quantity,
    stock_status: quantity > 0 ? "instock" : backorders === "no" ? "outofstock" : "onbackorder",
    backorders
  }
}

/**
 * A picture as sent: `{id}` of one that is known, or `{src}` of one to fetch. Nothing is fetched: the file gets a place
 * among the shop's own uploads, where a drawing is served for any name.
 */
export const imageOf = (shop: Shop, held: ReadonlyArray<Image>, sent: Json): Image | undefined => {
  if (!isObject(sent)) return undefined
  const id = typeof sent.id === "number" ? sent.id : 0
  const known = held.find((image) => image.id === id) ?? (id === 0 ? undefined : shop.image(id))
  const src = typeof sent.src === "string" ? sent.src : undefined
  const { now } = shop
  if (known !== undefined) {
    return { ...known, name: string(sent, "name", known.name), alt: string(sent, "alt", known.alt) }
  }
  if (id !== 0)
    throw new WooError("woocommerce_product_invalid_image_id", `#${id} is an invalid image ID.`, 400)
  if (src === undefined) return undefined
  const file = src.split(/[?#]/)[0]?.split("/").at(-1) ?? "image.svg"
  return {
    id: shop.newId(),
    created: now,
    modified: now,
    src: `/wp-content/uploads/demo/${file}`,
    name: string(sent, "name", file),
    alt: string(sent, "alt", "")
  }
}
