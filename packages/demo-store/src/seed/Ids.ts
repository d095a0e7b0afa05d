/**
 * One id space for all posts, as in WordPress: each seeded product owns 16 ids, so that any id says at once what it is
 * and of which product. + 0 the product, + 1 … + 12 its variations, + 13 … + 15 its pictures.
 */
export const firstProductId = 1000
const stride = 16

export const productIdAt = (index: number): number => firstProductId + index * stride
export const variationIdAt = (index: number, position: number): number => productIdAt(index) + 1 + position
export const imageIdAt = (index: number, position: number): number => productIdAt(index) + 13 + position

/** Where an id falls: index of its product, and its place among that product's ids. */
export const slotOf = (id: number): { readonly index: number; readonly slot: number } => ({
  index: Math.floor((id - firstProductId) / stride),
  slot: (id - firstProductId) % stride
})

/** The first id after all seeded products: orders follow. */
export const afterProducts = (products: number): number => productIdAt(products)
