/** What is looked at to tell whether requests are welcome. */
import * as Deadline from "@optica/connect/Deadline"
import * as Resilience from "@optica/connect/Resilience"
import type { GetSyncStatusResponse } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"
import type { Check } from "./HealthApi.ts"
import { CatalogUpstream, SyncUpstream } from "./Upstreams.ts"

/** Milliseconds that a check may take. */
const CHECK_TIMEOUT_MS = 2000

interface Report {
  readonly ready: boolean
  readonly checks: ReadonlyArray<Check>
  /** Undefined where the sync service did not say. */
  readonly mirror: GetSyncStatusResponse | undefined
}

export class Health extends Context.Service<
  Health,
  {
    /** The checks of the last half second: callers cannot make the services busy with them. */
    readonly report: Effect.Effect<Report>
  }
>()("@optica/edge/Health") {
  static readonly layer: Layer.Layer<Health, never, CatalogUpstream | SyncUpstream> = Layer.effect(
    Health,
    Effect.gen(function* () {
      const catalog = yield* CatalogUpstream
      const sync = yield* SyncUpstream
      // Once the mirror was completed it stays so, whatever becomes of the sync service or the shop.
      let completed = false

      const catalogCheck = timed(
        "catalog",
        "asked the catalogue for one product",
        Effect.match(catalog.listProducts({ page: { page: 1, perPage: 1 } }), {
          onFailure: () => "the catalogue does not answer",
          onSuccess: () => null
        })
      )
      const status = Effect.option(sync.getSyncStatus({}))

      const mirrorCheck = Effect.gen(function* () {
        let mirror: GetSyncStatusResponse | undefined
        const check = yield* timed(
          "first-mirror",
          "asked the sync service whether the shop was mirrored whole once",
          Effect.map(status, (answer) => {
            mirror = answer._tag === "Some" ? answer.value : undefined
            if (mirror?.firstCompletedAt !== undefined) completed = true
            if (completed) return null
            return mirror === undefined
              ? "the sync service does not answer"
              : "the shop was not mirrored whole yet; /sync/status tells how far it is"
          })
        )
        return { check, mirror }
      })

      const look = Effect.map(
        Effect.all([catalogCheck, mirrorCheck], { concurrency: "unbounded" }),
        ([catalogResult, { check, mirror }]): Report => ({
          ready: catalogResult.ok && check.ok,
          checks: [catalogResult, check],
          mirror
        })
      )
      const bounded = look.pipe(
        Deadline.within(CHECK_TIMEOUT_MS),
        // What is asked is how the services are, not what the circuits of requests say of them.
        Resilience.probing,
        Effect.withParentSpan(unrecorded),
        // One caller's leaving must not fail the checks of the others.
        Effect.uninterruptible
      )
      return { report: yield* Effect.cachedWithTTL(bounded, "500 millis") }
    })
  )
}

/** Probes come every few seconds, and nobody wants to see their traces, here or behind. */
const unrecorded = Tracer.externalSpan({
  traceId: "00000000000000000000000000000001",
  spanId: "0000000000000001",
  sampled: false
})

const timed = (name: string, checked: string, look: Effect.Effect<string | null>): Effect.Effect<Check> =>
  Effect.suspend(() => {
    const startedAt = performance.now()
    return Effect.map(look, (problem) => ({
      name,
      checked,
      ok: problem === null,
      problem,
      duration_ms: Math.round((performance.now() - startedAt) * 10) / 10
    }))
  })
