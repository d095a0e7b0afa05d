/** The stock of a product and its variations; each field is that of the product. */
import type { ProductStock } from "@optica/contracts/optica/catalog/v1/stock_pb"
import * as Schema from "effect/Schema"
import { manageStock, ProductView } from "./ProductView.ts"

const { fields } = ProductView

const own = {
  id: fields.id,
  stock_status: fields.stock_status,
  stock_quantity: fields.stock_quantity,
  manage_stock: fields.manage_stock,
  backorders: fields.backorders,
  backorders_allowed: fields.backorders_allowed,
  backordered: fields.backordered,
  low_stock_amount: fields.low_stock_amount,
  purchasable: fields.purchasable,
  sold_individually: fields.sold_individually
}

const VariationStock = Schema.Struct(own).annotate({ identifier: "VariationStock" })

export const StockView = Schema.Struct({
  ...own,
  variations: Schema.Array(VariationStock).annotate({
    description: "The public variations, in the shop's order"
  })
}).annotate({ identifier: "Stock" })
export type StockView = typeof StockView.Type

const ownStock = (stock: ProductStock): typeof VariationStock.Type => ({
  id: Number(stock.id),
  stock_status: stock.stockStatus,
  stock_quantity: stock.stockQuantity ?? null,
  manage_stock: manageStock(stock.manageStock),
  backorders: stock.backorders,
  backorders_allowed: stock.backordersAllowed,
  backordered: stock.backordered,
  low_stock_amount: stock.lowStockAmount ?? null,
  purchasable: stock.purchasable,
  sold_individually: stock.soldIndividually
})

export const stockView = (stock: ProductStock): StockView => ({
  ...ownStock(stock),
  variations: stock.variations.map(ownStock)
})
