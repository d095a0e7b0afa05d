import { describe, expect, it } from "@effect/vitest"
import { dateToGive, entityTag, evaluate } from "../src/Validators.ts"

const etag = entityTag("[1]", "{}")
const modified = Date.parse("2026-11-21T03:10:00.700Z")
const at = (time: string) => new Date(time).toUTCString()
const now = Date.parse("2026-11-21T04:00:00Z")

describe("an entity tag", () => {
  it("is weak, and differs with what it stands for", () => {
    expect(etag).toMatch(/^W\/"[A-Za-z0-9_-]{27}"$/)
    expect(entityTag("[1]", "{}")).toBe(etag)
    expect(entityTag("[1", "]{}")).not.toBe(etag)
  })
})

describe("If-None-Match", () => {
  it.each([
    [etag, "not-modified"],
    [etag.slice(2), "not-modified"],
    ["*", "not-modified"],
    [`"a", ${etag} , "b"`, "not-modified"],
    ['"a,b", W/"c"', "proceed"],
    ["", "proceed"],
    ["nonsense", "proceed"],
    [etag.slice(3, -1), "proceed"]
  ])("%s: %s", (header, outcome) => {
    expect(evaluate({ "if-none-match": header }, etag, modified, now)).toBe(outcome)
  })

  it("wins over If-Modified-Since", () => {
    const headers = { "if-none-match": '"other"', "if-modified-since": at("2026-11-21T03:30:00Z") }
    expect(evaluate(headers, etag, modified, now)).toBe("proceed")
  })
})

describe("If-Modified-Since", () => {
  it.each([
    ["the second of the change", at("2026-11-21T03:10:00Z"), now, "not-modified"],
    ["later", at("2026-11-21T03:10:01Z"), now, "not-modified"],
    ["earlier", at("2026-11-21T03:09:59Z"), now, "proceed"],
    ["a second that is not over", at("2026-11-21T03:10:00Z"), modified + 200, "proceed"],
    ["a second that may still bring a change", at("2026-11-21T03:10:00Z"), modified + 5000, "proceed"],
    ["the future", at("2026-11-21T05:00:00Z"), now, "proceed"],
    ["a year", "2027", now, "proceed"],
    ["an ISO date", "2026-11-21T03:30:00Z", now, "proceed"],
    ["no date", "soon", now, "proceed"]
  ])("with %s", (_what, header, clock, outcome) => {
    expect(evaluate({ "if-modified-since": header }, etag, modified, clock)).toBe(outcome)
  })

  it("says nothing of a thing without a date", () => {
    expect(evaluate({ "if-modified-since": at("2026-11-21T03:30:00Z") }, etag, undefined, now)).toBe(
      "proceed"
    )
  })
})

describe("a date that is given out", () => {
  const change = (time: string) => Date.parse(`2026-11-21T03:10:${time}Z`)

  it("is the second of the change, once that is over for good", () => {
    expect(dateToGive(change("10.200"), change("10.800"))).toBeUndefined()
    expect(dateToGive(change("10.200"), change("19.999"))).toBeUndefined()
    expect(dateToGive(change("10.200"), change("20.000"))).toBe("Sat, 21 Nov 2026 03:10:10 GMT")
    expect(dateToGive(undefined, change("20.000"))).toBeUndefined()
  })
})

describe("preconditions", () => {
  it.each([
    [{ "if-match": etag }, "failed"],
    [{ "if-match": "*" }, "proceed"],
    [{ "if-unmodified-since": at("2026-11-21T03:09:59Z") }, "failed"],
    [{ "if-unmodified-since": at("2026-11-21T03:10:00Z") }, "proceed"]
  ])("%o: %s", (headers, outcome) => {
    expect(evaluate(headers, etag, modified, now)).toBe(outcome)
  })
})
