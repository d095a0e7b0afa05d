/** The whole REST contract: handlers, routes and the OpenAPI document are read from it. */
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as Layer from "effect/Layer"
import { CategoriesApi } from "./CategoriesApi.ts"
import { DocumentsApi } from "./DocumentsApi.ts"
import { HealthApi } from "./HealthApi.ts"
import { annotations } from "./OpenApiDocument.ts"
import * as Problems from "./Problems.ts"
import { ProductsApi } from "./ProductsApi.ts"
import { SearchApi } from "./SearchApi.ts"
import { SyncApi } from "./SyncApi.ts"

/** Declares what any route may answer with. It does nothing: `Handler` turns every failure into its problem. */
export class AnyRefusal extends HttpApiMiddleware.Service<AnyRefusal>()("@optica/edge/AnyRefusal", {
  error: [
    Problems.documented("VALIDATION_ERROR"),
    Problems.documented("NOT_ACCEPTABLE"),
    Problems.documented("PRECONDITION_FAILED"),
    Problems.documented("PAYLOAD_TOO_LARGE"),
    Problems.documented("URI_TOO_LONG"),
    Problems.documented("UNSUPPORTED_MEDIA_TYPE"),
    Problems.documented("HEADERS_TOO_LARGE"),
    Problems.documented("INTERNAL_ERROR"),
    Problems.documented("SERVICE_UNAVAILABLE"),
    Problems.documented("UPSTREAM_TIMEOUT")
  ]
}) {
  static readonly layer = Layer.succeed(AnyRefusal, (answer) => answer)
}

// Every wrong field is reported at once, and what is not known is wrong.
const strict = { errors: "all", onExcessProperty: "error" } as const

export class Api extends HttpApi.make("optica")
  .add(ProductsApi, SearchApi, CategoriesApi, SyncApi, HealthApi, DocumentsApi)
  .middleware(AnyRefusal)
  .annotate(HttpApi.ParamsParseOptions, strict)
  .annotate(HttpApi.QueryParseOptions, strict)
  .annotate(HttpApi.PayloadParseOptions, strict)
  .annotateMerge(annotations) {}
