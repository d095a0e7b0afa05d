import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Envelope, PageEnvelope } from "./Answers.ts"
import * as Parameters from "./Parameters.ts"
import * as Problems from "./Problems.ts"
import { ProductView, productFields, VariationView, variationFields } from "./ProductView.ts"

/** Filters, order and page of a product list. */
export const ProductQuery = Schema.Struct({
  page: Schema.optionalKey(Parameters.page),
  per_page: Schema.optionalKey(Parameters.perPage),
  fields: Schema.optionalKey(Parameters.fields(productFields)),
  categories: Schema.optionalKey(Parameters.categories),
  tag: Schema.optionalKey(Parameters.tag),
  sku: Schema.optionalKey(Parameters.sku),
  include: Schema.optionalKey(Parameters.include),
  min_price: Schema.optionalKey(Parameters.minPrice),
  max_price: Schema.optionalKey(Parameters.maxPrice),
  on_sale: Schema.optionalKey(Parameters.onSale),
  featured: Schema.optionalKey(Parameters.featured),
  stock_status: Schema.optionalKey(Parameters.stockStatus),
  orderby: Schema.optionalKey(Parameters.orderby),
  order: Schema.optionalKey(Parameters.order)
})
export type ProductQuery = typeof ProductQuery.Type

const params = { id: Parameters.id }

export class ProductsApi extends HttpApiGroup.make("products")
  .add(
    HttpApiEndpoint.get("listProducts", "/api/products", {
      query: ProductQuery,
      success: PageEnvelope(ProductView)
    }).annotateMerge(
      OpenApi.annotations({
        summary: "List products",
        description: "A page of the products that match all filters. The same product is never on two pages."
      })
    ),
    HttpApiEndpoint.get("getProduct", "/api/products/:id", {
      params,
      query: { fields: Schema.optionalKey(Parameters.fields(productFields)) },
      success: Envelope(ProductView),
      error: Problems.NotFound
    }).annotateMerge(OpenApi.annotations({ summary: "Get a product or a variation" })),
    HttpApiEndpoint.get("listVariations", "/api/products/:id/variations", {
      params,
      query: {
        page: Schema.optionalKey(Parameters.page),
        per_page: Schema.optionalKey(Parameters.perPage),
        fields: Schema.optionalKey(Parameters.fields(variationFields))
      },
      success: PageEnvelope(VariationView),
      error: Problems.NotFound
    }).annotateMerge(
      OpenApi.annotations({
        summary: "List the variations of a product",
        description: "In the shop's order: by menu_order, then id."
      })
    )
  )
  .annotateMerge(
    OpenApi.annotations({
      title: "Products",
      description:
        "What an anonymous visitor of the shop sees. Names, types and nulls are those of the WooCommerce REST API v3; prices are decimal strings exactly as the shop sent them; HTML is sanitized."
    })
  ) {}
