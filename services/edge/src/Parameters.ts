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

const MAX_PAGE = 1_000_000
const MAX_PER_PAGE = 100
const MAX_LIST = 100

const list = <A>(item: Schema.Codec<A>, rule: string, parse: (text: string) => A | undefined) =>
  parameter(
    Schema.Array(item),
    `must be one to ${MAX_LIST} values, separated by commas; each ${rule}`,
    (text) => {
      const parts = text.split(",")
      const values = parts.flatMap((part) => parse(part) ?? [])
      return values.length === parts.length && parts.length <= MAX_LIST ? [...new Set(values)] : undefined
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

const price = parameter(
  Schema.String,
  "must be an amount such as 1499 or 1499.50: up to 15 digits, a point, up to 10 more",
  (text) => (/^[0-9]{1,15}(?:\.[0-9]{1,10})?$/.test(text) ? text : undefined)
)

const ids = list(Schema.Number, "an id: a whole number from 1, in plain digits", (text) =>
  readWhole(text, 1, Number.MAX_SAFE_INTEGER)
)

export const page = wholeNumber(1, MAX_PAGE)
export const perPage = wholeNumber(1, MAX_PER_PAGE)
export const categories = ids
export const tag = ids
export const include = ids
/** SKUs, exactly. Control characters are refused: PostgreSQL cannot hold all of them. */
export const sku = list(Schema.String, "1 to 200 characters without control characters", (text) =>
  /^\P{Cc}{1,200}$/u.test(text) ? text : undefined
)
export const minPrice = price
export const maxPrice = price
export const onSale = boolean
export const featured = boolean
export const stockStatus = oneOf("instock", "outofstock", "onbackorder")
export const orderby = oneOf("date", "id", "include", "title", "slug", "modified", "menu_order", "price")
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

/** Id of a product or a category in a path. Numbers too large to be one are ids that nothing has. */
export const id = parameter(Schema.BigInt, "must be an id: a whole number from 1, in plain digits", (text) =>
  /^[1-9][0-9]{0,99}$/.test(text) ? BigInt(text) : undefined
)

/** Id of a run in a path. */
export const runId = parameter(Schema.String, "must be the UUID of a run", (text) =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
    ? text.toLowerCase()
    : undefined
)

export interface ParameterDocumentation {
  readonly description: string
  readonly schema: Record<string, unknown>
  readonly example: unknown
}

const id64 = { type: "integer", format: "int64", minimum: 1 }
const idList = { type: "array", items: id64, minItems: 1, maxItems: MAX_LIST }
const amount = { type: "string", pattern: "^[0-9]{1,15}(?:\\.[0-9]{1,10})?$" }

/** What the OpenAPI document says of each parameter, by name. Lists are separated by commas. */
export const documentation: Record<string, ParameterDocumentation> = {
  page: {
    description: "Which page, from 1. A page past the end is empty.",
    schema: { type: "integer", minimum: 1, maximum: MAX_PAGE, default: 1 },
    example: 1
  },
  per_page: {
    description: "Items on a page.",
    schema: { type: "integer", minimum: 1, maximum: MAX_PER_PAGE, default: 20 },
    example: 20
  },
  fields: {
    description: "Only these fields of each item.",
    schema: { type: "array", items: { type: "string" }, minItems: 1 },
    example: ["id", "name", "price"]
  },
  categories: { description: "In any of these categories or one below.", schema: idList, example: [16] },
  tag: { description: "With any of these tags, by id.", schema: idList, example: [34] },
  sku: {
    description: "With any of these SKUs, exactly.",
    schema: {
      type: "array",
      items: { type: "string", minLength: 1, maxLength: 200 },
      minItems: 1,
      maxItems: MAX_LIST
    },
    example: ["FR-1001"]
  },
  include: { description: "Among these ids.", schema: idList, example: [18, 19] },
  min_price: { description: "Price at least this.", schema: amount, example: "999.50" },
  max_price: { description: "Price at most this.", schema: amount, example: "4999" },
  on_sale: { description: "On sale now, or not.", schema: { type: "boolean" }, example: true },
  featured: { description: "Featured, or not.", schema: { type: "boolean" }, example: true },
  stock_status: {
    description: "With this stock status.",
    schema: { type: "string", enum: ["instock", "outofstock", "onbackorder"] },
    example: "instock"
  },
  orderby: {
    description:
      "Ordered by what; ties by id. `include` is the order of the ids in `include`, which it needs.",
    schema: {
      type: "string",
      enum: ["date", "id", "include", "title", "slug", "modified", "menu_order", "price"],
      default: "date"
    },
    example: "price"
  },
  order: {
    description: "Rising or falling.",
    schema: { type: "string", enum: ["asc", "desc"], default: "desc" },
    example: "asc"
  },
  id: { description: "Id that WooCommerce gave it.", schema: id64, example: 18 },
  run: {
    description: "Id of the run.",
    schema: { type: "string", format: "uuid" },
    example: "0198a3c2-5f1e-7c3a-9d1b-6f0f4b8f2a11"
  }
}
