/** The words that the seeded shop is made of. All brands and lines are invented. */

type Words<A> = readonly [A, ...ReadonlyArray<A>]

export const brands: Words<string> = [
  "Aria",
  "Bolt",
  "Cedar &amp; Pine",
  "Drift",
  "Ember",
  "Fjord",
  "Glide",
  "Haus Optik",
  "Iris",
  "Jade",
  "Kestrel",
  "Lumière",
  "Mono",
  "Nordlys",
  "Onda",
  "Pixel",
  "Quill",
  "Rosé &amp; Gold",
  "Señal",
  "Tōkyō Lab",
  "Umbra",
  "Veda"
]

export const lines: Words<string> = [
  "Aalto",
  "Bergen",
  "Capri",
  "Delft",
  "Estrella",
  "Farø",
  "Grove",
  "Helix",
  "Indus",
  "Juno",
  "Koper",
  "Luz",
  "Malabar",
  "Nysted",
  "Orla",
  "Prado",
  "Quay",
  "Riva",
  "Sóller",
  "Tiber",
  "Ulm",
  "Verso",
  "Windsor",
  "Yuba",
  "Zephyr"
]

export interface Shape {
  readonly name: string
  /** Boxed lens sizes in mm, ISO 8624: the range of A, and B as parts of A in hundredths. */
  readonly a: readonly [number, number]
  readonly ratio: number
}

export const shapes: Words<Shape> = [
  { name: "Round", a: [44, 50], ratio: 94 },
  { name: "Aviator", a: [53, 60], ratio: 84 },
  { name: "Rectangle", a: [49, 56], ratio: 64 },
  { name: "Square", a: [48, 55], ratio: 80 },
  { name: "Cat-eye", a: [48, 54], ratio: 76 },
  { name: "Geometric", a: [47, 53], ratio: 88 },
  { name: "Oval", a: [46, 52], ratio: 72 },
  { name: "Browline", a: [48, 53], ratio: 78 },
  { name: "Pilot", a: [54, 61], ratio: 76 }
]

export interface Colour {
  readonly name: string
  readonly hex: string
}

export const colours: Words<Colour> = [
  { name: "Black", hex: "#1b1b1d" },
  { name: "Gold", hex: "#c9a24b" },
  { name: "Tortoise Brown", hex: "#6f4320" },
  { name: "Crystal Clear", hex: "#b9cdd6" },
  { name: "Gunmetal", hex: "#53585f" },
  { name: "Rosé &amp; Gold", hex: "#c98a80" },
  { name: "Navy", hex: "#1f3357" },
  { name: "Forest", hex: "#2c5240" },
  { name: "Bordeaux", hex: "#6b1f31" },
  { name: "Silver", hex: "#9da3a8" },
  { name: "Honey", hex: "#b9782c" },
  { name: "नीला (Blue)", hex: "#2f6fb3" }
]

export const materials: Words<{ readonly name: string; readonly grams: readonly [number, number] }> = [
  { name: "Acetate", grams: [22, 34] },
  { name: "Titanium", grams: [11, 18] },
  { name: "Stainless steel", grams: [16, 24] },
  { name: "TR90", grams: [12, 19] },
  { name: "Beta-titanium", grams: [9, 15] },
  { name: "Wood &amp; acetate", grams: [20, 30] }
]

export const rims: Words<string> = ["Full-rim", "Half-rim", "Rimless"]
export const sizes: Words<string> = ["S", "M", "L"]
export const tints: Words<{ readonly name: string; readonly hex: string; readonly filterCategory: number }> =
  [
    { name: "Grey", hex: "#5d6267", filterCategory: 3 },
    { name: "Brown gradient", hex: "#7a5a3a", filterCategory: 2 },
    { name: "Green G-15", hex: "#4f6152", filterCategory: 3 },
    { name: "Blue mirror", hex: "#4f7fb0", filterCategory: 3 },
    { name: "Rose", hex: "#b9818c", filterCategory: 1 }
  ]

export const lensTypes: Words<{ readonly name: string; readonly price: number }> = [
  { name: "Zero Power", price: 500 },
  { name: "Single Vision", price: 900 },
  { name: "Bifocal", price: 1900 },
  { name: "Progressive", price: 4500 },
  { name: "Blue Cut", price: 1300 },
  { name: "Photochromic", price: 2600 }
]

export const thicknesses: Words<{ readonly name: string; readonly extra: number }> = [
  { name: "1.50", extra: 0 },
  { name: "1.56", extra: 400 },
  { name: "1.61", extra: 1200 },
  { name: "1.67", extra: 2400 },
  { name: "1.74", extra: 4900 }
]

export const powers: Words<string> = [
  "-6.00",
  "-5.00",
  "-4.00",
  "-3.50",
  "-3.00",
  "-2.50",
  "-2.00",
  "-1.50",
  "-1.00",
  "-0.50",
  "+1.00",
  "+2.00"
]
export const baseCurves: Words<string> = ["8.4", "8.6", "8.8"]

export const contactLines: Words<{
  readonly name: string
  readonly pack: number
  readonly wear: "daily" | "monthly"
}> = [
  { name: "Aqua Daily", pack: 30, wear: "daily" },
  { name: "Breeze Daily", pack: 90, wear: "daily" },
  { name: "Halo Monthly", pack: 6, wear: "monthly" },
  { name: "Marina Monthly Toric", pack: 3, wear: "monthly" }
]

export const accessories: Words<{
  readonly name: string
  readonly price: number
  readonly kind: "case" | "care" | "cord"
}> = [
  { name: "Hard case", price: 349, kind: "case" },
  { name: "Folding case", price: 449, kind: "case" },
  { name: "Microfibre cloth, 3 pcs", price: 149, kind: "care" },
  { name: "Lens spray 60 ml", price: 199, kind: "care" },
  { name: "Multi-purpose solution 360 ml", price: 429, kind: "care" },
  { name: "Sports cord", price: 249, kind: "cord" },
  { name: "Chain &quot;Perla&quot;", price: 599, kind: "cord" }
]

export const reviewers: Words<string> = [
  "Asha",
  "Ravi",
  "Meera",
  "John",
  "Deepa",
  "Ólafur",
  "Lucía",
  "Kenji",
  "Priya",
  "Tom",
  "दीपा",
  "Zoë"
]

export const reviewTexts: Words<string> = [
  "Light and comfortable, I forget that I wear them.",
  "Colour is a little darker than in the picture, still lovely.",
  "Fits well &amp; arrived in four days.",
  "The left temple was loose; the shop fixed it for free.",
  "Perfect for my progressive lenses, enough height.",
  "Good value. The case could be better.",
  "Too wide for a small face.",
  "Sehr schön – Größe passt genau 👓"
]
