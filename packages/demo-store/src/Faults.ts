/** What is wrong with the shop on purpose. Counted faults wear off; latency stays until it is cleared. */
export interface FaultPlan {
  /** Only REST paths that contain this text; "" = all. */
  readonly path: string
  /** Milliseconds that every answer waits. */
  readonly latencyMs: number
  /** The next answers fail with `failStatus` (a PHP fatal for 500, an HTML page for the rest). */
  readonly failNext: number
  readonly failStatus: number
  /** Seconds of a Retry-After header on failed answers; 0 = none. */
  readonly retryAfter: number
  /** The next requests get no answer at all, until the client gives up. */
  readonly hangNext: number
  /** The next connections are cut in the middle of the answer. */
  readonly closeNext: number
  /** The next lists lack their last `shortBy` items, while the totals stay. */
  readonly shortNext: number
  readonly shortBy: number
}

export const noFaults: FaultPlan = {
  path: "",
  latencyMs: 0,
  failNext: 0,
  failStatus: 500,
  retryAfter: 0,
  hangNext: 0,
  closeNext: 0,
  shortNext: 0,
  shortBy: 100
}

export type Fault =
  | { readonly kind: "fail"; readonly status: number; readonly retryAfter: number }
  | { readonly kind: "hang" }
  | { readonly kind: "close" }
  | { readonly kind: "short"; readonly by: number }

export class Faults {
  plan: FaultPlan = noFaults

  /** Milliseconds to wait before this request is served. */
  latency(path: string): number {
    return path.includes(this.plan.path) ? this.plan.latencyMs : 0
  }

  /** The fault of this request, if it has one: it is used up by that. */
  take(path: string): Fault | undefined {
    const plan = this.plan
    if (!path.includes(plan.path)) return undefined
    if (plan.failNext > 0) {
      this.plan = { ...plan, failNext: plan.failNext - 1 }
      return { kind: "fail", status: plan.failStatus, retryAfter: plan.retryAfter }
    }
    if (plan.hangNext > 0) {
      this.plan = { ...plan, hangNext: plan.hangNext - 1 }
      return { kind: "hang" }
    }
    if (plan.closeNext > 0) {
      this.plan = { ...plan, closeNext: plan.closeNext - 1 }
      return { kind: "close" }
    }
    if (plan.shortNext > 0) {
      this.plan = { ...plan, shortNext: plan.shortNext - 1 }
      return { kind: "short", by: plan.shortBy }
    }
    return undefined
  }
}
