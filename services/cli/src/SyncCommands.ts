import { toJsonString } from "@bufbuild/protobuf"
import { type Run, RunKind, RunSchema, RunStatus } from "@optica/contracts/optica/sync/v1/run_pb"
import { GetSyncStatusResponseSchema } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { CommandFailed } from "./CommandFailed.ts"
import { Json } from "./Json.ts"
import { Output } from "./Output.ts"
import { errorLines, stepText, summary, timeText } from "./RunText.ts"
import { syncUpstream } from "./Upstreams.ts"

/** Shows a run until it ends; fails when it does not end well. */
const follow = Effect.fnUntraced(function* (id: string) {
  const json = yield* Json
  const { line, progress } = yield* Output
  const { client, explain } = yield* syncUpstream
  let last: Run | undefined
  yield* client.watchSync({ id }).pipe(
    Stream.runForEach(({ run }) => {
      if (run === undefined) return Effect.void
      last = run
      return json ? Effect.sync(() => line(toJsonString(RunSchema, run))) : progress.show(run)
    }),
    Effect.mapError((error) => {
      const { message } = explain(error)
      return new CommandFailed({
        message: last === undefined ? message : `${message} The run goes on; it was lost sight of.`
      })
    }),
    Effect.ensuring(json ? Effect.void : progress.end),
    Effect.onInterrupt(() =>
      Effect.sync(() => process.stderr.write(`The run goes on. Follow it with: optica sync watch ${id}\n`))
    )
  )
  if (last === undefined) return
  if (!json) {
    line(summary(last))
    for (const text of errorLines(last)) line(text)
  }
  if (last.status === RunStatus.FAILED)
    return yield* new CommandFailed({ message: `The run failed: ${last.error}` })
  if (last.status === RunStatus.CANCELLED)
    return yield* new CommandFailed({ message: "The run was cancelled." })
})

const start = (name: string, kind: RunKind, description: string) =>
  Command.make(
    name,
    {},
    Effect.fn(`optica.sync.${name}`)(function* () {
      const { client, explain } = yield* syncUpstream
      const { run } = yield* Effect.mapError(client.startSync({ kind }), explain)
      yield* follow(run?.id ?? "")
    }, Effect.scoped)
  ).pipe(Command.withDescription(description))

const runId = Argument.String("run").pipe(
  Argument.withDescription("Id of the run; the one at work if left out"),
  Argument.optional
)

/** The run that was named, or the one at work. */
const pick = Effect.fnUntraced(function* (given: Option.Option<string>) {
  if (Option.isSome(given)) return given.value
  const { client, explain } = yield* syncUpstream
  const { current } = yield* Effect.mapError(client.getSyncStatus({}), explain)
  return (
    current?.id ??
    (yield* new CommandFailed({ message: "No run is at work. Start one with: optica sync full" }))
  )
})

const watch = Command.make(
  "watch",
  { run: runId },
  Effect.fn("optica.sync.watch")(function* ({ run }) {
    yield* follow(yield* pick(run))
  }, Effect.scoped)
).pipe(Command.withDescription("Follows a run to its end"))

const cancel = Command.make(
  "cancel",
  { run: runId },
  Effect.fn("optica.sync.cancel")(function* ({ run: given }) {
    const json = yield* Json
    const { line } = yield* Output
    const { client, explain } = yield* syncUpstream
    const { run } = yield* Effect.mapError(client.cancelSync({ id: yield* pick(given) }), explain)
    if (run === undefined) return
    if (json) return line(toJsonString(RunSchema, run))
    line(run.status === RunStatus.RUNNING ? `Run ${run.id} stops after the pages under way.` : summary(run))
  }, Effect.scoped)
).pipe(Command.withDescription("Stops a run after the pages under way; what it has written stays"))

const status = Command.make(
  "status",
  {},
  Effect.fn("optica.sync.status")(function* () {
    const json = yield* Json
    const { line } = yield* Output
    const { client, explain } = yield* syncUpstream
    const answer = yield* Effect.mapError(client.getSyncStatus({}), explain)
    if (json) return line(toJsonString(GetSyncStatusResponseSchema, answer))
    line(`Shop ${answer.shopUrl}`)
    line(`Mirrored first ${timeText(answer.firstCompletedAt)}, last ${timeText(answer.lastCompletedAt)}`)
    if (answer.current === undefined) line("No run is at work.")
    else {
      line(summary(answer.current))
      for (const step of answer.current.steps) line(`  ${stepText(step)}${step.done ? " done" : ""}`)
      for (const text of errorLines(answer.current)) line(text)
    }
    for (const run of answer.history)
      line(`${timeText(run.startedAt)} ${summary(run)}${run.error === "" ? "" : `: ${run.error}`}`)
  }, Effect.scoped)
).pipe(Command.withDescription("Shows the run at work and the last ones"))

export const sync = Command.make("sync").pipe(
  Command.withDescription("Mirror the shop into the catalogue"),
  Command.withSubcommands([
    start("full", RunKind.FULL, "Mirrors everything, and follows it to its end"),
    start("products", RunKind.PRODUCTS, "Mirrors products and variations only, and follows it to its end"),
    status,
    watch,
    cancel
  ])
)
