/** Parameters of the public routes: how they read, and how the documentation describes them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** A parameter that reads text, or refuses it with a rule that begins with "must". */
const parameter = <A>(
  schema: Schema.Codec<A>,
  rule: string,
  parse: (text: string) => A | undefined,
  print: (value: A) => string = String
) =>
  Schema.String.pipe(
    Schema.decodeTo(
      schema,
      SchemaTransformation.transformEffect({
        decode: (text: string) => {
          const value = parse(text)
          return value === undefined
            ? Effect.fail(new SchemaIssue.InvalidValue({ message: rule }))
            : Effect.succeed(value)
        },
        encode: (value: A) => Effect.succeed(print(value))
      })
    )
  )

const digits = /^(?:0|[1-9][0-9]{0,15})$/

const readWhole = (text: string, minimum: number, maximum: number): number | undefined => {
  if (!digits.test(text)) return undefined
  const value = Number(text)
  return value >= minimum && value <= maximum ? value : undefined
}

const wholeNumber = (minimum: number, maximum: number) =>
  parameter(Schema.Number, `must be a whole number from ${minimum} to ${maximum}, in plain digits`, (text) =>
    readWhole(text, minimum, maximum)
  )

export const MAX_PAGE = 1_000_000
export const MAX_PER_PAGE = 100
/**
 * How many items of a list page numbers lead to. It is the catalogue's rule, which refuses what lies beyond and says why
 * (PageTooDeep); it is known here because `Link` must not lead to a page that would be refused, and to be documented.
 */
export const DEEPEST = 10_000
/** Values of one parameter. */
export const MAX_LIST = 100
/** Characters of a search. */
export const MAX_SEARCH = 100
/** Characters of a stock status. */
export const MAX_STOCK_STATUS = 100
/** Mean ratings there are. */
export const MAX_RATINGS = 5

/** A value that is given twice counts once. */
const list = <A>(
  item: Schema.Codec<A>,
  rule: string,
  parse: (text: string) => A | undefined,
  most = MAX_LIST
) =>
  parameter(
    Schema.Array(item),
    `must be one to ${most} values, separated by commas; each ${rule}`,
    (text) => {
      const parts = text.split(",")
      const values = parts.flatMap((part) => parse(part) ?? [])
      const set = new Set(values)
      return values.length === parts.length && set.size <= most ? [...set] : undefined
    },
    (values) => values.join(",")
  )

const oneOf = <const Values extends ReadonlyArray<string>>(...values: Values) =>
  parameter<Values[number]>(Schema.Literals(values), `must be one of ${values.join(", ")}`, (text) =>
    values.find((value) => value === text)
  )

const boolean = parameter(Schema.Boolean, "must be true or false", (text) =>
  text === "true" ? true : text === "false" ? false : undefined
)

/** One to so many characters (code points) as they are, without control characters: PostgreSQL cannot hold all of those. */
const plainText = (most: number) => {
  const shape = new RegExp(`^\\P{Cc}{1,${most}}$`, "u")
  return {
    rule: `1 to ${most} characters without control characters`,
    read: (text: string): string | undefined => (shape.test(text) ? text : undefined)
  }
}
const name = plainText(200)
const status = plainText(MAX_STOCK_STATUS)
const slugText = plainText(600)

const mustBeCursor = "must be next_cursor of an answer to the same filters and order"

const price = parameter(
  Schema.String,
  "must be an amount such as 1499 or 1499.50: up to 15 digits, a point, up to 10 more",
  (text) => (/^[0-9]{1,15}(?:\.[0-9]{1,10})?$/.test(text) ? text : undefined)
)

/** Ids are numbers in JSON, which are exact up to here: nothing has a larger one. */
const MAX_ID = Number.MAX_SAFE_INTEGER
const anId = `an id: a whole number from 1 to ${MAX_ID}, in plain digits`
const ids = list(Schema.Number, anId, (text) => readWhole(text, 1, MAX_ID))

/** One to so many characters (code points) once what is blank at both ends is gone. Whatever they are, they are text. */
const words = parameter(Schema.String, `must be 1 to ${MAX_SEARCH} characters of text`, (text) => {
  const trimmed = text.trim()
  // A code point has at most two units: what is much too long is not counted.
  return trimmed !== "" && trimmed.length <= 2 * MAX_SEARCH && [...trimmed].length <= MAX_SEARCH
    ? trimmed
    : undefined
})

export const page = wholeNumber(1, MAX_PAGE)
export const perPage = wholeNumber(1, MAX_PER_PAGE)
export const cursor = parameter(Schema.String, mustBeCursor, (text) =>
  /^[\x21-\x7e]{1,2000}$/.test(text) ? text : undefined
)
export const search = words
export const q = words
/** How many suggestions of each kind. */
export const limit = wholeNumber(1, 20)
export const categories = ids
export const tag = ids
export const brand = ids
export const include = ids
export const rating = list(
  Schema.Number,
  "a whole number from 1 to 5",
  (text) => readWhole(text, 1, MAX_RATINGS),
  MAX_RATINGS
)
/** Bracket parameters such as `attributes[pa_colour]`. */
export const attribute = Schema.TemplateLiteral([
  "attributes[",
  Schema.String.check(Schema.isPattern(/^[^[\]\p{Cc}]{1,100}$/u)),
  "]"
])
/** The attribute that the name of a bracket parameter names; undefined for other names. */
export const attributeOf = (name: string): string | undefined => /^attributes\[(.*)\]$/su.exec(name)?.[1]
/** Slugs of terms, as the facets tell them or with the percent-encoding undone. */
export const terms = list(Schema.String, name.rule, name.read)
/** SKUs, exactly. */
export const sku = list(Schema.String, name.rule, name.read)
export const minPrice = price
export const maxPrice = price
export const onSale = boolean
export const featured = boolean
/** Plugins add statuses of their own, which facets count: what can be counted can be asked for. */
export const stockStatus = parameter(Schema.String, `must be ${status.rule}`, status.read)
export const orderBys = [
  "date",
  "id",
  "include",
  "title",
  "slug",
  "modified",
  "menu_order",
  "price",
  "popularity",
  "rating",
  "relevance"
] as const
export const orderby = oneOf(...orderBys)
export const order = oneOf("asc", "desc")

/** Names of fields to answer with; those that do not exist are named in the refusal. */
export const fields = (known: ReadonlySet<string>) =>
  Schema.String.pipe(
    Schema.decodeTo(
      Schema.Array(Schema.String),
      SchemaTransformation.transformEffect({
        decode: (text: string) => {
          const names = text.split(",")
          const unknown = names
            .filter((name) => !known.has(name))
            .map((name) => JSON.stringify(name.slice(0, 60)))
          return unknown.length > 0
            ? Effect.fail(
                new SchemaIssue.InvalidValue({ message: `has no field ${unknown.slice(0, 20).join(", ")}` })
              )
            : Effect.succeed([...new Set(names)])
        },
        encode: (names: ReadonlyArray<string>) => Effect.succeed(names.join(","))
      })
    )
  )

/** An object without any field, which a plain empty struct would not insist on. */
export const nothing = Schema.Struct({}).check(
  Schema.makeFilter((value: object) =>
    Array.isArray(value) || typeof value !== "object"
      ? "must be an object"
      : Object.keys(value).map((name) => ({ path: [name], issue: "is not known here" }))
  )
)

/** Id of a product or a category in a path. */
export const id = parameter(Schema.BigInt, `must be ${anId}`, (text) => {
  const value = readWhole(text, 1, MAX_ID)
  return value === undefined ? undefined : BigInt(value)
})

/** Slug of a product in a path. */
export const slug = parameter(Schema.String, `must be a slug: ${slugText.rule}`, slugText.read)

/** Id of a run in a path. */
export const runId = parameter(Schema.String, "must be the UUID of a run", (text) =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
    ? text.toLowerCase()
    : undefined
)
