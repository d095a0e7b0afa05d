/** A process for ServiceMain.test.ts: runs, hangs while it is released, or fails. */
import { Effect, Layer, Schema } from "effect"
import * as ServiceMain from "../src/ServiceMain.ts"

class PortInUse extends Schema.TaggedError<PortInUse>()("PortInUse", { message: Schema.String }) {}

const say = (line: string) => Effect.sync(() => process.stdout.write(`${line}\n`))

const layers = {
  run: Layer.effectDiscard(
    Effect.acquireRelease(say("started"), () => Effect.sync(() => process.stderr.write("released\n")))
  ),
  slow: Layer.effectDiscard(
    Effect.acquireRelease(say("started"), () =>
      say("releasing").pipe(
        Effect.andThen(Effect.sleep("200 millis")),
        Effect.andThen(Effect.sync(() => process.stderr.write("released\n")))
      )
    )
  ),
  hang: Layer.effectDiscard(
    Effect.acquireRelease(say("started"), () => Effect.andThen(say("releasing"), Effect.never))
  ),
  fail: Layer.effectDiscard(
    Effect.fail(new PortInUse({ message: "Port 3000 is in use; set PORT to another." }))
  )
}

const mode = process.argv[2]
ServiceMain.run<PortInUse>(mode === "run" || mode === "slow" || mode === "hang" ? layers[mode] : layers.fail)
