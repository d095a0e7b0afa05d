import { describe, expect, it } from "@effect/vitest"
import { isCompressible, negotiate } from "../src/Compression.ts"
import { accepts, isJson } from "../src/MediaTypes.ts"

describe("the content coding", () => {
  it.each([
    [undefined, undefined],
    ["", undefined],
    ["identity", undefined],
    ["gzip", "gzip"],
    ["gzip, deflate, br", "br"],
    ["GZIP;q=0.5, BR;q=0.1", "gzip"],
    ["br;q=0, gzip;q=0", undefined],
    ["*", "br"],
    ["*;q=0", undefined],
    ["br;q=0, *", "gzip"],
    ["x-gzip", "gzip"],
    ["gzip;q=nonsense", undefined],
    ["gzip;q=2", undefined],
    [";;;,,,=", undefined]
  ])("for %s is %s", (header, coding) => {
    expect(negotiate(header)).toBe(coding)
  })

  it("is for text, and never for event streams", () => {
    expect(
      ["application/json", "application/problem+json", "text/html; charset=utf-8"].every(isCompressible)
    ).toBe(true)
    expect(["text/event-stream", "image/png", "application/octet-stream"].some(isCompressible)).toBe(false)
  })
})

describe("Accept", () => {
  it.each([
    [undefined, true],
    ["", true],
    ["*/*", true],
    ["application/*", true],
    ["Application/JSON", true],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true],
    ["application/json;q=0", false],
    ["application/json;q=0, */*", false],
    ["*/*;q=0, application/json", true],
    ["text/html", false],
    ["application/xml, text/*", false],
    ["nonsense", false],
    ["application/json;q=nonsense", false]
  ])("%s lets JSON through: %s", (header, answer) => {
    expect(accepts(header, "application/json")).toBe(answer)
  })
})

describe("Content-Type", () => {
  it.each([
    ["application/json", true],
    ["application/json; charset=utf-8", true],
    ["application/merge-patch+json", true],
    ["text/json", false],
    ["application/jsonp", false],
    [undefined, false],
    ["multipart/form-data; boundary=application/json", false]
  ])("%s is JSON: %s", (header, answer) => {
    expect(isJson(header)).toBe(answer)
  })
})
