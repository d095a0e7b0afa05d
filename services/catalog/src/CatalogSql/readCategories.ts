import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { BeginTransaction, type SqlClient } from "effect/sql/SqlClient"

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
