import type { JsonObject } from "../Json.ts"
import { checkSignature, headerParams, read } from "./OAuth1.ts"
import { unauthenticated } from "./WooError.ts"

export interface ApiKey {
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly permissions: "read" | "write" | "read_write"
}

/** What authentication looks at. */
export interface Credentials {
  readonly method: string
  /** Address of the request without its query, as the client named the host. */
  readonly url: string
  readonly secure: boolean
  readonly query: JsonObject
  readonly authorization: string | undefined
}

/** 15 minutes, in seconds: how far a timestamp may be off, and how long a nonce is remembered. */
const skew = 900

/**
 * WooCommerce's keys. Basic auth and keys in the query count only over TLS; over plain HTTP they are ignored, and only
 * OAuth 1.0a remains. Behind a TLS terminator the request must say `X-Forwarded-Proto: https`.
 */
export class Authentication {
  readonly #keys: ReadonlyMap<string, ApiKey>
  readonly #now: () => number
  readonly #nonces = new Map<string, number>()

  constructor(keys: ReadonlyArray<ApiKey>, now: () => number) {
    this.#keys = new Map(keys.map((key) => [key.consumerKey, key]))
    this.#now = now
  }

  /** The key that signs the request; undefined = anonymous. Throws the recorded 401 for a key that is wrong. */
  identify(request: Credentials): ApiKey | undefined {
    return (request.secure ? this.#basic(request) : undefined) ?? this.#oauth(request)
  }

  #basic(request: Credentials): ApiKey | undefined {
    const [name, secret] = basicPair(request)
    const key = this.#keys.get(name)
    if (key === undefined) return undefined
    if (key.consumerSecret !== secret) throw unauthenticated("Consumer secret is invalid.")
    return key
  }

  #oauth(request: Credentials): ApiKey | undefined {
    const params = { ...request.query, ...headerParams(request.authorization) }
    const oauth = read(params)
    if (oauth === undefined) return undefined
    const key = this.#keys.get(oauth.oauth_consumer_key)
    if (key === undefined) throw unauthenticated("Consumer key is invalid.")
    checkSignature(request.method, request.url, params, oauth, key.consumerSecret)
    const now = this.#now()
    const timestamp = Number(oauth.oauth_timestamp)
    if (!Number.isFinite(timestamp) || Math.abs(now - timestamp) > skew)
      throw unauthenticated("Invalid timestamp.")
    const used = `${key.consumerKey} ${oauth.oauth_nonce}`
    for (const [nonce, at] of this.#nonces) {
      if (at >= now - 2 * skew) break
      this.#nonces.delete(nonce)
    }
    if (this.#nonces.has(used)) throw unauthenticated("Invalid nonce - nonce has already been used.")
    this.#nonces.set(used, now)
    return key
  }
}

/** Throws the recorded 401 when the key may not read, or not write. */
export const requirePermission = (key: ApiKey, method: string): void => {
  const reads = method === "GET" || method === "HEAD" || method === "OPTIONS"
  if (reads && key.permissions === "write") {
    throw unauthenticated("The API key provided does not have read permissions.")
  }
  if (!reads && key.permissions === "read") {
    throw unauthenticated("The API key provided does not have write permissions.")
  }
}

const basicPair = (request: Credentials): readonly [string, string] => {
  const { consumer_key, consumer_secret } = request.query
  if (typeof consumer_key === "string" && typeof consumer_secret === "string")
    return [consumer_key, consumer_secret]
  const match = /^Basic\s+(\S+)$/i.exec(request.authorization ?? "")
  if (match === null) return ["", ""]
  const text = Buffer.from(match[1] ?? "", "base64").toString("utf8")
  const colon = text.indexOf(":")
  return colon === -1 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)]
}
