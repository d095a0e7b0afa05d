/** The storefront page: a few files that a browser runs as they are, and that know the shop through the public API alone. */
import { readFile } from "node:fs/promises"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Exchange from "./Exchange.ts"
import { prefers } from "./MediaTypes.ts"
import type { Route } from "./Routes.ts"
import * as Validators from "./Validators.ts"

const script = "text/javascript; charset=utf-8"
const style = "text/css; charset=utf-8"

const files = {
  "index.html": "text/html; charset=utf-8",
  "storefront.css": style,
  "list.css": style,
  "facets.css": style,
  "product.css": style,
  "icon.svg": "image/svg+xml",
  "main.js": script,
  "address.js": script,
  "api.js": script,
  "card.js": script,
  "dom.js": script,
  "facets.js": script,
  "known.js": script,
  "list.js": script,
  "markup.js": script,
  "product.js": script,
  "reviews.js": script,
  "search-box.js": script
}

/**
 * What the page may do. Pictures are where the shop keeps them, which is another origin; all else is ours. Nothing may
 * turn a string into markup but the policy "storefront", which does it in a document that runs and loads nothing.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' http: https: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types storefront"
].join("; ")

interface Page {
  readonly contentType: string
  readonly etag: string
  readonly bytes: Uint8Array
}

/** The page's files, by the paths that they are served at. */
export interface Storefront {
  /** Adds what is served here to what `find` knows. */
  readonly find: (find: (path: string) => Route | undefined) => (path: string) => Route | undefined
  /** Answers what is served here, and leaves the rest to `routed`. */
  readonly before: <E, R>(
    routed: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R | HttpServerRequest.HttpServerRequest>
}

/** An edge without a storefront. */
export const none: Storefront = { find: (find) => find, before: (routed) => routed }

/** Reads the page. It is small, and kept. */
export const load: Effect.Effect<Storefront> = Effect.promise(async () => {
  const pages = new Map<string, Page>()
  for (const [name, contentType] of Object.entries(files)) {
    const bytes = await readFile(new URL(`../storefront/${name}`, import.meta.url))
    const path = name === "index.html" ? "/" : `/storefront/${name}`
    pages.set(path, { contentType, etag: Validators.entityTag(bytes.toString()), bytes })
  }
  const routes = new Map([...pages].map(([path, page]) => [path, routeOf(path, page)]))
  return {
    find: (find) => (path) => routes.get(path) ?? find(path),
    before: (routed) =>
      Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
        const exchange = Exchange.of(request)
        const page = pages.get(exchange.path)
        if (page === undefined) return routed
        // Who asks for JSON at "/" wants to know where things are.
        const asked = exchange.request.headers.accept
        if (exchange.path === "/" && !prefers(asked, "text/html", "application/json")) return routed
        return Effect.map(Clock.currentTimeMillis, (now) => answer(exchange, page, now))
      })
  }
})

/** All files but the page are one route: in logs and metrics they are told apart by nobody. */
const routeOf = (path: string, { contentType }: Page): Route => {
  const [type = contentType] = contentType.split(";")
  const methods = ["GET", "HEAD", "OPTIONS"]
  return {
    template: path === "/" ? path : "/storefront/:file",
    methods: new Set(methods),
    allow: methods.join(", "),
    produces: type,
    ...(path === "/" ? { alternative: "application/json" } : {}),
    probe: false
  }
}

/** Kept by browsers, and asked for again each time: files of two versions must never meet in one page. */
const answer = (exchange: Exchange.Exchange, { contentType, etag, bytes }: Page, now: number) => {
  const headers: Record<string, string> = {
    etag,
    "cache-control": "no-cache",
    "content-security-policy": policy
  }
  if (exchange.path === "/") headers.vary = "Accept"
  return Validators.evaluate(exchange.request.headers, etag, undefined, now) === "not-modified"
    ? HttpServerResponse.empty({ status: 304, headers })
    : HttpServerResponse.uint8Array(bytes, { headers, contentType })
}
