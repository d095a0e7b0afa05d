import { createHmac, randomBytes } from "node:crypto"
import * as Redacted from "effect/Redacted"
import { demoKeys } from "../src/DemoKeys.ts"

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

export interface Signing {
  readonly key?: string
  readonly secret?: string
  readonly method?: string
  readonly algorithm?: "HMAC-SHA1" | "HMAC-SHA256"
  readonly timestamp?: number
  readonly nonce?: string
  /** Signs for https although it is sent in the clear: what a TLS terminator makes of it. */
  readonly secure?: boolean
}

/** An address below `/wp-json/wc/v3`, signed by hand: a client that the package's author did not write. */
export const signed = (base: string, path: string, signing: Signing = {}): string => {
  const url = new URL(`${base}/wp-json/wc/v3${path}`)
  const origin = signing.secure === true ? url.origin.replace("http:", "https:") : url.origin
  const method = signing.method ?? "GET"
  const algorithm = signing.algorithm ?? "HMAC-SHA256"
  const params: Array<[string, string]> = [
    ...url.searchParams,
    ["oauth_consumer_key", signing.key ?? demoKeys.consumerKey],
    ["oauth_timestamp", String(signing.timestamp ?? Math.floor(Date.now() / 1000))],
    ["oauth_nonce", signing.nonce ?? randomBytes(8).toString("hex")],
    ["oauth_signature_method", algorithm]
  ]
  const normalized = params
    .map(([name, value]) => [name, value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join("&")
  const signature = createHmac(
    algorithm === "HMAC-SHA1" ? "sha1" : "sha256",
    `${signing.secret ?? Redacted.value(demoKeys.consumerSecret)}&`
  )
    .update(`${method}&${encode(origin + url.pathname)}&${encode(normalized)}`)
    .digest("base64")
  const query = [...params, ["oauth_signature", signature] as const].map(
    ([name, value]) => `${encode(name)}=${encode(value)}`
  )
  return `${url.origin}${url.pathname}?${query.join("&")}`
}
