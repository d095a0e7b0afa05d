/** What is wrong with a catalogue file that has the right shape: every fault, with its place. */

import type { CatalogueFile } from "./CatalogueFile.ts"
import { exponentOf, minorUnits } from "./Currency.ts"

/** One fault. */
export interface CatalogueFault {
  /** Where in the file: `glass_coatings[3].excludes[0]`. */
  readonly place: string
  readonly rule:
    | "CURRENCY_UNKNOWN"
    | "DUPLICATE"
    | "UNKNOWN_REFERENCE"
    | "ONE_WAY_EXCLUSION"
    | "REQUIRES_EXCLUDED"
    | "MANDATORY_COATING_IMPOSSIBLE"
    | "MATRIX_INCOMPLETE"
    | "MATRIX_REASON"
    | "PACKAGE_IMPOSSIBLE"
    | "PACKAGE_DEARER_THAN_PARTS"
    | "RANGE_UPSIDE_DOWN"
    | "BANDS_OVERLAP"
    | "TINT_INCONSISTENT"
    | "PRICE_TOO_FINE"
    | "DEMANDS_INCONSISTENT"
    | "STOCK_BALANCE"
  readonly message: string
}

/** Every fault of the file, in its order. */
export const catalogueFaults = (file: CatalogueFile): ReadonlyArray<CatalogueFault> => {
  const faults: Array<CatalogueFault> = []
  const fault = (place: string, rule: CatalogueFault["rule"], message: string) =>
    void faults.push({ place, rule, message })

  const exponent = exponentOf(file.currency)
  if (exponent === undefined) {
    fault("currency", "CURRENCY_UNKNOWN", `${file.currency} is no currency of ISO 4217`)
    return faults
  }
  const amount = (place: string, price: string): number => {
    const minor = minorUnits(price, exponent)
    if (minor === undefined) {
      fault(
        place,
        "PRICE_TOO_FINE",
        `${price} has more decimals than ${file.currency}, which has ${exponent}`
      )
    }
    return minor ?? 0
  }

  const tables = {
    lense_types: file.lense_types,
    lense_thickness: file.lense_thickness,
    glass_coatings: file.glass_coatings,
    tints: file.tints,
    "extensions.packages": file.extensions.packages
  }
  for (const [table, rows] of Object.entries(tables)) {
    for (const key of ["id", "code"] as const) {
      const seen = new Map<number | string, number>()
      for (const [index, row] of rows.entries()) {
        const first = seen.get(row[key])
        if (first === undefined) seen.set(row[key], index)
        else
          fault(`${table}[${index}].${key}`, "DUPLICATE", `${row[key]} is that of ${table}[${first}] as well`)
      }
    }
  }

  const materials = new Map(file.lense_thickness.map((row) => [row.id, row]))
  const coatings = new Map(file.glass_coatings.map((row) => [row.id, row]))
  const coatingsByCode = new Map(file.glass_coatings.map((row) => [row.code, row]))
  const types = new Map(file.lense_types.map((row) => [row.id, row]))
  const tints = new Map(file.tints.map((row) => [row.id, row]))
  const known = (
    place: string,
    held: ReadonlyMap<number | string, unknown>,
    ids: ReadonlyArray<number | string>
  ) => {
    for (const [index, id] of ids.entries()) {
      if (!held.has(id)) fault(`${place}[${index}]`, "UNKNOWN_REFERENCE", `there is none with ${id}`)
    }
  }

  for (const [index, row] of file.lense_types.entries()) {
    const place = `lense_types[${index}]`
    known(`${place}.thickness_ids`, materials, row.thickness_ids)
    if (!row.thickness_ids.includes(row.recommended_thickness_id)) {
      fault(
        `${place}.recommended_thickness_id`,
        "UNKNOWN_REFERENCE",
        `${row.recommended_thickness_id} is not among thickness_ids`
      )
    }
    if (row.requires_fitting_height !== (row.min_fitting_height_mm !== null)) {
      fault(
        `${place}.min_fitting_height_mm`,
        "DEMANDS_INCONSISTENT",
        "has to be set exactly where requires_fitting_height is true"
      )
    }
    if (row.requires_rx === (row.design === "plano")) {
      fault(
        `${place}.requires_rx`,
        "DEMANDS_INCONSISTENT",
        "has to be false for plano lenses and true for all others"
      )
    }
    amount(`${place}.price`, row.price)
  }

  for (const [index, row] of file.lense_thickness.entries()) {
    const place = `lense_thickness[${index}]`
    known(`${place}.coating_ids`, coatings, row.coating_ids)
    known(`${place}.intrinsic_codes`, coatingsByCode, row.intrinsic_codes)
    if (row.sph_min > row.sph_max)
      fault(`${place}.sph_min`, "RANGE_UPSIDE_DOWN", `${row.sph_min} is above sph_max ${row.sph_max}`)
    if (row.mandatory_coating_kind !== null) {
      const takes = row.coating_ids.some((id) => coatings.get(id)?.kind === row.mandatory_coating_kind)
      if (!takes) {
        fault(
          `${place}.mandatory_coating_kind`,
          "MANDATORY_COATING_IMPOSSIBLE",
          `no coating of the kind ${row.mandatory_coating_kind} is among its coating_ids`
        )
      }
    }
    amount(`${place}.price`, row.price)
    amount(`${place}.price_multifocal`, row.price_multifocal)
  }

  for (const [index, row] of file.glass_coatings.entries()) {
    const place = `glass_coatings[${index}]`
    known(`${place}.requires`, coatingsByCode, row.requires)
    known(`${place}.excludes`, coatingsByCode, row.excludes)
    for (const [position, code] of row.excludes.entries()) {
      const other = coatingsByCode.get(code)
      if (other !== undefined && !other.excludes.includes(row.code)) {
        fault(
          `${place}.excludes[${position}]`,
          "ONE_WAY_EXCLUSION",
          `${row.code} excludes ${code}, but ${code} does not exclude ${row.code}`
        )
      }
      if (row.requires.includes(code)) {
        fault(
          `${place}.excludes[${position}]`,
          "REQUIRES_EXCLUDED",
          `${row.code} requires and excludes ${code}`
        )
      }
    }
    amount(`${place}.price`, row.price)
  }

  for (const [index, row] of file.tints.entries()) {
    const place = `tints[${index}]`
    if (row.density_pct + row.vlt_pct !== 100) {
      fault(
        `${place}.vlt_pct`,
        "TINT_INCONSISTENT",
        `density ${row.density_pct} % and transmittance ${row.vlt_pct} % do not make 100 %`
      )
    }
    if (filterCategory(row.vlt_pct) !== row.filter_category) {
      fault(
        `${place}.filter_category`,
        "TINT_INCONSISTENT",
        `${row.vlt_pct} % of light is category ${filterCategory(row.vlt_pct)}`
      )
    }
    if (row.night_driving && row.vlt_pct < 75) {
      fault(`${place}.night_driving`, "TINT_INCONSISTENT", "below 75 % of light nobody may drive at night")
    }
    if (row.day_driving && row.filter_category === 4) {
      fault(`${place}.day_driving`, "TINT_INCONSISTENT", "category 4 is never for driving")
    }
    amount(`${place}.price`, row.price)
  }

  const cells = new Set<string>()
  for (const [index, row] of file.coatings_tints.entries()) {
    const place = `coatings_tints[${index}]`
    if (!coatings.has(row.coating_id))
      fault(`${place}.coating_id`, "UNKNOWN_REFERENCE", `there is no coating ${row.coating_id}`)
    if (!tints.has(row.tint_id))
      fault(`${place}.tint_id`, "UNKNOWN_REFERENCE", `there is no tint ${row.tint_id}`)
    const key = `${row.coating_id} ${row.tint_id}`
    if (cells.has(key)) fault(place, "DUPLICATE", "this coating and tint have a cell already")
    cells.add(key)
    if (row.allowed !== (row.reason === null)) {
      fault(`${place}.reason`, "MATRIX_REASON", "has to be set exactly where allowed is false")
    }
    amount(`${place}.extra_price`, row.extra_price)
  }
  for (const coating of file.glass_coatings) {
    for (const tint of file.tints) {
      if (!cells.has(`${coating.id} ${tint.id}`)) {
        fault("coatings_tints", "MATRIX_INCOMPLETE", `there is no cell for ${coating.code} and ${tint.code}`)
      }
    }
  }

  for (const [index, row] of file.extensions.surcharges.entries()) {
    const place = `extensions.surcharges[${index}]`
    if (row.thickness_ids !== undefined) known(`${place}.thickness_ids`, materials, row.thickness_ids)
    amount(`${place}.price`, row.price)
    if (row.measure === "option") continue
    const { from_incl: from, to_incl: to } = row
    if (from === undefined || to === undefined || from > to) {
      fault(`${place}.from_incl`, "RANGE_UPSIDE_DOWN", "a band runs from from_incl up to to_incl")
      continue
    }
    for (const [before, other] of file.extensions.surcharges.slice(0, index).entries()) {
      const both =
        other.thickness_ids === undefined ||
        row.thickness_ids === undefined ||
        other.thickness_ids.some((id) => row.thickness_ids?.includes(id))
      const meet = (other.from_incl ?? 0) <= to && from <= (other.to_incl ?? 0)
      if (other.measure === row.measure && both && meet) {
        fault(place, "BANDS_OVERLAP", `charges twice what extensions.surcharges[${before}] charges`)
      }
    }
  }

  for (const [index, row] of file.extensions.packages.entries()) {
    const place = `extensions.packages[${index}]`
    known(`${place}.lens_type_ids`, types, row.lens_type_ids)
    known(`${place}.coating_ids`, coatings, row.coating_ids)
    const material = materials.get(row.thickness_id)
    const price = amount(`${place}.price`, row.price)
    if (material === undefined) {
      fault(`${place}.thickness_id`, "UNKNOWN_REFERENCE", `there is no material ${row.thickness_id}`)
      continue
    }
    for (const [position, id] of row.coating_ids.entries()) {
      if (coatings.has(id) && !material.coating_ids.includes(id)) {
        fault(
          `${place}.coating_ids[${position}]`,
          "PACKAGE_IMPOSSIBLE",
          `${material.code} does not take ${coatings.get(id)?.code}`
        )
      }
    }
    for (const [position, id] of row.lens_type_ids.entries()) {
      const type = types.get(id)
      if (type === undefined) continue
      if (!type.thickness_ids.includes(row.thickness_id)) {
        fault(
          `${place}.lens_type_ids[${position}]`,
          "PACKAGE_IMPOSSIBLE",
          `${type.code} is not made of ${material.code}`
        )
      }
      const single = type.design === "single_vision" || type.design === "plano"
      const parts = [
        type.price,
        single ? material.price : material.price_multifocal,
        ...row.coating_ids.map((coating) => coatings.get(coating)?.price ?? "0")
      ]
      const sum = parts.reduce((total, part) => total + (minorUnits(part, exponent) ?? 0), 0)
      if (price > sum) {
        fault(
          `${place}.price`,
          "PACKAGE_DEARER_THAN_PARTS",
          `${row.price} is more than ${type.code} costs in parts`
        )
      }
    }
  }

  const balances = new Map<string, number>()
  for (const [index, row] of file.stock_log.entries()) {
    const balance = (balances.get(row.sku) ?? 0) + row.delta
    balances.set(row.sku, balance)
    if (balance < 0) fault(`stock_log[${index}].delta`, "STOCK_BALANCE", `${row.sku} would have ${balance}`)
    else if (balance !== row.balance_after) {
      fault(
        `stock_log[${index}].balance_after`,
        "STOCK_BALANCE",
        `${row.sku} has ${balance} then, not ${row.balance_after}`
      )
    }
  }
  return faults
}

/** The filter category of a transmittance in percent: 0 above 80, 1 above 43, 2 above 18, 3 above 8, else 4 (ISO 12312-1). */
const filterCategory = (transmittance: number): number =>
  transmittance > 80 ? 0 : transmittance > 43 ? 1 : transmittance > 18 ? 2 : transmittance > 8 ? 3 : 4
