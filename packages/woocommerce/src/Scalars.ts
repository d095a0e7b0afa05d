/**
 * The few value shapes that every WooCommerce resource is made of, as shops really send them.
 *
 * PHP has one "nothing" too many: a text that is not set arrives as `""`, `null` or `false`, a number as a number
 * or as its digits, an empty object as `[]`, and a list with gaps in its keys as an object. Each schema here takes
 * all of those and gives one TypeScript shape. A field that is absent (older shop, `_fields`) decodes like one that
 * is not set, so decoded values are total; only the fields that a resource cannot do without are required.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

const Nothing = Schema.Union([Schema.Null, Schema.Literals(["", false])])
type Nothing = typeof Nothing.Type

const isNothing = (value: unknown): value is Nothing => value === null || value === "" || value === false

const isEmptyList = (value: unknown): value is readonly [] => Array.isArray(value) && value.length === 0

const isList: (value: unknown) => value is ReadonlyArray<unknown> = Array.isArray

/** JSON numbers reach us as binary floats; this writes them without an exponent, as PHP would. */
const decimalOf = (value: number): string => {
  const text = String(value)
  return /e/i.test(text) ? value.toFixed(20).replace(/\.?0+$/, "") : text
}

/** Text that must be there, exactly as sent: HTML entities and all (fact 16). */
export const RequiredText = Schema.String

/** Text in a list: exactly as sent, `""` for PHP's nothings. */
export const TextItem = Schema.Union([Schema.String, Schema.Finite, Nothing]).pipe(
  Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transform({
      decode: (value: string | number | Nothing): string =>
        typeof value === "string" ? value : typeof value === "number" ? decimalOf(value) : "",
      encode: (value: string): string | number | Nothing => value
    })
  )
)

/** Text exactly as sent, HTML entities and all (fact 16); `""` where nothing is set. */
export const Text = TextItem.pipe(Schema.withDecodingDefaultKey(Effect.succeed(null)))

/**
 * An amount as the decimal string that the shop sent, unrounded (`"12999.999"`, `"0.0001"`, `"1000.10"`, fact 11);
 * `""` where none is set. Never parse it into a float. Pricing plugins filter prices into JSON numbers; those are
 * written out in decimals.
 */
export const Price = Schema.Union([
  Schema.String.check(
    Schema.isPattern(/^\s*(-?(\d+\.?\d*|\.\d+))?\s*$/, {
      expected: 'a decimal amount such as "12.50", or ""'
    })
  ),
  Schema.Finite,
  Nothing
]).pipe(
  Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transform({
      decode: (value: string | number | Nothing): string =>
        typeof value === "string" ? value.trim() : typeof value === "number" ? decimalOf(value) : "",
      encode: (value: string): string | number | Nothing => value
    })
  ),
  Schema.withDecodingDefaultKey(Effect.succeed(null))
)

const Digits = Schema.String.check(Schema.isPattern(/^\s*-?\d+\s*$/, { expected: "an integer" }))
const Numeral = Schema.String.check(Schema.isPattern(/^\s*-?(\d+\.?\d*|\.\d+)\s*$/, { expected: "a number" }))

/** An id that must be there: a positive integer, also as digits. */
export const Id = Schema.Union([Schema.Int, Digits]).pipe(
  Schema.decodeTo(
    Schema.Int.check(Schema.isGreaterThan(0, { expected: "an id above 0" })),
    SchemaTransformation.transform({
      decode: (value: number | string): number => Number(value),
      encode: (value: number): number | string => value
    })
  )
)

/** An integer, also as digits (`total_sales`, image ids); 0 where nothing is set (fact 12: image id `"12"`, `14`, `""`). */
export const Int = Schema.Union([Schema.Int, Digits, Nothing]).pipe(
  Schema.decodeTo(
    Schema.Int,
    SchemaTransformation.transform({
      decode: (value: number | string | Nothing): number => (isNothing(value) ? 0 : Number(value)),
      encode: (value: number): number | string | Nothing => value
    })
  ),
  Schema.withDecodingDefaultKey(Effect.succeed(null))
)

/** A number, also as digits; `null` where nothing is set. Stock is no integer where a plugin sells by the metre. */
export const NumberOrNull = Schema.Union([Schema.Finite, Numeral, Nothing]).pipe(
  Schema.decodeTo(
    Schema.NullOr(Schema.Finite),
    SchemaTransformation.transform({
      decode: (value: number | string | Nothing): number | null => (isNothing(value) ? null : Number(value)),
      encode: (value: number | null): number | string | Nothing => value
    })
  ),
  Schema.withDecodingDefaultKey(Effect.succeed(null))
)

type Switch = "0" | "1" | "yes" | "no" | "true" | "false" | "on" | "off"

const truths: ReadonlySet<unknown> = new Set([true, 1, "1", "yes", "true", "on"])

/** A boolean, also as WordPress options spell it (`"yes"`, `"no"`, `"1"`, 0); false where nothing is set. */
export const Bool = Schema.Union([
  Schema.Boolean,
  Schema.Literals([0, 1, "0", "1", "yes", "no", "true", "false", "on", "off"]),
  Nothing
]).pipe(
  Schema.decodeTo(
    Schema.Boolean,
    SchemaTransformation.transform({
      decode: (value: boolean | 0 | 1 | Switch | Nothing): boolean => truths.has(value),
      encode: (value: boolean): boolean | 0 | 1 | Switch | Nothing => value
    })
  ),
  Schema.withDecodingDefaultKey(Effect.succeed(null))
)

/** Any JSON value, `null` where absent: `meta_data[].value` (fact 14). */
export const Anything = Schema.Unknown.pipe(Schema.withDecodingDefaultKey(Effect.succeed(null)))

/** A list; `[]` where nothing is set. An object, which is how PHP writes a list with gaps in its keys, gives its values. */
export const list = <A, I>(item: Schema.Codec<A, I>) =>
  Schema.Union([Schema.Array(item), Schema.Record(Schema.String, item), Nothing]).pipe(
    Schema.decodeTo(
      Schema.Array(Schema.toType(item)),
      SchemaTransformation.transform<
        ReadonlyArray<A>,
        ReadonlyArray<A> | { readonly [key: string]: A } | Nothing
      >({
        decode: (value) => (isList(value) ? value : isNothing(value) ? [] : Object.values(value)),
        encode: (value) => value
      })
    ),
    Schema.withDecodingDefaultKey(Effect.succeed(null))
  )

/** An object or `null`; PHP also writes "no object" as `[]`. */
export const orNull = <A, I>(object: Schema.Codec<A, I>) =>
  Schema.Union([Schema.Tuple([]), object, Nothing]).pipe(
    Schema.decodeTo(
      Schema.NullOr(Schema.toType(object)),
      SchemaTransformation.transform<A | null, readonly [] | A | Nothing>({
        decode: (value) => (isNothing(value) || isEmptyList(value) ? null : value),
        encode: (value) => value
      })
    ),
    Schema.withDecodingDefaultKey(Effect.succeed(null))
  )

/** An object whose fields all have a value where nothing is set; PHP writes an empty one as `[]`. */
export const whole = <A, I>(object: Schema.Codec<A, I>, empty: A) =>
  Schema.Union([Schema.Tuple([]), object, Nothing]).pipe(
    Schema.decodeTo(
      Schema.toType(object),
      SchemaTransformation.transform<A, readonly [] | A | Nothing>({
        decode: (value) => (isNothing(value) || isEmptyList(value) ? empty : value),
        encode: (value) => value
      })
    ),
    Schema.withDecodingDefaultKey(Effect.succeed(null))
  )
