import { assert, describe, it } from "@effect/vitest"
import { DateTime, Option, Schema } from "effect"
import { fromUtc, toUtc, WooDate } from "../src/WooDate.ts"

const decode = (value: unknown) => Schema.decodeUnknownSync(Schema.Struct({ at: WooDate }))({ at: value }).at

describe("WooDate", () => {
  it("fact 15: keeps a zoneless date as sent", () =>
    assert.strictEqual(decode("2026-11-21T08:24:52"), "2026-11-21T08:24:52"))

  it.each([[null], [""], [false], ["0000-00-00T00:00:00"], ["-0001-11-30T00:00:00"]])(
    "%j is no date",
    (value) => assert.isNull(decode(value))
  )

  it.each([["yesterday"], [5], ["21.11.2026"], [{}]])("refuses %j and says what it wants", (value) =>
    assert.throws(() => decode(value), /Expected a date such as 2026-11-21T03:01:56, or null/)
  )

  it("fact 15: a _gmt date is UTC, whatever the zone of this machine", () => {
    const moment = toUtc("2026-11-21T03:01:56")
    assert.strictEqual(
      Option.getOrThrow(Option.map(moment, DateTime.toEpochMillis)),
      Date.UTC(2026, 10, 21, 3, 1, 56)
    )
  })

  it("names no moment for null", () => assert.isTrue(Option.isNone(toUtc(null))))

  it("fact 2: gives modified_after a zoneless UTC value in whole seconds, cut off, never rounded up", () => {
    assert.strictEqual(fromUtc(DateTime.makeUnsafe("2026-11-21T08:31:55.999+05:30")), "2026-11-21T03:01:55")
  })
})
