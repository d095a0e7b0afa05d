import type { Json, JsonObject } from "../Json.ts"

/** What WordPress answers instead: `{code, message, data: {status, …}}` (fact 18). Thrown inside the REST layer only. */
export class WooError {
  readonly code: string
  readonly message: string
  readonly status: number
  readonly data: JsonObject

  constructor(code: string, message: string, status: number, data: JsonObject = {}) {
    this.code = code
    this.message = message
    this.status = status
    this.data = data
  }

  get body(): JsonObject {
    return { code: this.code, message: this.message, data: { status: this.status, ...this.data } }
  }
}

export const noRoute = () =>
  new WooError("rest_no_route", "No route was found matching the URL and request method.", 404)

export const invalidId = (post: string) =>
  new WooError(`woocommerce_rest_${post}_invalid_id`, "Invalid ID.", 404)

export const unauthenticated = (message: string) =>
  new WooError("woocommerce_rest_authentication_error", message, 401)

/** One wrong parameter: what `params` and `details` say of it. */
export interface ParamProblem {
  readonly code: string
  readonly message: string
  readonly data: Json
}

export const invalidParams = (problems: ReadonlyMap<string, ParamProblem>) =>
  new WooError("rest_invalid_param", `Invalid parameter(s): ${[...problems.keys()].join(", ")}`, 400, {
    params: Object.fromEntries([...problems].map(([name, problem]) => [name, problem.message])),
    details: Object.fromEntries(
      [...problems].map(([name, problem]) => [
        name,
        { code: problem.code, message: problem.message, data: problem.data }
      ])
    )
  })

export const missingParams = (names: ReadonlyArray<string>) =>
  new WooError("rest_missing_callback_param", `Missing parameter(s): ${names.join(", ")}`, 400, {
    params: names
  })

/** Resources without a trash can only be deleted for good. */
export const trashNotSupported = (subject: string) =>
  new WooError("woocommerce_rest_trash_not_supported", `${subject} trashing.`, 501)
