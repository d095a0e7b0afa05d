import type { MessageInitShape } from "@bufbuild/protobuf"
import { MESSAGE_MAX_BYTES } from "@optica/connect/MessageSize"
import { ChangeOutcome, type ChangeSchema } from "@optica/contracts/optica/catalog/v1/change_pb"
import type { Page } from "@optica/woocommerce/Resource"
import * as Effect from "effect/Effect"
import { kindOf, type Stamp } from "./Listing.ts"
import { askCatalog } from "./Patience.ts"
import type { StepName } from "./Run.ts"
import type { ItemOutcome } from "./SyncSql.ts"
import { CatalogClient } from "./Upstreams.ts"

/** What one request to the shop brought, with the number drawn before it. */
export interface Read {
  readonly observation: bigint
  readonly answer: Pick<Page<Stamp>, "items" | "refused">
}

type ChangeInit = MessageInitShape<typeof ChangeSchema>

/** Well below what a message may hold, whatever the shop puts into its descriptions. */
const batchLimit = { changes: 100, characters: 4_000_000 }
/** What one item may hold: a message, less room for what stands beside the JSON. */
const itemMaxBytes = MESSAGE_MAX_BYTES - 65_536
const applyTimeoutMs = 60_000

/** Brings what was read to the catalogue. What either side refuses is told and stops nothing. */
export const applyItems = Effect.fnUntraced(function* (
  resource: StepName,
  parentId: number,
  { observation, answer }: Read
) {
  const changes = new Map<number, ChangeInit>()
  const tooLarge: Array<ItemOutcome> = []
  for (const { source, value } of answer.items) {
    const json = JSON.stringify(source)
    const bytes = Buffer.byteLength(json)
    if (bytes > itemMaxBytes) {
      const reason = `It is too large: ${bytes} bytes of JSON, where ${itemMaxBytes} can be brought to the catalogue.`
      tooLarge.push({ id: value.id, outcome: "rejected", reason })
      continue
    }
    changes.set(value.id, {
      kind: kindOf[resource],
      id: BigInt(value.id),
      observation,
      parentId: BigInt(parentId),
      state: { case: "sourceJson", value: json }
    })
  }
  const refused = answer.refused.map(
    ({ id, path, rule }): ItemOutcome => ({
      id: id ?? 0,
      outcome: "rejected",
      reason: path === "" ? rule : `${path}: ${rule}`
    })
  )
  return [...(yield* applyChanges([...changes.values()])), ...tooLarge, ...refused]
})

/** Tells the catalogue that the shop has these things no more. */
export const applyDeletions = (
  resource: StepName,
  gone: ReadonlyArray<{ readonly id: number; readonly observation: bigint }>
) =>
  Effect.map(
    applyChanges(
      gone.map(({ id, observation }) => ({
        kind: kindOf[resource],
        id: BigInt(id),
        observation,
        state: { case: "deletion" as const, value: {} }
      }))
    ),
    (outcomes) =>
      outcomes.map(
        (item): ItemOutcome => (item.outcome === "applied" ? { ...item, outcome: "removed" } : item)
      )
  )

const applyChanges = Effect.fnUntraced(function* (changes: ReadonlyArray<ChangeInit>) {
  const catalog = yield* CatalogClient
  const outcomes: Array<ItemOutcome> = []
  for (const batch of batches(changes)) {
    const { results } = yield* askCatalog(
      catalog.applyChanges({ changes: batch }, { timeoutMs: applyTimeoutMs })
    )
    for (const { id, outcome, reason } of results) outcomes.push(toOutcome(Number(id), outcome, reason))
  }
  return outcomes
})

const batches = (changes: ReadonlyArray<ChangeInit>) => {
  const done: Array<Array<ChangeInit>> = []
  let open: Array<ChangeInit> = []
  let characters = 0
  for (const change of changes) {
    const size = change.state?.case === "sourceJson" ? (change.state.value?.length ?? 0) : 0
    if (
      open.length === batchLimit.changes ||
      (open.length > 0 && characters + size > batchLimit.characters)
    ) {
      done.push(open)
      open = []
      characters = 0
    }
    open.push(change)
    characters += size
  }
  return open.length > 0 ? [...done, open] : done
}

const toOutcome = (id: number, outcome: ChangeOutcome, reason: string): ItemOutcome => {
  switch (outcome) {
    case ChangeOutcome.APPLIED:
      return { id, outcome: "applied" }
    case ChangeOutcome.REJECTED:
      return { id, outcome: "rejected", reason }
    default:
      // Stale means that something newer is held: nothing is missing.
      return { id, outcome: "unchanged" }
  }
}
