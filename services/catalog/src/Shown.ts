import { fromBinary } from "@bufbuild/protobuf"
import { type Product, ProductSchema } from "@optica/contracts/optica/catalog/v1/product_pb"
import type { StoredProduct } from "./CatalogSql/readProducts.ts"
import { isPublicKey, type MetaAllow } from "./ProductMessage.ts"

/**
 * A stored product as the public may see it now: without products that it names and that are not public, and without keys
 * of meta_data that have been taken off the list since it was written.
 */
export const shown = (allow: MetaAllow, row: StoredProduct): Product => {
  const product = fromBinary(ProductSchema, row.document)
  const seen = new Set(row.public_ids)
  const isSeen = (id: bigint) => seen.has(id)
  product.variations = product.variations.filter(isSeen)
  product.groupedProducts = product.groupedProducts.filter(isSeen)
  product.upsellIds = product.upsellIds.filter(isSeen)
  product.crossSellIds = product.crossSellIds.filter(isSeen)
  product.relatedIds = product.relatedIds.filter(isSeen)
  product.metaData = product.metaData.filter((row) => isPublicKey(allow, row.key))
  return product
}
