/** Media types of requests: what a caller accepts, and what it sends (RFC 9110, section 12.5.1 and 8.3). */

/** Whether an Accept field lets this type through. */
export const accepts = (accept: string | undefined, produced: string): boolean => weigh(accept, produced) > 0

/** Whether an Accept field likes the first type at least as much as the second. */
export const prefers = (accept: string | undefined, first: string, second: string): boolean =>
  weigh(accept, first) >= weigh(accept, second)

/** From 0 (refused) to 1: what the most specific range that names the type says. */
const weigh = (accept: string | undefined, produced: string): number => {
  if (accept === undefined || accept.trim() === "") return 1
  const [type] = produced.split("/")
  const ranges = [produced, `${type}/*`, "*/*"]
  let best = ranges.length
  let weight = 0
  for (const member of accept.toLowerCase().split(",")) {
    const [range = "", ...parameters] = member.split(";").map((part) => part.trim())
    const rank = ranges.indexOf(range)
    if (rank === -1 || rank > best) continue
    const q = parameters.find((parameter) => parameter.startsWith("q="))
    const given = q === undefined ? 1 : Number(q.slice(2))
    weight = rank < best ? given : Math.max(weight, given)
    best = rank
  }
  return weight
}

/** Whether a Content-Type is JSON. */
export const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined &&
  /^application\/(?:json|[a-z0-9.!#$&^_+-]+\+json)\s*(?:;|$)/i.test(contentType.trim())
