import type { Run } from "../src/Run.ts"
import type { FakeShop, ShopRequest } from "./FakeShop.ts"

export const product = (id: number, more: Record<string, unknown> = {}) => ({
  id,
  name: `Product ${id}`,
  status: "publish",
  type: "simple",
  ...more
})

export const fill = (shop: FakeShop, products: number) => {
  for (let id = 1; id <= products; id++) shop.put("/products", product(id))
}

export const step = (run: Run, resource: string) => run.steps.find((it) => it.resource === resource)

/** A page of whole products, not of ids alone and not the count that a run begins with. */
export const isSweep = ({ path, query }: ShopRequest) =>
  path === "/products" && query.has("offset") && !query.has("_fields")
