import { createHmac, timingSafeEqual } from "node:crypto"
import type { Json, JsonObject } from "../Json.ts"
import { isObject } from "../Json.ts"
import { unauthenticated, WooError } from "./WooError.ts"

/** One-legged OAuth 1.0a (RFC 5849) as WooCommerce checks it: no token, the signing key is the secret and "&". */
const names = [
  "oauth_consumer_key",
  "oauth_timestamp",
  "oauth_nonce",
  "oauth_signature",
  "oauth_signature_method"
] as const

export type OAuthParams = Readonly<Record<(typeof names)[number], string>>

/** `Authorization: OAuth oauth_consumer_key="…", …` */
export const headerParams = (authorization: string | undefined): JsonObject => {
  if (authorization === undefined || !/^OAuth\s/i.test(authorization)) return {}
  const found: { [key: string]: Json } = {}
  for (const [, name = "", value = ""] of authorization.matchAll(/(oauth_[a-z_]+)="([^"]*)"/g))
    found[name] = decode(value)
  return found
}

/** Undefined when nothing of OAuth was sent; throws when only a part was. */
export const read = (params: JsonObject): OAuthParams | undefined => {
  const missing = names.filter((name) => typeof params[name] !== "string" || params[name] === "")
  if (missing.length === names.length) return undefined
  if (missing.length > 0) {
    throw new WooError(
      "woocommerce_rest_authentication_missing_parameter",
      `Missing OAuth parameter${missing.length === 1 ? "" : "s"} ${missing.join(", ")}`,
      401
    )
  }
  const value = (name: (typeof names)[number]): string => {
    const held = params[name]
    return typeof held === "string" ? held : ""
  }
  return {
    oauth_consumer_key: value("oauth_consumer_key"),
    oauth_timestamp: value("oauth_timestamp"),
    oauth_nonce: value("oauth_nonce"),
    oauth_signature: value("oauth_signature"),
    oauth_signature_method: value("oauth_signature_method")
  }
}

/** Throws the recorded 401 unless `signature` signs this request. `url` is without a query. */
export const checkSignature = (
  method: string,
  url: string,
  params: JsonObject,
  oauth: OAuthParams,
  secret: string
): void => {
  const algorithm =
    oauth.oauth_signature_method === "HMAC-SHA256"
      ? "sha256"
      : oauth.oauth_signature_method === "HMAC-SHA1"
        ? "sha1"
        : undefined
  if (algorithm === undefined) throw unauthenticated("Invalid signature - signature method is invalid.")
  const pairs: Array<readonly [string, string]> = []
  for (const [name, value] of Object.entries(params))
    if (name !== "oauth_signature") flatten(name, value, pairs)
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const normalized = pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")
  const base = `${method}&${encode(url)}&${encode(normalized)}`
  const expected = Buffer.from(createHmac(algorithm, `${secret}&`).update(base).digest("base64"))
  const given = Buffer.from(oauth.oauth_signature.replaceAll(" ", "+"))
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    throw unauthenticated("Invalid signature - provided signature does not match.")
  }
}

/** A list is signed under the names PHP gives it: `include[0]`, whatever the client wrote. */
const flatten = (name: string, value: Json, into: Array<readonly [string, string]>): void => {
  if (Array.isArray(value))
    for (const [position, item] of value.entries()) flatten(`${name}[${position}]`, item, into)
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) flatten(`${name}[${key}]`, item, into)
  else into.push([name, String(value)])
}

/** RFC 3986: `encodeURIComponent` leaves five characters that must be encoded. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
