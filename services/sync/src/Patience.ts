import { Code } from "@connectrpc/connect"
import type { RpcError } from "@optica/connect/ConnectError"
import type { WooCommerceError } from "@optica/woocommerce/Failures"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { RunFailed } from "./Run.ts"
import { SyncSettings } from "./Settings.ts"
import { SyncSql, type Work } from "./SyncSql.ts"

const firstWaitMs = 500
const longestWaitMs = 15_000

/** What a failure means for the run. */
interface Verdict {
  /** Whether time may heal it. */
  readonly heals: boolean
  readonly sentence: string
}

/**
 * Asks until there is an answer. What time may heal is tried again, each time after a longer wait, for as long as
 * the settings say; what it cannot heal fails the run at once.
 */
const patiently = Effect.fnUntraced(function* <A, F, E, R>(
  ask: Effect.Effect<Result.Result<A, F>, E, R>,
  judge: (failure: F) => Verdict
) {
  const { patienceMs } = yield* SyncSettings
  const end = (yield* Clock.currentTimeMillis) + patienceMs
  for (let wait = firstWaitMs; ; wait = Math.min(wait * 2, longestWaitMs)) {
    const answer = yield* ask
    if (Result.isSuccess(answer)) return answer.success
    const { heals, sentence } = judge(answer.failure)
    if (!heals) return yield* new RunFailed({ message: sentence })
    if ((yield* Clock.currentTimeMillis) + wait > end) {
      const tried = `Tried for ${Math.round(patienceMs / 1000)} s, then gave up.`
      return yield* new RunFailed({ message: `${sentence} ${tried}` })
    }
    yield* Effect.logWarning(`${sentence} Trying again in ${wait / 1000} s.`)
    yield* Effect.sleep(wait)
  }
})

/** Reads the shop. The observation is drawn anew before each try, so that it is never younger than what was read. */
export const askShop = Effect.fnUntraced(function* <A, R>(
  work: Work,
  request: Effect.Effect<A, WooCommerceError, R>
) {
  const sql = yield* SyncSql
  const ask = Effect.flatMap(sql.nextObservation(work), (observation) =>
    Effect.result(Effect.map(request, (answer) => ({ observation, answer })))
  )
  return yield* patiently(ask, shopVerdict)
})

/** Calls the catalogue with what may be repeated. */
export const askCatalog = <A, R>(request: Effect.Effect<A, RpcError, R>) =>
  patiently(Effect.result(request), catalogVerdict)

/** What is about the settings, or about this request, is the same tomorrow. */
const hopeless = new Set([
  "WrongCredentials",
  "RouteMissing",
  "RequestRefused",
  "ResourceNotFound",
  "NotWooCommerce"
])

const shopVerdict = (error: WooCommerceError): Verdict => ({
  heals: !hopeless.has(error._tag),
  sentence: error.message
})

const passing = new Set([
  Code.Unavailable,
  Code.DeadlineExceeded,
  Code.ResourceExhausted,
  Code.Aborted,
  Code.Internal
])

const catalogVerdict = (error: RpcError): Verdict => ({
  heals: passing.has(error.code),
  sentence:
    error.code === Code.Unauthenticated
      ? "The catalogue refused OPTICA_OPERATOR_TOKEN; it has to be the same for both services."
      : error.code === Code.Unavailable
        ? `The catalogue does not answer (${error.message}). Check CATALOG_URL.`
        : `The catalogue refused what was read (${error.message}).`
})
