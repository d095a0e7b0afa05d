/** A run as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
import type { RpcError } from "@optica/connect/ConnectError"
import type { WatchSyncResponse } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import * as Deferred from "effect/Deferred"
import * as Stream from "effect/Stream"
import type { Exchange } from "./Exchange.ts"
import * as Problems from "./Problems.ts"
import * as Refusals from "./Refusals.ts"
import { type RunView, runView } from "./RunView.ts"

const event = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`

/** Keeps proxies from taking a quiet stream for a dead one. */
const heartbeat = Stream.tick("15 seconds").pipe(
  Stream.drop(1),
  Stream.map(() => ": still here\n\n")
)

/**
 * `run` for each state, `end` with the last one, and the stream ends. A failure of the upstream is a `problem`. When
 * the server stops the stream ends without `end`: connect again.
 */
export const make = (
  runs: Stream.Stream<WatchSyncResponse, RpcError>,
  exchange: Exchange,
  stopping: Deferred.Deferred<void>
): Stream.Stream<Uint8Array> =>
  Stream.suspend(() => {
    let last: RunView | undefined
    const states = runs.pipe(
      Stream.filter(({ run }) => run !== undefined),
      Stream.map(({ run }) => {
        if (run !== undefined) last = runView(run)
        return event("run", JSON.stringify(last))
      }),
      Stream.concat(
        Stream.suspend(() =>
          last === undefined ? Stream.empty : Stream.make(event("end", JSON.stringify(last)))
        )
      ),
      Stream.catch((error) => Stream.make(event("problem", Problems.body(Refusals.fromRpc(error), exchange))))
    )
    return Stream.make("retry: 2000\n\n").pipe(
      Stream.concat(Stream.merge(states, heartbeat, { haltStrategy: "left" })),
      Stream.interruptWhen(Deferred.await(stopping)),
      Stream.encodeText
    )
  })
