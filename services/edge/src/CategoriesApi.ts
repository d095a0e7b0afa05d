import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Envelope } from "./Answers.ts"
import { CategoryNode, CategoryView } from "./CategoryView.ts"
import * as Parameters from "./Parameters.ts"
import * as Problems from "./Problems.ts"

export class CategoriesApi extends HttpApiGroup.make("categories")
  .add(
    HttpApiEndpoint.get("listCategories", "/api/categories", {
      query: Parameters.nothing,
      success: Envelope(Schema.Array(CategoryNode))
    }).annotateMerge(
      OpenApi.annotations({
        summary: "The category tree",
        description:
          "All categories as trees: `data` holds those at the top, each with those right below it in `children`. Siblings stand in the shop's order."
      })
    ),
    HttpApiEndpoint.get("getCategory", "/api/categories/:id", {
      params: { id: Parameters.id },
      query: Parameters.nothing,
      success: Envelope(CategoryView),
      error: Problems.NotFound
    }).annotateMerge(
      OpenApi.annotations({ summary: "Get a category", description: "Without what is below it." })
    )
  )
  .annotateMerge(OpenApi.annotations({ title: "Categories" })) {}
