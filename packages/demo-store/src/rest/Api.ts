import { isArray, isObject, type Json, type JsonObject } from "../Json.ts"
import { TermCounts } from "../TermCounts.ts"
import { type ApiKey, Authentication, requirePermission } from "./Authentication.ts"
import { ledgerRoutes } from "./LedgerRoutes.ts"
import { ListCache, onlyFields } from "./Lists.ts"
import { check } from "./Params.ts"
import { productRoutes } from "./ProductRoutes.ts"
import { parseQuery } from "./Query.ts"
import { RelatedIds } from "./RelatedIds.ts"
import { reviewRoutes } from "./ReviewRoutes.ts"
import { type Answer, type Endpoint, ok, type Paging, type Permission, type Route } from "./Route.ts"
import { apiRoot, type Site } from "./Site.ts"
import { taxonomyRoutes } from "./TaxonomyRoutes.ts"
import { variationRoutes } from "./VariationRoutes.ts"
import { noRoute, WooError } from "./WooError.ts"

/** A request to the REST API, off the wire. */
export interface RestRequest {
  readonly method: string
  /** Below the site, decoded not at all: `/wp-json/wc/v3/products`. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly host: string
  readonly secure: boolean
  readonly authorization: string | undefined
  readonly contentType: string
  readonly body: string
}

export interface RestResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Json
  /** The route's pattern, for the statistics. */
  readonly route: string
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const
type Method = (typeof methods)[number]

const isMethod = (text: string): text is Method => methods.some((method) => method === text)

/** `/wp-json/wc/v3` itself: open to all. */
const indexRoute: Route = {
  pattern: "",
  GET: {
    rules: {},
    permission: "none",
    run: ({ site }) =>
      ok({ namespace: "wc/v3", routes: {}, _links: { up: [{ href: `${site.url}/wp-json/` }] } })
  }
}

const refusals: Readonly<Record<Exclude<Permission, "none">, readonly [string, string]>> = {
  list: ["woocommerce_rest_cannot_view", "Sorry, you cannot list resources."],
  view: ["woocommerce_rest_cannot_view", "Sorry, you cannot view this resource."],
  create: ["woocommerce_rest_cannot_create", "Sorry, you are not allowed to create resources."],
  edit: ["woocommerce_rest_cannot_edit", "Sorry, you are not allowed to edit this resource."],
  delete: ["woocommerce_rest_cannot_delete", "Sorry, you are not allowed to delete this resource."],
  batch: ["woocommerce_rest_batch", "Sorry, you are not allowed to batch manipulate this resource."]
}

const common = {
  "X-Robots-Tag": "noindex",
  "X-Content-Type-Options": "nosniff",
  "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
  "Access-Control-Allow-Headers": "Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type"
}

const noCache = {
  Expires: "Wed, 11 Jan 1984 05:00:00 GMT",
  "Cache-Control": "no-cache, must-revalidate, max-age=0, no-store, private"
}

/** REST v3: finds the route, checks the key and the parameters, answers in WordPress's words. Never throws. */
export class Api {
  readonly #routes: ReadonlyArray<{ readonly matcher: RegExp; readonly route: Route }>
  readonly #authentication: Authentication
  readonly #site: Site

  constructor(site: Site, keys: ReadonlyArray<ApiKey>) {
    this.#site = site
    this.#authentication = new Authentication(keys, () => site.shop.now)
    const lists = new ListCache()
    this.#routes = [
      indexRoute,
      ...reviewRoutes(lists),
      ...taxonomyRoutes(new TermCounts()),
      ...ledgerRoutes,
      ...variationRoutes(lists),
      ...productRoutes(lists, new RelatedIds())
    ].map((route) => ({
      route,
      matcher: new RegExp(`^${route.pattern.replaceAll("#", "(\\d+)")}/?$`)
    }))
  }

  handle(request: RestRequest): RestResponse {
    let known = false
    let permitted = false
    let found: ReturnType<Api["find"]>
    const query = parseQuery(request.query)
    try {
      const key = this.#authentication.identify({
        method: request.method,
        url: `${request.secure ? "https" : "http"}://${request.host}${request.path}`,
        secure: request.secure,
        query,
        authorization: request.authorization
      })
      known = key !== undefined
      if (key !== undefined) requirePermission(key, request.method)
      permitted = known
      const path = request.path.slice(apiRoot.length)
      found = this.find(path)
      const method = request.method === "HEAD" ? "GET" : request.method
      const endpoint = found === undefined || !isMethod(method) ? undefined : found.route[method]
      if (found === undefined || endpoint === undefined) throw noRoute()
      return this.#run(request, query, endpoint, found, permitted)
    } catch (error) {
      const refusal = error instanceof WooError ? error : fatal(error)
      return this.#respond(request, refusal.status, refusal.body, {
        route: found?.route.pattern ?? "(none)",
        ...(permitted && found !== undefined && offersMethods(refusal)
          ? { allow: allowed(found.route) }
          : {}),
        // Without a key nothing forbids caching, but the answer varies.
        anonymous: !known && refusal.code !== "rest_no_route"
      })
    }
  }

  find(path: string): { readonly route: Route; readonly ids: ReadonlyArray<number> } | undefined {
    for (const { matcher, route } of this.#routes) {
      const match = matcher.exec(path)
      if (match !== null) return { route, ids: match.slice(1).map(Number) }
    }
    return undefined
  }

  #run(
    request: RestRequest,
    query: JsonObject,
    endpoint: Endpoint,
    found: { readonly route: Route; readonly ids: ReadonlyArray<number> },
    permitted: boolean
  ): RestResponse {
    const body = bodyOf(request)
    const values = check(endpoint.rules, { ...query, ...body })
    if (!permitted && endpoint.permission !== "none") {
      const [code, message] = refusals[endpoint.permission]
      throw new WooError(code, message, 401)
    }
    const answer = endpoint.run({ site: this.#site, ids: found.ids, values, body })
    const fields = fieldsOf(query)
    const shaped =
      fields.length === 0
        ? answer.body
        : isArray(answer.body)
          ? answer.body.map((item) => onlyFields(item, fields, false))
          : onlyFields(answer.body, fields, true)
    return this.#respond(request, answer.status, shaped, {
      route: found.route.pattern,
      ...(answer.gone === true ? {} : { allow: answer.allow ?? allowed(found.route) }),
      anonymous: false,
      query,
      answer
    })
  }

  #respond(
    request: RestRequest,
    status: number,
    body: Json,
    more: {
      readonly route: string
      readonly allow?: string
      readonly anonymous: boolean
      readonly query?: JsonObject
      readonly answer?: Answer
    }
  ): RestResponse {
    const paging = more.answer?.paging
    const next = paging === undefined ? undefined : pageLinks(this.#site, request, more.query ?? {}, paging)
    const home = `<${this.#site.url}/wp-json/>; rel="https://api.w.org/"`
    const general = {
      "Content-Type": "application/json; charset=UTF-8",
      ...common,
      ...(more.anonymous ? { Vary: "Origin" } : noCache)
    }
    const own = {
      ...(paging === undefined
        ? {}
        : { "X-WP-Total": String(paging.total), "X-WP-TotalPages": String(paging.totalPages) }),
      ...(next === undefined ? {} : { Link: next }),
      ...(more.answer?.location === undefined
        ? {}
        : { Location: `${this.#site.url}${apiRoot}${more.answer.location}` }),
      ...(more.allow === undefined ? {} : { Allow: more.allow })
    }
    // With _envelope, what is said of this answer moves from the headers into the body.
    return more.query?._envelope === undefined
      ? { status, headers: { ...general, Link: home, ...own }, route: more.route, body }
      : {
          status: 200,
          headers: { ...general, Link: home },
          route: more.route,
          body: { body, status, headers: counted(own) }
        }
  }
}

/** The totals are numbers inside of an envelope. */
const counted = (headers: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, name.startsWith("X-WP-") ? Number(value) : value])
  )

const allowed = (route: Route): string => methods.filter((method) => route[method] !== undefined).join(", ")

/** Products and orders that are missing still show their methods; terms, users, reviews and variations do not. */
const offersMethods = (refusal: WooError): boolean =>
  refusal.code !== "rest_no_route" &&
  !(
    refusal.status === 404 &&
    /^(woocommerce_rest_(term|taxonomy|review|product_variation)_invalid|wc_user_invalid)/.test(refusal.code)
  )

const fatal = (error: unknown): WooError =>
  new WooError("internal_server_error", "<p>There has been a critical error on this website.</p>", 500, {
    error: { message: error instanceof Error ? error.message : String(error) }
  })

const fieldsOf = (query: JsonObject): ReadonlyArray<string> => {
  const fields = query._fields
  if (typeof fields === "string")
    return fields
      .split(",")
      .map((field) => field.trim())
      .filter((field) => field !== "")
  return isArray(fields) ? fields.filter((field) => typeof field === "string") : []
}

/** The body as PHP would have it: JSON by its content type, else a form. */
const bodyOf = (request: RestRequest): JsonObject => {
  if (request.body === "" || request.method === "GET" || request.method === "HEAD") return {}
  if (!/^application\/([\w!#$&^.+-]+\+)?json/i.test(request.contentType)) {
    return request.contentType.startsWith("application/x-www-form-urlencoded") ? parseQuery(request.body) : {}
  }
  try {
    const parsed: Json = JSON.parse(request.body)
    return isObject(parsed) ? parsed : {}
  } catch {
    throw new WooError("rest_invalid_json", "Invalid JSON body passed.", 400, {
      json_error_code: 4,
      json_error_message: "Syntax error"
    })
  }
}

/** `Link` with prev and next, every parameter repeated, the secret of a query key included (never follow it). */
const pageLinks = (
  site: Site,
  request: RestRequest,
  query: JsonObject,
  paging: Paging
): string | undefined => {
  const links: Array<string> = []
  const to = (page: number, rel: string) =>
    links.push(`<${site.url}${request.path}?${serialize({ ...query, page })}>; rel="${rel}"`)
  if (paging.page > 1) to(Math.min(paging.page - 1, paging.totalPages), "prev")
  if (paging.totalPages > paging.page) to(paging.page + 1, "next")
  return links.length === 0 ? undefined : links.join(", ")
}

const serialize = (query: JsonObject): string => {
  const pairs: Array<string> = []
  const add = (name: string, value: Json) => {
    if (isArray(value)) for (const [position, item] of value.entries()) add(`${name}[${position}]`, item)
    else if (isObject(value)) for (const [key, item] of Object.entries(value)) add(`${name}[${key}]`, item)
    else pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value)).replaceAll("%20", "+")}`)
  }
  for (const [name, value] of Object.entries(query)) add(name, value)
  return pairs.join("&")
}
