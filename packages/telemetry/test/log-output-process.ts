/** A process for LogOutput.test.ts: logs 1,000 lines in one go and ends in one of three ways. */
import { Effect, Layer } from "effect"
import * as ServiceMain from "../src/ServiceMain.ts"
import * as Telemetry from "../src/Telemetry.ts"

const ends: Record<string, () => void> = {
  SIGTERM: () => process.kill(process.pid, "SIGTERM"),
  exit: () => process.exit(0),
  crash: () =>
    queueMicrotask(() => {
      throw new Error("crash")
    })
}

// More than a pipe and its reader take in unread.
const padding = "x".repeat(1_000)

const chatter = Layer.effectDiscard(
  Effect.gen(function* () {
    for (let i = 0; i < 1_000; i++) yield* Effect.log(`line ${i}`).pipe(Effect.annotateLogs({ padding }))
    ends[process.argv[2] ?? ""]?.()
  })
)

ServiceMain.run(Layer.provide(chatter, Telemetry.layer({ serviceName: "chatter" })))
