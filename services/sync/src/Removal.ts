import { WooCommerce } from "@optica/woocommerce/WooCommerce"
import * as Effect from "effect/Effect"
import { applyDeletions, applyItems } from "./Apply.ts"
import { kindOf, type Listing, termsOf, variationsOf } from "./Listing.ts"
import { askCatalog, askShop } from "./Patience.ts"
import type { StepName } from "./Run.ts"
import { readBatch } from "./Sweep.ts"
import { type ItemOutcome, type StepState, SyncSql, type Work } from "./SyncSql.ts"
import { CatalogClient } from "./Upstreams.ts"

type Step = Pick<StepState, "ordinal" | "resource">

/** What the catalogue holds and the sweep did not meet. */
interface Suspect {
  readonly id: number
  readonly parentId: number
}

const suspectsAtOnce = 100

/**
 * Removes what the shop has no more. Being absent from a sweep proves nothing: each suspect is read by its id, and only
 * WooCommerce's own 404 or the trash removes it. What is alive is brought in as any other item. `list` is undefined where each parent has its own.
 */
export const removeGone = Effect.fn("Removal.removeGone")(function* (
  work: Work,
  step: Step,
  sweptFrom: bigint,
  list: Listing | undefined
) {
  const catalog = yield* CatalogClient
  const sql = yield* SyncSql
  for (let afterId = 0n; ; ) {
    const { versions } = yield* askCatalog(
      catalog.listResourceVersions({
        kind: kindOf[step.resource],
        observedBefore: sweptFrom,
        afterId,
        limit: suspectsAtOnce
      })
    )
    const parents = new Map(versions.map((version) => [Number(version.id), Number(version.parentId)]))
    // What was met and refused is held with its old observation, and is not missing.
    const ids = yield* sql.notMet(work, step.ordinal, [...parents.keys()])
    const suspects = ids.map((id): Suspect => ({ id, parentId: parents.get(id) ?? 0 }))
    if (suspects.length > 0) yield* check(work, step, suspects, list)
    const last = versions.at(-1)
    if (last === undefined || versions.length < suspectsAtOnce) return
    afterId = last.id
  }
})

const check = Effect.fnUntraced(function* (
  work: Work,
  step: Step,
  suspects: ReadonlyArray<Suspect>,
  list: Listing | undefined
) {
  const sql = yield* SyncSql
  const { resource } = step
  let left = suspects
  if (list?.resource.paged) {
    const ids = left.map((suspect) => suspect.id)
    const alive = yield* readBatch(work, list, ids)
    const met = yield* applyItems(resource, 0, alive)
    yield* sql.commit(work, step, met, {})
    left = without(left, met)
    if (left.length > 0 && hasTrash.has(resource)) {
      const trash = yield* readBatch(
        work,
        list,
        left.map((suspect) => suspect.id),
        "trash"
      )
      const trashed = trash.answer.items.filter((item) => item.value.status === "trash")
      const gone = yield* applyDeletions(
        resource,
        trashed.map((item) => ({ id: item.value.id, observation: trash.observation }))
      )
      yield* sql.commit(work, step, gone, {})
      left = without(left, gone)
    }
  }
  const outcomes = yield* Effect.forEach(left, (suspect) => checkOne(work, resource, suspect, list), {
    concurrency: 4
  })
  yield* sql.commit(work, step, outcomes.flat(), {})
})

const hasTrash: ReadonlySet<StepName> = new Set(["products", "variations", "reviews"])

const without = (suspects: ReadonlyArray<Suspect>, known: ReadonlyArray<ItemOutcome>) => {
  const ids = new Set(known.map((item) => item.id))
  return suspects.filter((suspect) => !ids.has(suspect.id))
}

/** Reads one suspect by its id. One that cannot be read is told and kept. */
const checkOne = Effect.fnUntraced(function* (
  work: Work,
  resource: StepName,
  { id, parentId }: Suspect,
  list: Listing | undefined
) {
  const woo = yield* WooCommerce
  if (list === undefined && parentId === 0) return [told(id, "it is not known what it belongs to.")]
  const listing = list ?? (resource === "terms" ? termsOf(parentId) : variationsOf(parentId))
  const { answer, observation } = yield* askShop(
    work,
    woo.get(listing.resource, id).pipe(
      Effect.map((item) => ({ item })),
      Effect.catchTags({
        ResourceNotFound: (error) =>
          Effect.succeed(saysGone.test(error.code) ? ("gone" as const) : told(id, notTheShop(error.code))),
        RequestRefused: (error) => Effect.succeed(told(id, error.message)),
        AnswerUnreadable: (error) => Effect.succeed(told(id, error.message)),
        // A PHP fatal is about this one thing; any other failure is the shop's.
        ShopFailed: (error) =>
          error.status === 500 ? Effect.succeed(told(id, error.message)) : Effect.fail(error)
      })
    )
  )
  if (answer === "gone") return yield* applyDeletions(resource, [{ id, observation }])
  if (!("item" in answer)) return [answer]
  if (answer.item.value.status === "trash") return yield* applyDeletions(resource, [{ id, observation }])
  return yield* applyItems(resource, parentId, {
    observation,
    answer: { items: [answer.item], refused: [] }
  })
})

/**
 * How the shop itself says that there is no such thing: `woocommerce_rest_product_invalid_id`,
 * `woocommerce_rest_term_invalid`, `rest_…_invalid_id`. Anything else that answers 404 stands between us and the shop.
 */
const saysGone = /^(?:woocommerce_rest_(?!cannot_)|rest_\w+_invalid_id$)/

const notTheShop = (code: string) =>
  `the shop answered 404 ${code === "" ? "without a code" : code}, which is no word of WooCommerce that it is gone.`

const told = (id: number, why: string): ItemOutcome => ({
  id,
  outcome: "rejected",
  reason: `The sweep did not meet it, and it could not be read by id: ${why} It is kept.`
})
