/** Media types of requests: what a caller accepts, and what it sends (RFC 9110, section 12.5.1 and 8.3). */

/** Whether an Accept field lets this type through. The most specific range that names it decides. */
export const accepts = (accept: string | undefined, produced: string): boolean => {
  if (accept === undefined || accept.trim() === "") return true
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
  return weight > 0
}

/** Whether a Content-Type is JSON. */
export const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined &&
  /^application\/(?:json|[a-z0-9.!#$&^_+-]+\+json)\s*(?:;|$)/i.test(contentType.trim())
