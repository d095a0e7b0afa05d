/** The file that a shop's lenses are imported from (`lens-catalogue/1`): its shape, as JSON. */
import * as Schema from "effect/Schema"

const Id = Schema.Int.check(Schema.isGreaterThan(0))
const Ids = Schema.Array(Id)
const Code = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9+._-]{0,39}$/))
/** A decimal string with a point: no float ever holds a price. */
const Price = Schema.String.check(Schema.isPattern(/^[0-9]{1,9}(?:\.[0-9]{1,4})?$/))
const Length = Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 200 }))
const Percent = Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 100 }))
const Power = Schema.Number.check(Schema.isBetween({ minimum: -99, maximum: 99 }))
const Category = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 }))

const LensTypeRow = Schema.Struct({
  id: Id,
  code: Code,
  lens_name: Schema.NonEmptyString,
  design: Schema.Literals([
    "single_vision",
    "bifocal",
    "trifocal",
    "progressive",
    "degressive",
    "power_variation",
    "plano"
  ]),
  price: Price,
  thickness_ids: Ids,
  enabled: Schema.Boolean,
  requires_rx: Schema.Boolean,
  requires_add: Schema.Boolean,
  requires_fitting_height: Schema.Boolean,
  min_fitting_height_mm: Schema.NullOr(Length),
  pd_kind: Schema.Literals([
    "distance",
    "near",
    "intermediate",
    "distance+near",
    "monocular distance",
    "monocular",
    "none"
  ]),
  recommended_thickness_id: Id,
  /** Words for people; that there are any means the lens is made for near. */
  rx_transform: Schema.optionalKey(Schema.String)
})

const MaterialRow = Schema.Struct({
  id: Id,
  code: Code,
  name: Schema.NonEmptyString,
  index_label: Schema.NonEmptyString,
  nd: Schema.Number.check(Schema.isBetween({ minimum: 1.3, maximum: 2 })),
  abbe: Schema.Number.check(Schema.isBetween({ minimum: 10, maximum: 100 })),
  density_g_cm3: Schema.Number.check(Schema.isBetween({ minimum: 0.5, maximum: 6 })),
  min_centre_mm: Length,
  price: Price,
  price_multifocal: Price,
  recommended_max_abs_power: Power,
  sph_min: Power,
  sph_max: Power,
  cyl_max_abs: Power,
  combined_max_abs: Power,
  coating_ids: Ids,
  max_tint_density_pct: Percent,
  note: Schema.String,
  enabled: Schema.Boolean,
  intrinsic_codes: Schema.Array(Code),
  mandatory_coating_kind: Schema.NullOr(Schema.String),
  /** Where it is missing, the note says it: "impact". */
  impact_resistant: Schema.optionalKey(Schema.Boolean)
})

const CoatingRow = Schema.Struct({
  id: Id,
  code: Code,
  name: Schema.NonEmptyString,
  kind: Schema.Literals(["hard", "ar", "photochromic", "polarised", "mirror", "hydrophilic"]),
  price: Price,
  requires: Schema.Array(Code),
  excludes: Schema.Array(Code),
  note: Schema.String,
  enabled: Schema.Boolean,
  filter_category: Schema.optionalKey(Category)
})

const TintRow = Schema.Struct({
  id: Id,
  code: Code,
  name: Schema.NonEmptyString,
  type: Schema.Literals(["solid", "gradient"]),
  density_pct: Percent,
  density_bottom_pct: Percent,
  vlt_pct: Percent,
  filter_category: Category,
  night_driving: Schema.Boolean,
  day_driving: Schema.Boolean,
  price: Price,
  enabled: Schema.Boolean
})

const CoatingTintRow = Schema.Struct({
  id: Id,
  coating_id: Id,
  tint_id: Id,
  allowed: Schema.Boolean,
  reason: Schema.NullOr(Schema.NonEmptyString),
  extra_price: Price
})

const StockMoveRow = Schema.Struct({
  id: Id,
  created_at: Schema.String,
  sku: Schema.NonEmptyString,
  delta: Schema.Int,
  reason: Schema.NonEmptyString,
  reference: Schema.NonEmptyString,
  balance_after: Schema.Int
})

const SurchargeRow = Schema.Struct({
  code: Code,
  measure: Schema.Literals(["cyl_abs", "max_meridian_abs", "prism_total", "add", "min_blank_mm", "option"]),
  thickness_ids: Schema.optionalKey(Ids),
  from_incl: Schema.optionalKey(Schema.Number),
  to_incl: Schema.optionalKey(Schema.Number),
  per: Schema.Literals(["lens", "pair", "order"]),
  price: Price
})

const PackageRow = Schema.Struct({
  id: Id,
  code: Code,
  lens_type_ids: Ids,
  thickness_id: Id,
  coating_ids: Ids,
  price: Price
})

const TaxClassRow = Schema.Struct({
  country: Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/)),
  code: Code,
  rate_pct: Price,
  valid_from: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^\d{4}-\d{2}-\d{2}$/)))
})

/** The whole file. What is not named here (notes, colours, sources) is kept with the file and not read. */
export const CatalogueFile = Schema.Struct({
  schema: Schema.Literal("lens-catalogue/1"),
  currency: Schema.String.check(Schema.isPattern(/^[A-Z]{3}$/)),
  prices_include_tax: Schema.Boolean,
  lense_types: Schema.Array(LensTypeRow),
  lense_thickness: Schema.Array(MaterialRow),
  glass_coatings: Schema.Array(CoatingRow),
  tints: Schema.Array(TintRow),
  coatings_tints: Schema.Array(CoatingTintRow),
  stock_log: Schema.Array(StockMoveRow),
  extensions: Schema.Struct({
    surcharges: Schema.Array(SurchargeRow),
    packages: Schema.Array(PackageRow),
    tax_classes: Schema.Array(TaxClassRow)
  })
})
export type CatalogueFile = typeof CatalogueFile.Type
