import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { bar, lines, type Progress } from "./Progress.ts"

/** Where a command writes what it found. What went wrong goes to stderr, by `main.ts` alone. */
export class Output extends Context.Service<
  Output,
  {
    readonly line: (text: string) => void
    /** A bar on a terminal, plain lines anywhere else. */
    readonly progress: Progress
  }
>()("@optica/cli/Output") {
  static readonly layer = Layer.sync(Output, () => {
    const { stdout } = process
    // Whoever reads us may stop reading (`optica … | head`).
    stdout.on("error", (error) => process.exit("code" in error && error.code === "EPIPE" ? 0 : 1))
    const write = (text: string) => void stdout.write(text)
    return {
      line: (text) => write(`${text}\n`),
      // Some terminals say that they are 0 columns wide.
      progress: stdout.isTTY ? bar(write, () => stdout.columns || 80) : lines(write)
    }
  })
}
