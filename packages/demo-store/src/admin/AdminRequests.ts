/** What the admin API takes. Decoded here; behind it the types are trusted. */
import * as Schema from "effect/Schema"

const count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))

/** Every field may be left out: it keeps its value. */
export const FaultChange = Schema.Struct({
  path: Schema.optionalKey(Schema.String),
  latencyMs: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 600_000 }))),
  failNext: Schema.optionalKey(count),
  failStatus: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 400, maximum: 599 }))),
  retryAfter: Schema.optionalKey(count),
  hangNext: Schema.optionalKey(count),
  closeNext: Schema.optionalKey(count),
  shortNext: Schema.optionalKey(count),
  shortBy: Schema.optionalKey(count)
})

/** Changes as REST takes them; WooCommerce's own rules check the rest. */
export const ProductChange = Schema.JsonObject

/** A direct write to the meta table, as import plugins do it: no date moves (fact 4). */
export const MetaWrite = Schema.Struct({ key: Schema.NonEmptyString, value: Schema.Json })

/** Renames a term or an attribute without touching a product. */
export const Rename = Schema.Struct({ name: Schema.NonEmptyString })
