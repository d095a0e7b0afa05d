import type { Json, JsonObject } from "../Json.ts"
import type { Rules } from "./Params.ts"
import type { Site } from "./Site.ts"

/** One call of a route: its path ids, its checked parameters, and who asks. */
export interface Call {
  readonly site: Site
  /** The numbers in the path, in order. */
  readonly ids: ReadonlyArray<number>
  /** Query and body together, checked. */
  readonly values: JsonObject
  /** The body alone, as sent. */
  readonly body: JsonObject
}

export interface Answer {
  readonly status: number
  readonly body: Json
  /** Set on lists: gives X-WP-Total, X-WP-TotalPages and Link. */
  readonly paging?: Paging
  readonly location?: string
  /** The thing is gone, so that nothing is allowed on it any more: no Allow header. */
  readonly gone?: boolean
  /** Instead of the methods of the route. */
  readonly allow?: string
}

export interface Paging {
  readonly total: number
  readonly totalPages: number
  readonly page: number
}

export interface Endpoint {
  readonly rules: Rules
  /** What an anonymous caller hears; none = open to all. */
  readonly permission: Permission
  readonly run: (call: Call) => Answer
}

export type Permission = "list" | "view" | "create" | "edit" | "delete" | "batch" | "none"

export interface Route {
  /** `/products/#/variations/#`: # is a number. */
  readonly pattern: string
  readonly GET?: Endpoint
  readonly POST?: Endpoint
  readonly PUT?: Endpoint
  readonly PATCH?: Endpoint
  readonly DELETE?: Endpoint
}

export const ok = (body: Json): Answer => ({ status: 200, body })

export const created = (body: Json, location: string): Answer => ({ status: 201, body, location })

/** WordPress's EDITABLE: the same endpoint under POST, PUT and PATCH. */
export const editable = (endpoint: Endpoint) => ({ POST: endpoint, PUT: endpoint, PATCH: endpoint })
