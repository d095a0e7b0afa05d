/** Walks the pages of a list by number. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Page } from "./Resource.ts"

/** How `pages` walks. */
export interface PagesOptions {
  /** Default 1. */
  readonly startPage?: number
  /** Pages asked for ahead, at most; the client's own pace holds them back further. Default: the client's maximum. */
  readonly concurrency?: number
}

/**
 * The first page tells how many there are; the others are asked for side by side and come out in order. Where the
 * list grew meanwhile, the new pages are walked too. A page that fails ends the stream after those before it.
 */
export const walk = <A, E>(
  read: (page: number) => Effect.Effect<Page<A>, E>,
  startPage: number,
  concurrency: number
): Stream.Stream<Page<A>, E> =>
  Stream.suspend(() => {
    let last = startPage
    const round = (from: number): Stream.Stream<Page<A>, E> => {
      const to = last
      return Stream.range(from, to).pipe(
        // Kept as exits until it is their turn: a failure must not overtake the pages before it.
        Stream.mapEffect((page) => Effect.exit(read(page)), { concurrency }),
        Stream.mapEffect((exit) => exit),
        Stream.tap((page) =>
          Effect.sync(() => {
            // Past the end orders claim 0 pages in all (fact 10); only what only grows is believed.
            last = Math.max(last, page.totalPages)
          })
        ),
        Stream.concat(Stream.suspend(() => (last > to ? round(to + 1) : Stream.empty)))
      )
    }
    return round(startPage)
  })
