import * as Context from "effect/Context"

/** How a run goes about its work. */
export const SyncSettings = Context.Reference<{
  /** Items on a page, 2 to 100. Smaller pages are for shops that run out of memory or time on a hundred products. */
  readonly pageSize: number
  /** Pages that may be under way at once; the client of the shop lowers it when the shop slows down. */
  readonly concurrency: number
  /** How long a run waits for a shop or a catalogue that does not answer before it fails, in milliseconds. */
  readonly patienceMs: number
  /** How long the start waits for the shop's first answer while nothing was ever mirrored, in milliseconds. */
  readonly firstAnswerMs: number
  /** Whether a full run starts by itself while none was ever completed. */
  readonly onStart: "auto" | "never"
}>("@optica/sync/SyncSettings", {
  defaultValue: () => ({
    pageSize: 100,
    concurrency: 4,
    patienceMs: 300_000,
    firstAnswerMs: 15_000,
    onStart: "auto"
  })
})

/** Which shop is mirrored. */
export interface Identity {
  /** Stays the same for as long as it is the same shop, wherever it listens. */
  readonly shop: string
  /** Changes when all that the shop holds is exchanged, as a demo store's is by another seed; `""` for shops that live. */
  readonly revision: string
}

/**
 * Who the shop is, where its address does not say: a demo store listens on any port. Undefined means the address.
 * A database that mirrors one shop refuses another; of the same shop with another revision it begins a full run.
 */
export const ShopIdentity = Context.Reference<Identity | undefined>("@optica/sync/ShopIdentity", {
  defaultValue: () => undefined
})
