import { readFileSync } from "node:fs"
import { emptyEye } from "@optica/optics/Prescription"
import * as Schema from "effect/Schema"
import { CatalogueFile } from "../src/CatalogueFile.ts"
import { readCatalogue } from "../src/ReadCatalogue.ts"
import type { Order } from "../src/Selection.ts"

/** The seed catalogue, as a file. */
export const seed = Schema.decodeUnknownSync(Schema.fromJsonString(CatalogueFile))(
  readFileSync(new URL("../data/lens-catalogue.json", import.meta.url), "utf8")
)

export const catalogue = readCatalogue(seed)

export const today = "2026-06-01"

export const eye = (sphereMillidioptres: number, cylinderMillidioptres = 0, axis: number | null = null) => ({
  ...emptyEye,
  sphereMillidioptres,
  cylinderMillidioptres,
  axis
})

/** A myope's everyday glasses. */
export const order: Order = {
  selection: {
    type: "SV-D",
    material: "160",
    coatings: ["AR+"],
    tint: null,
    options: [],
    eyes: ["right", "left"]
  },
  prescription: {
    right: eye(-2250, -750, 27),
    left: eye(-2000),
    pd: { binocularTenthsMm: 630 },
    fittingHeight: null,
    issued: "2026-01-10",
    expires: null
  },
  frame: { aTenthsMm: 520, bTenthsMm: 400, dblTenthsMm: 180, edTenthsMm: 540 },
  wearer: { ageYears: 30, uses: ["everyday"] },
  confirmedWarnings: [],
  country: "ES"
}

export const select = (selection: Partial<Order["selection"]>): Order => ({
  ...order,
  selection: { ...order.selection, ...selection }
})
