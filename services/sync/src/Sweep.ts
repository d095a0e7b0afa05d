import type { Page } from "@optica/woocommerce/Resource"
import { WooCommerce } from "@optica/woocommerce/WooCommerce"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { applyItems } from "./Apply.ts"
import type { Listing, Stamp } from "./Listing.ts"
import { askShop } from "./Patience.ts"
import { readPage } from "./Pieces.ts"
import { SyncSettings } from "./Settings.ts"
import { type Position, type StepState, SyncSql, type Work } from "./SyncSql.ts"

/** Where a sweep of a list begins: page 1, or where an earlier one came to. */
export interface Start {
  readonly page: number
  /** Highest id of the page before. */
  readonly lastId: number
}

/** What a sweep showed. */
export interface Swept {
  /** How many items the shop said there are, as of the last page. */
  readonly total: number
  /** The list shifted, so that something may have been skipped. */
  readonly moved: boolean
  /** A page held fewer items than its total promised. */
  readonly short: boolean
}

interface SweptPage extends Swept {
  readonly observation: bigint
  readonly answer: Page<Stamp>
  /** Where the next page begins. */
  readonly next: Start
}

const nothing: Page<Stamp> = {
  page: 1,
  perPage: 1,
  items: [],
  refused: [],
  total: 0,
  totalPages: 0,
  bytes: 0
}

/** How often the ids of a list that never holds still are gone through before it is taken as it is. */
export const closingPasses = 3

/**
 * Reads a list page by page, several at once, and hands the pages on in their order, one at a time.
 *
 * Paging by position skips items when others before them go away meanwhile. So the list is ordered by id and
 * neighbouring pages share one item: when the last id of a page is the first of the next, equally many items lay
 * before it both times, and nothing that was there throughout can have been skipped. When it is not, the list moved.
 */
const sweepPages = Effect.fnUntraced(function* <E, R>(
  work: Work,
  listing: Listing,
  start: Start,
  params: { readonly _fields?: string },
  onPage: (page: SweptPage) => Effect.Effect<void, E, R>
) {
  const { concurrency, pageSize } = yield* SyncSettings
  const { paged } = listing.resource
  const stride = pageSize - 1
  const pagesOf = (total: number) => (paged ? Math.max(1, Math.ceil((total - 1) / stride)) : 1)

  const read = (page: number) =>
    Effect.map(
      askShop(
        work,
        Effect.catchTag(
          readPage(listing, {
            ...listing.params,
            ...params,
            ...(paged ? { offset: (page - 1) * stride, per_page: pageSize } : {})
          }),
          "RequestRefused",
          // The parent went away meanwhile, and its items with it.
          (error) =>
            listing.parentId > 0 && error.status === 404 ? Effect.succeed(nothing) : Effect.fail(error)
        )
      ),
      (asked) => ({ page, ...asked })
    )

  let { lastId } = start
  let ended = false
  let swept: Swept = { total: 0, moved: false, short: false }
  const take = Effect.fnUntraced(function* (asked: Effect.Success<ReturnType<typeof read>>) {
    const { answer, observation, page } = asked
    const ids = [
      ...answer.items.map((item) => item.value.id),
      ...answer.refused.flatMap((item) => item.id ?? [])
    ]
    const { total } = answer
    const moved = page > 1 && Math.min(...ids) !== lastId
    const promised = paged ? Math.min(pageSize, total - (page - 1) * stride) : total
    const shown = answer.items.length + answer.refused.length
    const short = shown < promised
    // The shared item came with the page before.
    const items = page > 1 && !moved ? answer.items.filter((item) => item.value.id !== lastId) : answer.items
    const before = lastId
    lastId = Math.max(lastId, ...ids)
    swept = { total, moved: swept.moved || moved, short: swept.short || short }
    yield* onPage({
      observation,
      answer: { ...answer, items },
      total,
      moved,
      short,
      // Past the last page there is nothing to tell a list that held still from one that shrank: it is read again.
      next: page < pagesOf(total) ? { page: page + 1, lastId } : { page, lastId: before }
    })
    yield* Effect.yieldNow
    // An empty page ends the list whatever its total says, or one that is out of all reason would never be covered.
    // A page that holds more than its total allows does not: the total is wrong.
    ended = !paged || shown === 0 || (page >= pagesOf(total) && shown <= promised)
  })

  // The list may grow while it is read: go on until the last total that was told is covered.
  let page = start.page
  yield* Effect.flatMap(read(page), take)
  while (!ended) {
    const last = Math.max(page + 1, pagesOf(swept.total))
    yield* Stream.range(page + 1, last).pipe(
      Stream.mapEffect(read, { concurrency }),
      Stream.mapEffect(take),
      Stream.takeUntil(() => ended),
      Stream.runDrain
    )
    page = last
  }
  return swept
})

type Step = Pick<StepState, "ordinal" | "resource">

/**
 * Brings one list to the catalogue, each page as it comes, and makes sure that nothing was skipped: when something
 * moved, the ids alone are gone through and what was not met yet is read, until the ids held still.
 * `position` says what a page changes of where the step stands.
 */
export const sweepList = Effect.fn("Sweep.list")(function* (
  work: Work,
  step: Step,
  listing: Listing,
  start: Start & { readonly moved: boolean; readonly short: boolean },
  position: (page: Swept & { readonly next: Start }) => Position
) {
  const sql = yield* SyncSql
  const swept = yield* sweepPages(
    work,
    listing,
    start,
    {},
    Effect.fn("Sweep.page")(function* (page) {
      const outcomes = yield* applyItems(step.resource, listing.parentId, page)
      yield* sql.commit(work, step, outcomes, position(page))
    })
  )
  const total = swept.total
  const short = start.short || swept.short
  if (!start.moved && !swept.moved && !short) return { total, short }
  for (let pass = 1; pass <= closingPasses; pass++) {
    const found = yield* listIds(work, listing)
    yield* readMissing(work, step, listing, yield* sql.notMet(work, step.ordinal, found.ids))
    if (found.still) return { total: found.total, short }
  }
  yield* sql.commit(
    work,
    step,
    [
      {
        id: 0,
        outcome: "note",
        reason: `The shop's list of ${step.resource} did not hold still while its ids were gone through ${closingPasses} times: something may have been missed. The next run finds it.`
      }
    ],
    {}
  )
  return { total, short }
})

/** The ids of a list, and whether it held still while they were read. */
export const listIds = Effect.fnUntraced(function* (work: Work, listing: Listing) {
  const ids: Array<number> = []
  const { moved, short, total } = yield* sweepPages(
    work,
    listing,
    { page: 1, lastId: 0 },
    { _fields: "id" },
    (page) => Effect.sync(() => void ids.push(...page.answer.items.map((item) => item.value.id)))
  )
  return { ids, total, still: !moved && !short }
})

/** Reads by id what a sweep skipped. */
const readMissing = Effect.fnUntraced(function* (
  work: Work,
  step: Step,
  listing: Listing,
  ids: ReadonlyArray<number>
) {
  const sql = yield* SyncSql
  for (let from = 0; from < ids.length; from += 100) {
    const batch = yield* readBatch(work, listing, ids.slice(from, from + 100))
    yield* sql.commit(work, step, yield* applyItems(step.resource, listing.parentId, batch), {})
  }
})

/** Of at most a hundred ids, those that the list shows. */
export const readBatch = Effect.fnUntraced(function* (
  work: Work,
  listing: Listing,
  ids: ReadonlyArray<number>,
  status?: string
) {
  const woo = yield* WooCommerce
  const params = listing.resource.paged ? { include: ids, per_page: 100 } : {}
  return yield* askShop(
    work,
    woo.list(listing.resource, { ...listing.params, ...params, ...(status === undefined ? {} : { status }) })
  )
})
