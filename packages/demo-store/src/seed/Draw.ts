import type { ProductType, Status, StockStatus } from "../Product.ts"
import { at, Dice, mix } from "./Dice.ts"
import { attribute, brandId, category, tag, termId } from "./Terms.ts"
import {
  accessories,
  brands,
  colours,
  contactLines,
  lensTypes,
  lines,
  materials,
  shapes,
  thicknesses
} from "./Vocabulary.ts"

export type Kind = "frame" | "sunglasses" | "contact" | "lens" | "accessory"
type Audience = "men" | "women" | "kids"

/**
 * All that chance decides about one product: numbers and positions in the vocabulary, no text. It costs about a
 * microsecond, so that filters and orders look at 100,000 products without building them.
 */
export interface Draw {
  readonly index: number
  readonly kind: Kind
  readonly type: Exclude<ProductType, "variation">
  readonly status: Status
  readonly visibility: "visible" | "catalog" | "search" | "hidden"
  readonly password: string
  readonly featured: boolean
  readonly brand: number
  readonly line: number
  readonly shape: number
  readonly colour: number
  readonly material: number
  readonly rim: number
  readonly size: number
  readonly tint: number
  readonly audience: Audience
  /** Boxed sizes in mm (ISO 8624). */
  readonly a: number
  readonly b: number
  readonly dbl: number
  readonly temple: number
  readonly grams: number
  /** Whole rupees; 0 = no price set. */
  readonly price: number
  /** Whole rupees; 0 = none. */
  readonly salePrice: number
  readonly sale: "none" | "open" | "window" | "over"
  /** How the price is written: as entered by hand, with paise, or left unrounded by an import (fact 11). */
  readonly notation: "whole" | "paise" | "unrounded"
  readonly managed: boolean
  readonly quantity: number
  readonly stock: StockStatus
  readonly backorders: "no" | "notify" | "yes"
  readonly sales: number
  readonly reviews: number
  readonly created: number
  readonly modified: number
  readonly menuOrder: number
  readonly variations: number
}

/** 2024-01-02T04:00:00 UTC: the day the seeded shop opened. */
const opening = 1_704_168_000
const twoYears = 2 * 365 * 86_400
/** 2036-03-01T10:00:00 UTC: a "future" product stays in the future, and on top of orderby=modified (fact 8). */
const farFuture = 2_087_978_400

const kindOf = (dice: Dice): Kind => {
  const roll = dice.below(100)
  return roll < 60
    ? "frame"
    : roll < 78
      ? "sunglasses"
      : roll < 87
        ? "contact"
        : roll < 91
          ? "lens"
          : "accessory"
}

/** Every 150 products hold each oddity once, so that a small shop has them all as well. */
const oddities: ReadonlyMap<number, Partial<Draw>> = new Map<number, Partial<Draw>>([
  [17, { status: "draft" }],
  [59, { status: "draft" }],
  [43, { status: "pending" }],
  [71, { status: "private" }],
  [97, { password: "demo-frame" }],
  [113, { visibility: "hidden" }],
  [23, { visibility: "catalog" }],
  [29, { visibility: "search" }],
  [131, { type: "external" }],
  [139, { type: "grouped" }],
  [83, { price: 0, salePrice: 0, sale: "none" }],
  [101, { notation: "unrounded" }]
])

const variationsOf = (kind: Kind, dice: Dice): number => {
  const roll = dice.below(100)
  if (kind === "lens") return 12
  if (kind === "contact") return roll < 55 ? 4 + (roll % 3) * 4 : 0
  if (kind === "frame") return roll < 4 ? 2 + (roll % 3) : 0
  return 0
}

const basePrice = (kind: Kind, dice: Dice, draw: { line: number; material: number }): number => {
  if (kind === "frame") return 999 + 100 * dice.below(20) + 500 * draw.material
  if (kind === "sunglasses") return 1499 + 250 * dice.below(18)
  if (kind === "contact") return 599 + 50 * dice.below(30)
  if (kind === "lens") return at(lensTypes, draw.line).price
  return at(accessories, draw.line).price
}

export const draw = (seed: number, index: number): Draw => {
  const dice = new Dice(mix(seed, index))
  const odd = index % 150
  const kind = odd === 139 ? "accessory" : kindOf(dice)
  const variations = odd === 131 || odd === 139 || odd === 83 ? 0 : variationsOf(kind, dice)
  const shape = dice.below(shapes.length)
  const line = dice.below(
    kind === "contact"
      ? contactLines.length
      : kind === "accessory"
        ? accessories.length
        : kind === "lens"
          ? lensTypes.length
          : lines.length
  )
  const material = dice.below(materials.length)
  const boxed = at(shapes, shape)
  const a = dice.between(boxed.a[0], boxed.a[1])
  const grams = at(materials, material).grams
  const price = basePrice(kind, dice, { line, material })
  const saleRoll = dice.below(100)
  const sale = saleRoll < 14 ? "open" : saleRoll < 17 ? "window" : saleRoll < 20 ? "over" : "none"
  const stockRoll = dice.below(100)
  const managed = variations === 0 && stockRoll < 55
  const quantity =
    stockRoll < 44
      ? dice.between(1, 60)
      : stockRoll < 49
        ? 0
        : stockRoll < 52
          ? -dice.between(1, 4)
          : dice.between(1, 3)
  const backorders = stockRoll >= 49 && stockRoll < 52 ? (stockRoll === 49 ? "yes" : "notify") : "no"
  const stock: StockStatus = managed
    ? quantity > 0
      ? "instock"
      : backorders === "no"
        ? "outofstock"
        : "onbackorder"
    : stockRoll < 96
      ? "instock"
      : "outofstock"
  const created = opening + Math.floor((index * 104_729) % twoYears)
  const touched = dice.below(100)
  const future = index % 300 === 149
  return {
    index,
    kind,
    type: variations > 0 ? "variable" : "simple",
    status: future ? "future" : "publish",
    visibility: "visible",
    password: "",
    featured: dice.percent(5),
    brand: dice.below(brands.length),
    line,
    shape,
    colour: dice.below(colours.length),
    material,
    rim: dice.below(3),
    size: a < boxed.a[0] + 2 ? 0 : a < boxed.a[0] + 5 ? 1 : 2,
    tint: dice.below(5),
    audience: (["women", "men", "kids", "women", "men"] as const)[dice.below(5)] ?? "women",
    a,
    b: Math.round((a * boxed.ratio) / 100),
    dbl: dice.between(14, 22),
    temple: 135 + 5 * dice.below(4),
    grams: dice.between(grams[0], grams[1]),
    price,
    salePrice:
      sale === "none" ? 0 : Math.max(99, price - 100 * dice.between(1, Math.max(1, Math.floor(price / 300)))),
    sale,
    notation: dice.percent(12) ? "paise" : "whole",
    managed,
    quantity,
    stock,
    backorders,
    sales: dice.percent(60) ? dice.below(140) : 0,
    reviews: touched < 30 ? 1 + dice.below(4) : 0,
    created: future ? farFuture : created,
    // A third were touched since: an import touches whole rows in the same second.
    modified: future
      ? farFuture
      : touched % 3 === 0
        ? created + 86_400 * dice.between(1, 90)
        : created + dice.below(3),
    menuOrder: dice.percent(3) ? dice.between(1, 9) : 0,
    variations,
    ...oddities.get(odd)
  }
}

const fixed = (...ids: ReadonlyArray<number>): ReadonlyArray<number> => ids

const audienceCategory = { men: category.men, women: category.women, kids: category.kids } as const

/** Category ids, smallest first. One shared array for each combination, so that facts of 100,000 products stay small. */
const categorySets = new Map<string, ReadonlyArray<number>>()

const shared = (ids: ReadonlyArray<number>): ReadonlyArray<number> => {
  const key = ids.join()
  const known = categorySets.get(key)
  if (known !== undefined) return known
  categorySets.set(key, ids)
  return ids
}

export const categoryIds = (d: Draw): ReadonlyArray<number> => {
  const audience = audienceCategory[d.audience]
  const outlet = d.sale === "open" && d.quantity < 4 ? [category.outlet] : []
  if (d.index % 211 === 5) return shared([category.uncategorized])
  if (d.kind === "frame") {
    const rim = category.fullRim + (d.rim % 3)
    const kids = d.audience === "kids" && d.size === 0 ? [category.kidsSmall] : []
    return shared([category.frames, rim, audience, ...kids, ...outlet])
  }
  if (d.kind === "sunglasses") {
    const extra = d.tint >= 2 ? [category.polarised] : []
    const men = d.audience === "men" ? [category.menSunglasses] : [audience]
    return shared([category.sunglasses, ...extra, ...men, ...outlet])
  }
  if (d.kind === "contact") {
    return shared([
      category.contactLenses,
      at(contactLines, d.line).wear === "daily" ? category.daily : category.monthly
    ])
  }
  if (d.kind === "lens") {
    return shared([
      category.lenses,
      d.line === 2 || d.line === 3 ? category.progressive : category.singleVision
    ])
  }
  const kind = at(accessories, d.line).kind
  const leaf = kind === "case" ? category.cases : kind === "care" ? category.care : category.cords
  return shared(
    d.index % 7 === 3 ? [category.accessories, leaf, category.unicode] : [category.accessories, leaf]
  )
}

export const tagIds = (d: Draw): ReadonlyArray<number> => {
  const ids: Array<number> = []
  if (d.index % 9 === 0) ids.push(tag.new)
  if (d.sales > 100) ids.push(tag.bestseller)
  if (d.kind === "lens" && at(lensTypes, d.line).name === "Blue Cut") ids.push(tag.blueLight)
  if (d.kind === "frame" && (d.material === 1 || d.material === 4)) ids.push(tag.titanium)
  if (d.kind === "frame" && d.material === 0) ids.push(tag.acetate)
  if (d.kind === "frame" && d.grams < 14) ids.push(tag.lightweight)
  if (d.kind === "sunglasses" && d.material === 3) ids.push(tag.sport)
  if (d.index % 31 === 4) ids.push(tag.gift)
  return shared(ids)
}

export const brandIds = (d: Draw): ReadonlyArray<number> =>
  d.kind === "frame" || d.kind === "sunglasses" ? shared(fixed(brandId(d.brand))) : shared([])

/** Whole rupees of the variation at `position`. */
export const variationPrice = (d: Draw, position: number): number => {
  if (d.kind === "lens")
    return (
      d.price + at(thicknesses, position % 4).extra + (position >= 4 ? 600 * Math.floor(position / 4) : 0)
    )
  if (d.kind === "frame") return d.price + 100 * position
  return d.price
}

/** Global attribute terms that a product carries, as (attribute, term). */
export const termsOf = (d: Draw): ReadonlyArray<readonly [number, number]> => {
  if (d.kind === "frame" || d.kind === "sunglasses") {
    const common: Array<readonly [number, number]> = [
      [attribute.frameShape, termId(attribute.frameShape, d.shape)],
      [attribute.material, termId(attribute.material, d.material)],
      [attribute.frameSize, termId(attribute.frameSize, d.size)]
    ]
    const colourCount = Math.max(1, d.variations)
    for (let n = 0; n < colourCount; n++)
      common.push([attribute.colour, termId(attribute.colour, (d.colour + n) % colours.length)])
    common.push(
      d.kind === "frame"
        ? [attribute.rim, termId(attribute.rim, d.rim)]
        : [attribute.lensTint, termId(attribute.lensTint, d.tint)]
    )
    return common
  }
  if (d.kind === "lens") {
    const terms: Array<readonly [number, number]> = []
    for (let n = 0; n < 3; n++)
      terms.push([attribute.lensType, termId(attribute.lensType, (d.line + n) % lensTypes.length)])
    for (let n = 0; n < 4; n++) terms.push([attribute.lensThickness, termId(attribute.lensThickness, n)])
    return terms
  }
  if (d.kind === "contact") {
    const terms: Array<readonly [number, number]> = []
    for (let n = 0; n < Math.max(1, d.variations); n++)
      terms.push([attribute.power, termId(attribute.power, n)])
    terms.push([attribute.baseCurve, termId(attribute.baseCurve, d.size)])
    return terms
  }
  return []
}

/** Only what the public can see was reviewed. */
export const hasReviews = (d: Draw): boolean => d.status === "publish" && d.kind !== "lens"
