import { Code } from "@connectrpc/connect"
import * as Schema from "effect/Schema"

/** What a run mirrors: everything, or products and their variations. */
export const RunKind = Schema.Literals(["full", "products"])
export type RunKind = typeof RunKind.Type

export const RunStatus = Schema.Literals(["running", "completed", "failed", "cancelled"])
export type RunStatus = typeof RunStatus.Type

/** What a step reads, by the name that the contract and the history show. */
export const StepName = Schema.Literals([
  "categories",
  "tags",
  "attributes",
  "terms",
  "products",
  "variations",
  "reviews"
])
export type StepName = typeof StepName.Type

/** The steps of each kind, in the order they are taken: what others refer to comes first. */
export const stepsOf: Record<RunKind, ReadonlyArray<StepName>> = {
  full: ["categories", "tags", "attributes", "terms", "products", "variations", "reviews"],
  products: ["products", "variations"]
}

/** Counts are of distinct items: an item that two pages showed counts once. */
const RunStep = Schema.Struct({
  ordinal: Schema.Int,
  resource: StepName,
  total: Schema.NullOr(Schema.Int),
  read: Schema.Int,
  applied: Schema.Int,
  unchanged: Schema.Int,
  removed: Schema.Int,
  rejected: Schema.Int,
  done: Schema.Boolean
})

const RunError = Schema.Struct({
  resource: Schema.String,
  /** 0 where the error is not about one item, or not even its id could be read. */
  id: Schema.Int,
  reason: Schema.String,
  /** Unix time in milliseconds, as all times here. */
  at: Schema.Finite
})

export const Run = Schema.Struct({
  id: Schema.String,
  kind: RunKind,
  status: RunStatus,
  startedAt: Schema.Finite,
  finishedAt: Schema.NullOr(Schema.Finite),
  error: Schema.String,
  errorCount: Schema.Int,
  resumed: Schema.Int,
  steps: Schema.Array(RunStep),
  errors: Schema.Array(RunError)
})
export type Run = typeof Run.Type

/** How far a run has come at the time `now` (Unix, milliseconds). */
export const progress = (run: Run, now: number) => {
  const seconds = Math.max(0, (run.finishedAt ?? now) - run.startedAt) / 1000
  const read = run.steps.reduce((sum, step) => sum + step.read, 0)
  const rate = seconds > 0 ? read / seconds : 0
  const open = run.steps.filter((step) => !step.done)
  const known = open.every((step) => step.total !== null)
  const left = open.reduce((sum, step) => sum + Math.max(0, (step.total ?? 0) - step.read), 0)
  return {
    itemsPerSecond: rate,
    etaSeconds: run.status === "running" && known && rate > 0 ? left / rate : undefined
  }
}

/** What became of all items of a run, whatever their step. */
export const counts = ({ steps }: Run) => {
  const sum = (count: "read" | "applied" | "unchanged" | "removed" | "rejected") =>
    steps.reduce((all, step) => all + step[count], 0)
  return {
    read: sum("read"),
    applied: sum("applied"),
    unchanged: sum("unchanged"),
    removed: sum("removed"),
    rejected: sum("rejected")
  }
}

/** Where the mirror stands. */
export interface MirrorStatus {
  readonly current: Run | undefined
  readonly history: ReadonlyArray<Run>
  readonly firstCompletedAt: number | null
  readonly lastCompletedAt: number | null
  readonly shopUrl: string
}

/** A run is at work already; one runs at a time. */
export class SyncAlreadyRunning extends Schema.TaggedError<SyncAlreadyRunning>()("SyncAlreadyRunning", {
  runId: Schema.String
}) {
  readonly connectCode = Code.AlreadyExists
  override get message() {
    return `Run ${this.runId} is at work already; one runs at a time. Watch it, or cancel it first.`
  }
  get metadata(): Record<string, string> {
    return { run_id: this.runId }
  }
}

export class RunNotFound extends Schema.TaggedError<RunNotFound>()("RunNotFound", { runId: Schema.String }) {
  readonly connectCode = Code.NotFound
  override get message() {
    return `There is no run ${this.runId}`
  }
}

/** The run cannot go on; the sentence names what to look at. */
export class RunFailed extends Schema.TaggedError<RunFailed>()("RunFailed", { message: Schema.String }) {}

/** The operator asked to stop. */
export class RunCancelled extends Schema.TaggedError<RunCancelled>()("RunCancelled", {}) {}

/** The database holds what another shop sent; the two must not mix. */
export class OtherShop extends Schema.TaggedError<OtherShop>()("OtherShop", {
  mirrored: Schema.String,
  shop: Schema.String
}) {
  override get message() {
    return `This database mirrors ${this.mirrored}; it cannot mirror ${this.shop} too: set OPTICA_DATA to another folder or DATABASE_URL to another database, or set WOO_URL back.`
  }
}

/** Another process has taken the run over, or it has ended: whoever meets this stops writing at once. */
export class RunLost extends Schema.TaggedError<RunLost>()("RunLost", { runId: Schema.String }) {}
