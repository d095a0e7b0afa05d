import { create, toBinary } from "@bufbuild/protobuf"
import { CategorySchema } from "@optica/contracts/optica/catalog/v1/category_pb"
import type { Category } from "@optica/woocommerce/Category"
import { plainText, sanitize } from "./Html.ts"
import { forEveryone, imageMessage, int32 } from "./ProductMessage.ts"
import { sortable, titleKey } from "./TitleKey.ts"

/** A category as it is stored: a row of the table `categories`. */
export interface CategoryRow {
  readonly id: number
  readonly parentId: number
  readonly menuOrder: number
  readonly titleKey: string
  readonly slug: string
  /** The category message, without the count. */
  readonly document: Uint8Array
  readonly source: string
}

export const categoryRow = (category: Category, source: string): CategoryRow => ({
  id: category.id,
  parentId: category.parent,
  menuOrder: int32(category.menu_order),
  titleKey: titleKey(category.name),
  slug: sortable(category.slug),
  document: toBinary(
    CategorySchema,
    create(CategorySchema, {
      id: BigInt(category.id),
      name: plainText(category.name),
      slug: plainText(category.slug),
      parent: BigInt(category.parent),
      description: sanitize(category.description),
      display: plainText(category.display),
      ...(category.image === null ? {} : { image: imageMessage(category.image, forEveryone) }),
      menuOrder: int32(category.menu_order)
    })
  ),
  source
})

interface Node {
  readonly id: number
  readonly parentId: number
}

/**
 * Puts every category after its parent, siblings in the order given. What hangs on a missing parent, or on itself by a
 * detour, stands at the top: a category is never lost.
 */
export const parentsFirst = <A extends Node>(siblingsInOrder: ReadonlyArray<A>): ReadonlyArray<A> => {
  const known = new Set(siblingsInOrder.map((node) => node.id))
  const below = Map.groupBy(siblingsInOrder, (node) => node.parentId)
  const placed = new Set<A>()
  const place = (first: A) => {
    const waiting = [first]
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (placed.has(node)) continue
      placed.add(node)
      waiting.push(...(below.get(node.id) ?? []).toReversed())
    }
  }
  for (const node of siblingsInOrder) if (!known.has(node.parentId)) place(node)
  for (const node of siblingsInOrder) place(node)
  return [...placed]
}
