/** Messages that are valid protobuf and hold anything: for tests that send them. */
import { create, type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf"
import { reflect } from "@bufbuild/protobuf/reflect"

/** What texts may be: words, what other languages take for syntax, and what is no text at all. */
const texts = [
  ...["", " ", "a", "-", "10", "0.0000000001", "999999999999999", "-1", "1e5", "instock"],
  ...["\0", "a\0b", "%", "%_", "\\", "'", '"', "';--", "a & b | !c", "a:* <-> (b", "{}", "[1]", "null"],
  ...["\u200b", "\u202egnp", "e\u0301", "É", "ß", "ﬁ", "😀", "مرحبا", "\ufffd", "\ud800", "\n\t"],
  ...["x".repeat(100), "😀".repeat(100), "a ".repeat(50), "\u0301".repeat(100), "x".repeat(5000)],
  ...['{"id":1}', '{"id":1,"name":"\\u0000","status":"publish"}', '{"id":"x"}', '{"id":5,"price":1e400}']
]

const integers = [0, 1, -1, 2, 3, 20, 100, 101, 1_000_000, 2 ** 31 - 1, -(2 ** 31)]
const longs = [0n, 1n, -1n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]
const reals = [0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE]

/** What a message is made of: texts and ids that the catalogue knows, so that more than refusals is met. */
export interface Known {
  readonly texts: ReadonlyArray<string>
  readonly ids: ReadonlyArray<bigint>
  /** Texts that fields of a form of their own take, by name. */
  readonly forms: Readonly<Record<string, ReadonlyArray<string>>>
}

/** Choices that a seed decides: whole numbers from 0 and below a bound, the same ones for the same seed (mulberry32). */
export const choices = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** A message of that kind, as a seed decides. */
export const wildMessage = (schema: DescMessage, seed: number, known: Known): Message => {
  const next = choices(seed)
  const pick = <A>(values: ReadonlyArray<A>, otherwise: A): A => values[next(values.length)] ?? otherwise

  /** Half of the messages hold what the catalogue takes, so that it has something to answer. */
  const isTame = next(2) === 0

  const scalar = (type: ScalarType, name: string): unknown => {
    switch (type) {
      case ScalarType.STRING:
        return pick(isTame ? (known.forms[name] ?? known.texts) : texts, "").toWellFormed()
      case ScalarType.BOOL:
        return next(2) === 1
      case ScalarType.BYTES:
        return new Uint8Array(next(20))
      case ScalarType.DOUBLE:
      case ScalarType.FLOAT:
        return pick(reals, 0)
      case ScalarType.INT64:
      case ScalarType.SINT64:
      case ScalarType.SFIXED64:
        return pick(isTame ? known.ids : longs, 0n)
      case ScalarType.UINT64:
      case ScalarType.FIXED64:
        return pick([1n, 0n, 2n ** 64n - 1n], 0n)
      case ScalarType.UINT32:
      case ScalarType.FIXED32:
        return Math.abs(pick(integers, 0))
      default:
        return pick(isTame ? [1, 2, 5] : integers, 0)
    }
  }

  const value = (field: DescField, depth: number): unknown => {
    if (field.message !== undefined) return reflect(field.message, message(field.message, depth + 1))
    return field.enum === undefined
      ? scalar(field.scalar ?? ScalarType.STRING, field.name)
      : isTame
        ? 1 + next(3)
        : next(14)
  }

  const message = (desc: DescMessage, depth: number): Message => {
    const made = create(desc)
    const at = reflect(desc, made)
    for (const field of desc.fields) {
      const isGiven = !isTame ? next(2) !== 0 : field.fieldKind === "list" ? next(2) !== 0 : next(10) !== 0
      if (isTame && field.oneof !== undefined && at.oneofCase(field.oneof) !== undefined) continue
      // Messages inside messages end somewhere.
      if (!isGiven || (field.message !== undefined && depth > 4)) continue
      if (field.fieldKind === "list") {
        const list = at.get(field)
        for (let count = next(4); count > 0; count--) list.add(value(field, depth))
      } else if (field.fieldKind !== "map") at.set(field, value(field, depth))
    }
    return made
  }

  return message(schema, 0)
}
