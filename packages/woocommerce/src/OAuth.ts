/**
 * One-legged OAuth 1.0a (RFC 5849) as WooCommerce verifies it over plain HTTP: HMAC-SHA256, key = secret + "&", all
 * in the query. Pure: nonce and timestamp come from the caller, who draws new ones for every attempt (a repeated
 * nonce and a clock more than 15 minutes off are 401s).
 */
import { createHmac } from "node:crypto"

/** RFC 5849 section 3.6: everything but unreserved characters, in UTF-8, as upper-case `%XX`. */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const listName = (name: string): string => name.replace(/\[.*$/, "")

/**
 * Section 3.4.1.3.2: encode, sort by name then value, join. The entries of one bracketed list stay in their order:
 * the RFC would put `a[10]` before `a[2]`, but PHP hands WooCommerce a nested array and it verifies over that.
 */
export const normalizeParams = (params: ReadonlyArray<readonly [string, string]>): string =>
  params
    .map(([name, value]) => ({
      list: percentEncode(listName(name)),
      name: percentEncode(name),
      value: percentEncode(value)
    }))
    .sort((a, b) => (a.name === b.name ? byBytes(a.value, b.value) : byBytes(a.list, b.list)))
    .map(({ name, value }) => `${name}=${value}`)
    .join("&")

/** Section 3.4.1.1, over the URL without query (`URL` has already lowered the host and dropped a default port). */
export const baseString = (
  method: string,
  url: URL,
  params: ReadonlyArray<readonly [string, string]>
): string =>
  [method.toUpperCase(), `${url.protocol}//${url.host}${url.pathname}`, normalizeParams(params)]
    .map(percentEncode)
    .join("&")

/** Section 3.4.2 with SHA-256 and no token. */
export const sign = (base: string, consumerSecret: string): string =>
  createHmac("sha256", `${percentEncode(consumerSecret)}&`)
    .update(base, "utf8")
    .digest("base64")

/** The parameters that authorise one attempt of a request, signature last. */
export const authorize = (options: {
  readonly method: string
  readonly url: URL
  readonly params: ReadonlyArray<readonly [string, string]>
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly nonce: string
  /** Unix seconds. */
  readonly timestamp: number
}): ReadonlyArray<readonly [string, string]> => {
  const protocol: ReadonlyArray<readonly [string, string]> = [
    ["oauth_consumer_key", options.consumerKey],
    ["oauth_nonce", options.nonce],
    ["oauth_signature_method", "HMAC-SHA256"],
    ["oauth_timestamp", String(options.timestamp)]
  ]
  const base = baseString(options.method, options.url, [...options.params, ...protocol])
  return [...protocol, ["oauth_signature", sign(base, options.consumerSecret)]]
}
