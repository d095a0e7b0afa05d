/** The thread of `DemoStore.layerWorker`, as its caller sees it. */
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { reasonOf, type ServerOptions } from "./ShopServer.ts"

/** What the thread is told: `ServerOptions` without the clock, which cannot be sent. */
export type WorkerOptions = Omit<ServerOptions, "now">

/** What the thread says once, when it listens or cannot. */
export type WorkerMessage = { readonly url: string } | { readonly refused: string }

const shop = new URL("./worker.ts", import.meta.url)

/**
 * Starts the thread for as long as the scope lives, and answers the shop's address. Fails with the reason why it does
 * not listen; when it dies later, which must not end the process that only borrowed it, that is an error in the log.
 */
export const start = (
  options: WorkerOptions,
  script: URL = shop
): Effect.Effect<string, string, Scope.Scope> =>
  Effect.gen(function* () {
    const log = Effect.runForkWith(yield* Effect.context())
    const { url } = yield* Effect.acquireRelease(
      open(options, script, (reason) =>
        log(Effect.logError("The demo store's thread died: the shop is gone until a restart", reason))
      ),
      (thread) => Effect.promise(thread.close)
    )
    return url
  })

const open = (options: WorkerOptions, script: URL, onDeath: (reason: string) => void) =>
  Effect.callback<{ readonly url: string; readonly close: () => Promise<unknown> }, string>((resume) => {
    const worker = new Worker(script, {
      workerData: options,
      // A thread left alone lets garbage grow: measured +95 MB at 10,000 products, with these limits +50 MB.
      resourceLimits: {
        maxYoungGenerationSizeMb: 2,
        maxOldGenerationSizeMb: 96 + Math.ceil(options.products * 0.004)
      }
    })
    let state: "starting" | "listening" | "closed" = "starting"
    let reason: string | undefined
    const close = () => {
      state = "closed"
      return worker.terminate()
    }
    worker.once("message", (message: WorkerMessage) => {
      if ("refused" in message) {
        void close()
        resume(Effect.fail(message.refused))
      } else {
        state = "listening"
        resume(Effect.succeed({ url: message.url, close }))
      }
    })
    // Whatever kills the thread, its exit follows.
    worker.once("error", (cause) => {
      reason = reasonOf(cause)
    })
    worker.once("exit", (code) => {
      const said = reason ?? `exit code ${code}`
      if (state === "starting") resume(Effect.fail(said))
      else if (state === "listening") onDeath(said)
    })
    return Effect.promise(close)
  })
