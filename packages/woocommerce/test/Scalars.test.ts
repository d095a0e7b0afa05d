import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Bool, Id, Int, list, NumberOrNull, orNull, Price, Text, whole } from "../src/Scalars.ts"

const nothing = {}
const decoder = <A, I>(schema: Schema.Codec<A, I>) => {
  const decode = Schema.decodeUnknownSync(Schema.Struct({ it: schema }))
  return (value: unknown) => decode(value === nothing ? {} : { it: value }).it
}

describe("Scalars", () => {
  const text = decoder(Text)
  it.each([
    ["Rosé &amp; Gold", "Rosé &amp; Gold"],
    ["", ""],
    [null, ""],
    [false, ""],
    [42, "42"],
    [nothing, ""]
  ])("fact 16: Text %j is %j, entities kept", (sent, read) => assert.strictEqual(text(sent), read))
  it("Text refuses what is no text", () => {
    for (const sent of [true, {}, []]) assert.throws(() => text(sent), /Expected text/)
  })

  const price = decoder(Price)
  it.each([["12999.999"], ["0.0001"], ["1000.10"], ["0"], ["-5"], [".5"], [""], ["12345678901234567890.10"]])(
    "fact 11: Price %j stays exactly that",
    (sent) => assert.strictEqual(price(sent), sent)
  )
  it.each([
    [null, ""],
    [false, ""],
    [nothing, ""],
    [" 12.50 ", "12.50"],
    [129, "129"],
    [0.0000001, "0.0000001"],
    [1e21, "1000000000000000000000"]
  ])("Price %j is %j", (sent, read) => assert.strictEqual(price(sent), read))
  it.each([["12,50"], ["abc"], ["1e3"], ["1.2.3"], [true], [{}]])("Price refuses %j", (sent) =>
    assert.throws(() => price(sent), /Expected a decimal amount such as "12.50", or ""/)
  )

  const int = decoder(Int)
  it.each([
    [14, 14],
    ["12", 12],
    ["", 0],
    [null, 0],
    [false, 0],
    [nothing, 0],
    ["-1", -1],
    ["4.0", 4]
  ])("fact 12: Int %j is %j", (sent, read) => assert.strictEqual(int(sent), read))
  it.each([[1.5], ["1.5"], ["x"], [true], [2 ** 53]])("Int refuses %j", (sent) =>
    assert.throws(() => int(sent), /Expected an integer/)
  )

  const id = decoder(Id)
  it("Id takes digits and refuses what names nothing", () => {
    assert.strictEqual(id("18"), 18)
    for (const sent of [0, -1, "", null, "x", nothing]) assert.throws(() => id(sent))
  })

  const number = decoder(NumberOrNull)
  it.each([
    [null, null],
    ["", null],
    [nothing, null],
    [-3, -3],
    ["2.5", 2.5],
    [0, 0]
  ])("fact 13: a stock quantity %j is %j", (sent, read) => assert.strictEqual(number(sent), read))

  const bool = decoder(Bool)
  it.each([
    [true, true],
    ["yes", true],
    ["1", true],
    [1, true],
    [false, false],
    ["no", false],
    ["", false],
    [null, false],
    [nothing, false]
  ])("Bool %j is %j", (sent, read) => assert.strictEqual(bool(sent), read))
  it("Bool refuses what is neither", () => assert.throws(() => bool("maybe"), /Expected true or false/))

  const ids = decoder(list(Id))
  it("a list may come as an object, as PHP writes one with gaps", () => {
    assert.deepStrictEqual(ids({ "0": 5, "2": 7 }), [5, 7])
    for (const sent of [[], null, "", false, nothing]) assert.deepStrictEqual(ids(sent), [])
    assert.throws(() => ids("5,7"), /Expected a list/)
  })

  const Size = Schema.Struct({ width: Text })
  it("an object may come as [] or not at all", () => {
    for (const sent of [[], null, "", false, nothing]) {
      assert.isNull(decoder(orNull(Size))(sent))
      assert.deepStrictEqual(decoder(whole(Size))(sent), { width: "" })
    }
    assert.deepStrictEqual(decoder(orNull(Size))({ width: "5" }), { width: "5" })
    assert.throws(() => decoder(orNull(Size))(5), /Expected an object or null/)
  })
})
