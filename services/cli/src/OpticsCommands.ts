import { check as checkVector, VectorFile } from "@optica/optics/VectorFile"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { CommandFailed } from "./CommandFailed.ts"
import { Json } from "./Json.ts"
import { Output } from "./Output.ts"

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(VectorFile))

const check = Command.make(
  "check",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("A JSON file of worked examples, schema optics-vectors/1")
    )
  },
  Effect.fn("optica.optics.check")(function* ({ file }) {
    const json = yield* Json
    const output = yield* Output
    const files = yield* FileSystem.FileSystem
    const text = yield* Effect.mapError(
      files.readFileString(file),
      (error) => new CommandFailed({ message: `${file} cannot be read: ${error.message}` })
    )
    const { vectors } = yield* Effect.mapError(
      decode(text),
      (error) => new CommandFailed({ message: `${file} is no file of worked examples: ${error.message}` })
    )
    let failed = 0
    for (const vector of vectors) {
      const fault = checkVector(vector)
      if (fault !== undefined) failed += 1
      output.line(
        json
          ? JSON.stringify({ id: vector.id, kind: vector.kind, passed: fault === undefined, fault })
          : `${fault === undefined ? "ok  " : "FAIL"} ${vector.id} ${vector.kind}${fault === undefined ? "" : `: ${fault}`}`
      )
    }
    const passed = vectors.length - failed
    output.line(json ? JSON.stringify({ passed, failed }) : `${passed} passed, ${failed} failed`)
    if (failed > 0)
      yield* new CommandFailed({ message: `${failed} of ${vectors.length} worked examples failed` })
  })
).pipe(Command.withDescription("Calculates worked examples of optics, and compares"))

export const optics = Command.make("optics").pipe(
  Command.withDescription("Calculates with lenses, without any service"),
  Command.withSubcommands([check])
)
