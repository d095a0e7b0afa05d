import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Envelope, PageEnvelope, PageEnvelopeWith } from "./Answers.ts"
import { ListMeta } from "./CorrectedSearch.ts"
import * as Parameters from "./Parameters.ts"
import * as Problems from "./Problems.ts"
import * as ProductQuery from "./ProductQuery.ts"
import { ProductPart, productFields, VariationPart } from "./ProductView.ts"
import { ReviewView } from "./ReviewView.ts"
import { StockView } from "./StockView.ts"

const params = { id: Parameters.id }
const query = { fields: Schema.optionalKey(Parameters.fields(productFields)) }

const told = (summary: string, description?: string) =>
  OpenApi.annotations(description === undefined ? { summary } : { summary, description })

export class ProductsApi extends HttpApiGroup.make("products")
  .add(
    HttpApiEndpoint.get("listProducts", "/api/products", {
      query: ProductQuery.ListQuery,
      success: PageEnvelopeWith(ProductPart, ListMeta)
    }).annotateMerge(
      told(
        "List products",
        `A page of the products that match all filters. Whoever goes on by \`next_cursor\` sees every product exactly once whose sort key does not change meanwhile; by number, products move from page to page while the shop changes. \`Link\` leads to the other pages: by number for the first ${Parameters.DEEPEST.toLocaleString("en")} items, by cursor from there.`
      )
    ),
    HttpApiEndpoint.get("listFeatured", "/api/products/featured", {
      query: ProductQuery.FeaturedQuery,
      success: PageEnvelopeWith(ProductPart, ListMeta)
    }).annotateMerge(told("List featured products")),
    HttpApiEndpoint.get("listByCategory", "/api/products/categories/:id", {
      params,
      query: ProductQuery.CategoryListQuery,
      success: PageEnvelopeWith(ProductPart, ListMeta),
      error: Problems.NotFound
    }).annotateMerge(told("List the products of a category", "Those in it and in the categories below it.")),
    HttpApiEndpoint.get("getProductBySlug", "/api/products/slug/:slug", {
      params: { slug: Parameters.slug },
      query,
      success: Envelope(ProductPart),
      error: Problems.NotFound
    }).annotateMerge(told("Get a product by its slug")),
    HttpApiEndpoint.get("getProduct", "/api/products/:id", {
      params,
      query,
      success: Envelope(ProductPart),
      error: Problems.NotFound
    }).annotateMerge(told("Get a product or a variation")),
    HttpApiEndpoint.get("listVariations", "/api/products/:id/variations", {
      params,
      query: ProductQuery.VariationsQuery,
      success: PageEnvelope(VariationPart),
      error: Problems.NotFound
    }).annotateMerge(
      told("List the variations of a product", "In the shop's order: by menu_order, then id.")
    ),
    HttpApiEndpoint.get("getStock", "/api/products/:id/stock", {
      params,
      query: Parameters.nothing,
      success: Envelope(StockView),
      error: Problems.NotFound
    }).annotateMerge(told("Get the stock of a product or a variation")),
    HttpApiEndpoint.get("listReviews", "/api/products/:id/reviews", {
      params,
      query: ProductQuery.ReviewsQuery,
      success: PageEnvelope(ReviewView),
      error: Problems.NotFound
    }).annotateMerge(told("List the reviews of a product", "Approved ones, the newest first."))
  )
  .annotateMerge(
    OpenApi.annotations({
      title: "Products",
      description:
        "What an anonymous visitor of the shop sees. Names, types and nulls are those of the WooCommerce REST API v3; prices are decimal strings exactly as the shop sent them; HTML is sanitized."
    })
  ) {}
