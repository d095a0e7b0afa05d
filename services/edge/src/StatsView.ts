/** Figures of the whole catalogue, as the public may see it. */
import { timestampDate } from "@bufbuild/protobuf/wkt"
import type { CatalogStats } from "@optica/contracts/optica/catalog/v1/stats_pb"
import * as Schema from "effect/Schema"
import { StockCount, stockCount } from "./FacetsView.ts"

export const StatsView = Schema.Struct({
  products: Schema.Int.annotate({ description: "Listed products; variations are counted apart" }),
  variations: Schema.Int,
  categories: Schema.Int,
  tags: Schema.Int,
  brands: Schema.Int,
  reviews: Schema.Int,
  on_sale: Schema.Int,
  featured: Schema.Int,
  stock_statuses: Schema.Array(StockCount),
  min_price: Schema.String.annotate({ description: 'A decimal string; "" where nothing has a price' }),
  max_price: Schema.String,
  average_price: Schema.String,
  average_rating: Schema.String,
  computed_at: Schema.NullOr(Schema.String).annotate({ description: "When they were counted, UTC" })
}).annotate({ identifier: "Stats" })
export type StatsView = typeof StatsView.Type

/** How old figures are: of this answer, so it is no part of what they say. */
export const FiguresAge = {
  age_ms: Schema.Int.annotate({ description: "Milliseconds since the figures were counted" }),
  outdated: Schema.Boolean.annotate({ description: "Whether the catalogue has changed since" })
}

export const statsView = (stats: CatalogStats): StatsView => ({
  products: Number(stats.products),
  variations: Number(stats.variations),
  categories: Number(stats.categories),
  tags: Number(stats.tags),
  brands: Number(stats.brands),
  reviews: Number(stats.reviews),
  on_sale: Number(stats.onSale),
  featured: Number(stats.featured),
  stock_statuses: stats.stockStatuses.map(stockCount),
  min_price: stats.minPrice,
  max_price: stats.maxPrice,
  average_price: stats.averagePrice,
  average_rating: stats.averageRating,
  computed_at: stats.computedAt === undefined ? null : timestampDate(stats.computedAt).toISOString()
})
