import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt"
import { type Run, RunKind, RunStatus, type RunStep } from "@optica/contracts/optica/sync/v1/run_pb"

/** A run in words: plain functions from the contract's messages to lines. */

const kindText = (kind: RunKind): string => (kind === RunKind.PRODUCTS ? "products" : "full")

const statusTexts: Record<RunStatus, string> = {
  [RunStatus.UNSPECIFIED]: "unknown",
  [RunStatus.RUNNING]: "running",
  [RunStatus.COMPLETED]: "completed",
  [RunStatus.FAILED]: "failed",
  [RunStatus.CANCELLED]: "cancelled"
}

const statusText = (status: RunStatus): string => statusTexts[status]

/** `1 h 2 min`, `3 min 20 s`, `8 s`. */
const durationText = (seconds: number): string => {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export const timeText = (time: Timestamp | undefined): string =>
  time === undefined ? "never" : new Date(timestampMs(time)).toISOString().replace(/\.\d+Z$/, "Z")

/** The step at work: the first that is not done. */
export const currentStep = (run: Run): RunStep | undefined => run.steps.find((step) => !step.done)

/** `products 4200/10000`. */
export const stepText = (step: RunStep): string =>
  `${step.resource} ${step.read}${step.total === undefined ? "" : `/${step.total}`}`

/** `310/s, 19 s left`. */
export const paceText = (run: Run): string =>
  `${Math.round(run.itemsPerSecond)}/s${run.etaSeconds === undefined ? "" : `, ${durationText(run.etaSeconds)} left`}`

/** How a run ended, or where it stands, in one line. */
export const summary = (run: Run): string => {
  const sum = (pick: (step: RunStep) => bigint) => run.steps.reduce((total, step) => total + pick(step), 0n)
  const seconds =
    run.startedAt === undefined || run.finishedAt === undefined
      ? undefined
      : (timestampMs(run.finishedAt) - timestampMs(run.startedAt)) / 1000
  return [
    `${kindText(run.kind)} run ${run.id} ${statusText(run.status)}`,
    ...(seconds === undefined ? [paceText(run)] : [`in ${durationText(seconds)}`]),
    `${sum((step) => step.read)} read, ${sum((step) => step.applied)} written, ${sum((step) => step.unchanged)} unchanged, ${sum((step) => step.removed)} removed`,
    ...(run.errorCount > 0n ? [`${run.errorCount} could not be mirrored`] : []),
    ...(run.resumed > 0 ? [`resumed ${run.resumed} ${run.resumed === 1 ? "time" : "times"}`] : [])
  ].join(", ")
}

/** What could not be mirrored, one line each. */
export const errorLines = (run: Run): ReadonlyArray<string> => [
  ...run.errors.map(({ id, reason, resource }) => `  ${resource}${id === 0n ? "" : ` ${id}`}: ${reason}`),
  ...(run.errorCount > BigInt(run.errors.length)
    ? [`  … and ${run.errorCount - BigInt(run.errors.length)} more`]
    : [])
]
