/** What the catalogue of tests has beside recorded products: counts, stock, reviews and figures. */
import type { MessageInitShape } from "@bufbuild/protobuf"
import { timestampFromDate } from "@bufbuild/protobuf/wkt"
import type { FacetsSchema } from "@optica/contracts/optica/catalog/v1/facet_pb"
import { ManageStock } from "@optica/contracts/optica/catalog/v1/product_pb"
import type { ReviewSchema } from "@optica/contracts/optica/catalog/v1/review_pb"
import type { CatalogStatsSchema } from "@optica/contracts/optica/catalog/v1/stats_pb"
import type { ProductStockSchema } from "@optica/contracts/optica/catalog/v1/stock_pb"

export const facets: MessageInitShape<typeof FacetsSchema> = {
  categories: [{ id: 16n, name: "Frames", slug: "frames", parent: 0n, count: 21n }],
  brands: [{ id: 51n, name: "Bolt", slug: "bolt", count: 3n }],
  attributes: [{ slug: "pa_colour", name: "Colour", terms: [{ slug: "black", name: "Black", count: 4n }] }],
  prices: [{ minPrice: "0", maxPrice: "999.99", count: 2n }],
  stockStatuses: [{ stockStatus: "instock", count: 20n }],
  onSale: 5n,
  featured: 1n,
  ratings: [{ rating: 5, count: 2n }]
}

export const stock: MessageInitShape<typeof ProductStockSchema> = {
  stockStatus: "instock",
  stockQuantity: -1.5,
  manageStock: ManageStock.PARENT,
  backorders: "yes",
  variations: [{ id: 39n, stockStatus: "onbackorder", manageStock: ManageStock.NO }]
}

export const reviews: ReadonlyArray<MessageInitShape<typeof ReviewSchema>> = [
  {
    id: 7n,
    productId: 18n,
    dateCreatedGmt: "2026-11-20T10:00:00",
    reviewer: "Asha",
    review: "<p>Good.</p>",
    rating: 5
  },
  { id: 5n, productId: 18n, reviewer: "Ben", review: "", rating: 0, verified: true }
]

export const stats: MessageInitShape<typeof CatalogStatsSchema> = {
  products: 21n,
  stockStatuses: [{ stockStatus: "instock", count: 20n }],
  minPrice: "199",
  averagePrice: "1499.50",
  computedAt: timestampFromDate(new Date("2026-11-21T03:09:00Z")),
  ageMs: 61_000n
}
