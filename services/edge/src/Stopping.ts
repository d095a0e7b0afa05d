import * as Context from "effect/Context"
import type * as Deferred from "effect/Deferred"

/** Done when the server has been told to stop: what would go on for long ends then. */
export class Stopping extends Context.Service<Stopping, Deferred.Deferred<void>>()("@optica/edge/Stopping") {}
