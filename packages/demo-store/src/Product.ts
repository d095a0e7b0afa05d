/**
 * What the shop stores: rows in WooCommerce's own words, with references by id. `rest/ProductJson.ts` makes the REST
 * form of them. Rows are never changed in place; a change is a new row.
 */
import type { Json } from "./Json.ts"

export type ProductType = "simple" | "variable" | "grouped" | "external" | "variation"
export type Status = "publish" | "draft" | "pending" | "private" | "future" | "trash"
export type StockStatus = "instock" | "outofstock" | "onbackorder"

export interface Meta {
  readonly id: number
  readonly key: string
  readonly value: Json
}

export interface Image {
  readonly id: number
  readonly created: number
  readonly modified: number
  /** Path below the site, or an absolute address. */
  readonly src: string
  readonly name: string
  readonly alt: string
}

/** An attribute of a product. `id` 0 is a custom one, whose `options` are free text; else `options` are term names at reading time and `termIds` count. */
export interface AttributeUse {
  readonly id: number
  readonly name: string
  readonly position: number
  readonly visible: boolean
  readonly variation: boolean
  readonly termIds: ReadonlyArray<number>
  readonly options: ReadonlyArray<string>
}

/** One chosen option: of a default attribute or a variation. */
export interface AttributeChoice {
  readonly id: number
  readonly name: string
  readonly termId: number
  readonly option: string
}

export interface Download {
  readonly id: string
  readonly name: string
  readonly file: string
}

interface Sellable {
  readonly id: number
  readonly parent_id: number
  /** Seconds since 1970 UTC. */
  readonly created: number
  readonly modified: number
  readonly status: Status
  readonly description: string
  readonly sku: string
  readonly global_unique_id: string
  /** Decimal string as entered, "" when unset. */
  readonly regular_price: string
  readonly sale_price: string
  readonly sale_from: number | null
  readonly sale_to: number | null
  readonly virtual: boolean
  readonly downloadable: boolean
  readonly downloads: ReadonlyArray<Download>
  readonly download_limit: number
  readonly download_expiry: number
  readonly tax_status: string
  readonly tax_class: string
  readonly stock_quantity: number | null
  readonly stock_status: StockStatus
  readonly backorders: "no" | "notify" | "yes"
  readonly low_stock_amount: number | null
  readonly weight: string
  readonly dimensions: { readonly length: string; readonly width: string; readonly height: string }
  readonly shipping_class: string
  readonly menu_order: number
  readonly meta_data: ReadonlyArray<Meta>
}

export interface Product extends Sellable {
  readonly type: ProductType
  /** As stored: HTML-encoded (fact 16). */
  readonly name: string
  readonly slug: string
  readonly featured: boolean
  readonly catalog_visibility: "visible" | "catalog" | "search" | "hidden"
  readonly short_description: string
  readonly total_sales: number
  readonly external_url: string
  readonly button_text: string
  readonly manage_stock: boolean
  readonly sold_individually: boolean
  readonly reviews_allowed: boolean
  readonly average_rating: string
  readonly rating_count: number
  readonly upsell_ids: ReadonlyArray<number>
  readonly cross_sell_ids: ReadonlyArray<number>
  readonly purchase_note: string
  readonly category_ids: ReadonlyArray<number>
  readonly brand_ids: ReadonlyArray<number>
  readonly tag_ids: ReadonlyArray<number>
  readonly images: ReadonlyArray<Image>
  readonly attributes: ReadonlyArray<AttributeUse>
  readonly default_attributes: ReadonlyArray<AttributeChoice>
  readonly grouped_products: ReadonlyArray<number>
  readonly post_password: string
}

export interface Variation extends Sellable {
  readonly manage_stock: boolean | "parent"
  readonly image: Image | null
  readonly attributes: ReadonlyArray<AttributeChoice>
}

/** Whether the sale price counts at `now`. A sale price of "0" was lost when it was stored (fact 11). */
export const onSale = (item: Sellable, now: number): boolean =>
  item.sale_price !== "" &&
  item.sale_price !== item.regular_price &&
  (item.sale_from === null || item.sale_from <= now) &&
  (item.sale_to === null || item.sale_to >= now)

/** WooCommerce's `price`: what is charged now, "" where no price was set. */
export const activePrice = (item: Sellable, now: number): string =>
  onSale(item, now) ? item.sale_price : item.regular_price
