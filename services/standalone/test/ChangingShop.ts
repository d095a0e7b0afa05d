/** Things of a shop that change between public and hidden, and what the public may see of them. */
/** A product or variation as the shop has it; null: the shop has it no more. */
export interface Thing {
  readonly type: "simple" | "variable" | "grouped" | "external" | "variation"
  readonly parent: number
  readonly status: string
  readonly password: string
  readonly visibility: string
  /** Whether a field of it cannot be understood. */
  readonly broken: boolean
}

export const thing = (fields: Partial<Thing> = {}): Thing => ({
  ...{ type: "simple", parent: 0, status: "publish", password: "", visibility: "visible", broken: false },
  ...fields
})

export const categoryId = 900

/** Digits that nothing else of an answer holds, save its random request and trace id: an id is found wherever an answer names it. */
export const idOf = (position: number) => 7_310_000 + position

export type Shop = ReadonlyMap<number, Thing | null>

const isOpen = (it: Thing | null | undefined) => it?.status === "publish" && it.password === ""
const isPublic = (shop: Shop, id: number) => {
  const it = shop.get(id)
  return isOpen(it) && (it?.type !== "variation" || isOpen(shop.get(it.parent)))
}
const isShown = (shop: Shop, id: number, where: string) => {
  const it = shop.get(id)
  return (
    isPublic(shop, id) &&
    it?.type !== "variation" &&
    (it?.visibility === "visible" || it?.visibility === where)
  )
}

/** What the public may see of the shop, by id. */
export const visible = (shop: Shop) => {
  const ids = [...shop.keys()]
  const seen = ids.filter((id) => isPublic(shop, id))
  return {
    ids,
    seen,
    products: seen.filter((id) => shop.get(id)?.type !== "variation"),
    listed: ids.filter((id) => isShown(shop, id, "catalog")),
    found: ids.filter((id) => isShown(shop, id, "search")),
    variationsOf: (parent: number) => seen.filter((id) => shop.get(id)?.parent === parent)
  }
}

export const json = (id: number, it: Thing, named: ReadonlyArray<number>) =>
  JSON.stringify({
    ...{
      id,
      name: `thing ${id}`,
      slug: `thing-${id}`,
      sku: `sku-${id}`,
      type: it.type,
      parent_id: it.parent
    },
    ...{ status: it.status, post_password: it.password, catalog_visibility: it.visibility },
    ...{
      price: it.broken ? "no price" : "10.00",
      stock_status: "instock",
      permalink: `https://shop.example/${id}`
    },
    ...{ date_created_gmt: "2026-01-02T03:04:05", date_modified_gmt: "2026-01-02T03:04:05" },
    categories: [{ id: categoryId, name: "All", slug: "all" }],
    ...{ brands: [{ id: 910, name: "Brand", slug: "brand" }], tags: [{ id: 920, name: "Tag", slug: "tag" }] },
    attributes: [
      { id: 930, name: "Color", slug: "pa_color", options: ["Black"], option: "Black" },
      { id: 0, name: "Note", slug: "note", options: [`noted ${id}`], option: `noted ${id}` }
    ],
    ...{ description: `<p>described ${id}</p>`, featured: true, average_rating: "5.00", rating_count: 1 },
    ...{ on_sale: true, sale_price: it.broken ? "no price" : "10.00", regular_price: "20.00" },
    ...{ variations: named, grouped_products: named, upsell_ids: named, cross_sell_ids: named },
    related_ids: named
  })

/** The review of a thing: it has no more to be seen than its product has. */
export const review = (id: number) =>
  JSON.stringify({
    ...{ id: id + 10_000_000, product_id: id, status: "approved", rating: 5, reviewer: `reviewer of ${id}` },
    ...{ review: `<p>review of ${id}</p>`, date_created_gmt: "2026-01-02T03:04:05" }
  })
