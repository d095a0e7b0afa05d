/**
 * Verifies a request as WooCommerce does (WC_REST_Authentication): from what PHP makes of the query, so `+` is a
 * blank, `a[]` counts up and lists are nested. Written from its behaviour, apart from the code that signs.
 */
import { createHmac } from "node:crypto"

type Query = Map<string, string | Map<string, string>>

const parseQuery = (search: string): Query => {
  const query: Query = new Map()
  for (const part of search.replace(/^\?/, "").split("&").filter(Boolean)) {
    const [rawName = "", rawValue = ""] = part.split("=")
    const decode = (text: string) => decodeURIComponent(text.replaceAll("+", " "))
    const name = decode(rawName)
    const value = decode(rawValue)
    const [, list, key] = /^([^[]+)\[([^\]]*)\]$/.exec(name) ?? []
    if (list === undefined) {
      query.set(name, value)
      continue
    }
    const held = query.get(list)
    const entries = held instanceof Map ? held : new Map<string, string>()
    entries.set(key === "" || key === undefined ? String(entries.size) : key, value)
    query.set(list, entries)
  }
  return query
}

const rawurlencode = (text: string): string =>
  Array.from(Buffer.from(text, "utf8"), (byte) =>
    /[A-Za-z0-9._~-]/.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
  ).join("")

/** What WooCommerce would answer: undefined where it lets the request in. */
export const verify = (
  consumerKey: string,
  method: string,
  url: URL,
  consumerSecret: string,
  seen: Set<string>,
  now: number
): string | undefined => {
  const query = parseQuery(url.search)
  if (query.get("oauth_consumer_key") !== consumerKey) return "Consumer key is invalid."
  const given = query.get("oauth_signature")
  query.delete("oauth_signature")
  const parts = [...query]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) =>
      typeof value === "string"
        ? [rawurlencode(`${rawurlencode(name)}=${rawurlencode(value)}`)]
        : [...value].map(([key, entry]) =>
            rawurlencode(`${rawurlencode(name)}%5B${key}%5D=${rawurlencode(entry)}`)
          )
    )
  const base = `${method}&${rawurlencode(`${url.origin}${url.pathname}`)}&${parts.join("%26")}`
  if (given !== createHmac("sha256", `${consumerSecret}&`).update(base).digest("base64")) {
    return "Invalid signature - provided signature does not match."
  }
  const timestamp = Number(query.get("oauth_timestamp"))
  if (!(Math.abs(now / 1000 - timestamp) < 15 * 60)) return "Invalid timestamp."
  const nonce = String(query.get("oauth_nonce"))
  if (seen.has(nonce)) return "Invalid nonce - nonce has already been used."
  seen.add(nonce)
  return undefined
}
