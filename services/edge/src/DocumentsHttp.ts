import { randomBytes } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Answers from "./Answers.ts"
import { Api } from "./Api.ts"
import * as Compression from "./Compression.ts"
import * as Exchange from "./Exchange.ts"
import { API_VERSION } from "./ResponseHeaders.ts"
import * as Scalar from "./Scalar.ts"
import * as Validators from "./Validators.ts"

/** A text that stays the same while the process lives, with its codings made once. */
interface Document {
  readonly contentType: string
  readonly etag: string
  readonly plain: Uint8Array
  readonly coded: Record<Compression.Coding, Effect.Effect<Uint8Array>>
}

const document = (contentType: string, load: Effect.Effect<string>): Effect.Effect<Effect.Effect<Document>> =>
  Effect.cached(
    Effect.gen(function* () {
      const text = yield* load
      const plain = new TextEncoder().encode(text)
      return {
        contentType,
        etag: Validators.entityTag(text),
        plain,
        coded: {
          br: yield* Effect.cached(Compression.compress("br", plain)),
          gzip: yield* Effect.cached(Compression.compress("gzip", plain))
        }
      }
    })
  )

const answer = Effect.fnUntraced(function* (
  request: HttpServerRequest,
  { contentType, etag, plain, coded }: Document
) {
  const { headers: asked } = Exchange.of(request).request
  const headers = { etag, "cache-control": "public, max-age=300" }
  const now = yield* Clock.currentTimeMillis
  if (Validators.evaluate(asked, etag, undefined, now) === "not-modified") {
    return HttpServerResponse.empty({ status: 304, headers })
  }
  const coding = Compression.negotiate(asked["accept-encoding"])
  return coding === undefined
    ? HttpServerResponse.uint8Array(plain, { headers, contentType })
    : HttpServerResponse.uint8Array(yield* coded[coding], {
        headers: { ...headers, "content-encoding": coding },
        contentType
      })
})

const index = {
  name: "Optica",
  version: API_VERSION,
  documentation: "/docs",
  openapi: "/openapi.json",
  products: "/api/products",
  categories: "/api/categories"
}

/** Answers with the documentation. */
export const layer = HttpApiBuilder.group(
  Api,
  "documents",
  Effect.fnUntraced(function* (handlers) {
    const openapi = yield* document(
      "application/json",
      Effect.sync(() => JSON.stringify(OpenApi.fromApi(Api)))
    )
    const scalar = yield* document("text/javascript; charset=utf-8", Scalar.script)
    const start = yield* document("text/javascript; charset=utf-8", Effect.succeed(Scalar.start))
    return handlers.handleAll({
      index: ({ request }) => Effect.sync(() => Answers.privately(Exchange.of(request), index)),
      openapi: ({ request }) => Effect.flatMap(openapi, (it) => answer(request, it)),
      docs: () =>
        Effect.sync(() => {
          const nonce = randomBytes(16).toString("base64")
          return HttpServerResponse.text(Scalar.page(nonce), {
            headers: { "content-security-policy": Scalar.policy(nonce), "cache-control": "no-store" },
            contentType: "text/html; charset=utf-8"
          })
        }),
      docsScalar: ({ request }) => Effect.flatMap(scalar, (it) => answer(request, it)),
      docsStart: ({ request }) => Effect.flatMap(start, (it) => answer(request, it))
    })
  })
)
