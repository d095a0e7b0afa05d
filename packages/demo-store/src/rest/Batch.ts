import { isArray, isObject, type Json, type JsonObject } from "../Json.ts"
import { check, type Rules } from "./Params.ts"
import type { Answer, Call } from "./Route.ts"
import { WooError } from "./WooError.ts"

/** What a batch does to one item. Each may throw a `WooError`, which becomes that item's `error`. */
export interface BatchOf {
  readonly rules: Rules
  readonly create: (call: Call, body: JsonObject) => Json
  readonly update: (call: Call, id: number, body: JsonObject) => Json
  /** Batches always delete for good. */
  readonly remove: (call: Call, id: number) => Json
}

const limit = 100

/** `{create, update, delete}`: always 200, a failure stays with its item; more than 100 items are 413 (fact 17). */
export const batch = (call: Call, actions: BatchOf): Answer => {
  const items = (name: string): ReadonlyArray<Json> => {
    const value = call.body[name]
    return isArray(value) ? value : []
  }
  const [creates, updates, deletes] = [items("create"), items("update"), items("delete")]
  if (creates.length + updates.length + deletes.length > limit) {
    throw new WooError(
      "woocommerce_rest_request_entity_too_large",
      `Unable to accept more than ${limit} items for this request.`,
      413
    )
  }
  const body = {
    ...(creates.length === 0
      ? {}
      : { create: creates.map((item) => attempt(0, () => actions.create(call, checked(actions, item)))) }),
    ...(updates.length === 0
      ? {}
      : {
          update: updates.map((item) => {
            const id = isObject(item) ? idOf(item.id) : 0
            return attempt(id, () => actions.update(call, id, checked(actions, item)))
          })
        }),
    ...(deletes.length === 0
      ? {}
      : { delete: deletes.map((item) => attempt(idOf(item), () => actions.remove(call, idOf(item)))) })
  }
  // PHP's empty array: nothing asked, nothing done.
  return { status: 200, body: Object.keys(body).length === 0 ? [] : body }
}

const checked = (actions: BatchOf, item: Json): JsonObject => check(actions.rules, isObject(item) ? item : {})

const idOf = (value: Json | undefined): number => {
  const id = typeof value === "string" ? Number(value) : value
  return typeof id === "number" && Number.isInteger(id) ? id : 0
}

const attempt = (id: number, run: () => Json): Json => {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof WooError)) throw error
    return { id, error: error.body }
  }
}
