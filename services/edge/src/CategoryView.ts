/** Product categories as WooCommerce's REST API v3 shows them, and their tree. */
import type { Category } from "@optica/contracts/optica/catalog/v1/category_pb"
import * as Schema from "effect/Schema"
import { ImageView, imageView } from "./ImageView.ts"
import { encodedName } from "./ProductView.ts"

const fields = {
  id: Schema.Int,
  name: encodedName("Name"),
  slug: Schema.String,
  parent: Schema.Int,
  description: Schema.String,
  display: Schema.String,
  image: Schema.NullOr(ImageView),
  menu_order: Schema.Int,
  count: Schema.Int.annotate({ description: "Public products in it or below it; each counts once" })
}

export const CategoryView = Schema.Struct(fields).annotate({ identifier: "Category" })
export type CategoryView = typeof CategoryView.Type

export interface CategoryNode extends CategoryView {
  readonly children: ReadonlyArray<CategoryNode>
}

/** A category with the categories right below it, and so on. */
export const CategoryNode: Schema.Codec<CategoryNode> = Schema.Struct({
  ...fields,
  children: Schema.Array(Schema.suspend((): Schema.Codec<CategoryNode> => CategoryNode))
}).annotate({ identifier: "CategoryNode" })

export const categoryView = (category: Category): CategoryView => ({
  id: Number(category.id),
  name: category.name,
  slug: category.slug,
  parent: Number(category.parent),
  description: category.description,
  display: category.display,
  image: category.image === undefined ? null : imageView(category.image),
  menu_order: category.menuOrder,
  count: Number(category.count)
})

/** The trees of categories that stand at the top. One whose parent is not among them stands at the top as well. */
export const categoryTree = (categories: ReadonlyArray<Category>): ReadonlyArray<CategoryNode> => {
  const nodes = categories.map((category) => {
    const children: Array<CategoryNode> = []
    return { ...categoryView(category), children }
  })
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const above = (node: CategoryNode) => (node.parent === node.id ? undefined : byId.get(node.parent))
  const cut = new Set<CategoryNode>()
  const settled = new Set<CategoryNode>()
  for (const node of nodes) {
    // Up to what is known to hang below a root, or to where parents go round in a circle: it is cut there.
    const path = new Set<CategoryNode>()
    let top: CategoryNode | undefined = node
    while (top !== undefined && !settled.has(top) && !path.has(top)) {
      path.add(top)
      top = above(top)
    }
    if (top !== undefined && path.has(top)) cut.add(top)
    for (const it of path) settled.add(it)
  }
  const roots: Array<CategoryNode> = []
  for (const node of nodes) (cut.has(node) ? roots : (above(node)?.children ?? roots)).push(node)
  return roots
}
