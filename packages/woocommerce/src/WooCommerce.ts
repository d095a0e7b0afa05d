/** The client: one shop, one key. */
import * as Array from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { type Answer, totals } from "./Answer.ts"
import { type BatchAnswer, batchLimit, type Changes, readAnswer } from "./Batch.ts"
import {
  AnswerUnreadable,
  InvalidParams,
  type InvalidShopUrl,
  ResourceNotFound,
  type WooCommerceError
} from "./Failures.ts"
import { type ListParams, render } from "./ListParams.ts"
import { type PagesOptions, walk } from "./Pages.ts"
import type { Item, Page, Resource } from "./Resource.ts"
import { parse as parseShopUrl } from "./ShopUrl.ts"
import * as Transport from "./Transport.ts"

export type { WooCommerceError } from "./Failures.ts"

export interface WooCommerceOptions extends Transport.Credentials, Transport.TransportOptions {
  /**
   * The shop's Site Address. `https:` sends the key as basic auth; `http:` signs with OAuth 1.0a, because there
   * WooCommerce ignores basic auth. An address of a shop in a folder keeps the folder.
   */
  readonly url: URL | string
}

/** What narrows a walk; the page is counted here. */
export type WalkParams = Omit<ListParams, "page" | "offset">
/** What narrows a count. */
export type CountParams = Omit<ListParams, "page" | "per_page" | "offset" | "_fields">
/** How one thing is read. */
export type GetParams = Pick<ListParams, "_fields" | "context" | "dp">

export class WooCommerce extends Context.Service<
  WooCommerce,
  {
    /** The shop's address without credentials, query or trailing slash. */
    readonly url: string
    /** How many requests may be under way now, between 1 and `maxConcurrency`. */
    readonly concurrency: Effect.Effect<number>
    /** One page. Past the end it is empty (fact 10). */
    list<A>(resource: Resource<A>, params?: ListParams): Effect.Effect<Page<A>, WooCommerceError>
    /**
     * All pages from `startPage`, in order, each as soon as it and those before it are there. Pages are computed from
     * `X-WP-TotalPages`; `Link` is never followed, because it repeats the secret or an old signature. Pages that came
     * to be while walking are walked too. Sort by `id` ascending, or rows move between pages.
     */
    pages<A>(
      resource: Resource<A>,
      params?: WalkParams,
      options?: PagesOptions
    ): Stream.Stream<Page<A>, WooCommerceError>
    /** How many there are: a HEAD, which costs the shop one row (fact 17). */
    count(resource: Resource<unknown>, params?: CountParams): Effect.Effect<number, WooCommerceError>
    /** One by id. What is in the trash is found, with status `trash` (fact 9). */
    get<A>(resource: Resource<A>, id: number, params?: GetParams): Effect.Effect<Item<A>, WooCommerceError>
    /** Prices are strings: a number is a 400 (fact 11). Never retried. */
    create<A>(resource: Resource<A>, body: Schema.JsonObject): Effect.Effect<Item<A>, WooCommerceError>
    /** A change that changes nothing still moves the date and fires a webhook (fact 6). Never retried. */
    update<A>(
      resource: Resource<A>,
      id: number,
      body: Schema.JsonObject
    ): Effect.Effect<Item<A>, WooCommerceError>
    /** To the trash, or with `force` for good, which fires no webhook (fact 23); kinds without a trash demand `force`. */
    delete<A>(
      resource: Resource<A>,
      id: number,
      options?: { readonly force?: boolean }
    ): Effect.Effect<Item<A>, WooCommerceError>
    /** Up to 100 changes at once; each succeeds or fails by itself (fact 17). Never retried. */
    batch<A>(resource: Resource<A>, changes: Changes): Effect.Effect<BatchAnswer<A>, WooCommerceError>
  }
>()("@optica/woocommerce/WooCommerce") {
  /** Wants any `HttpClient`: `FetchHttpClient.layer` of effect, or one of `@effect/platform-node`. */
  static readonly layer = (
    options: WooCommerceOptions
  ): Layer.Layer<WooCommerce, InvalidShopUrl, HttpClient.HttpClient> =>
    Layer.effect(WooCommerce, make(options))
}

const defaultPerPage = 10
// How long a write takes says nothing: what it sets off in the shop differs from one to the next.
const writing = () => undefined

const isList = (json: Schema.Json): json is Schema.JsonArray => globalThis.Array.isArray(json)

const make = Effect.fnUntraced(function* (options: WooCommerceOptions) {
  const shop = yield* Effect.fromResult(parseShopUrl(options.url))
  const transport = yield* Transport.make(shop, options, options)
  const url = transport.asked({ method: "GET", route: "" }).shop

  const describe = (resource: Resource<unknown>, attributes: Record<string, unknown> = {}) =>
    Effect.annotateCurrentSpan({ "optica.woocommerce.resource": resource.name, ...attributes })

  const misshapen = (route: string, wanted: string) =>
    new AnswerUnreadable({
      reason: "shape",
      path: "",
      message: `The answer of WOO_URL (${url}) to ${route} is not ${wanted}: a plugin of the shop may wrap REST answers.`
    })

  const readItem = <A>(resource: Resource<A>, answer: Answer): Effect.Effect<Item<A>, AnswerUnreadable> =>
    Effect.mapError(
      Effect.fromResult(resource.decode(answer.json)),
      ({ id, path, rule }) =>
        new AnswerUnreadable({
          reason: "item",
          path,
          message: `What the shop sends as ${resource.name} ${id ?? "without an id"} breaks a rule${path === "" ? "" : ` at ${path}`}: ${rule}.`
        })
    )

  const list = Effect.fn("WooCommerce.list")(function* <A>(resource: Resource<A>, params: ListParams = {}) {
    const page = params.page ?? 1
    const perPage = params.per_page ?? defaultPerPage
    yield* describe(resource, { "optica.woocommerce.page": page })
    const { page: _page, per_page: _perPage, ...unpaged } = params
    const query = yield* Effect.fromResult(render(resource.paged ? params : unpaged))
    const request = { method: "GET", route: resource.path } as const
    const { bytes, headers, json } = yield* transport.send({
      ...request,
      params: query,
      // Only full pages are comparable work: the last one and those past the end are quick for another reason.
      kind: (answer) =>
        isList(answer.json) && answer.json.length === perPage
          ? `${resource.name} ${perPage} ${String(params._fields ?? "")}`
          : undefined
    })
    if (!isList(json)) return yield* misshapen(resource.path, "a list")
    const counts = yield* Effect.fromResult(totals(transport.asked(request), headers))
    const [items, refused] = Array.partition(json, (source) => resource.decode(source))
    return { page, perPage, items, refused, ...counts, bytes }
  })

  const count = Effect.fn("WooCommerce.count")(function* (
    resource: Resource<unknown>,
    params: CountParams = {}
  ) {
    yield* describe(resource)
    const request = { method: "HEAD", route: resource.path } as const
    const cheap = resource.paged ? { ...params, per_page: 1, _fields: "id" } : params
    const query = yield* Effect.fromResult(render(cheap))
    const { headers } = yield* transport.send({
      ...request,
      params: query,
      kind: () => `${resource.name} count`
    })
    return (yield* Effect.fromResult(totals(transport.asked(request), headers))).total
  })

  /** One request about one thing by its id. */
  const one = Effect.fnUntraced(function* <A>(
    resource: Resource<A>,
    id: number,
    request: Pick<Transport.Send, "method" | "params" | "body">
  ) {
    yield* describe(resource, { "optica.woocommerce.id": id })
    if (!Number.isSafeInteger(id) || id <= 0) {
      return yield* new InvalidParams({
        param: "id",
        message: `id must be a whole number above 0, not ${id}.`
      })
    }
    const answer = yield* transport
      .send({ ...request, route: `${resource.itemPath}/${id}`, kind: () => `${resource.name} one` })
      .pipe(
        Effect.catchTag("RequestRefused", (error) =>
          Effect.fail(
            error.status === 404
              ? new ResourceNotFound({
                  resource: resource.name,
                  id,
                  code: error.code,
                  message: `The shop has no ${resource.name} ${id}.`
                })
              : error
          )
        )
      )
    return yield* readItem(resource, answer)
  })

  const get = Effect.fn("WooCommerce.get")(function* <A>(
    resource: Resource<A>,
    id: number,
    params: GetParams = {}
  ) {
    return yield* one(resource, id, { method: "GET", params: yield* Effect.fromResult(render(params)) })
  })

  const create = Effect.fn("WooCommerce.create")(function* <A>(
    resource: Resource<A>,
    body: Schema.JsonObject
  ) {
    yield* describe(resource)
    const request = { method: "POST", route: resource.path, params: [], body, kind: writing } as const
    return yield* readItem(resource, yield* transport.send(request))
  })

  const update = Effect.fn("WooCommerce.update")(
    <A>(resource: Resource<A>, id: number, body: Schema.JsonObject) =>
      one(resource, id, { method: "PUT", params: [], body })
  )

  const remove = Effect.fn("WooCommerce.delete")(
    <A>(resource: Resource<A>, id: number, how: { readonly force?: boolean } = {}) =>
      one(resource, id, { method: "DELETE", params: how.force === true ? [["force", "true"]] : [] })
  )

  const batch = Effect.fn("WooCommerce.batch")(function* <A>(resource: Resource<A>, changes: Changes) {
    yield* describe(resource)
    const asked =
      (changes.create?.length ?? 0) + (changes.update?.length ?? 0) + (changes.delete?.length ?? 0)
    if (asked > batchLimit) {
      return yield* new InvalidParams({
        param: "changes",
        message: `A batch takes at most ${batchLimit} changes, not ${asked}: split it.`
      })
    }
    const route = `${resource.path}/batch`
    const body = {
      ...(changes.create === undefined ? {} : { create: changes.create }),
      ...(changes.update === undefined ? {} : { update: changes.update }),
      ...(changes.delete === undefined ? {} : { delete: changes.delete })
    }
    const { json } = yield* transport.send({ method: "POST", route, params: [], body, kind: writing })
    return yield* Option.match(readAnswer(resource, json), {
      onNone: () => Effect.fail(misshapen(route, "a batch answer")),
      onSome: Effect.succeed
    })
  })

  return WooCommerce.of({
    url,
    concurrency: transport.concurrency,
    list,
    pages: (
      resource,
      params,
      { concurrency = options.maxConcurrency ?? Transport.defaultConcurrency, startPage = 1 } = {}
    ) => walk((page) => list(resource, { ...params, page }), startPage, concurrency),
    count,
    get,
    create,
    update,
    delete: remove,
    batch
  })
})
