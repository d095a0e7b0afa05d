import { describe, expect, it } from "@effect/vitest"
import { catalogueFaults } from "../src/CatalogueFaults.ts"
import type { CatalogueFile } from "../src/CatalogueFile.ts"
import { seed } from "./Catalogue.ts"

type Row<Table extends keyof CatalogueFile> =
  CatalogueFile[Table] extends ReadonlyArray<infer Item> ? Item : never

/** The seed with one row of a table changed. */
const changed = <Table extends "glass_coatings" | "lense_thickness" | "lense_types" | "tints">(
  table: Table,
  index: number,
  change: Partial<Row<Table>>
): CatalogueFile => ({
  ...seed,
  [table]: seed[table].map((row, position) => (position === index ? { ...row, ...change } : row))
})

const faults = (file: CatalogueFile) => catalogueFaults(file).map(({ place, rule }) => `${rule} ${place}`)

describe("the faults of a catalogue file", () => {
  it("are none of the seed", () => {
    expect(catalogueFaults(seed)).toEqual([])
  })

  it("name references to nothing", () => {
    expect(faults(changed("lense_types", 0, { thickness_ids: [1, 99, 5] }))).toEqual([
      "UNKNOWN_REFERENCE lense_types[0].thickness_ids[1]"
    ])
  })

  it("name exclusions that the other side does not know of", () => {
    expect(faults(changed("glass_coatings", 10, { excludes: ["HC"] }))).toEqual([
      "ONE_WAY_EXCLUSION glass_coatings[10].excludes[0]",
      "REQUIRES_EXCLUDED glass_coatings[10].excludes[0]"
    ])
  })

  it("name a mandatory coating that its material does not take", () => {
    expect(faults(changed("lense_thickness", 6, { coating_ids: [1] }))).toEqual([
      "MANDATORY_COATING_IMPOSSIBLE lense_thickness[6].mandatory_coating_kind"
    ])
  })

  it("name a package that is dearer than its parts, once for each lens type", () => {
    const [first, ...rest] = seed.extensions.packages
    const packages = first === undefined ? rest : [{ ...first, price: "29.01" }, ...rest]
    expect(faults({ ...seed, extensions: { ...seed.extensions, packages } })).toEqual([
      "PACKAGE_DEARER_THAN_PARTS extensions.packages[0].price",
      "PACKAGE_DEARER_THAN_PARTS extensions.packages[0].price"
    ])
  })

  it("name tints that contradict themselves", () => {
    expect(faults(changed("tints", 0, { vlt_pct: 10, density_pct: 90 }))).toEqual([
      "TINT_INCONSISTENT tints[0].filter_category",
      "TINT_INCONSISTENT tints[0].night_driving"
    ])
  })

  it("name prices finer than the currency", () => {
    expect(faults({ ...changed("lense_types", 3, { price: "59.50" }), currency: "JPY" })).toEqual([
      "PRICE_TOO_FINE lense_types[3].price"
    ])
    expect(faults({ ...seed, currency: "XYZ" })).toEqual(["CURRENCY_UNKNOWN currency"])
  })
})
