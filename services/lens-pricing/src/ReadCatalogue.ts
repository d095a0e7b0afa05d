/** Makes the catalogue of a file without faults: ids become codes, decimals whole numbers of small units. */
import { fromDecimal } from "@optica/optics/Exact"
import type { Design } from "@optica/optics/Ruleset"
import type { CatalogueFile } from "./CatalogueFile.ts"
import { exponentOf, minorUnits } from "./Currency.ts"
import {
  type Coating,
  type CoatingTint,
  type LensCatalogue,
  type LensType,
  type Material,
  type Package,
  pairKey,
  type Surcharge,
  type TaxClass,
  type Tint
} from "./LensCatalogue.ts"

type Row<Table extends keyof CatalogueFile> =
  CatalogueFile[Table] extends ReadonlyArray<infer Item> ? Item : never

/** The file has to be without faults: see CatalogueFaults. */
export const readCatalogue = (file: CatalogueFile): LensCatalogue => {
  const exponent = exponentOf(file.currency) ?? 2
  const price = (text: string) => minorUnits(text, exponent) ?? 0
  const codes = (rows: ReadonlyArray<{ readonly id: number; readonly code: string }>) => {
    const byId = new Map(rows.map(({ code, id }) => [id, code]))
    return (ids: ReadonlyArray<number>): ReadonlyArray<string> => ids.flatMap((id) => byId.get(id) ?? [])
  }
  const materials = codes(file.lense_thickness)
  const coatings = codes(file.glass_coatings)
  const types = codes(file.lense_types)
  const tints = codes(file.tints)

  const lensType = (row: Row<"lense_types">): LensType => ({
    code: row.code,
    name: row.lens_name,
    design: designs[row.design],
    price: price(row.price),
    materials: materials(row.thickness_ids),
    leastFittingHeightTenthsMm:
      row.min_fitting_height_mm === null ? null : units(row.min_fitting_height_mm, 1),
    pdKind: row.pd_kind,
    recommendedMaterial: materials([row.recommended_thickness_id]).join(),
    forNear: row.rx_transform !== undefined,
    enabled: row.enabled
  })
  const material = (row: Row<"lense_thickness">): Material => ({
    code: row.code,
    name: row.name,
    indexLabel: row.index_label,
    indexThousandths: units(row.nd, 3),
    abbe: row.abbe,
    densityHundredths: units(row.density_g_cm3, 2),
    leastCentreTenthsMm: units(row.min_centre_mm, 1),
    price: price(row.price),
    priceMultifocal: price(row.price_multifocal),
    recommendedUpTo: units(row.recommended_max_abs_power, 3),
    sphereLeast: units(row.sph_min, 3),
    sphereMost: units(row.sph_max, 3),
    cylinderMost: units(row.cyl_max_abs, 3),
    strongestMost: units(row.combined_max_abs, 3),
    coatings: coatings(row.coating_ids),
    maxTintDensity: units(row.max_tint_density_pct, 2),
    intrinsic: row.intrinsic_codes,
    mandatoryCoatingKind: row.mandatory_coating_kind,
    impactResistant: row.impact_resistant ?? /\bimpact\b/.test(row.note),
    enabled: row.enabled
  })
  const coating = (row: Row<"glass_coatings">): Coating => ({
    code: row.code,
    name: row.name,
    kind: row.kind,
    price: price(row.price),
    requires: row.requires,
    excludes: row.excludes,
    filterCategory: row.filter_category ?? Number(/\(cat\. ([0-4])\)/.exec(row.name)?.[1] ?? 0),
    enabled: row.enabled
  })
  const tint = (row: Row<"tints">): Tint => ({
    code: row.code,
    name: row.name,
    gradient: row.type === "gradient",
    density: units(row.density_pct, 2),
    transmittance: units(row.vlt_pct, 2),
    filterCategory: row.filter_category,
    nightDriving: row.night_driving,
    dayDriving: row.day_driving,
    price: price(row.price),
    enabled: row.enabled
  })
  const cell = (row: Row<"coatings_tints">): readonly [string, CoatingTint] => [
    pairKey(coatings([row.coating_id]).join(), tints([row.tint_id]).join()),
    { allowed: row.allowed, reason: row.reason ?? "", price: price(row.extra_price) }
  ]
  const { packages, surcharges, tax_classes } = file.extensions
  return {
    currency: file.currency,
    exponent,
    pricesIncludeTax: file.prices_include_tax,
    types: byCode(file.lense_types.map(lensType)),
    materials: byCode(file.lense_thickness.map(material)),
    coatings: byCode(file.glass_coatings.map(coating)),
    tints: byCode(file.tints.map(tint)),
    coatingTints: new Map(file.coatings_tints.map(cell)),
    surcharges: surcharges.map(
      (row): Surcharge => ({
        code: row.code,
        measure: row.measure,
        materials: row.thickness_ids === undefined ? null : materials(row.thickness_ids),
        from: units(row.from_incl ?? 0, row.measure === "min_blank_mm" ? 1 : 3),
        to: units(row.to_incl ?? 0, row.measure === "min_blank_mm" ? 1 : 3),
        per: row.per,
        price: price(row.price)
      })
    ),
    packages: packages.map(
      (row): Package => ({
        code: row.code,
        types: types(row.lens_type_ids),
        material: materials([row.thickness_id]).join(),
        coatings: coatings(row.coating_ids),
        price: price(row.price)
      })
    ),
    taxClasses: tax_classes.map(
      (row): TaxClass => ({
        country: row.country,
        code: row.code,
        rate: fromDecimal(row.rate_pct, 2) ?? 0,
        validFrom: row.valid_from ?? null
      })
    )
  }
}

const designs: Record<Row<"lense_types">["design"], Design> = {
  single_vision: "single_vision",
  bifocal: "bifocal",
  trifocal: "trifocal",
  progressive: "progressive",
  degressive: "degressive",
  // ISO 13666 calls progressive lenses so too; the catalogue has it for what only relieves the eyes.
  power_variation: "anti_fatigue",
  plano: "plano"
}

/** A JSON number as a whole number of `10^-places`: its shortest decimal is what was written. */
const units = (value: number, places: number): number =>
  fromDecimal(String(value), places) ?? Math.round(value * 10 ** places)

const byCode = <A extends { readonly code: string }>(rows: ReadonlyArray<A>): ReadonlyMap<string, A> =>
  new Map(rows.map((row) => [row.code, row]))
