import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { Api } from "../src/Api.ts"
import { finder } from "../src/Routes.ts"

const find = finder(Api)

describe("what is served at a path", () => {
  it.each([
    ["/", "/"],
    ["/api/products", "/api/products"],
    ["/api/products/18", "/api/products/:id"],
    ["/api/products/%31", "/api/products/:id"],
    ["/sync/runs/x/events", "/sync/runs/:id/events"],
    ["/docs/scalar.js", "/docs/scalar.js"]
  ])("%s is %s", (path, template) => {
    expect(find(path)?.template).toBe(template)
  })

  it.each(["", "//", "/api/", "/API/products", "/docs/other.js", "/api/products/%ff"])(
    "at %s is nothing",
    (path) => {
      expect(find(path)).toBeUndefined()
    }
  )

  it("is told with its methods and its media type", () => {
    expect(find("/sync/runs/x/events")).toMatchObject({
      allow: "GET, HEAD, OPTIONS",
      produces: "text/event-stream"
    })
    expect(find("/sync/full")).toMatchObject({ allow: "POST, OPTIONS", probe: false })
    expect(find("/health/ready")).toMatchObject({ produces: "application/json", probe: true })
  })

  it.prop("is looked up for any path without a fall", [Schema.String], ([path]) => {
    find(path)
    find(`/api/products/${path}`)
  })
})
