/**
 * The few value shapes that every WooCommerce resource is made of, as shops really send them.
 *
 * PHP has one "nothing" too many: a text that is not set arrives as `""`, `null` or `false`, a number as a number
 * or as its digits, an empty object as `[]`, and a list with gaps in its keys as an object. Each schema here takes
 * all of those and gives one TypeScript shape. A field that is absent (older shop, `_fields`) decodes like one that
 * is not set, so decoded values are total; only the fields that a resource cannot do without are required.
 *
 * These are for reading. What is written to a shop is plain JSON.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

const reading = <A>(expected: string, read: (value: unknown) => A | undefined) =>
  SchemaGetter.transformOptionalEffect((input: Option.Option<unknown>) => {
    const value = read(Option.getOrNull(input))
    return value === undefined
      ? Effect.fail(new SchemaIssue.InvalidValue({ expected }))
      : Effect.succeed(Option.some(value))
  })

/**
 * A field that `read` makes sense of (`null` is also what is absent); `undefined` means no sense. A plain function
 * per field, not a union of schemas: that makes decoding a product three times cheaper.
 */
export const field = <A>(to: Schema.Codec<A>, expected: string, read: (value: unknown) => A | undefined) =>
  Schema.optionalKey(Schema.Unknown).pipe(
    Schema.decodeTo(to, {
      decode: reading(expected, read),
      encode: SchemaGetter.passthrough({ strict: false })
    })
  )

/** As {@link field}, for a value that must be there, or stands in a list. */
export const present = <A>(to: Schema.Codec<A>, expected: string, read: (value: unknown) => A | undefined) =>
  Schema.Unknown.pipe(
    Schema.decodeTo(to, {
      decode: reading(expected, read),
      encode: SchemaGetter.passthrough({ strict: false })
    })
  )

const isNothing = (value: unknown): boolean => value === null || value === "" || value === false

/** JSON numbers reach us as binary floats; this writes them without an exponent, as PHP would. */
const decimal = (value: number): string => {
  const text = String(value)
  if (!text.includes("e")) return text
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(20).replace(/0+$/, "")
}

const readText = (value: unknown): string | undefined => {
  if (typeof value === "string") return value
  if (typeof value === "number") return decimal(value)
  return isNothing(value) ? "" : undefined
}

const isDecimal = /^-?(\d+\.?\d*|\.\d+)$/

const readNumber = (value: unknown): number | null | undefined => {
  if (typeof value === "number") return value
  if (isNothing(value)) return null
  return typeof value === "string" && isDecimal.test(value.trim()) ? Number(value) : undefined
}

const readInt = (value: unknown): number | undefined => {
  const number = readNumber(value)
  if (number === null) return 0
  return Number.isSafeInteger(number) ? number : undefined
}

const readId = (value: unknown): number | undefined => {
  const number = readInt(value)
  return number !== undefined && number > 0 ? number : undefined
}

const readPrice = (value: unknown): string | undefined => {
  const text = readText(value)?.trim()
  return text === "" || (text !== undefined && isDecimal.test(text)) ? text : undefined
}

const switches = new Map<unknown, boolean>([
  ...[true, 1, "1", "yes", "true", "on"].map((value) => [value, true] as const),
  ...[false, 0, "0", "no", "false", "off", "", null].map((value) => [value, false] as const)
])

/** Reads a boolean, also as WordPress options spell it: `"yes"`, `"no"`, `"1"`, 0. */
export const readBool = (value: unknown): boolean | undefined => switches.get(value)

/** Text that must be there, exactly as sent: HTML entities and all (fact 16). */
export const RequiredText = Schema.String

/** Text exactly as sent, HTML entities and all (fact 16); `""` where nothing is set. */
export const Text = field(Schema.String, "text", readText)

/** {@link Text} in a list. */
export const TextItem = present(Schema.String, "text", readText)

/**
 * An amount as the decimal string that the shop sent, unrounded (`"12999.999"`, `"0.0001"`, `"1000.10"`, fact 11);
 * `""` where none is set. Never parse it into a float. Pricing plugins filter prices into JSON numbers; those are
 * written out in decimals.
 */
export const Price = field(Schema.String, 'a decimal amount such as "12.50", or ""', readPrice)

/** An id that must be there: an integer above 0, also as digits. */
export const Id = present(Schema.Number, "an id above 0", readId)

/** An integer, also as digits (`total_sales`; image ids `"12"`, 14, `""`, fact 12); 0 where nothing is set. */
export const Int = field(Schema.Number, "an integer", readInt)

/** {@link Int} in a list: ids of other things, which a careless import may have left at 0. */
export const IntItem = present(Schema.Number, "an integer", readInt)

/** A number, also as digits; `null` where nothing is set. Stock is no integer where a plugin sells by the metre. */
export const NumberOrNull = field(Schema.NullOr(Schema.Number), "a number or null", readNumber)

/** A boolean, also as WordPress options spell it (`"yes"`, `"1"`); false where nothing is set. */
export const Bool = field(Schema.Boolean, "true or false", readBool)

/** Any JSON value, `null` where absent: `meta_data[].value` (fact 14). */
export const Anything = field(Schema.Unknown, "a value", (value) => value)

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

// PHP's empty array stands for an empty object too.
const isNoObject = (value: unknown): boolean =>
  isNothing(value) || (Array.isArray(value) && value.length === 0)

/** A list; `[]` where nothing is set. An object, which is how PHP writes a list with gaps in its keys, gives its values. */
export const list = <A, I>(item: Schema.Codec<A, I>) =>
  field(Schema.Array(Schema.Unknown), "a list", (value) =>
    Array.isArray(value) ? value : isNothing(value) ? [] : isObject(value) ? Object.values(value) : undefined
  ).pipe(Schema.decodeTo(Schema.Array(item), SchemaTransformation.passthrough({ strict: false })))

/** An object or `null`; PHP also writes "no object" as `[]`. */
export const orNull = <A, I>(object: Schema.Codec<A, I>) =>
  field(Schema.Unknown, "an object or null", (value) =>
    isNoObject(value) ? null : isObject(value) ? value : undefined
  ).pipe(Schema.decodeTo(Schema.NullOr(object), SchemaTransformation.passthrough({ strict: false })))

/** An object all of whose fields have a value where nothing is set; PHP writes an empty one as `[]`. */
export const whole = <A, I>(object: Schema.Codec<A, I>) =>
  field(Schema.Unknown, "an object", (value) =>
    isNoObject(value) ? {} : isObject(value) ? value : undefined
  ).pipe(Schema.decodeTo(object, SchemaTransformation.passthrough({ strict: false })))
