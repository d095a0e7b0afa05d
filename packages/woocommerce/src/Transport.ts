/** Sends one request to the shop and brings back its JSON: signing, pace, time limit, size limit, retries. */
import { randomBytes } from "node:crypto"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as UrlParams from "effect/http/UrlParams"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Answer, type Asked, type RawAnswer, read } from "./Answer.ts"
import { AnswerUnreadable, ShopUnreachable, type WooCommerceError } from "./Failures.ts"
import * as OAuth from "./OAuth.ts"
import * as Pace from "./Pace.ts"

/** Requests under way at once, at most, unless told otherwise. */
export const defaultConcurrency = 4

/** How a shop is spoken to. All have defaults that a shared host survives. */
export interface TransportOptions {
  /** Requests under way at once, at most; the pace starts at one and finds its own level below. Default 4. */
  readonly maxConcurrency?: number
  /** Between the starts of two requests. Default 25 ms. */
  readonly minGapMs?: number
  /** For one attempt, from sending to the last byte. Default 60 s: pages of 100 take a slow shop half of that. */
  readonly requestTimeoutMs?: number
  /** Attempts after the first, of GET and HEAD only: nobody knows whether a lost write happened. Default 4. */
  readonly retries?: number
  /** First backoff; doubles each time, full jitter. Default 500 ms. */
  readonly retryBaseMs?: number
  /** Longest backoff. Default 30 s. */
  readonly retryCapMs?: number
  /** `Retry-After` is honoured up to this. Default 60 s: WordPress says 600 in maintenance that takes seconds. */
  readonly maxRetryAfterMs?: number
  /** Larger answers are refused unread. Default 32 MiB. */
  readonly maxResponseBytes?: number
}

/** A REST API key of WooCommerce > Settings > Advanced > REST API. */
export interface Credentials {
  readonly consumerKey: Redacted.Redacted<string>
  readonly consumerSecret: Redacted.Redacted<string>
}

/** One request, without credentials. */
export interface Send {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE"
  /** After `/wp-json/wc/v3`. */
  readonly route: string
  readonly params: ReadonlyArray<readonly [string, string]>
  readonly body?: Schema.Json
  /** Which requests are as much work as this one; `undefined` where that cannot be said. */
  readonly kind: (answer: Answer) => string | undefined
}

export interface Transport {
  readonly send: (request: Send) => Effect.Effect<Answer, WooCommerceError>
  readonly asked: (request: Pick<Send, "method" | "route">) => Asked
  readonly concurrency: Effect.Effect<number>
}

// Values that are personal or free text stay out of spans; the OAuth ones are secrets.
const hiddenParams = new Set(["search", "email", "reviewer", "customer", "code", "search_sku"])
const spanHeaders = new Set([
  "content-type",
  "content-length",
  "retry-after",
  "x-wp-total",
  "x-wp-totalpages"
])

const reasonOf = (error: unknown): { readonly reason: ShopUnreachable["reason"]; readonly code: string } => {
  for (
    let cause: unknown = error, depth = 0;
    typeof cause === "object" && cause !== null && depth < 8;
    depth++
  ) {
    const code = "code" in cause && typeof cause.code === "string" ? cause.code : ""
    if (code === "ENOTFOUND" || code === "EAI_AGAIN") return { reason: "name", code }
    if (code === "ECONNREFUSED" || code === "EHOSTUNREACH" || code === "ENETUNREACH")
      return { reason: "refused", code }
    if (/^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_MISMATCH)/.test(code))
      return { reason: "tls", code }
    if (code === "ETIMEDOUT" || code.endsWith("_TIMEOUT")) return { reason: "timeout", code }
    if (code === "ECONNRESET" || code === "EPIPE" || code.startsWith("UND_ERR") || code.startsWith("HPE_"))
      return { reason: "reset", code }
    cause =
      "reason" in cause && typeof cause.reason === "object"
        ? cause.reason
        : "cause" in cause
          ? cause.cause
          : undefined
  }
  return { reason: "other", code: "" }
}

const sentences: { readonly [reason in ShopUnreachable["reason"]]: string } = {
  name: "its name is not known to DNS. Check the host in WOO_URL",
  refused: "nothing listens there. Check host and port in WOO_URL, and that the shop runs",
  reset: "the connection broke off",
  tls: "its TLS certificate is not trusted or it speaks no TLS. Use the address that the certificate is for, or name your own authority in NODE_EXTRA_CA_CERTS",
  timeout: "no answer in time",
  other: "the request failed"
}

const heals = (error: WooCommerceError): boolean =>
  error._tag === "ShopFailed" ||
  (error._tag === "ShopUnreachable" && error.reason !== "tls" && error.reason !== "name") ||
  (error._tag === "AnswerUnreadable" && error.reason === "not-json")

const overloads = (error: WooCommerceError): boolean =>
  error._tag === "ShopFailed" ||
  (error._tag === "ShopUnreachable" && error.reason !== "tls" && error.reason !== "name")

export const make = Effect.fnUntraced(function* (
  shop: URL,
  credentials: Credentials,
  options: TransportOptions
) {
  // Pasted keys bring blanks along.
  const consumerKey = Redacted.make(Redacted.value(credentials.consumerKey).trim(), {
    label: "WOO_CONSUMER_KEY"
  })
  const consumerSecret = Redacted.make(Redacted.value(credentials.consumerSecret).trim(), {
    label: "WOO_CONSUMER_SECRET"
  })
  const client = yield* HttpClient.HttpClient
  const fetchInit = Option.getOrElse(yield* Effect.serviceOption(FetchHttpClient.RequestInit), () => ({}))
  const timeoutMs = options.requestTimeoutMs ?? 60_000
  const capMs = options.retryCapMs ?? 30_000
  const maxBytes = options.maxResponseBytes ?? 32 * 1024 * 1024
  const maxRetryAfterMs = options.maxRetryAfterMs ?? 60_000
  const pace = Pace.make({
    maxConcurrency: options.maxConcurrency ?? defaultConcurrency,
    minGapMs: options.minGapMs ?? 25
  })
  const signed = shop.protocol === "http:"
  const shown = `${shop.origin}${shop.pathname}`.replace(/\/$/, "")
  const root = `${shown}/wp-json/wc/v3`

  const redact = (text: string) =>
    [Redacted.value(consumerSecret), Redacted.value(consumerKey)]
      .reduce((rest, secret) => (secret === "" ? rest : rest.replaceAll(secret, "<redacted>")), text)
      .replace(/\b(ck|cs)_[0-9a-f]{16,}/g, "<redacted>")
      .replace(/(oauth_[a-z_]+=)[^&\s"]+/g, "$1<redacted>")

  const asked = (request: Pick<Send, "method" | "route">): Asked => ({
    method: request.method,
    shop: shown,
    route: request.route,
    signed,
    redact,
    retryAfterMs: undefined
  })

  const unreachable = (reason: ShopUnreachable["reason"], code: string) =>
    new ShopUnreachable({
      url: shown,
      reason,
      message: `The shop at WOO_URL (${shown}) cannot be reached: ${sentences[reason]}${reason === "timeout" ? ` (${timeoutMs / 1000} s)` : ""}${code === "" ? "" : ` (${code})`}.`
    })

  // RFC 5849 asks for a fresh nonce and timestamp per attempt, so this runs inside the retry.
  const authorize = Effect.fnUntraced(function* (request: Send, url: URL) {
    if (!signed) return []
    return OAuth.authorize({
      method: request.method,
      url,
      params: request.params,
      consumerKey: Redacted.value(consumerKey),
      consumerSecret: Redacted.value(consumerSecret),
      nonce: randomBytes(16).toString("hex"),
      timestamp: Math.floor((yield* Clock.currentTimeMillis) / 1000)
    })
  })

  const build = Effect.fnUntraced(function* (request: Send) {
    const url = new URL(`${root}${request.route}`)
    const oauth = yield* authorize(request, url)
    const built = HttpClientRequest.make(request.method)(url, {
      urlParams: UrlParams.make([
        ...request.params.map(
          ([name, value]) => [name, hiddenParams.has(name) ? Redacted.make(value) : value] as const
        ),
        ...oauth.map(([name, value]) => [name, Redacted.make(value)] as const)
      ]),
      body: request.body === undefined ? HttpBody.empty : HttpBody.jsonUnsafe(request.body)
    }).pipe(HttpClientRequest.acceptJson, HttpClientRequest.setHeader("user-agent", "optica-woocommerce"))
    return signed ? built : HttpClientRequest.basicAuth(built, consumerKey, consumerSecret)
  })

  const tooLarge = new AnswerUnreadable({
    reason: "too-large",
    path: "",
    message: `The shop at WOO_URL (${shown}) answers with more than ${maxBytes} bytes. Ask for fewer per page (per_page) or for less of each (_fields).`
  })

  const readBody = (response: HttpClientResponse.HttpClientResponse) =>
    Stream.runFoldEffect(
      response.stream,
      () => ({ chunks: [] as Uint8Array[], bytes: 0 }),
      (body, chunk) => {
        body.chunks.push(chunk)
        body.bytes += chunk.byteLength
        return body.bytes > maxBytes ? Effect.fail(tooLarge) : Effect.succeed(body)
      }
    ).pipe(
      Effect.map(({ bytes, chunks }) => ({ bytes, text: Buffer.concat(chunks, bytes).toString("utf8") })),
      // 204, and every answer to HEAD.
      Effect.catchIf(
        (error) => error._tag === "HttpClientError" && error.reason._tag === "EmptyBodyError",
        () => Effect.succeed({ bytes: 0, text: "" })
      )
    )

  const retryAfter = Effect.fnUntraced(function* (headers: Headers.Headers) {
    const header = headers["retry-after"]
    if (header === undefined) return undefined
    const parsed = Headers.parseRetryAfter(header)
    return Result.isFailure(parsed)
      ? undefined
      : Duration.toMillis(Headers.retryAfterDelay(parsed.success, yield* Clock.currentTimeMillis))
  })

  const exchange = Effect.fnUntraced(function* (request: Send) {
    const response = yield* client.execute(yield* build(request))
    // Read to the end even where nothing can come (HEAD), so that the connection is free for the next request.
    const { bytes, text } = yield* readBody(response)
    const raw: RawAnswer = { status: response.status, headers: response.headers, text, bytes }
    return yield* Effect.fromResult(
      read({ ...asked(request), retryAfterMs: yield* retryAfter(response.headers) }, raw)
    )
  })

  const attempt = (request: Send): Effect.Effect<Answer, WooCommerceError> =>
    exchange(request).pipe(
      Effect.timeoutOrElse({ duration: timeoutMs, orElse: () => Effect.fail(unreachable("timeout", "")) }),
      // The request inside carries the signature: nothing of this error may get out but its code.
      Effect.catchTag("HttpClientError", (error: HttpClientError.HttpClientError) => {
        const { code, reason } = reasonOf(error)
        return Effect.fail(unreachable(reason, code))
      }),
      Effect.provideService(HttpClient.TracerHeaderFilter, (name) => spanHeaders.has(name)),
      // A fetch that follows redirects by itself would take the key along.
      Effect.provideService(FetchHttpClient.RequestInit, { ...fetchInit, redirect: "manual" })
    )

  const judge =
    (request: Send) =>
    (exit: Exit.Exit<Answer, WooCommerceError>): Pace.Verdict => {
      if (Exit.isSuccess(exit)) {
        const kind = request.kind(exit.value)
        return kind === undefined ? { signal: "neutral" } : { signal: "answered", kind }
      }
      const failure = Cause.findErrorOption(exit.cause)
      if (Option.isNone(failure) || !overloads(failure.value)) return { signal: "neutral" }
      const asks = failure.value._tag === "ShopFailed" ? failure.value.retryAfterMs : undefined
      return asks === undefined
        ? { signal: "overloaded" }
        : { signal: "overloaded", pauseMs: Math.min(asks, maxRetryAfterMs) }
    }

  // Full jitter: anywhere between nothing and the whole backoff, so that clients do not come back in step.
  const backoff = Schedule.exponential(options.retryBaseMs ?? 500).pipe(
    Schedule.upTo({ times: options.retries ?? 4 }),
    Schedule.setInputType<WooCommerceError>(),
    Schedule.while(({ input }) => heals(input)),
    Schedule.modifyDelay(({ duration }) =>
      Effect.map(Random.next, (random) =>
        Duration.millis(random * Math.min(capMs, Duration.toMillis(duration)))
      )
    )
  )

  const transport: Transport = {
    send: (request) => {
      const paced = pace.run(attempt(request), judge(request))
      return request.method === "GET" || request.method === "HEAD" ? Effect.retry(paced, backoff) : paced
    },
    asked,
    concurrency: pace.limit
  }
  return transport
})
