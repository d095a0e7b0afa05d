/** Runs of the mirror, as operators see them. */
import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt"
import { type Run, RunKind, RunStatus } from "@optica/contracts/optica/sync/v1/run_pb"
import type { GetSyncStatusResponse } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import * as Schema from "effect/Schema"

const Instant = Schema.String.annotate({ description: "ISO 8601, UTC", format: "date-time" })

const Step = Schema.Struct({
  resource: Schema.String,
  total: Schema.NullOr(Schema.Int),
  read: Schema.Int,
  applied: Schema.Int,
  unchanged: Schema.Int,
  removed: Schema.Int,
  rejected: Schema.Int,
  done: Schema.Boolean
})

export const RunView = Schema.Struct({
  id: Schema.String,
  kind: Schema.Literals(["full", "products", "unknown"]),
  status: Schema.Literals(["running", "completed", "failed", "cancelled", "unknown"]),
  started_at: Schema.NullOr(Instant),
  finished_at: Schema.NullOr(Instant),
  steps: Schema.Array(Step),
  items_per_second: Schema.Finite,
  eta_seconds: Schema.NullOr(Schema.Finite),
  error: Schema.NullOr(Schema.String),
  error_count: Schema.Int,
  errors: Schema.Array(
    Schema.Struct({
      resource: Schema.String,
      id: Schema.NullOr(Schema.Int),
      reason: Schema.String,
      at: Schema.NullOr(Instant)
    })
  ),
  resumed: Schema.Int
}).annotate({ identifier: "Run" })
export type RunView = typeof RunView.Type

export const StatusView = Schema.Struct({
  current: Schema.NullOr(RunView),
  history: Schema.Array(RunView),
  first_completed_at: Schema.NullOr(Instant),
  last_completed_at: Schema.NullOr(Instant),
  shop_url: Schema.String
}).annotate({ identifier: "SyncStatus" })

const kinds: Record<RunKind, RunView["kind"]> = {
  [RunKind.UNSPECIFIED]: "unknown",
  [RunKind.FULL]: "full",
  [RunKind.PRODUCTS]: "products"
}

const statuses: Record<RunStatus, RunView["status"]> = {
  [RunStatus.UNSPECIFIED]: "unknown",
  [RunStatus.RUNNING]: "running",
  [RunStatus.COMPLETED]: "completed",
  [RunStatus.FAILED]: "failed",
  [RunStatus.CANCELLED]: "cancelled"
}

const instant = (timestamp: Timestamp | undefined): string | null =>
  timestamp === undefined ? null : timestampDate(timestamp).toISOString()

export const runView = (run: Run): RunView => ({
  id: run.id,
  kind: kinds[run.kind] ?? "unknown",
  status: statuses[run.status] ?? "unknown",
  started_at: instant(run.startedAt),
  finished_at: instant(run.finishedAt),
  steps: run.steps.map((step) => ({
    resource: step.resource,
    total: step.total === undefined ? null : Number(step.total),
    read: Number(step.read),
    applied: Number(step.applied),
    unchanged: Number(step.unchanged),
    removed: Number(step.removed),
    rejected: Number(step.rejected),
    done: step.done
  })),
  items_per_second: run.itemsPerSecond,
  eta_seconds: run.etaSeconds ?? null,
  error: run.error === "" ? null : run.error,
  error_count: Number(run.errorCount),
  errors: run.errors.map((it) => ({
    resource: it.resource,
    id: it.id === 0n ? null : Number(it.id),
    reason: it.reason,
    at: instant(it.at)
  })),
  resumed: run.resumed
})

export const statusView = (status: GetSyncStatusResponse): typeof StatusView.Type => ({
  current: status.current === undefined ? null : runView(status.current),
  history: status.history.map(runView),
  first_completed_at: instant(status.firstCompletedAt),
  last_completed_at: instant(status.lastCompletedAt),
  shop_url: status.shopUrl
})
