import * as Context from "effect/Context"

/** How a run goes about its work. */
export const SyncSettings = Context.Reference<{
  /** Items on a page, 2 to 100. Smaller pages are for shops that run out of memory or time on a hundred products. */
  readonly pageSize: number
  /** Pages that may be under way at once; the client of the shop lowers it when the shop slows down. */
  readonly concurrency: number
  /** How long a run waits for a shop or a catalogue that does not answer before it fails, in milliseconds. */
  readonly patienceMs: number
  /** Whether a full run starts by itself while none was ever completed. */
  readonly onStart: "auto" | "never"
}>("@optica/sync/SyncSettings", {
  defaultValue: () => ({ pageSize: 100, concurrency: 4, patienceMs: 300_000, onStart: "auto" })
})
