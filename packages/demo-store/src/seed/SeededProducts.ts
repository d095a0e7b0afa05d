import type { AttributeChoice, AttributeUse, Image, Meta, Product, Variation } from "../Product.ts"
import { at, mix } from "./Dice.ts"
import { brandIds, categoryIds, type Draw, draw, hasReviews, tagIds, variationPrice } from "./Draw.ts"
import { firstProductId, imageIdAt, productIdAt, slotOf, variationIdAt } from "./Ids.ts"
import { attribute, attributes, slugify, termId } from "./Terms.ts"
import * as Words from "./Vocabulary.ts"

/** Makes any product of the seeded shop on demand: the same (seed, index) always gives the same row. */
export interface SeededProducts {
  readonly count: number
  readonly draw: (index: number) => Draw
  /** A grouped product's price is that of others. */
  readonly isGrouped: (index: number) => boolean
  readonly product: (index: number) => Product
  readonly variation: (index: number, position: number) => Variation
  /** Index of the product that owns `id`, and the slot; undefined outside of the seeded range. */
  readonly locate: (id: number) => { readonly index: number; readonly slot: number } | undefined
}

export const make = (seed: number, count: number): SeededProducts => ({
  count,
  draw: (index) => draw(seed, index),
  isGrouped: (index) => draw(seed, index).type === "grouped",
  product: (index) => product(draw(seed, index), count),
  variation: (index, position) => variation(draw(seed, index), position),
  locate: (id) => {
    if (id < firstProductId) return undefined
    const slot = slotOf(id)
    return slot.index < count ? slot : undefined
  }
})

const nameOf = (d: Draw): string => {
  const code = 1000 + d.index
  if (d.kind === "frame")
    return `${at(Words.brands, d.brand)} ${at(Words.lines, d.line)} ${code} ${at(Words.shapes, d.shape).name} Frame`
  if (d.kind === "sunglasses")
    return `${at(Words.brands, d.brand)} ${at(Words.lines, d.line)} ${code} ${d.tint >= 2 ? "Polar" : "Sun"} ${at(Words.shapes, d.shape).name}`
  if (d.kind === "contact") {
    const line = at(Words.contactLines, d.line)
    return `${line.name} ${line.pack} pack (${code})`
  }
  if (d.kind === "lens") return `${at(Words.lensTypes, d.line).name} Lens – series ${code}`
  return `${at(Words.accessories, d.line).name} no. ${code}`
}

/** Slugs are made from the words once; only the code differs from product to product. */
const slugParts = new Map<string, string>()
const slugPart = (words: string): string => {
  const known = slugParts.get(words)
  if (known !== undefined) return known
  const made = slugify(words.replace(/&[a-z]+;/g, " "))
  slugParts.set(words, made)
  return made
}

const slugOf = (d: Draw): string => {
  const name = nameOf(d)
  const code = String(1000 + d.index)
  const split = name.indexOf(code)
  const tail = slugPart(name.slice(split + code.length))
  return `${slugPart(name.slice(0, split))}-${code}${tail === "" ? "" : `-${tail}`}`
}

const skuOf = (d: Draw): string => {
  const prefix = { frame: "FR", sunglasses: "SG", contact: "CL", lens: "LN", accessory: "AC" }[d.kind]
  return d.index % 77 === 40 ? "" : `${prefix}-${1000 + d.index}`
}

const money = (rupees: number, d: Draw): string =>
  rupees === 0
    ? ""
    : d.notation === "paise"
      ? `${rupees}.00`
      : d.notation === "unrounded"
        ? `${rupees}.999`
        : String(rupees)

const attributeNames = new Map(attributes.map((entry) => [entry.id, entry.name]))

const use = (
  id: number,
  position: number,
  options: ReadonlyArray<number>,
  variation = false
): AttributeUse => ({
  id,
  name: attributeNames.get(id) ?? "",
  position,
  visible: true,
  variation,
  termIds: options.map((option) => termId(id, option)),
  options: []
})

const range = (from: number, count: number, limit: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, n) => (from + n) % limit)

const attributesOf = (d: Draw): ReadonlyArray<AttributeUse> => {
  if (d.kind === "frame" || d.kind === "sunglasses") {
    const many = d.variations > 0
    const last = d.kind === "frame" ? use(attribute.rim, 4, [d.rim]) : use(attribute.lensTint, 4, [d.tint])
    return [
      use(attribute.frameShape, 0, [d.shape]),
      use(attribute.colour, 1, range(d.colour, Math.max(1, d.variations), Words.colours.length), many),
      use(attribute.material, 2, [d.material]),
      use(attribute.frameSize, 3, [d.size]),
      last
    ]
  }
  if (d.kind === "lens") {
    const coating: AttributeUse = {
      id: 0,
      name: "Coating",
      position: 2,
      visible: true,
      variation: false,
      termIds: [],
      options: ["Anti-glare", "Hydrophobic"]
    }
    return [
      use(attribute.lensType, 0, range(d.line, 3, Words.lensTypes.length), true),
      use(attribute.lensThickness, 1, [0, 1, 2, 3], true),
      coating
    ]
  }
  if (d.kind === "contact") {
    return [
      use(attribute.power, 0, range(0, Math.max(1, d.variations), Words.powers.length), d.variations > 0),
      use(attribute.baseCurve, 1, [d.size])
    ]
  }
  return []
}

const picture = (d: Draw, position: number): Image => {
  const view = ["front", "side", "box"][position] ?? "front"
  const what =
    d.kind === "frame" || d.kind === "sunglasses"
      ? `${d.kind}-${slugPart(at(Words.shapes, d.shape).name)}-${at(Words.colours, d.colour).hex.slice(1)}${d.kind === "sunglasses" ? `-${at(Words.tints, d.tint).hex.slice(1)}` : ""}`
      : `${d.kind}-${d.line}`
  return {
    id: imageIdAt(d.index, position),
    created: d.created - 60,
    modified: d.created,
    src: `/wp-content/uploads/demo/${what}-${view}.svg`,
    name: `${view} view`,
    alt: position === 0 ? nameOf(d) : ""
  }
}

const metaOf = (d: Draw): ReadonlyArray<Meta> => {
  const first = d.index * 8 + 100
  if (d.kind !== "frame" && d.kind !== "sunglasses") {
    return d.kind === "contact"
      ? [
          { id: first, key: "wear", value: at(Words.contactLines, d.line).wear },
          { id: first + 1, key: "diameter_mm", value: "14.2" }
        ]
      : []
  }
  return [
    { id: first, key: "frame_size", value: at(Words.sizes, d.size) },
    {
      id: first + 1,
      key: "frame_dims",
      value: { a: d.a, b: d.b, dbl: d.dbl, lens_width: d.a, bridge: d.dbl, temple: d.temple }
    },
    { id: first + 2, key: "weight_g", value: String(d.grams) },
    { id: first + 3, key: "_internal_cost", value: String(Math.round(d.price * 0.4)) }
  ]
}

const description = (d: Draw): string => {
  if (d.kind === "frame" || d.kind === "sunglasses") {
    const material = at(Words.materials, d.material).name
    const colour = at(Words.colours, d.colour).name
    const tint =
      d.kind === "sunglasses"
        ? `<li>Lens: ${at(Words.tints, d.tint).name}, filter category ${at(Words.tints, d.tint).filterCategory}</li>\n`
        : ""
    return (
      `<p>The <strong>${at(Words.lines, d.line)}</strong> by ${at(Words.brands, d.brand)}: a ${at(Words.shapes, d.shape).name.toLowerCase()} ` +
      `${d.kind === "frame" ? "frame" : "pair of sunglasses"} in ${material.toLowerCase()}, colour ${colour}. ` +
      `Spring hinges, adjustable nose pads &amp; a two-year guarantee.</p>\n<ul>\n<li>Boxed size (A × B): ${d.a} × ${d.b} mm</li>\n` +
      `<li>Bridge (DBL): ${d.dbl} mm</li>\n<li>Temple: ${d.temple} mm</li>\n<li>Weight: ${d.grams} g</li>\n${tint}</ul>\n`
    )
  }
  if (d.kind === "contact") {
    const line = at(Words.contactLines, d.line)
    return `<p>${line.pack} ${line.wear} disposable soft lenses, 58 % water, UV filter.</p>\n<p><em>Not to be worn at night. Ask your optician first.</em></p>\n`
  }
  if (d.kind === "lens")
    return `<p>Prescription lens pair, cut and fitted in our own workshop. Choose type &amp; thickness.</p>\n`
  return `<p>${at(Words.accessories, d.line).name}: a small thing that keeps glasses in good order.</p>\n`
}

/** Three kinds of sale: without dates, inside a long window, and one that is over. 2025-01-01 … 2035-12-31. */
const saleWindow = (d: Draw): { readonly sale_from: number | null; readonly sale_to: number | null } =>
  d.sale === "window"
    ? { sale_from: 1_735_689_600, sale_to: 2_082_672_000 }
    : d.sale === "over"
      ? { sale_from: 1_704_844_800, sale_to: 1_706_745_599 }
      : { sale_from: null, sale_to: null }

/** Stars of review `position` of a product: the same for the review itself and the average. */
export const starsOf = (d: Draw, position: number): number => 5 - ((mix(d.index, position) % 9) >> 1)

/** One review in forty awaits moderation and does not count. */
export const heldReview = (d: Draw, position: number): boolean => mix(d.index + 7, position) % 40 === 0

export const ratingOf = (d: Draw): { readonly average_rating: string; readonly rating_count: number } => {
  let sum = 0
  let count = 0
  for (let n = 0; n < (hasReviews(d) ? d.reviews : 0); n++) {
    if (heldReview(d, n)) continue
    sum += starsOf(d, n)
    count += 1
  }
  return { average_rating: count === 0 ? "0.00" : (sum / count).toFixed(2), rating_count: count }
}

const product = (d: Draw, count: number): Product => {
  const variable = d.variations > 0
  const picture_count = d.kind === "accessory" || d.kind === "lens" ? 1 : 1 + (d.index % 3)
  const neighbour = (step: number): number => productIdAt((d.index + step) % count)
  const uses = attributesOf(d)
  const grouped = d.type === "grouped"
  const priced = !variable && !grouped
  const virtual = d.kind === "lens"
  const managed = priced && d.managed && d.type === "simple" && !virtual
  return {
    id: productIdAt(d.index),
    parent_id: 0,
    created: d.created,
    modified: d.modified,
    type: d.type,
    name: nameOf(d),
    slug: d.status === "draft" || d.status === "pending" ? "" : slugOf(d),
    status: d.status,
    featured: d.featured,
    catalog_visibility: d.visibility,
    description: description(d),
    short_description:
      d.kind === "frame" || d.kind === "sunglasses"
        ? `<p>${at(Words.lines, d.line)} in ${at(Words.colours, d.colour).name}</p>\n`
        : "",
    sku: skuOf(d),
    global_unique_id: d.index % 5 === 0 ? String(4_006_381_000_000 + d.index) : "",
    regular_price: priced ? money(d.price, d) : "",
    sale_price: priced ? money(d.salePrice, d) : "",
    ...saleWindow(d),
    total_sales: d.sales,
    virtual,
    downloadable: false,
    downloads: [],
    download_limit: -1,
    download_expiry: -1,
    external_url: d.type === "external" ? `https://partner.example/item?id=${d.index}&ref=demo` : "",
    button_text: d.type === "external" ? "Buy at partner" : "",
    tax_status: "taxable",
    tax_class: d.kind === "lens" || d.kind === "contact" ? "reduced-rate" : "",
    manage_stock: managed,
    stock_quantity: managed ? d.quantity : null,
    stock_status: managed || variable ? d.stock : d.stock === "onbackorder" ? "instock" : d.stock,
    backorders: managed ? d.backorders : "no",
    low_stock_amount: managed && d.index % 6 === 0 ? 2 : null,
    sold_individually: false,
    weight: d.kind === "frame" || d.kind === "sunglasses" ? String(d.grams) : "",
    dimensions:
      d.kind === "frame" || d.kind === "sunglasses"
        ? { length: String(d.temple), width: String(2 * d.a + d.dbl + 6), height: String(d.b) }
        : { length: "", width: "", height: "" },
    shipping_class: "",
    reviews_allowed: d.kind !== "lens",
    ...ratingOf(d),
    upsell_ids: d.index % 4 === 0 ? [neighbour(1), neighbour(2)] : [],
    cross_sell_ids: d.index % 10 === 0 ? [neighbour(5)] : [],
    purchase_note: d.kind === "lens" ? "Send us your prescription with the order." : "",
    category_ids: categoryIds(d),
    brand_ids: brandIds(d),
    tag_ids: tagIds(d),
    images: d.index % 61 === 33 ? [] : Array.from({ length: picture_count }, (_, n) => picture(d, n)),
    attributes: uses,
    default_attributes: variable && d.index % 2 === 0 ? defaults(uses) : [],
    grouped_products: grouped ? [neighbour(1), neighbour(2), neighbour(3)] : [],
    menu_order: d.menuOrder,
    meta_data: metaOf(d),
    post_password: d.password
  }
}

const defaults = (uses: ReadonlyArray<AttributeUse>): ReadonlyArray<AttributeChoice> => {
  const first = uses.find((entry) => entry.variation)
  return first === undefined
    ? []
    : [{ id: first.id, name: first.name, termId: first.termIds[0] ?? 0, option: "" }]
}

const variation = (d: Draw, position: number): Variation => {
  const choice = (id: number, option: number): AttributeChoice => ({
    id,
    name: attributeNames.get(id) ?? "",
    termId: termId(id, option),
    option: ""
  })
  const chosen =
    d.kind === "lens"
      ? [
          choice(attribute.lensType, (d.line + Math.floor(position / 4)) % Words.lensTypes.length),
          choice(attribute.lensThickness, position % 4)
        ]
      : d.kind === "contact"
        ? [choice(attribute.power, position % Words.powers.length)]
        : [choice(attribute.colour, (d.colour + position) % Words.colours.length)]
  const roll = mix(d.index, 100 + position) % 100
  const managed = d.kind !== "lens" && roll < 60
  const quantity = roll < 52 ? 1 + (roll % 40) : 0
  const price = variationPrice(d, position)
  return {
    id: variationIdAt(d.index, position),
    parent_id: productIdAt(d.index),
    created: d.created,
    modified: d.modified,
    status: "publish",
    description: "",
    sku: skuOf(d) === "" ? "" : `${skuOf(d)}-${String(position).padStart(2, "0")}`,
    global_unique_id: "",
    regular_price: money(price, d),
    sale_price:
      d.salePrice === 0 || position % 2 === 1 ? "" : money(Math.max(49, price - (d.price - d.salePrice)), d),
    ...saleWindow(d),
    virtual: d.kind === "lens",
    downloadable: false,
    downloads: [],
    download_limit: -1,
    download_expiry: -1,
    tax_status: "taxable",
    tax_class: "parent",
    manage_stock: managed ? true : roll > 96 ? "parent" : false,
    stock_quantity: managed ? quantity : null,
    stock_status: managed && quantity === 0 ? "outofstock" : "instock",
    backorders: "no",
    low_stock_amount: null,
    weight: "",
    dimensions: { length: "", width: "", height: "" },
    shipping_class: "",
    menu_order: 0,
    meta_data: [
      {
        id: 10_000_000 + d.index * 16 + position,
        key: "lens_code",
        value: `LC${String(position).padStart(2, "0")}`
      }
    ],
    image:
      d.kind === "frame" ? picture({ ...d, colour: (d.colour + position) % Words.colours.length }, 0) : null,
    attributes: chosen
  }
}
