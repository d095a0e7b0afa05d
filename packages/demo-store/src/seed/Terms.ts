/** The seeded taxonomies: fixed ids, so that every product can name them without a lookup. */
import type { Attribute, Term } from "../Term.ts"
import {
  baseCurves,
  brands,
  colours,
  lensTypes,
  materials,
  powers,
  rims,
  shapes,
  sizes,
  thicknesses,
  tints
} from "./Vocabulary.ts"

/** `wp_terms` ids of the categories. 15 is WooCommerce's own default category. */
export const category = {
  uncategorized: 15,
  frames: 16,
  fullRim: 17,
  halfRim: 18,
  rimless: 19,
  sunglasses: 20,
  polarised: 21,
  contactLenses: 22,
  daily: 23,
  monthly: 24,
  lenses: 25,
  singleVision: 26,
  progressive: 27,
  accessories: 28,
  cases: 29,
  care: 30,
  cords: 31,
  men: 32,
  women: 33,
  kids: 34,
  kidsSmall: 35,
  outlet: 36,
  menSunglasses: 37,
  emptyOutlet: 38,
  unicode: 39
} as const

export const tag = {
  new: 40,
  bestseller: 41,
  blueLight: 42,
  titanium: 43,
  acetate: 44,
  lightweight: 45,
  sport: 46,
  gift: 47
} as const

const term = (id: number, name: string, slug: string, parent = 0, more: Partial<Term> = {}): Term => ({
  id,
  name,
  slug,
  description: "",
  parent,
  menu_order: 0,
  display: "default",
  image: null,
  ...more
})

export const categories: ReadonlyArray<Term> = [
  term(category.uncategorized, "Uncategorized", "uncategorized"),
  term(category.frames, "Frames", "frames", 0, { description: "All <strong>frames</strong>" }),
  term(category.fullRim, "Full-rim", "full-rim", category.frames, { menu_order: 1 }),
  term(category.halfRim, "Half-rim", "half-rim", category.frames, { menu_order: 2 }),
  term(category.rimless, "Rimless", "rimless", category.frames, { menu_order: 3 }),
  term(category.sunglasses, "Sunglasses", "sunglasses"),
  term(category.polarised, "Polarised &amp; mirrored", "polarised-mirrored", category.sunglasses),
  term(category.contactLenses, "Contact lenses", "contact-lenses"),
  term(category.daily, "Daily", "daily", category.contactLenses),
  term(category.monthly, "Monthly", "monthly", category.contactLenses),
  term(category.lenses, "Lenses", "lenses", 0, { description: "Prescription lenses, fitted to any frame." }),
  term(category.singleVision, "Single vision", "single-vision", category.lenses),
  term(category.progressive, "Progressive &amp; bifocal", "progressive-bifocal", category.lenses),
  term(category.accessories, "Accessories", "accessories"),
  term(category.cases, "Cases", "cases", category.accessories),
  term(category.care, "Cleaning &amp; care", "cleaning-care", category.accessories),
  term(category.cords, "Cords &amp; chains", "cords-chains", category.accessories),
  term(category.men, "Men", "men"),
  term(category.women, "Women", "women"),
  term(category.kids, "Kids", "kids", 0, { display: "subcategories", menu_order: 3 }),
  term(category.kidsSmall, "Age 3-6", "age-3-6", category.kids),
  term(category.outlet, "Outlet", "outlet"),
  term(category.menSunglasses, "Men", "men-sunglasses", category.sunglasses),
  term(category.emptyOutlet, "Empty outlet", "empty-outlet"),
  term(category.unicode, 'Brillen – Größe "XL" &amp; mehr', "brillen-groesse")
]

export const tags: ReadonlyArray<Term> = [
  term(tag.new, "new", "new", 0, { description: "New arrivals" }),
  term(tag.bestseller, "bestseller", "bestseller"),
  term(tag.blueLight, "Blue-light", "blue-light"),
  term(tag.titanium, "titanium", "titanium"),
  term(tag.acetate, "acetate", "acetate"),
  term(tag.lightweight, "lightweight", "lightweight"),
  term(tag.sport, "sport &amp; outdoor", "sport-outdoor"),
  term(tag.gift, "gift 🎁", "gift-%f0%9f%8e%81")
]

const slugOf = (name: string): string => slugify(name.replace(/&[a-z]+;/g, " "))

/** WordPress's slug of a title: accents dropped, other scripts percent-encoded in lower case. */
export const slugify = (name: string): string => {
  const plain = name
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replaceAll("ø", "o")
    .replaceAll("ß", "ss")
  const words = plain
    .toLowerCase()
    .replace(/[\s._/]+/g, "-")
    .replace(/[\u0021-\u002c\u003a-\u0060\u007b-\u00bf–—“”„]/g, "")
  return encodeURIComponent(words).toLowerCase().replace(/-+/g, "-").replace(/^-|-$/g, "").slice(0, 200)
}

const firstBrand = 50
const firstTerm = 80

export const brandTerms: ReadonlyArray<Term> = brands.map((name, position) =>
  term(firstBrand + position, name, slugOf(name))
)

/** Ids of the global attributes. */
export const attribute = {
  lensType: 1,
  lensThickness: 2,
  frameShape: 3,
  colour: 4,
  material: 5,
  frameSize: 6,
  rim: 7,
  power: 8,
  baseCurve: 9,
  lensTint: 10
} as const

const global = (
  id: number,
  name: string,
  slug: string,
  order_by = "menu_order",
  has_archives = false
): Attribute => ({
  id,
  name,
  slug,
  type: "select",
  order_by,
  has_archives
})

export const attributes: ReadonlyArray<Attribute> = [
  global(attribute.lensType, "Lens Type", "pa_lens-type", "menu_order", true),
  global(attribute.lensThickness, "Lens Thickness", "pa_lens-thickness", "name_num"),
  global(attribute.frameShape, "Frame Shape", "pa_frame-shape"),
  global(attribute.colour, "Colour", "pa_colour"),
  global(attribute.material, "Material", "pa_material"),
  global(attribute.frameSize, "Frame Size", "pa_frame-size"),
  global(attribute.rim, "Rim", "pa_rim"),
  global(attribute.power, "Power", "pa_power", "name_num"),
  global(attribute.baseCurve, "Base Curve", "pa_base-curve", "name_num"),
  global(attribute.lensTint, "Lens Tint", "pa_lens-tint")
]

const termNames: ReadonlyArray<readonly [number, ReadonlyArray<string>]> = [
  [attribute.lensType, lensTypes.map((type) => type.name)],
  [attribute.lensThickness, thicknesses.map((thickness) => thickness.name)],
  [attribute.frameShape, shapes.map((shape) => shape.name)],
  [attribute.colour, colours.map((colour) => colour.name)],
  [attribute.material, materials.map((material) => material.name)],
  [attribute.frameSize, sizes],
  [attribute.rim, rims],
  [attribute.power, powers],
  [attribute.baseCurve, baseCurves],
  [attribute.lensTint, tints.map((tint) => tint.name)]
]

const firstTermOf = new Map<number, number>()
const termTable = new Map<number, ReadonlyArray<Term>>()
let nextTerm = firstTerm
for (const [id, names] of termNames) {
  firstTermOf.set(id, nextTerm)
  const first = nextTerm
  termTable.set(
    id,
    names.map((name, position) =>
      // "+1.00" and "-1.00" would share a slug, so WordPress would add a number: written out here.
      term(first + position, name, slugOf(name.startsWith("-") ? `minus ${name.slice(1)}` : name), 0, {
        menu_order: position
      })
    )
  )
  nextTerm += names.length
}

/** Terms of each attribute, in the order of the vocabulary. */
export const attributeTerms: ReadonlyMap<number, ReadonlyArray<Term>> = termTable

/** Id of the term at `position` of an attribute's vocabulary. */
export const termId = (attributeId: number, position: number): number =>
  (firstTermOf.get(attributeId) ?? 0) + position

export const brandId = (position: number): number => firstBrand + (position % brands.length)

/** The first id that no seeded term uses. */
export const firstFreeTerm = nextTerm
