import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { Run, RunCancelled, type RunKind, RunLost, type RunStatus, StepName, stepsOf } from "./Run.ts"
import type { Identity } from "./Settings.ts"

/** A run in the hands of one worker. */
export interface Work {
  readonly runId: string
  readonly worker: string
}

/** How far a step has come: what another worker needs to go on. */
const StepState = Schema.Struct({
  ordinal: Schema.Int,
  resource: StepName,
  firstObservation: Schema.NullOr(Schema.BigInt),
  nextPage: Schema.Int,
  lastId: Schema.Int,
  afterParent: Schema.Int,
  moved: Schema.Boolean,
  short: Schema.Boolean,
  total: Schema.NullOr(Schema.Int),
  done: Schema.Boolean
})
export type StepState = typeof StepState.Type

/** Where a step stands after a page: the fields that the page changed. */
export type Position = Partial<
  Pick<StepState, "nextPage" | "lastId" | "afterParent" | "moved" | "short" | "total">
>

/** What became of one item. Notes are about no item and are only told. */
export interface ItemOutcome {
  readonly id: number
  readonly outcome: "applied" | "unchanged" | "rejected" | "removed" | "note"
  /** Of what was rejected, and of notes. */
  readonly reason?: string
}

const TakenUp = Schema.Struct({ runId: Schema.String, stuck: Schema.Int })
const decodeTakenUp = Schema.decodeUnknownEffect(Schema.Array(TakenUp))
const decodeRuns = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ run: Run })))
const decodeSteps = Schema.decodeUnknownEffect(Schema.Array(StepState))
const decodeEnds = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ first: Schema.NullOr(Schema.Finite), last: Schema.NullOr(Schema.Finite) }))
)

const decodeShops = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ shop: Schema.String })))

/** How many ended runs are remembered. */
const historyLength = 500

/** What PostgreSQL can store of a text that anyone may have written: it has no NUL and no half characters. */
const storable = (text: string) => text.replaceAll("\0", "").toWellFormed()

const make = Effect.gen(function* () {
  const sql = yield* SqlClient

  /** Puts down a run with its steps; undefined when one is at work already. Forgets the oldest. */
  const insertRun = Effect.fnUntraced(function* (id: string, kind: RunKind) {
    const steps = JSON.stringify(stepsOf[kind].map((resource, ordinal) => ({ ordinal, resource })))
    const inserted = yield* sql`
      WITH run AS (
        INSERT INTO runs (id, kind) VALUES (${id}::uuid, ${kind})
        ON CONFLICT ((true)) WHERE status = 'running' DO NOTHING RETURNING id
      ), forgotten AS (
        DELETE FROM runs WHERE id IN (SELECT id FROM runs ORDER BY started_at DESC OFFSET ${historyLength})
          AND status <> 'running'
      )
      INSERT INTO run_steps (run_id, ordinal, resource)
      SELECT run.id, step.ordinal, step.resource
      FROM run, jsonb_to_recordset(${steps}::jsonb) AS step(ordinal smallint, resource text)
      RETURNING ordinal`
    return inserted.length > 0
  })

  /** Runs as the outside sees them, the newest first. No step shows more read than there is, though lists shrink. */
  const runs = (where: Fragment, options: { limit: number; errors: boolean }) =>
    sql`
      SELECT jsonb_build_object(
        'id', id, 'kind', kind, 'status', status, 'error', error, 'errorCount', error_count, 'resumed', resumed,
        'startedAt', ${ms("started_at")}, 'finishedAt', ${ms("finished_at")},
        'steps', (
          SELECT jsonb_agg(jsonb_build_object(
            'ordinal', ordinal, 'resource', resource, 'total', total + greatest(read - total, 0), 'read', read, 'applied', applied,
            'unchanged', unchanged, 'removed', removed, 'rejected', rejected, 'done', done
          ) ORDER BY ordinal) FROM run_steps WHERE run_id = runs.id
        ),
        'errors', (
          SELECT coalesce(jsonb_agg(jsonb_build_object(
            'resource', resource, 'id', item_id, 'reason', reason, 'at', ${ms("at")}
          ) ORDER BY number), '[]') FROM run_errors WHERE run_id = runs.id AND ${options.errors}
        )
      ) AS run
      FROM runs WHERE ${where} ORDER BY started_at DESC LIMIT ${options.limit}`.pipe(
      Effect.flatMap((rows) => Effect.orDie(decodeRuns(rows))),
      Effect.map((rows) => rows.map((row) => row.run))
    )

  const ms = (column: string) => sql.literal(`(extract(epoch FROM ${column}) * 1000)::float8`)

  const runById = (id: string) =>
    Effect.map(runs(sql`id = ${id}::uuid`, { limit: 1, errors: true }), (found) => found[0])

  const runningRun = Effect.map(
    runs(sql`status = 'running'`, { limit: 1, errors: true }),
    (found) => found[0]
  )

  const endedRuns = (limit: number) => runs(sql`status <> 'running'`, { limit, errors: false })

  /** When a full run was completed, first and last; null before that. */
  const completed = sql`
    SELECT ${ms("min(first_completed_at)")} AS first, ${ms("max(last_completed_at)")} AS last FROM mirror_state`.pipe(
    Effect.flatMap((rows) => Effect.orDie(decodeEnds(rows))),
    Effect.map((rows) => rows[0] ?? { first: null, last: null })
  )

  /** The shop that is mirrored here; none before the first write. */
  const mirroredShop = sql`SELECT shop FROM mirrored_shop`.pipe(
    Effect.flatMap((rows) => Effect.orDie(decodeShops(rows))),
    Effect.map((rows) => rows[0]?.shop)
  )

  /** Notes the shop that is mirrored from now on; the one noted first stays. Answers with what is noted. */
  const noteShop = ({ revision, shop }: Identity) =>
    sql`
      INSERT INTO mirrored_shop (shop, revision) VALUES (${storable(shop)}, ${storable(revision)})
      ON CONFLICT (singleton) DO NOTHING`.pipe(Effect.andThen(mirroredShop))

  /**
   * When the shop is filled with something else than what was noted, notes that, ends the run at work, which had begun
   * with the old one, and takes the mirror for incomplete: in one statement, so that the next start finds all or nothing.
   */
  const noteRevision = ({ revision, shop }: Identity, error: string) =>
    sql`
      WITH changed AS (
        UPDATE mirrored_shop SET revision = ${storable(revision)}
        WHERE shop = ${storable(shop)} AND revision <> ${storable(revision)} RETURNING shop
      ), ended AS (
        UPDATE runs SET status = 'failed', error = ${error}, finished_at = now()
        WHERE status = 'running' AND EXISTS (SELECT FROM changed) RETURNING id
      ), forgotten AS (
        DELETE FROM run_seen USING ended WHERE run_seen.run_id = ended.id
      )
      DELETE FROM mirror_state WHERE EXISTS (SELECT FROM changed)`

  /** Whoever works on the run stops after the page under way. */
  const requestCancel = (id: string) =>
    sql`UPDATE runs SET cancel_requested = true WHERE id = ${id}::uuid AND status = 'running'`

  const cancelRequested = (work: Work) =>
    Effect.map(
      sql`SELECT id FROM runs WHERE id = ${work.runId}::uuid AND cancel_requested`,
      (rows) => rows.length > 0
    )

  /**
   * Makes `worker` the one who works on the run at work, if there is one. `stuck` is how many workers before it, in a
   * row, left the run exactly where they had found it.
   */
  const takeUp = (worker: string) =>
    sql`
      UPDATE runs SET
        resumed = resumed + CASE WHEN worker IS NULL THEN 0 ELSE 1 END, worker = ${worker}::uuid,
        stuck = CASE WHEN worker IS NOT NULL AND stood_at = at.place THEN stuck + 1 ELSE 0 END, stood_at = at.place
      FROM (
        SELECT run_id, string_agg(
          concat_ws(' ', ordinal, next_page, after_parent, read, removed, done), ',' ORDER BY ordinal
        ) AS place FROM run_steps GROUP BY run_id
      ) AS at
      WHERE status = 'running' AND at.run_id = runs.id RETURNING id AS "runId", stuck`.pipe(
      Effect.flatMap((rows) => Effect.orDie(decodeTakenUp(rows))),
      Effect.map((rows) => rows[0])
    )

  const steps = (work: Work) =>
    sql`
      SELECT ordinal, resource, first_observation AS "firstObservation", next_page AS "nextPage",
        last_id::float8 AS "lastId", after_parent::float8 AS "afterParent", moved, short, total::float8 AS total, done
      FROM run_steps WHERE run_id = ${work.runId}::uuid ORDER BY ordinal`.pipe(
      Effect.flatMap((rows) => Effect.orDie(decodeSteps(rows)))
    )

  const mine = (work: Work) =>
    sql`id = ${work.runId}::uuid AND worker = ${work.worker}::uuid AND status = 'running'`

  const orLost =
    (work: Work) =>
    <A>(rows: ReadonlyArray<A>): Effect.Effect<A, RunLost> =>
      rows[0] === undefined ? Effect.fail(new RunLost({ runId: work.runId })) : Effect.succeed(rows[0])

  /** The number of the read that comes next. */
  const nextObservation = (work: Work) =>
    sql<{ readonly observation: bigint }>`
      SELECT nextval('observation') AS observation FROM runs WHERE ${mine(work)}`.pipe(
      Effect.flatMap(orLost(work)),
      Effect.map((row) => row.observation)
    )

  const myStep = (work: Work, ordinal: number) =>
    sql`run_id IN (SELECT id FROM runs WHERE ${mine(work)}) AND ordinal = ${ordinal}`

  /** Keeps the observation that the step began with; the first one stays. */
  const beginStep = (work: Work, ordinal: number, observation: bigint) =>
    sql<{ readonly first: bigint }>`
      UPDATE run_steps SET first_observation = coalesce(first_observation, ${observation}::bigint)
      WHERE ${myStep(work, ordinal)} RETURNING first_observation AS first`.pipe(
      Effect.flatMap(orLost(work)),
      Effect.map((row) => row.first)
    )

  /** How many items the shop says a step has. */
  const setTotal = (work: Work, ordinal: number, total: number) =>
    sql`UPDATE run_steps SET total = ${total}::bigint WHERE ${myStep(work, ordinal)} RETURNING run_id`.pipe(
      Effect.flatMap(orLost(work)),
      Effect.asVoid
    )

  /**
   * Notes, in one statement, what became of a page and where the step goes on. Items that the step has met before
   * count no second time. Fails when the run is another's, or the operator wants it to stop (what the page did is
   * noted then).
   */
  const commit = Effect.fnUntraced(function* (
    work: Work,
    step: { readonly ordinal: number; readonly resource: StepName },
    items: ReadonlyArray<ItemOutcome>,
    position: Position
  ) {
    const told = items.map(({ id, outcome, reason }) => ({
      id,
      outcome,
      ...(reason === undefined ? {} : { reason: storable(reason) })
    }))
    const row = yield* sql<{ readonly cancel: boolean }>`
      WITH run AS (
        SELECT id, error_count, cancel_requested FROM runs WHERE ${mine(work)} FOR UPDATE
      ), item AS (
        SELECT id, outcome, reason
        FROM jsonb_to_recordset(${JSON.stringify(told)}::jsonb) AS item(id bigint, outcome text, reason text)
      ), met AS (
        INSERT INTO run_seen (run_id, ordinal, id)
        SELECT run.id, ${step.ordinal}, item.id FROM run, item WHERE item.id > 0
        ON CONFLICT DO NOTHING RETURNING id
      ), fresh AS (
        SELECT item.* FROM item WHERE item.id = 0 OR item.id IN (SELECT id FROM met)
      ), failed AS (
        SELECT id, reason, row_number() OVER () AS number FROM fresh WHERE outcome IN ('rejected', 'note')
      ), told AS (
        INSERT INTO run_errors (run_id, number, resource, item_id, reason)
        SELECT run.id, run.error_count + failed.number, ${step.resource}, failed.id, failed.reason
        FROM run, failed WHERE run.error_count + failed.number <= 100
      ), counted AS (
        UPDATE runs SET error_count = runs.error_count + (SELECT count(*) FROM failed)
        FROM run WHERE runs.id = run.id AND EXISTS (SELECT FROM failed)
      ), noted AS (
        UPDATE run_steps SET
          next_page = coalesce(${position.nextPage ?? null}::integer, next_page),
          last_id = coalesce(${position.lastId ?? null}::bigint, last_id),
          after_parent = coalesce(${position.afterParent ?? null}::bigint, after_parent),
          moved = moved OR ${position.moved ?? false},
          short = short OR ${position.short ?? false},
          total = coalesce(${position.total ?? null}::bigint, total),
          read = read + (SELECT count(*) FROM fresh WHERE outcome IN ('applied', 'unchanged', 'rejected')),
          applied = applied + (SELECT count(*) FROM fresh WHERE outcome = 'applied'),
          unchanged = unchanged + (SELECT count(*) FROM fresh WHERE outcome = 'unchanged'),
          removed = removed + (SELECT count(*) FROM fresh WHERE outcome = 'removed'),
          rejected = rejected + (SELECT count(*) FROM fresh WHERE outcome = 'rejected')
        FROM run WHERE run_steps.run_id = run.id AND ordinal = ${step.ordinal}
      )
      SELECT cancel_requested AS cancel FROM run`.pipe(Effect.flatMap(orLost(work)))
    if (row.cancel) return yield* new RunCancelled()
  })

  /** Of these ids, those that the step has not met yet. */
  const notMet = (work: Work, ordinal: number, ids: ReadonlyArray<number>) =>
    sql<{ readonly id: number }>`
      SELECT value::float8 AS id FROM jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)
      WHERE NOT EXISTS (
        SELECT FROM run_seen WHERE run_id = ${work.runId}::uuid AND ordinal = ${ordinal} AND id = value::bigint
      ) ORDER BY 1`.pipe(Effect.map((rows) => rows.map((row) => row.id)))

  /** The step is done; what it met is forgotten. */
  const endStep = (work: Work, ordinal: number) =>
    sql`
      WITH step AS (
        UPDATE run_steps SET done = true WHERE ${myStep(work, ordinal)} RETURNING run_id
      ), forgotten AS (
        DELETE FROM run_seen USING step WHERE run_seen.run_id = step.run_id AND run_seen.ordinal = ${ordinal}
      )
      SELECT run_id FROM step`.pipe(Effect.flatMap(orLost(work)), Effect.asVoid)

  /** Ends the run. A completed full run also says when the mirror was whole. */
  const endRun = (work: Work, status: Exclude<RunStatus, "running">, error: string) =>
    sql`
      WITH run AS (
        UPDATE runs SET status = ${status}, error = ${storable(error)}, finished_at = now() WHERE ${mine(work)} RETURNING id, kind
      ), forgotten AS (
        DELETE FROM run_seen USING run WHERE run_seen.run_id = run.id
      ), state AS (
        INSERT INTO mirror_state (first_completed_at, last_completed_at)
        SELECT now(), now() FROM run WHERE kind = 'full' AND ${status} = 'completed'
        ON CONFLICT (singleton) DO UPDATE SET last_completed_at = excluded.last_completed_at
      )
      SELECT id FROM run`.pipe(Effect.flatMap(orLost(work)), Effect.asVoid)

  return {
    insertRun,
    runById,
    runningRun,
    endedRuns,
    completed,
    mirroredShop,
    noteShop,
    noteRevision,
    requestCancel,
    cancelRequested,
    takeUp,
    steps,
    nextObservation,
    beginStep,
    setTotal,
    commit,
    notMet,
    endStep,
    endRun
  }
})

/** The tables of this service; its one lock is `RunLock`'s. A row that does not decode is a defect. */
export class SyncSql extends Context.Service<SyncSql, Effect.Success<typeof make>>()("@optica/sync/SyncSql") {
  static readonly layer: Layer.Layer<SyncSql, never, SqlClient> = Layer.effect(SyncSql, make)
}
