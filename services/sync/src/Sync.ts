import { randomUUID } from "node:crypto"
import { ShopUnreachable, type WooCommerceError } from "@optica/woocommerce/Failures"
import { WooCommerce } from "@optica/woocommerce/WooCommerce"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { lists } from "./Listing.ts"
import { mirror } from "./Mirror.ts"
import {
  counts,
  type MirrorStatus,
  OtherShop,
  type Run,
  RunCancelled,
  RunFailed,
  type RunKind,
  RunNotFound,
  SyncAlreadyRunning
} from "./Run.ts"
import { RunLock } from "./RunLock.ts"
import { type Identity, ShopIdentity, SyncSettings } from "./Settings.ts"
import { SyncSql, type Work } from "./SyncSql.ts"
import type { CatalogClient } from "./Upstreams.ts"

/** How soon a run that another process left behind is taken up. */
const lookEvery = "5 seconds"
const lookForCancelEvery = "500 millis"
/** What the pages under way get to finish. */
const cancelGrace = "3 seconds"
/** How often in a row a run is taken up where the one before had found it. Restarts come to this too, so not few. */
const stuckAtMost = 20
/** How often a watched run is looked at; the contract promises at most four messages a second. */
const watchEvery = "250 millis"

/** Mirrors the shop into the catalogue, one run at a time. Trouble with the database is a defect. */
export class Sync extends Context.Service<
  Sync,
  {
    start(kind: RunKind): Effect.Effect<Run, SyncAlreadyRunning>
    /** The run at work, and this many past ones. */
    status(history: number): Effect.Effect<MirrorStatus>
    get(id: string): Effect.Effect<Run, RunNotFound>
    /** The run now, each time it changed, and as it ended. */
    watch(id: string): Stream.Stream<Run, RunNotFound>
    /** Asks the run to stop after the pages under way, whichever process works on it. */
    cancel(id: string): Effect.Effect<Run, RunNotFound>
  }
>()("@optica/sync/Sync") {
  /**
   * Fails when the database mirrors another shop, and, before the shop was ever mirrored, when it does not answer a first
   * cheap request as it should. The lock is held in one of the client's sessions: not for poolers.
   */
  static readonly layerNoDeps: Layer.Layer<
    Sync,
    WooCommerceError | OtherShop,
    SqlClient | WooCommerce | CatalogClient
  > = Layer.suspend(() => Sync.layerWithoutLock.pipe(Layer.provide(RunLock.layer)))

  /** The same with a lock of one's own, for databases behind a pooler. */
  static readonly layerWithoutLock: Layer.Layer<
    Sync,
    WooCommerceError | OtherShop,
    SqlClient | WooCommerce | CatalogClient | RunLock
  > = Layer.suspend(() => Layer.effect(Sync, make).pipe(Layer.provide(SyncSql.layer)))
}

const make = Effect.gen(function* () {
  const sql = yield* SyncSql
  const woo = yield* WooCommerce
  const lock = yield* RunLock
  const { firstAnswerMs, onStart } = yield* SyncSettings
  const identity = (yield* ShopIdentity) ?? byAddress(woo.url)
  const wake = yield* Queue.sliding<void>(1)

  const begin = Effect.fnUntraced(function* (kind: RunKind) {
    const id = yield* Effect.sync(() => randomUUID())
    if (yield* sql.insertRun(id, kind)) yield* Queue.offer(wake, undefined)
    return id
  })

  const start = Effect.fn("Sync.start")(
    function* (kind: RunKind) {
      const id = yield* begin(kind)
      const run = yield* sql.runById(id)
      if (run !== undefined) return run
      return yield* new SyncAlreadyRunning({ runId: (yield* sql.runningRun)?.id ?? "" })
    },
    Effect.catchTag("SqlError", Effect.die)
  )

  const status = Effect.fn("Sync.status")(
    function* (history: number) {
      const { first, last } = yield* sql.completed
      return {
        current: yield* sql.runningRun,
        history: yield* sql.endedRuns(history),
        firstCompletedAt: first,
        lastCompletedAt: last,
        shopUrl: woo.url
      }
    },
    Effect.catchTag("SqlError", Effect.die)
  )

  const find = Effect.fnUntraced(
    function* (id: string) {
      return (yield* sql.runById(id)) ?? (yield* new RunNotFound({ runId: id }))
    },
    Effect.catchTag("SqlError", Effect.die)
  )

  const get = Effect.fn("Sync.get")(find)

  const watch = (id: string) =>
    Stream.paginate(
      Effect.void,
      Effect.fnUntraced(function* (wait: Effect.Effect<void>) {
        yield* wait
        const run = yield* find(id)
        return [
          [run],
          run.status === "running" ? Option.some(Effect.sleep(watchEvery)) : Option.none()
        ] as const
      })
    ).pipe(Stream.changesWith((a, b) => JSON.stringify(a) === JSON.stringify(b)))

  const cancel = Effect.fn("Sync.cancel")(
    function* (id: string) {
      yield* sql.requestCancel(id)
      yield* Queue.offer(wake, undefined)
      return yield* find(id)
    },
    Effect.catchTag("SqlError", Effect.die)
  )

  /**
   * Fails when the operator wants the run to stop and it has not done so by itself, which it does after each page: when
   * it waits for a shop that does not answer.
   */
  const cancelled = Effect.fnUntraced(function* (work: Work) {
    while (!(yield* sql.cancelRequested(work))) yield* Effect.sleep(lookForCancelEvery)
    yield* Effect.sleep(cancelGrace)
    return yield* new RunCancelled()
  })

  const attempt = Effect.fnUntraced(function* (work: Work, stuck: number) {
    if (stuck >= stuckAtMost) {
      return yield* new RunFailed({
        message: `The run was taken up ${stuck} times and came no further; the log has why.`
      })
    }
    const mirrored = yield* sql.noteShop(identity)
    if (mirrored !== undefined && mirrored !== identity.shop) {
      return yield* new RunFailed({ message: new OtherShop({ mirrored, shop: identity.shop }).message })
    }
    yield* mirror(work)
  })

  /** Works on the run that waits, unless another process does. */
  const workOnce = Effect.fnUntraced(function* () {
    if (!(yield* lock.tryAcquire)) return
    const worker = yield* Effect.sync(() => randomUUID())
    const taken = yield* sql.takeUp(worker)
    if (taken === undefined) return
    const work = { runId: taken.runId, worker }
    yield* Effect.annotateLogs(Effect.logInfo("Sync run begins"), { run: work.runId })
    yield* Effect.raceFirst(attempt(work, taken.stuck), cancelled(work)).pipe(
      Effect.catchDefect((defect) =>
        Effect.andThen(Effect.logError("Sync run met a defect", defect), new RunFailed({ message: internal }))
      ),
      Effect.catchTag("SqlError", endIfRefused),
      Effect.matchEffect({
        onSuccess: () => sql.endRun(work, "completed", ""),
        onFailure: (failure) => {
          switch (failure._tag) {
            case "RunCancelled":
              return sql.endRun(work, "cancelled", "")
            case "RunFailed":
              return sql.endRun(work, "failed", failure.message)
            default:
              return Effect.fail(failure)
          }
        }
      }),
      Effect.annotateLogs({ run: work.runId })
    )
    const ended = yield* sql.runById(work.runId)
    if (ended !== undefined) yield* logEnd(ended)
  }, Effect.scoped)

  const probe = woo.list(lists.products.resource, { ...lists.products.params, per_page: 1, _fields: "id" })

  const mirrored = yield* Effect.orDie(sql.mirroredShop)
  if (mirrored !== undefined && mirrored !== identity.shop) {
    return yield* new OtherShop({ mirrored, shop: identity.shop })
  }
  yield* Effect.orDie(sql.noteRevision(identity, "The shop was filled anew before the run had ended."))
  const { first } = yield* Effect.orDie(sql.completed)
  if (first === null) {
    yield* Effect.timeoutOrElse(probe, {
      duration: firstAnswerMs,
      orElse: () => Effect.fail(noFirstAnswer(woo.url, firstAnswerMs))
    })
    if (onStart === "auto") yield* Effect.orDie(begin("full"))
  } else {
    // Whatever the shop has come to, what is mirrored is served on; the next run says what is wrong as well.
    yield* probe.pipe(
      Effect.catch((error) => Effect.logWarning(error.message)),
      Effect.forkScoped
    )
  }

  yield* workOnce().pipe(
    // Another worker has the run, or the database is in trouble: what is left is taken up again.
    Effect.catchCause((cause) => Effect.logWarning("Sync run was left", cause)),
    Effect.andThen(Effect.raceFirst(Queue.take(wake), Effect.sleep(lookEvery))),
    Effect.forever,
    Effect.forkScoped
  )
  return Sync.of({ start, status, get, watch, cancel })
})

/** Why a run failed is a sentence about shop, catalogue or database; reasons of single items, which quote the shop, are not. */
const logEnd = (run: Run): Effect.Effect<void> => {
  const { applied, read, rejected, removed, unchanged } = counts(run)
  const log =
    run.status === "failed"
      ? Effect.logError(`Sync run failed: ${run.error}`)
      : run.status === "cancelled"
        ? Effect.logWarning("Sync run was cancelled")
        : Effect.logInfo(`Sync run ${run.status}`)
  return Effect.annotateLogs(log, {
    ...{ run: run.id, kind: run.kind, status: run.status, read, applied, unchanged, removed, rejected },
    errors: run.errorCount
  })
}

const internal = "An internal error ended the run; the log has it."

/** Of a shop that only its address names: what is left when it moves from http to https. */
const byAddress = (url: string): Identity => ({ shop: url.replace(/^https?:\/\//, ""), revision: "" })

/** No connection, no room for one, shutting down: the run can go on later, where it is. */
const databaseAway = (error: SqlError): boolean => {
  const { cause } = error.reason
  return (
    error.isRetryable || (Predicate.hasProperty(cause, "code") && /^(53|57P|58)/.test(String(cause.code)))
  )
}

/** What the database refuses it refuses each time, and the run would be taken up for ever. */
const endIfRefused = (error: SqlError): Effect.Effect<never, SqlError | RunFailed> =>
  databaseAway(error)
    ? Effect.fail(error)
    : Effect.andThen(
        // Not the error whole: its details hold the row, which is the shop's text.
        Effect.logError(`Sync run met what the database refuses: ${whatItSays(error)}`),
        new RunFailed({ message: internal })
      )

const whatItSays = ({ reason: { cause, message } }: SqlError) =>
  cause instanceof Error ? cause.message : message

const noFirstAnswer = (url: string, afterMs: number) =>
  new ShopUnreachable({
    url,
    reason: "timeout",
    message: `The shop at WOO_URL (${url}) cannot be reached: no answer to a first request within ${afterMs / 1000} s.`
  })
