import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import manifest from "../package.json" with { type: "json" }
import { optica } from "./Optica.ts"
import { Output } from "./Output.ts"

optica.pipe(
  Command.run({ version: manifest.version }),
  // The command's own parser has said already what is wrong with the arguments.
  Effect.tapError((error) =>
    CliError.isCliError(error) ? Effect.void : Effect.sync(() => process.stderr.write(`${error.message}\n`))
  ),
  Effect.provide(Layer.merge(NodeServices.layer, Output.layer)),
  (main) => NodeRuntime.runMain(main, { disableErrorReporting: true })
)
