/** HTTP validators: weak entity tags and modification dates (RFC 9110, section 8.8 and 13). */
import { hash } from "node:crypto"
import type { IncomingHttpHeaders } from "node:http"

/** A weak tag over what a representation says, whatever its encoding. */
export const entityTag = (...parts: ReadonlyArray<string>): string =>
  `W/"${hash("sha1", parts.join("\n"), "base64url")}"`

/** What a conditional request is told: go on, not modified (304), or a precondition does not hold (412). */
export type Outcome = "proceed" | "not-modified" | "failed"

/**
 * Milliseconds after which the second of a change can be taken for closed: nothing that it brought can still come to
 * light. A second for itself; the others are for changes that the catalogue stamps as its transaction begins and shows
 * when it ends, and for clocks that differ.
 */
const SETTLED_MS = 10_000

const secondOf = (milliseconds: number): number => Math.floor(milliseconds / 1000) * 1000

const isSettled = (second: number, asOf: number): boolean => second + SETTLED_MS <= asOf

/**
 * The date to give out (Last-Modified), or undefined where there is none yet: a date has a resolution of one second, and
 * one that was given out too early would cover a later change of the same second for good. `lastModified` is when the
 * thing changed, `asOf` a time before it was read, both in milliseconds since the epoch.
 */
export const dateToGive = (lastModified: number | undefined, asOf: number): string | undefined =>
  lastModified !== undefined && isSettled(secondOf(lastModified), asOf)
    ? new Date(lastModified).toUTCString()
    : undefined

/**
 * Evaluates the preconditions of a GET or HEAD.
 *
 * If-Modified-Since counts only without If-None-Match, and only with a date that could have been given out
 * (`dateToGive`). `lastModified` and `asOf` are as there.
 */
export const evaluate = (
  headers: IncomingHttpHeaders,
  etag: string,
  lastModified: number | undefined,
  asOf: number
): Outcome => {
  const ifMatch = headers["if-match"]
  // If-Match compares strongly, and a weak tag never matches so.
  if (ifMatch !== undefined && ifMatch.trim() !== "*") return "failed"
  const modified = lastModified === undefined ? undefined : secondOf(lastModified)
  const unmodifiedSince = ifMatch === undefined ? parseDate(headers["if-unmodified-since"]) : undefined
  if (unmodifiedSince !== undefined && modified !== undefined && modified > unmodifiedSince) return "failed"
  const ifNoneMatch = headers["if-none-match"]
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, etag) ? "not-modified" : "proceed"
  const since = parseDate(headers["if-modified-since"])
  return since !== undefined && modified !== undefined && isSettled(since, asOf) && modified <= since
    ? "not-modified"
    : "proceed"
}

const tags = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g

/** Weak comparison with a list of tags, or `*`. */
const matches = (list: string, etag: string): boolean => {
  if (list.trim() === "*") return true
  const opaque = etag.slice(2)
  for (const match of list.matchAll(tags)) if (match[1] === opaque) return true
  return false
}

const imfFixdate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

// The obsolete forms of RFC 9110 5.6.7 are taken for no date: the answer is then whole, which is always right.
const parseDate = (text: string | undefined): number | undefined => {
  if (text === undefined || !imfFixdate.test(text)) return undefined
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}
