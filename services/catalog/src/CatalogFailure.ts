import { Code } from "@connectrpc/connect"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { isSqlError, type SqlError } from "effect/sql/SqlError"

/** The public may not see a product or variation of this id; it may well exist. */
export class ProductNotFound extends Schema.TaggedError<ProductNotFound>()("ProductNotFound", {
  id: Schema.BigInt
}) {
  readonly connectCode = Code.NotFound
  override get message() {
    return `There is no product ${this.id}`
  }
  get metadata() {
    return { id: String(this.id) }
  }
}

/** There is no category of this id. */
export class CategoryNotFound extends Schema.TaggedError<CategoryNotFound>()("CategoryNotFound", {
  id: Schema.BigInt
}) {
  readonly connectCode = Code.NotFound
  override get message() {
    return `There is no category ${this.id}`
  }
  get metadata() {
    return { id: String(this.id) }
  }
}

/** The public may not see a product of this slug. */
export class ProductSlugNotFound extends Schema.TaggedError<ProductSlugNotFound>()("ProductSlugNotFound", {
  slug: Schema.String
}) {
  readonly connectCode = Code.NotFound
  override get message() {
    return "There is no product of that slug"
  }
}

/** A wrong field of a request. */
export interface Violation {
  /** Its path as in the proto, such as `page.page`. */
  readonly field: string
  readonly message: string
}

/** A request breaks rules that the contract has in words only. */
export class RequestInvalid extends Schema.TaggedError<RequestInvalid>()("RequestInvalid", {
  violations: Schema.Array(Schema.Struct({ field: Schema.String, message: Schema.String }))
}) {
  readonly connectCode = Code.InvalidArgument
  override get message() {
    return this.violations.map(({ field, message }) => `${field} ${message}`).join("; ")
  }
}

/** A cursor was made for another request, or not by us. */
export class CursorInvalid extends Schema.TaggedError<CursorInvalid>()("CursorInvalid", {}) {
  readonly connectCode = Code.InvalidArgument
  override get message() {
    return "The cursor is not one of this request: pass next_cursor of its last answer with the same filters and order"
  }
  get violations() {
    return [
      { field: "page.cursor", message: "must be next_cursor of an answer to the same filters and order" }
    ]
  }
}

/** Further into a list than page numbers lead. */
export class PageTooDeep extends Schema.TaggedError<PageTooDeep>()("PageTooDeep", {}) {
  readonly connectCode = Code.InvalidArgument
  override get message() {
    return `Pages by number end after ${DEEPEST} items: go on with next_cursor`
  }
  get violations() {
    return [
      { field: "page.page", message: `must lie within the first ${DEEPEST} items: go on with the cursor` }
    ]
  }
}

/** How many items of a list page numbers lead to. */
export const DEEPEST = 10_000

/** The database does not answer, or not in time: the same call may succeed later. */
export class CatalogUnavailable extends Schema.TaggedError<CatalogUnavailable>()("CatalogUnavailable", {
  cause: Schema.Defect()
}) {
  readonly connectCode = Code.Unavailable
  override get message() {
    return "The catalogue's database does not answer; try again later"
  }
}

/** A database that may answer later is a fact that callers can act on; one that refuses a statement is our mistake. */
export const unavailable = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, SqlError> | CatalogUnavailable, R> =>
  Effect.catchCause(effect, (cause): Effect.Effect<never, Exclude<E, SqlError> | CatalogUnavailable> => {
    // A connection that is lost inside a transaction also fails its ROLLBACK: that is a defect beside the failure.
    for (const reason of cause.reasons) {
      const error = Cause.isFailReason(reason)
        ? reason.error
        : Cause.isDieReason(reason)
          ? reason.defect
          : null
      if (isSqlError(error) && isPassing(error)) {
        return Effect.andThen(told(error), Effect.fail(new CatalogUnavailable({ cause: error })))
      }
    }
    return Effect.catch(Effect.failCause(cause), (error) =>
      isDomainError(error) ? Effect.fail(error) : Effect.die(error)
    )
  })

/** SQLSTATE of an error; undefined for what PostgreSQL did not say. */
const stateOf = ({ reason: { cause } }: SqlError): string | undefined =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined

/**
 * Whether the same statement may succeed later. The client knows deadlocks, lost connections and time limits; a server
 * that starts, stops or cuts connections (57P01 to 57P03), or that has no connection, memory or disk left (class 53), it
 * takes for errors like others.
 */
const isPassing = (error: SqlError): boolean =>
  error.isRetryable || /^(57P0[1-3]|53...|08...)$/.test(stateOf(error) ?? "")

/** Tells the log what the database said: once a second, for one that is down fails every call. */
const told = (error: SqlError): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    if (now >= lastTold && now - lastTold < 1000) return Effect.void
    lastTold = now
    const { cause, message } = error.reason
    const said = cause instanceof Error ? cause.message : message
    return Effect.logWarning(`The database does not answer: ${said} (${stateOf(error) ?? error.reason._tag})`)
  })

let lastTold = Number.NEGATIVE_INFINITY

const isDomainError = <E>(error: E): error is Exclude<E, SqlError> => !isSqlError(error)
