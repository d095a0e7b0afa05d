import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import type { ConfigError } from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as SchemaIssue from "effect/SchemaIssue"

/**
 * Runs a process until SIGINT, SIGTERM or SIGHUP (a terminal that was closed), then releases its layers, the last acquired first.
 *
 * - Stopped by a signal: exit code 0 (or what `process.exitCode` says) once everything is released. A second signal, more than a
 *   second later, ends the process at once (130).
 * - Failed to start, or failed while running: one sentence for each failure on stderr, exit code 1. Failures that
 *   were foreseen speak for themselves (`message`); defects are printed with their stack, to be reported.
 */
export const run = <E>(layer: Layer.Layer<never, E>): void => {
  let first: number | undefined
  const onSignal = () => {
    first ??= performance.now()
    if (performance.now() - first > SAME_KEYSTROKE_MS) process.exit(130)
  }
  process.on("SIGINT", onSignal)
  process.on("SIGTERM", onSignal)
  // Effect's runtime listens to the two above only.
  process.on("SIGHUP", () => process.kill(process.pid, "SIGTERM"))
  NodeRuntime.runMain(
    Layer.launch(layer).pipe(
      Effect.tapCause((cause) => Effect.sync(() => process.stderr.write(describe(cause))))
    ),
    {
      disableErrorReporting: true,
      teardown: (exit, onExit) =>
        onExit(
          exit._tag === "Success" || Cause.hasInterruptsOnly(exit.cause) ? Number(process.exitCode ?? 0) : 1
        )
    }
  )
}

/** Ctrl-C under npm arrives twice: from the terminal, and once more from npm, which passes it on. */
const SAME_KEYSTROKE_MS = 1000

/** What a person needs to read of a failure: its sentences, or the stack of a defect. */
export const describe = <E>(cause: Cause.Cause<E>): string => {
  if (Cause.hasInterruptsOnly(cause)) return ""
  const sentences = cause.reasons.flatMap((reason) => {
    if (Cause.isFailReason(reason)) return [sentence(reason.error)]
    return Cause.isDieReason(reason) ? [stack(reason.defect)] : []
  })
  return [...new Set(sentences)].map((line) => `${line}\n`).join("")
}

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

const isConfigError = (error: unknown): error is ConfigError => Predicate.isTagged(error, "ConfigError")

const sentence = (error: unknown): string => {
  if (isConfigError(error) && error.cause._tag === "SchemaError") {
    return formatIssue(error.cause.issue)
      .issues.map(({ message, path }) => settingSentence(path?.join("_") ?? "?", message))
      .join("\n")
  }
  return Predicate.hasProperty(error, "message") && Predicate.isString(error.message) && error.message !== ""
    ? error.message
    : String(error)
}

/** Every variable is a string, so that a missing or empty one is all that "Expected string" can mean. */
const settingSentence = (name: string, rule: string): string =>
  rule === "Expected string"
    ? `The setting ${name} is missing; set it in the environment.`
    : `The setting ${name} is wrong: ${lowerFirst(rule)}.`

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

const stack = (defect: unknown): string =>
  defect instanceof Error ? (defect.stack ?? defect.message) : String(defect)
