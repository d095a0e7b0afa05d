/** What there is to read in a shop, where it is, and how one object of it is decoded. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { Attribute } from "./Attribute.ts"
import { Category } from "./Category.ts"
import { Coupon } from "./Coupon.ts"
import { Customer } from "./Customer.ts"
import { Order } from "./Order.ts"
import { Product } from "./Product.ts"
import { Review } from "./Review.ts"
import { Tag } from "./Tag.ts"
import { Term } from "./Term.ts"

/** One object: decoded, and as the shop sent it with every key that the schema does not know. */
export interface Item<A> {
  readonly value: A
  readonly source: Schema.Json
}

/** One object that breaks a rule of its schema. The rest of its page is not lost. */
export interface Refused {
  /** Its id, where that much could be read. */
  readonly id: number | undefined
  /** The field, such as `regular_price` or `images[0].src`; `""` for the object as a whole. */
  readonly path: string
  /** What was expected there. The value itself is not repeated: it may be personal. */
  readonly rule: string
  readonly source: Schema.Json
}

/** One page of a list, in the shop's order. */
export interface Page<A> {
  /** From 1. */
  readonly page: number
  /** What was asked for: `items` and `refused` together hold fewer on the last page only. */
  readonly perPage: number
  readonly items: ReadonlyArray<Item<A>>
  readonly refused: ReadonlyArray<Refused>
  /** `X-WP-Total`; 0 on a page of orders past the end (fact 10). */
  readonly total: number
  /** `X-WP-TotalPages`; 0 on a page of orders past the end (fact 10). */
  readonly totalPages: number
  /** Size of the answer's body. */
  readonly bytes: number
}

/** A kind of thing in the shop. Make others with {@link make}. */
export interface Resource<A> {
  readonly name: string
  /** Under `/wp-json/wc/v3`. */
  readonly path: string
  /** Where one of them is read by id, if not under `path`. */
  readonly itemPath: string
  /** False for the list of attributes, which takes no page. */
  readonly paged: boolean
  /** Decodes one object; the decoder is compiled once, here. */
  readonly decode: (source: Schema.Json) => Result.Result<Item<A>, Refused>
  /** The same things, read as something else: sync decodes little more than the id and passes `source` on. */
  readonly withSchema: <B>(schema: Schema.ConstraintDecoder<B>) => Resource<B>
}

/** A path of keys as people write it: `images[0].src`. */
export const renderPath = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
    ""
  )

const readableId = (source: Schema.Json): number | undefined => {
  if (typeof source !== "object" || source === null || !("id" in source)) return undefined
  const id = Number(source.id)
  return Number.isSafeInteger(id) && id > 0 ? id : undefined
}

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

const decoder = <A>(schema: Schema.ConstraintDecoder<A>) => {
  const decode = Schema.decodeUnknownResult(schema)
  return (source: Schema.Json): Result.Result<Item<A>, Refused> => {
    const decoded = decode(source)
    if (Result.isSuccess(decoded)) return Result.succeed({ value: decoded.success, source })
    const [first] = formatIssue(decoded.failure.issue).issues
    return Result.fail({
      id: readableId(source),
      path: renderPath((first?.path ?? []).map((key) => (typeof key === "object" ? key.key : key))),
      rule: first?.message ?? "not readable",
      source
    })
  }
}

/** A resource of `schema` under `path` (after `/wp-json/wc/v3`). */
export const make = <A>(options: {
  readonly name: string
  readonly path: string
  readonly schema: Schema.ConstraintDecoder<A>
  readonly itemPath?: string
  readonly paged?: boolean
}): Resource<A> => ({
  name: options.name,
  path: options.path,
  itemPath: options.itemPath ?? options.path,
  paged: options.paged ?? true,
  decode: decoder(options.schema),
  withSchema: (schema) => make({ ...options, schema })
})

/** All products; drafts, private and scheduled ones too, without the trash (fact 9). */
const products = make({ name: "products", path: "/products", schema: Product })
const variation = make({ name: "variations", path: "", schema: Product })
const term = make({ name: "terms", path: "", schema: Term })

/** The resources of WooCommerce REST v3 that have a schema here. */
export const Resources = {
  products,
  /** Variations of one product; of a product that does not exist: none, not a 404 (fact 10). Newest first (fact 13). */
  variationsOf: (productId: number): Resource<Product> => at(variation, `/products/${productId}/variations`),
  /**
   * All variations of all products, with `parent_id` in each (fact 3). Only newer shops have this list: others fail
   * with `RouteMissing`, then ask {@link Resources.variationsOf} each variable product. By id they are read as products.
   */
  variations: make({ name: "variations", path: "/variations", itemPath: "/products", schema: Product }),
  categories: make({ name: "categories", path: "/products/categories", schema: Category }),
  tags: make({ name: "tags", path: "/products/tags", schema: Tag }),
  /** One list without pages. */
  attributes: make({ name: "attributes", path: "/products/attributes", schema: Attribute, paged: false }),
  termsOf: (attributeId: number): Resource<Term> => at(term, `/products/attributes/${attributeId}/terms`),
  reviews: make({ name: "reviews", path: "/products/reviews", schema: Review }),
  customers: make({ name: "customers", path: "/customers", schema: Customer }),
  /** Without trash and checkout drafts (fact 9). */
  orders: make({ name: "orders", path: "/orders", schema: Order }),
  coupons: make({ name: "coupons", path: "/coupons", schema: Coupon })
}

// The same kind under another path: its decoder is shared, not compiled again per product.
function at<A>(resource: Resource<A>, path: string): Resource<A> {
  return { ...resource, path, itemPath: path, withSchema: (schema) => at(resource.withSchema(schema), path) }
}
