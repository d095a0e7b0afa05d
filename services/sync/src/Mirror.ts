import { SyncResource } from "@optica/telemetry/Attributes"
import { WooCommerce } from "@optica/woocommerce/WooCommerce"
import * as Effect from "effect/Effect"
import { type Listing, listOf, lists, termsOf, variableProducts, variationsOf } from "./Listing.ts"
import { askShop } from "./Patience.ts"
import { removeGone } from "./Removal.ts"
import { closingPasses, listIds, sweepList } from "./Sweep.ts"
import { type StepState, SyncSql, type Work } from "./SyncSql.ts"

/** Lists of parents that are read at once, where a shop has no list of all. */
const parentsAtOnce = 4

/** Takes the steps of a run that are not done, in order, each from where it came to. */
export const mirror = Effect.fn("Mirror.mirror")(function* (work: Work) {
  const sql = yield* SyncSql
  const steps = yield* sql.steps(work)
  const variationsListed = yield* measure(work, steps)
  for (const step of steps) {
    if (!step.done) yield* takeStep(work, step, variationsListed)
  }
})

/** Asks for the totals of the steps to come, so that progress and time left are known; says whether there is a list of all variations. */
const measure = Effect.fnUntraced(function* (work: Work, steps: ReadonlyArray<StepState>) {
  const woo = yield* WooCommerce
  const sql = yield* SyncSql
  let variationsListed = true
  for (const { done, ordinal, resource } of steps) {
    const list = listOf(resource)
    if (done || list === undefined || !list.resource.paged) continue
    const { answer } = yield* askShop(
      work,
      Effect.catchTag(
        Effect.map(
          woo.list(list.resource, { ...list.params, per_page: 1, _fields: "id" }),
          (page) => page.total
        ),
        "RouteMissing",
        (error) => (resource === "variations" ? Effect.succeed(undefined) : Effect.fail(error))
      )
    )
    if (answer === undefined) variationsListed = false
    else yield* sql.setTotal(work, ordinal, answer)
  }
  return variationsListed
})

const takeStep = Effect.fn("Mirror.step")(
  function* (work: Work, step: StepState, variationsListed: boolean) {
    const sql = yield* SyncSql
    const { resource } = step
    const sweptFrom = yield* sql.beginStep(work, step.ordinal, yield* sql.nextObservation(work))
    const list = resource === "variations" && !variationsListed ? undefined : listOf(resource)
    const short = yield* list === undefined ? sweepParents(work, step) : sweepWhole(work, step, list)
    if (short) {
      yield* sql.commit(
        work,
        step,
        [
          {
            id: 0,
            outcome: "note",
            reason: `A page of ${resource} held fewer items than the shop had said, so nothing was removed.`
          }
        ],
        {}
      )
    } else {
      yield* removeGone(work, step, sweptFrom, list)
    }
    yield* sql.endStep(work, step.ordinal)
  },
  (effect, _work, step) => Effect.annotateSpans(effect, { [SyncResource]: step.resource })
)

/** One list holds everything. */
const sweepWhole = Effect.fnUntraced(function* (work: Work, step: StepState, listing: Listing) {
  const sql = yield* SyncSql
  const { short, total } = yield* sweepList(
    work,
    step,
    listing,
    { page: step.nextPage, lastId: step.lastId, moved: step.moved, short: step.short },
    ({ moved, next, short, total }) => ({ nextPage: next.page, lastId: next.lastId, moved, short, total })
  )
  yield* sql.setTotal(work, step.ordinal, total)
  return short
})

/** Each parent has its list. Which parents are done is kept; a parent that was under way is read again. */
const sweepParents = Effect.fnUntraced(function* (work: Work, step: StepState) {
  const sql = yield* SyncSql
  const listingOf = step.resource === "terms" ? termsOf : variationsOf
  const parents = yield* idsOf(work, step.resource === "terms" ? lists.attributes : variableProducts)
  const left = parents.filter((id) => id > step.afterParent)
  let total = step.total ?? 0
  let short = step.short
  for (let from = 0; from < left.length; from += parentsAtOnce) {
    const batch = left.slice(from, from + parentsAtOnce)
    const swept = yield* Effect.forEach(
      batch,
      (id) =>
        sweepList(work, step, listingOf(id), { page: 1, lastId: 0, moved: false, short: false }, () => ({})),
      { concurrency: parentsAtOnce }
    )
    const shortNow = swept.some((list) => list.short)
    total = swept.reduce((sum, list) => sum + list.total, total)
    short ||= shortNow
    yield* sql.commit(work, step, [], { afterParent: batch.at(-1) ?? 0, total, short: shortNow })
  }
  return short
})

/** The ids of a list, gone through until it held still. */
const idsOf = Effect.fnUntraced(function* (work: Work, listing: Listing) {
  const ids = new Set<number>()
  for (let pass = 1; pass <= closingPasses; pass++) {
    const found = yield* listIds(work, listing)
    for (const id of found.ids) ids.add(id)
    if (found.still) break
  }
  return [...ids].sort((a, b) => a - b)
})
