import type { Run } from "@optica/contracts/optica/sync/v1/run_pb"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { currentStep, paceText, stepText } from "./RunText.ts"

/** Shows a run as it goes on. */
export interface Progress {
  readonly show: (run: Run) => Effect.Effect<void>
  /** Leaves the screen tidy. */
  readonly end: Effect.Effect<void>
}

const barWidth = 30
const eraseLine = "\r\u001b[2K"

/** One line that is written over and over: for a terminal. `columns` is asked each time, because windows change. */
export const bar = (write: (text: string) => void, columns: () => number): Progress => ({
  show: (run) =>
    Effect.sync(() => {
      const step = currentStep(run)
      if (step === undefined) return
      const part = step.total === undefined || step.total === 0n ? 0 : Number(step.read) / Number(step.total)
      const filled = Math.min(barWidth, Math.round(part * barWidth))
      const line = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)} ${stepText(step)}  ${paceText(run)}`
      write(`${eraseLine}${line.slice(0, Math.max(0, columns() - 1))}`)
    }),
  end: Effect.sync(() => write(eraseLine))
})

const everyMs = 5000

/** A line for each step that is done, and one every five seconds: for a pipe or a log. */
export const lines = (write: (text: string) => void): Progress => {
  const told = new Set<string>()
  let last = 0
  return {
    show: Effect.fnUntraced(function* (run) {
      for (const step of run.steps.filter(({ done, resource }) => done && !told.has(resource))) {
        told.add(step.resource)
        write(`${stepText(step)} done\n`)
      }
      const now = yield* Clock.currentTimeMillis
      const step = currentStep(run)
      if (step === undefined || now - last < everyMs) return
      last = now
      write(`${stepText(step)}, ${paceText(run)}\n`)
    }),
    end: Effect.void
  }
}
