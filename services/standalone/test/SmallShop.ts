/** A shop of a few things of every kind, as the catalogue is told of it. */
import type { MessageInitShape } from "@bufbuild/protobuf"
import { type ChangeSchema, ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"

type Change = MessageInitShape<typeof ChangeSchema> & { readonly id: bigint }

const change = (kind: ResourceKind, id: number, json: object, parentId = 0): Change => ({
  kind,
  id: BigInt(id),
  parentId: BigInt(parentId),
  observation: 1n,
  state: { case: "sourceJson", value: JSON.stringify({ id, ...json }) }
})

const product = (position: number, fields: object): object => ({
  name: `Round Frame ${position}`,
  slug: `frame-${position}`,
  sku: `sku-${position}`,
  type: "simple",
  status: "publish",
  catalog_visibility: "visible",
  description: "<p>A round frame for the café.</p>",
  price: "10.00",
  regular_price: "10.00",
  stock_status: "instock",
  permalink: `https://shop.example/product/frame-${position}`,
  date_created_gmt: `2026-01-02T03:04:${String(position).padStart(2, "0")}`,
  date_modified_gmt: "2026-01-02T03:04:05",
  categories: [{ id: 31, name: "Round", slug: "round" }],
  tags: [{ id: 41, name: "New", slug: "new" }],
  brands: [{ id: 51, name: "Bolt", slug: "bolt" }],
  attributes: [
    {
      id: 61,
      name: "Color",
      slug: "pa_color",
      position: 0,
      visible: true,
      variation: true,
      options: ["Black"]
    }
  ],
  average_rating: "4.50",
  rating_count: 2,
  ...fields
})

export const shop: ReadonlyArray<Change> = [
  change(ResourceKind.CATEGORY, 30, { name: "Frames", slug: "frames", parent: 0 }),
  change(ResourceKind.CATEGORY, 31, { name: "Round", slug: "round", parent: 30 }),
  change(ResourceKind.TAG, 41, { name: "New", slug: "new" }),
  change(ResourceKind.ATTRIBUTE, 61, { name: "Color", slug: "pa_color", order_by: "menu_order" }),
  change(ResourceKind.TERM, 71, { name: "Black", slug: "black", menu_order: 1 }, 61),
  ...Array.from({ length: 24 }, (_, at) =>
    change(
      ResourceKind.PRODUCT,
      at + 1,
      product(at + 1, {
        ...(at % 3 === 0 ? { featured: true } : {}),
        ...(at % 4 === 0 ? { on_sale: true, sale_price: "5.00", price: "5.00" } : {}),
        ...(at === 5 ? { type: "variable", variations: [101, 102], price: "1.50" } : {}),
        ...(at === 6 ? { price: "", regular_price: "" } : {}),
        ...(at === 7 ? { status: "private" } : {}),
        ...(at === 8 ? { name: "Café Lunettes", slug: "%e0%a4%9a", global_unique_id: "4006381333931" } : {})
      })
    )
  ),
  ...[101, 102].map((id) =>
    change(
      ResourceKind.VARIATION,
      id,
      product(id, {
        type: "variation",
        parent_id: 6,
        date_created_gmt: "2026-01-02T03:04:05",
        price: id === 101 ? "1.50" : "99.90",
        attributes: [{ id: 61, name: "Color", slug: "pa_color", option: "Black" }]
      }),
      6
    )
  ),
  ...[201, 202, 203].map((id) =>
    change(ResourceKind.REVIEW, id, {
      product_id: 1,
      status: id === 203 ? "hold" : "approved",
      reviewer: "Asha",
      reviewer_email: "asha@shop.example",
      review: "<p>Fits well.</p>",
      rating: 5,
      verified: true,
      date_created_gmt: "2026-02-02T03:04:05"
    })
  )
]
