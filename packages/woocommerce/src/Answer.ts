/** Reads what came back: JSON of WooCommerce, or one of the many other things that a web server answers. */
import type * as Headers from "effect/http/Headers"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  AnswerUnreadable,
  NotWooCommerce,
  RequestRefused,
  RouteMissing,
  ShopFailed,
  ShopMoved,
  type WooCommerceError,
  WrongCredentials
} from "./Failures.ts"
import { Anything, Text, TextItem } from "./Scalars.ts"

/** An answer as it came over the wire, its body read whole. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Headers.Headers
  readonly text: string
  readonly bytes: number
}

/** A usable answer. */
export interface Answer {
  readonly status: number
  readonly headers: Headers.Headers
  readonly json: Schema.Json
  readonly bytes: number
}

/** What the messages need to know of the request. */
export interface Asked {
  readonly method: string
  /** WOO_URL without credentials. */
  readonly shop: string
  /** Path after `/wp-json/wc/v3`. */
  readonly route: string
  readonly signed: boolean
  /** Takes secrets out of text that the shop sent. */
  readonly redact: (text: string) => string
  readonly retryAfterMs: number | undefined
}

const excerptLength = 200

/**
 * The first words of a body, without markup, stack trace, server paths, secrets and control characters. Well-formed
 * whatever the shop sent, also where it is cut: half a character (a lone surrogate) or NUL is text that few can store.
 */
export const excerpt = (asked: Pick<Asked, "redact">, text: string): string => {
  const [head = ""] = text
    .replace(/<(script|style)[\s\S]*?(<\/\1>|$)/gi, " ")
    .replace(/<[^>]*>/g, " ")
    .split(/Stack trace:|#0 |Call stack:/i)
  const clean = asked
    .redact(head)
    .replace(/\bin \S*[/\\]\S*(?: on line \d+)?/g, "")
    .replace(/(?:[A-Za-z]:)?(?:[/\\][\w.-]+){2,}/g, "…")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .toWellFormed()
  if (clean.length <= excerptLength) return clean
  const cut = clean.slice(0, excerptLength)
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`
}

const quoted = (text: string) => (text === "" ? "" : `: "${text}"`)

const parse = (text: string): Schema.Json | undefined => {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch {
    return undefined
  }
}

const phpOutput = /(?:<b>)?(?:Warning|Notice|Deprecated|Strict Standards|(?:Parse|Fatal) error)(?:<\/b>)?:\s/i
const isHtml = (answer: RawAnswer) =>
  /^\s*<(!doctype|html|head|body|br|b|p|div|title|center|h1|script)/i.test(answer.text) ||
  (answer.headers["content-type"] ?? "").includes("text/html")

const permalinks =
  "Open Settings > Permalinks in WordPress and choose anything but Plain; if the shop lives in a folder, WOO_URL must end with that folder."

const ofServerError = (asked: Asked, answer: RawAnswer, code: string, says: string) =>
  new ShopFailed({
    status: answer.status,
    code,
    retryAfterMs: asked.retryAfterMs,
    message:
      answer.status === 429
        ? `The shop at WOO_URL (${asked.shop}) refuses more requests for now (429)${quoted(says)}.`
        : /maintenance/i.test(says)
          ? `The shop at WOO_URL (${asked.shop}) is in maintenance mode (${answer.status})${quoted(says)}.`
          : `The shop at WOO_URL (${asked.shop}) failed on ${asked.method} ${asked.route} (${answer.status})${quoted(says)}. Its PHP error log has the cause.`
  })

const notJson = (asked: Asked, answer: RawAnswer): WooCommerceError => {
  const says = excerpt(asked, answer.text)
  const isError = answer.status === 408 || answer.status === 429 || answer.status >= 500
  if (isError) return ofServerError(asked, answer, "", says)
  if (answer.status === 401 || answer.status === 403) {
    return new WrongCredentials({
      status: answer.status,
      code: "",
      message: `Something in front of the shop at WOO_URL (${asked.shop}) refuses us (${answer.status})${quoted(says)}. A firewall, a security plugin or a password on the site must let /wp-json/wc/ through.`
    })
  }
  if (answer.status < 300 && phpOutput.test(answer.text.slice(0, 2000))) {
    return new AnswerUnreadable({
      reason: "php-output",
      path: "",
      message: `The shop at WOO_URL (${asked.shop}) prints PHP warnings before its JSON${quoted(says)}. Set WP_DEBUG_DISPLAY to false in wp-config.php.`
    })
  }
  if (!isHtml(answer) && answer.status < 300 && /^\s*[[{]/.test(answer.text)) {
    return new AnswerUnreadable({
      reason: "not-json",
      path: "",
      message: `The answer of the shop at WOO_URL (${asked.shop}) to ${asked.method} ${asked.route} is cut off or no JSON.`
    })
  }
  const what =
    answer.text.trim() === "" ? "with nothing" : isHtml(answer) ? "with a web page" : "with something else"
  return new NotWooCommerce({
    url: asked.shop,
    status: answer.status,
    message: `WOO_URL (${asked.shop}) answers ${what} where the WooCommerce REST API should be (${answer.status})${quoted(says)}. ${permalinks}`
  })
}

const keyHint = (asked: Asked, code: string, says: string): string => {
  if (/signature/i.test(says)) {
    return "WOO_CONSUMER_SECRET is wrong, or WOO_URL is not written exactly as the Site Address in Settings > General: over plain HTTP the signature covers the address."
  }
  if (/timestamp/i.test(says)) return "The clocks differ by more than 15 minutes: set this machine's clock."
  if (/secret/i.test(says)) return "WOO_CONSUMER_SECRET does not belong to WOO_CONSUMER_KEY."
  if (/permission/i.test(says)) {
    return "Give the key of WOO_CONSUMER_KEY more permissions in WooCommerce > Settings > Advanced > REST API."
  }
  if (code.startsWith("woocommerce_rest_cannot_") || code === "rest_forbidden") {
    return asked.signed
      ? "The shop does not know WOO_CONSUMER_KEY, or its user may not do this."
      : "The shop does not know WOO_CONSUMER_KEY, its user may not do this, or a proxy drops the Authorization header or does not tell PHP about HTTPS."
  }
  return "Check WOO_CONSUMER_KEY and WOO_CONSUMER_SECRET."
}

const ErrorBody = Schema.Struct({ code: Text, message: Text, data: Anything })
const readErrorBody = Schema.decodeUnknownOption(ErrorBody)
const readParams = Schema.decodeUnknownOption(
  Schema.Struct({ params: Schema.Record(Schema.String, TextItem) })
)

const ofErrorBody = (asked: Asked, answer: RawAnswer, json: Schema.Json): WooCommerceError => {
  const body = Option.getOrElse(readErrorBody(json), () => ({ code: "", message: "", data: null }))
  const { code } = body
  const { status } = answer
  const says = excerpt(asked, body.message)
  // A list that is not there is all that a HEAD can be told 404 for, and it has no body to say so.
  if (code === "rest_no_route" || (status === 404 && asked.method === "HEAD")) {
    return new RouteMissing({
      route: asked.route,
      message: `The shop at WOO_URL (${asked.shop}) has no route ${asked.method} /wp-json/wc/v3${asked.route}: its WooCommerce is older, switched off, or WOO_URL is another site.`
    })
  }
  if (status === 401 || status === 403) {
    return new WrongCredentials({
      status,
      code,
      message: `The shop at WOO_URL (${asked.shop}) refuses the key (${status}${code === "" ? "" : ` ${code}`})${quoted(says)}. ${keyHint(asked, code, says)}`
    })
  }
  if (status === 408 || status === 429 || (status >= 500 && status !== 501))
    return ofServerError(asked, answer, code, says)
  const params = Option.match(readParams(body.data), {
    onNone: () => ({}),
    onSome: ({ params }) =>
      Object.fromEntries(Object.entries(params).map(([name, why]) => [name, excerpt(asked, why)]))
  })
  const details = Object.values(params).join(" ")
  return new RequestRefused({
    status,
    code,
    params,
    message: `The shop refuses ${asked.method} ${asked.route} (${status}${code === "" ? "" : ` ${code}`})${quoted(says)}${details === "" ? "" : ` ${details}`}`
  })
}

const ofRedirect = (asked: Asked, answer: RawAnswer) => {
  const header = answer.headers.location ?? ""
  const target = URL.canParse(header, asked.shop) ? new URL(header, asked.shop) : undefined
  const location = target === undefined ? "" : asked.redact(`${target.origin}${target.pathname}`)
  const home = location.replace(/\/wp-json\/.*$/, "")
  return new ShopMoved({
    status: answer.status,
    location,
    message: `WOO_URL (${asked.shop}) redirects to ${location || "somewhere"} (${answer.status}). Set WOO_URL to the address that the shop answers on itself${home !== location && home !== "" ? `, probably ${home}` : ""}: redirects are not followed, so that the key goes nowhere else.`
  })
}

/** The JSON of a good answer; of any other the failure that says what it means. */
export const read = (asked: Asked, answer: RawAnswer): Result.Result<Answer, WooCommerceError> => {
  if (answer.status >= 300 && answer.status < 400) return Result.fail(ofRedirect(asked, answer))
  // HEAD has no body to tell more by (fact 17).
  const json = asked.method === "HEAD" ? null : parse(answer.text)
  if (json === undefined) return Result.fail(notJson(asked, answer))
  if (answer.status >= 400) return Result.fail(ofErrorBody(asked, answer, json))
  return Result.succeed({ status: answer.status, headers: answer.headers, json, bytes: answer.bytes })
}

const total = (headers: Headers.Headers, name: string): number | undefined => {
  const text = headers[name]
  return text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined
}

/** `X-WP-Total` and `X-WP-TotalPages`, which every list bears; without them what answered is no WordPress list. */
export const totals = (asked: Asked, headers: Headers.Headers) => {
  const items = total(headers, "x-wp-total")
  const pages = total(headers, "x-wp-totalpages")
  return items === undefined || pages === undefined || (items > 0 && pages === 0)
    ? Result.fail(
        new AnswerUnreadable({
          reason: "totals",
          path: "",
          message: `The answer of ${asked.shop} to ${asked.method} ${asked.route} has no usable X-WP-Total and X-WP-TotalPages headers: a cache or proxy in front of WOO_URL must pass them on.`
        })
      )
    : Result.succeed({ total: items, totalPages: pages })
}
