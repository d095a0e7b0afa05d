/** The thread of `DemoStore.layerWorker`. It loads no Effect, so that it costs little memory; the clock is the machine's. */
import { parentPort, workerData } from "node:worker_threads"
import { listen, reasonOf } from "./ShopServer.ts"
import type { WorkerMessage, WorkerOptions } from "./ShopWorker.ts"

const options: WorkerOptions = workerData
const say = (message: WorkerMessage) => parentPort?.postMessage(message)

listen({ ...options, now: Date.now }).then(
  (running) => say({ url: running.url }),
  (cause: unknown) => say({ refused: reasonOf(cause) })
)
