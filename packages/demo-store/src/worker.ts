/** The thread of `DemoStore.layerWorker`. It loads no Effect, so that it costs little memory; the clock is the machine's. */
import { parentPort, workerData } from "node:worker_threads"
import type { WorkerMessage, WorkerOptions } from "./DemoStore.ts"
import { listen } from "./ShopServer.ts"

const options: WorkerOptions = workerData
const say = (message: WorkerMessage) => parentPort?.postMessage(message)

listen({ ...options, now: Date.now }).then(
  (running) => say({ url: running.url }),
  (cause: unknown) =>
    say({ refused: cause instanceof Error && "code" in cause ? String(cause.code) : String(cause) })
)
