/** Who is trusted without a token: callers on this machine that came through no proxy and asked for this machine. */
import type { IncomingHttpHeaders } from "node:http"

interface Asked {
  readonly headers: IncomingHttpHeaders
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** A proxy on this machine speaks for callers from anywhere; by any of these fields it says so. */
const forwarding = new Set([
  "forwarded",
  "via",
  "x-real-ip",
  "x-client-ip",
  "true-client-ip",
  "cf-connecting-ip"
])

/** Of which proxies send many: for, host, proto, port, prefix …; url, uri, host … */
const isForwarding = (name: string): boolean =>
  forwarding.has(name) || name.startsWith("x-forwarded-") || name.startsWith("x-original-")

const ours = new Set(["localhost", "127.0.0.1", "[::1]"])

/**
 * Whether a request was made on this machine, for this machine. `host` is where the server was told to listen. A page of
 * another name that was made to point here (DNS rebinding) is read by a browser on this machine as well, but the request
 * bears the name of the page.
 */
export const isFromHere = ({ headers, socket }: Asked, host: string): boolean =>
  /^(?:::1$|(?:::ffff:)?127\.)/.test(socket.remoteAddress ?? "") &&
  !Object.keys(headers).some(isForwarding) &&
  isOurs(String(headers[":authority"] ?? headers.host ?? ""), host)

const isOurs = (asked: string, host: string): boolean => {
  const name = asked.toLowerCase().replace(/:\d*$/, "")
  return ours.has(name) || name === (host.includes(":") ? `[${host}]` : host).toLowerCase()
}
