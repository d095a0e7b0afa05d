import { create, fromBinary } from "@bufbuild/protobuf"
import { ManageStock, type Product, ProductSchema } from "@optica/contracts/optica/catalog/v1/product_pb"
import { type ProductStock, ProductStockSchema } from "@optica/contracts/optica/catalog/v1/stock_pb"

/** Messages of products as they are stored. */
export interface StoredStock {
  readonly document: Uint8Array
  /** Of a variation: its product. */
  readonly owner_document: Uint8Array | null
  readonly variations: ReadonlyArray<Uint8Array>
}

/** The stock of a product with its variations, or of one variation. */
export const stockOf = (stored: StoredStock): ProductStock => {
  const product = read(stored.document)
  if (stored.owner_document !== null) return variationStock(product, read(stored.owner_document))
  const stock = ownStock(product)
  stock.variations = stored.variations.map((variation) => variationStock(read(variation), product))
  return stock
}

const read = (document: Uint8Array) => fromBinary(ProductSchema, document)

const ownStock = (product: Product): ProductStock =>
  create(ProductStockSchema, { id: product.id, purchasable: product.purchasable, ...counted(product) })

/**
 * A variation whose stock its product manages has none of its own: what was read with it is as old as it is, so the
 * product says it. That one order may hold only one piece, the product says of every variation.
 */
const variationStock = (variation: Product, owner: Product): ProductStock =>
  create(ProductStockSchema, {
    id: variation.id,
    purchasable: variation.purchasable,
    ...counted(
      variation.manageStock === ManageStock.PARENT && owner.manageStock === ManageStock.YES
        ? owner
        : variation
    ),
    manageStock: variation.manageStock,
    soldIndividually: owner.soldIndividually
  })

/** What is counted, where it is counted. */
const counted = (product: Product) => ({
  stockStatus: product.stockStatus,
  ...(product.stockQuantity === undefined ? {} : { stockQuantity: product.stockQuantity }),
  manageStock: product.manageStock,
  backorders: product.backorders,
  backordersAllowed: product.backordersAllowed,
  backordered: product.backordered,
  ...(product.lowStockAmount === undefined ? {} : { lowStockAmount: product.lowStockAmount }),
  soldIndividually: product.soldIndividually
})
