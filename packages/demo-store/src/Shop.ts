import { type Facts, factsOf, seededFacts } from "./Facts.ts"
import { Ledger } from "./Ledger.ts"
import { activePrice, type Image, onSale, type Product, type Variation } from "./Product.ts"
import type { Review } from "./Review.ts"
import type { Timezone } from "./SiteTime.ts"
import { hashText } from "./seed/Dice.ts"
import { hasReviews, termsOf } from "./seed/Draw.ts"
import { afterProducts, productIdAt, variationIdAt } from "./seed/Ids.ts"
import { seededLedger } from "./seed/SeededLedger.ts"
import { make, type SeededProducts } from "./seed/SeededProducts.ts"
import { afterReviews, reviewById, reviewIdAt } from "./seed/SeededReviews.ts"
import { Taxonomies } from "./Taxonomies.ts"

/** What happened to the shop; every mutation passes `Shop.commit` as one of these. */
export interface Change {
  readonly kind: "product" | "variation" | "review" | "term" | "attribute" | "customer" | "order"
  readonly action: "created" | "updated" | "trashed" | "restored" | "deleted" | "silent"
  readonly id: number
}

export interface ShopOptions {
  readonly products: number
  readonly seed: string
  readonly timezone: Timezone
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** What a product costs, over its variations or grouped products where it has some. */
export interface PriceRange {
  readonly min: string
  readonly max: string
  readonly onSale: boolean
}

/**
 * The state of the shop: a seed that makes any row on demand, and the rows that were changed since. Nothing is kept of
 * the rest, so that 100,000 products need little memory.
 */
export class Shop {
  readonly seeded: SeededProducts
  readonly taxonomies = new Taxonomies()
  readonly ledger = new Ledger(() => seededLedger(this))
  readonly timezone: Timezone
  /** Goes up with every change: what was computed under an older revision is out of date. */
  revision = 0
  onChange: (change: Change) => void = () => {}
  readonly #now: () => number
  readonly #products = new Map<number, Product>()
  readonly #variations = new Map<number, Variation>()
  readonly #reviews = new Map<number, Review>()
  /** Ids deleted for good. */
  readonly #gone = new Set<number>()
  readonly #goneReviews = new Set<number>()
  /** Variations that did not come from the seed, by parent. */
  readonly #children = new Map<number, Array<number>>()
  #facts: Map<number, Facts> | undefined
  #nextId: number
  #nextReview: number
  #nextMeta = 50_000_000

  constructor(options: ShopOptions) {
    this.seeded = make(hashText(options.seed), options.products)
    this.timezone = options.timezone
    this.#now = options.now
    this.#nextId = afterProducts(options.products) + 1000
    this.#nextReview = afterReviews(options.products)
  }

  /** The present, in whole seconds. */
  get now(): number {
    return Math.floor(this.#now() / 1000)
  }

  newId(): number {
    return this.#nextId++
  }

  newMetaId(): number {
    return this.#nextMeta++
  }

  newReviewId(): number {
    return this.#nextReview++
  }

  product(id: number): Product | undefined {
    const held = this.#products.get(id)
    if (held !== undefined) return held
    if (this.#gone.has(id)) return undefined
    const place = this.seeded.locate(id)
    return place?.slot === 0 ? this.seeded.product(place.index) : undefined
  }

  variation(id: number): Variation | undefined {
    const held = this.#variations.get(id)
    if (held !== undefined) return held
    if (this.#gone.has(id)) return undefined
    const place = this.seeded.locate(id)
    if (place === undefined || place.slot < 1 || place.slot > this.seeded.draw(place.index).variations)
      return undefined
    return this.seeded.variation(place.index, place.slot - 1)
  }

  /** Ids of a product's variations, oldest first, the trashed ones included. */
  variationIds(productId: number): ReadonlyArray<number> {
    const ids: Array<number> = []
    const place = this.seeded.locate(productId)
    if (place?.slot === 0) {
      const { variations } = this.seeded.draw(place.index)
      for (let n = 0; n < variations; n++) {
        const id = variationIdAt(place.index, n)
        if (!this.#gone.has(id)) ids.push(id)
      }
    }
    const added = this.#children.get(productId)
    return added === undefined ? ids : [...ids, ...added]
  }

  /** A product's variations that are not in the trash. */
  variationsOf(productId: number): ReadonlyArray<Variation> {
    return this.variationIds(productId).flatMap((id) => {
      const row = this.variation(id)
      return row === undefined || row.status === "trash" ? [] : [row]
    })
  }

  /** Id of the product or variation with this SKU, trash included. */
  bySku(sku: string): number | undefined {
    for (const row of this.#products.values()) if (row.sku === sku) return row.id
    for (const row of this.#variations.values()) if (row.sku === sku) return row.id
    // Seeded SKUs say which product they belong to: FR-1042, LN-1007-03.
    const match = /^[A-Z]{2}-(\d+)(?:-(\d+))?$/.exec(sku)
    if (match === null) return undefined
    const index = Number(match[1]) - 1000
    if (index < 0 || index >= this.seeded.count) return undefined
    const id = match[2] === undefined ? productIdAt(index) : variationIdAt(index, Number(match[2]))
    const owner = this.product(id) ?? this.variation(id)
    return owner?.sku === sku ? id : undefined
  }

  /** Id of the product with this slug. */
  bySlug(slug: string): number | undefined {
    for (const row of this.#products.values()) if (row.slug === slug) return row.id
    for (const [number] of slug.matchAll(/\d{4,}/g)) {
      const index = Number(number) - 1000
      if (index < 0 || index >= this.seeded.count) continue
      const id = productIdAt(index)
      if (this.product(id)?.slug === slug) return id
    }
    return undefined
  }

  /** A picture by its id: of the seed, or of any row that was changed. */
  image(id: number): Image | undefined {
    const place = this.seeded.locate(id)
    const owner = place === undefined ? undefined : this.product(productIdAt(place.index))
    const own = owner?.images.find((image) => image.id === id)
    if (own !== undefined) return own
    for (const row of this.#products.values()) {
      const found = row.images.find((image) => image.id === id)
      if (found !== undefined) return found
    }
    for (const row of this.#variations.values()) if (row.image?.id === id) return row.image
    return undefined
  }

  /** Ids of the global attribute terms that a product carries. */
  termIds(productId: number): ReadonlyArray<number> {
    const held = this.#products.get(productId)
    if (held !== undefined) return held.attributes.flatMap((use) => use.termIds)
    const place = this.seeded.locate(productId)
    return place === undefined ? [] : termsOf(this.seeded.draw(place.index)).map(([, term]) => term)
  }

  priceRange(product: Product): PriceRange {
    const now = this.now
    if (product.type === "variable") {
      return rangeOf(
        this.variationsOf(product.id).filter((row) => row.status === "publish"),
        now
      )
    }
    if (product.type === "grouped") {
      return rangeOf(
        product.grouped_products.flatMap((id) => this.product(id) ?? []),
        now
      )
    }
    const price = activePrice(product, now)
    return { min: price, max: price, onSale: onSale(product, now) }
  }

  /** Every product that exists, trash included, in the order of ids. Built on first use, then kept up. */
  facts(): ReadonlyMap<number, Facts> {
    if (this.#facts !== undefined) return this.#facts
    const facts = new Map<number, Facts>()
    for (let index = 0; index < this.seeded.count; index++) {
      const grouped = this.seeded.isGrouped(index) ? this.seeded.product(index) : undefined
      const entry =
        grouped === undefined ? seededFacts(this.seeded, index) : factsOf(grouped, this.priceRange(grouped))
      facts.set(entry.id, entry)
    }
    for (const [id, row] of this.#products) facts.set(id, factsOf(row, this.priceRange(row)))
    for (const id of this.#gone) facts.delete(id)
    this.#facts = facts
    return facts
  }

  review(id: number): Review | undefined {
    return this.#reviews.get(id) ?? (this.#goneReviews.has(id) ? undefined : reviewById(this.seeded, id))
  }

  /** Ids of all reviews, oldest first; of one product when given. */
  reviewIds(productId?: number): ReadonlyArray<number> {
    const ids: Array<number> = []
    const place = productId === undefined ? undefined : this.seeded.locate(productId)
    const from = productId === undefined ? 0 : (place?.index ?? this.seeded.count)
    const to = productId === undefined ? this.seeded.count : from + 1
    for (let index = from; index < Math.min(to, this.seeded.count); index++) {
      const d = this.seeded.draw(index)
      if (!hasReviews(d)) continue
      for (let n = 0; n < d.reviews; n++) {
        const id = reviewIdAt(index, n)
        if (!this.#goneReviews.has(id) && !this.#reviews.has(id)) ids.push(id)
      }
    }
    for (const row of this.#reviews.values()) {
      if (productId === undefined || row.product_id === productId) ids.push(row.id)
    }
    return ids.sort((a, b) => a - b)
  }

  putProduct(row: Product, action: Change["action"]): Product {
    this.#products.set(row.id, row)
    this.#gone.delete(row.id)
    this.#nextId = Math.max(this.#nextId, row.id + 1)
    this.#facts?.set(row.id, factsOf(row, this.priceRange(row)))
    this.commit({ kind: "product", action, id: row.id })
    return row
  }

  putVariation(row: Variation, action: Change["action"]): Variation {
    const known = this.variationIds(row.parent_id)
    if (!known.includes(row.id))
      this.#children.set(row.parent_id, [...(this.#children.get(row.parent_id) ?? []), row.id])
    this.#variations.set(row.id, row)
    this.#gone.delete(row.id)
    this.#nextId = Math.max(this.#nextId, row.id + 1)
    this.commit({ kind: "variation", action, id: row.id })
    this.#touchParent(row.parent_id, action !== "silent")
    return row
  }

  /** Deletes for good; a product takes its variations along. */
  remove(id: number): void {
    const variation = this.variation(id)
    for (const child of variation === undefined ? this.variationIds(id) : []) this.#forget(child)
    this.#forget(id)
    this.#facts?.delete(id)
    if (variation === undefined) {
      this.#children.delete(id)
      this.commit({ kind: "product", action: "deleted", id })
    } else {
      const added = this.#children.get(variation.parent_id)
      if (added !== undefined)
        this.#children.set(
          variation.parent_id,
          added.filter((child) => child !== id)
        )
      this.commit({ kind: "variation", action: "deleted", id })
      this.#touchParent(variation.parent_id, true)
    }
  }

  putReview(row: Review, action: Change["action"]): Review {
    this.#reviews.set(row.id, row)
    this.#nextReview = Math.max(this.#nextReview, row.id + 1)
    this.commit({ kind: "review", action, id: row.id })
    return row
  }

  removeReview(id: number): void {
    this.#reviews.delete(id)
    this.#goneReviews.add(id)
    this.commit({ kind: "review", action: "deleted", id })
  }

  /** The one place that every change passes. Webhooks will hang here. */
  commit(change: Change): void {
    this.revision += 1
    this.onChange(change)
  }

  #forget(id: number): void {
    this.#products.delete(id)
    this.#variations.delete(id)
    this.#gone.add(id)
  }

  /** A change of a variation moves its parent's date and price (fact 5), without a change of the parent's own. */
  #touchParent(id: number, bump: boolean): void {
    const parent = this.product(id)
    if (parent === undefined) return
    const row = bump ? { ...parent, modified: this.now } : parent
    this.#products.set(id, row)
    this.#facts?.set(id, factsOf(row, this.priceRange(row)))
  }
}

const rangeOf = (rows: ReadonlyArray<Product | Variation>, now: number): PriceRange => {
  let min = ""
  let max = ""
  let sale = false
  for (const row of rows) {
    const price = activePrice(row, now)
    if (price === "") continue
    // Only the order is decided in floating point; the strings themselves are handed on.
    if (min === "" || Number(price) < Number(min)) min = price
    if (max === "" || Number(price) > Number(max)) max = price
    sale ||= onSale(row, now)
  }
  return { min, max, onSale: sale }
}
