import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Envelope } from "./Answers.ts"
import * as Parameters from "./Parameters.ts"
import { Produces } from "./Routes.ts"

const text = (contentType: string) => Schema.String.pipe(HttpApiSchema.asText({ contentType }))

const script = <const Name extends string, const Path extends `/${string}`>(name: Name, path: Path) =>
  HttpApiEndpoint.get(name, path, { query: Parameters.nothing, success: text("text/javascript") })
    .annotate(Produces, "text/javascript")
    .annotateMerge(OpenApi.annotations({ exclude: true }))

/** What a newcomer looks for. */
const Index = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  documentation: Schema.String,
  openapi: Schema.String,
  products: Schema.String,
  categories: Schema.String
})

export class DocumentsApi extends HttpApiGroup.make("documents")
  .add(
    HttpApiEndpoint.get("index", "/", { query: Parameters.nothing, success: Envelope(Index) }).annotateMerge(
      OpenApi.annotations({ summary: "Where things are" })
    ),
    HttpApiEndpoint.get("openapi", "/openapi.json", {
      query: Parameters.nothing,
      success: Schema.Record(Schema.String, Schema.Unknown)
    }).annotateMerge(OpenApi.annotations({ summary: "This document", description: "OpenAPI 3.1." })),
    HttpApiEndpoint.get("docs", "/docs", { query: Parameters.nothing, success: text("text/html") })
      .annotate(Produces, "text/html")
      .annotateMerge(OpenApi.annotations({ summary: "The documentation, to read and to try" })),
    script("docsScalar", "/docs/scalar.js"),
    script("docsStart", "/docs/start.js")
  )
  .annotateMerge(OpenApi.annotations({ title: "Documentation" })) {}
