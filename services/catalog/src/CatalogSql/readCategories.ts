import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { BeginTransaction, type SqlClient } from "effect/sql/SqlClient"
import { subtree } from "./subtree.ts"

const StoredCategory = Schema.Struct({
  id: Schema.BigInt,
  parent_id: Schema.BigInt,
  document: Schema.Uint8Array
})
const decodeCategories = Schema.decodeUnknownEffect(Schema.Array(StoredCategory))

const Membership = Schema.Struct({ category_ids: Schema.Array(Schema.BigInt), products: Schema.Int })
const decodeMemberships = Schema.decodeUnknownEffect(Schema.Array(Membership))

const State = Schema.Struct({ changed_at: Schema.Date })
const decodeState = Schema.decodeUnknownEffect(Schema.Tuple([State]))

/**
 * All categories, siblings in the shop's order, and how many listed products are in each set of categories: there are
 * far fewer sets than products, so counting what is in a category or below it needs no join. One snapshot.
 */
export const readCategories = (sql: SqlClient) =>
  Effect.gen(function* () {
    const [state] = yield* Effect.orDie(decodeState(yield* sql`SELECT changed_at FROM catalogue`))
    const categories =
      yield* sql`SELECT id, parent_id, document FROM categories ORDER BY menu_order, title_key, id`
    const memberships = yield* sql`
      SELECT category_ids, count(*)::int AS products FROM products WHERE is_listed GROUP BY category_ids`
    return {
      changedAt: state.changed_at,
      categories: yield* Effect.orDie(decodeCategories(categories)),
      memberships: yield* Effect.orDie(decodeMemberships(memberships))
    }
  }).pipe(
    sql.withTransaction,
    Effect.provideService(BeginTransaction, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
  )

const Counted = Schema.Struct({
  catalogue_changed_at: Schema.Date,
  document: Schema.Uint8Array,
  products: Schema.Int
})
const decodeCounted = Schema.decodeUnknownEffect(Schema.Array(Counted))

/** One category, and how many listed products are in it or below it: counts in this subtree only. */
export const readCategory = Effect.fnUntraced(function* (sql: SqlClient, id: bigint) {
  const rows = yield* sql`
    SELECT catalogue.changed_at AS catalogue_changed_at, categories.document,
      (SELECT count(*)::int FROM products WHERE is_listed AND category_ids && ${subtree(sql, [id])}) AS products
    FROM catalogue, categories WHERE categories.id = ${id}`
  const [row] = yield* Effect.orDie(decodeCounted(rows))
  return row
})
