import type { MessageInitShape } from "@bufbuild/protobuf"
import { timestampFromMs } from "@bufbuild/protobuf/wkt"
import * as ConnectRoutes from "@optica/connect/ConnectRoutes"
import { type OperatorToken, requireOperator } from "@optica/connect/OperatorToken"
import * as Proto from "@optica/contracts/optica/sync/v1/run_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { progress, type Run, type RunKind } from "./Run.ts"
import { Sync } from "./Sync.ts"

const defaultHistory = 10

/** The contract over the domain. Every call is the operator's. */
export const routes: Effect.Effect<ConnectRoutes.ServiceRoutes, never, Sync | OperatorToken> =
  ConnectRoutes.make(SyncService, {
    startSync: Effect.fnUntraced(function* ({ kind }, { requestHeader }) {
      yield* requireOperator(requestHeader)
      const sync = yield* Sync
      return { run: yield* toProto(yield* sync.start(fromKind(kind))) }
    }),
    getSyncStatus: Effect.fnUntraced(function* ({ history }, { requestHeader }) {
      yield* requireOperator(requestHeader)
      const sync = yield* Sync
      const status = yield* sync.status(history === 0 ? defaultHistory : history)
      return {
        ...(status.current === undefined ? {} : { current: yield* toProto(status.current) }),
        history: yield* Effect.forEach(status.history, toProto),
        ...at("firstCompletedAt", status.firstCompletedAt),
        ...at("lastCompletedAt", status.lastCompletedAt),
        shopUrl: status.shopUrl
      }
    }),
    getRun: Effect.fnUntraced(function* ({ id }, { requestHeader }) {
      yield* requireOperator(requestHeader)
      const sync = yield* Sync
      return { run: yield* toProto(yield* sync.get(id)) }
    }),
    watchSync: ({ id }, { requestHeader }) =>
      Stream.fromEffect(Effect.andThen(requireOperator(requestHeader), Sync)).pipe(
        Stream.flatMap((sync) => sync.watch(id)),
        Stream.mapEffect(toProto),
        Stream.map((run) => ({ run }))
      ),
    cancelSync: Effect.fnUntraced(function* ({ id }, { requestHeader }) {
      yield* requireOperator(requestHeader)
      const sync = yield* Sync
      return { run: yield* toProto(yield* sync.cancel(id)) }
    })
  })

const fromKind = (kind: Proto.RunKind): RunKind => (kind === Proto.RunKind.PRODUCTS ? "products" : "full")

const kinds: Record<RunKind, Proto.RunKind> = {
  full: Proto.RunKind.FULL,
  products: Proto.RunKind.PRODUCTS
}

const statuses: Record<Run["status"], Proto.RunStatus> = {
  running: Proto.RunStatus.RUNNING,
  completed: Proto.RunStatus.COMPLETED,
  failed: Proto.RunStatus.FAILED,
  cancelled: Proto.RunStatus.CANCELLED
}

const at = <K extends string>(name: K, ms: number | null) =>
  ms === null ? {} : { [name]: timestampFromMs(Math.round(ms)) }

/** With the rate and the time left as of now. */
const toProto = (run: Run): Effect.Effect<MessageInitShape<typeof Proto.RunSchema>> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const { etaSeconds, itemsPerSecond } = progress(run, now)
    return {
      id: run.id,
      kind: kinds[run.kind],
      status: statuses[run.status],
      startedAt: timestampFromMs(Math.round(run.startedAt)),
      ...at("finishedAt", run.finishedAt),
      steps: run.steps.map((step) => ({
        resource: step.resource,
        ...(step.total === null ? {} : { total: BigInt(step.total) }),
        read: BigInt(step.read),
        applied: BigInt(step.applied),
        unchanged: BigInt(step.unchanged),
        removed: BigInt(step.removed),
        rejected: BigInt(step.rejected),
        done: step.done
      })),
      itemsPerSecond,
      ...(etaSeconds === undefined ? {} : { etaSeconds }),
      error: run.error,
      errorCount: BigInt(run.errorCount),
      errors: run.errors.map((error) => ({
        resource: error.resource,
        id: BigInt(error.id),
        reason: error.reason,
        at: timestampFromMs(Math.round(error.at))
      })),
      resumed: run.resumed
    }
  })
