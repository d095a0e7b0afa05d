import type { Product, ProductType, Status, StockStatus } from "./Product.ts"
import type { PriceRange } from "./Shop.ts"
import { brandIds, categoryIds, type Draw, tagIds, variationPrice } from "./seed/Draw.ts"
import { productIdAt } from "./seed/Ids.ts"
import { ratingOf, type SeededProducts } from "./seed/SeededProducts.ts"

/** What filters and orders ask about a product, without its text. About 150 bytes each; arrays are shared. */
export interface Facts {
  readonly id: number
  readonly type: ProductType
  readonly status: Status
  readonly stock: StockStatus
  readonly featured: boolean
  readonly onSale: boolean
  readonly virtual: boolean
  /** For comparison only, -1 where none is set; money itself stays a string. */
  readonly price: number
  readonly created: number
  readonly modified: number
  readonly menuOrder: number
  readonly sales: number
  readonly rating: number
  readonly taxClass: string
  readonly categoryIds: ReadonlyArray<number>
  readonly tagIds: ReadonlyArray<number>
  readonly brandIds: ReadonlyArray<number>
}

export const factsOf = (row: Product, price: PriceRange): Facts => ({
  id: row.id,
  type: row.type,
  status: row.status,
  stock: row.stock_status,
  featured: row.featured,
  onSale: price.onSale,
  virtual: row.virtual,
  price: price.min === "" ? -1 : Number(price.min),
  created: row.created,
  modified: row.modified,
  menuOrder: row.menu_order,
  sales: row.total_sales,
  rating: Number(row.average_rating),
  taxClass: row.tax_class,
  categoryIds: row.category_ids,
  tagIds: row.tag_ids,
  brandIds: row.brand_ids
})

/** The facts of an untouched seeded product that is not grouped: those depend on other products. */
export const seededFacts = (seeded: SeededProducts, index: number): Facts => {
  const d = seeded.draw(index)
  const lens = d.kind === "lens"
  const managed = d.variations === 0 && d.managed && d.type === "simple" && !lens
  const sale = d.salePrice > 0 && (d.sale === "open" || d.sale === "window")
  return {
    id: productIdAt(index),
    type: d.type,
    status: d.status,
    stock: managed || d.variations > 0 ? d.stock : d.stock === "onbackorder" ? "instock" : d.stock,
    featured: d.featured,
    onSale: sale,
    virtual: lens,
    price: lowestPrice(d, sale),
    created: d.created,
    modified: d.modified,
    menuOrder: d.menuOrder,
    sales: d.sales,
    rating: Number(ratingOf(d).average_rating),
    taxClass: lens || d.kind === "contact" ? "reduced-rate" : "",
    categoryIds: categoryIds(d),
    tagIds: tagIds(d),
    brandIds: brandIds(d)
  }
}

const paise = (rupees: number, d: Draw): number => (d.notation === "unrounded" ? rupees + 0.999 : rupees)

const lowestPrice = (d: Draw, sale: boolean): number => {
  if (d.price === 0) return -1
  if (d.variations === 0) return paise(sale ? d.salePrice : d.price, d)
  let lowest = Number.POSITIVE_INFINITY
  for (let n = 0; n < d.variations; n++) {
    const price = variationPrice(d, n)
    const reduced = sale && n % 2 === 0 ? Math.max(49, price - (d.price - d.salePrice)) : price
    lowest = Math.min(lowest, paise(reduced, d))
  }
  return lowest
}
