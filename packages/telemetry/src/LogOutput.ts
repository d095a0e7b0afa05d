import { writeSync } from "node:fs"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** What a slow reader of the log may cost in memory, in bytes; lines beyond it are dropped and counted. */
const maxPendingBytes = 8 * 1024 * 1024

/** How long the end of the process may wait for a reader that has fallen behind. */
const drainMillis = 1_000

/** How long a full pipe is left alone. */
const fullMillis = 5

/** A place for lines. `write` never waits. */
export interface LogOutput {
  readonly write: (line: string) => void
}

/** Takes some of the bytes at once and says how many: 0 when the reader is behind. Throws when the reader is gone. */
export type Sink = (bytes: Uint8Array) => number

/**
 * Lines to a sink, gathered over one turn of the event loop. A stream of Node would forget on `process.exit` what the
 * reader of a pipe has not taken; so what is pending is kept here, where it can be counted, bounded, and written out
 * at the end, whichever way the process ends (but by SIGKILL).
 */
export const make = (sink: Sink): Effect.Effect<LogOutput, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => open(sink)),
    (output) => output.close
  )

/** Standard output. Touching the stream makes Node take a pipe out of its blocking mode. */
export const stdout = (): Sink => {
  const { fd } = process.stdout
  return (bytes) => {
    try {
      return writeSync(fd, bytes)
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EAGAIN") return 0
      throw error
    }
  }
}

const open = (sink: Sink) => {
  let lines: Array<string> = []
  let lineBytes = 0
  let rest: Uint8Array = new Uint8Array()
  let dropped = 0
  let isScheduled = false
  let isGone = false

  const take = () => {
    if (dropped > 0) {
      const time = new Date().toISOString()
      const message = "log lines were dropped: their reader is too slow"
      lines.push(JSON.stringify({ time, level: "WARN", message, dropped }))
    }
    rest = lines.length === 0 ? rest : Buffer.from(`${lines.join("\n")}\n`)
    lines = []
    lineBytes = 0
    dropped = 0
  }

  /** Writes what the reader takes now; true when nothing is left. */
  const writeOut = (): boolean => {
    try {
      while (!isGone) {
        if (rest.length === 0) take()
        if (rest.length === 0) return true
        const taken = sink(rest)
        if (taken === 0) return false
        rest = rest.subarray(taken)
      }
    } catch {
      // A reader that went away (EPIPE) ends the log, not the process.
      isGone = true
    }
    return true
  }

  const pump = () => {
    isScheduled = !writeOut()
    if (isScheduled) setTimeout(pump, fullMillis)
  }

  const write = (line: string) => {
    if (isGone) return
    // Of text that is not ASCII the bytes are more than the characters; as a bound that is near enough.
    if (rest.length + lineBytes + line.length > maxPendingBytes) {
      dropped += 1
      return
    }
    lines.push(line)
    lineBytes += line.length + 1
    if (isScheduled) return
    isScheduled = true
    setImmediate(pump)
  }

  // process.exit and uncaught exceptions skip the finalizers, and the event loop turns no more: wait for the pipe here.
  const onExit = () => {
    const until = performance.now() + drainMillis
    while (!writeOut() && performance.now() < until) Atomics.wait(neverWoken, 0, 0, fullMillis)
  }
  process.on("exit", onExit)

  const close = Effect.sync(writeOut).pipe(
    Effect.tap((isDone) => (isDone ? Effect.void : Effect.sleep(fullMillis))),
    Effect.repeat({ until: (isDone) => isDone }),
    Effect.interruptible,
    Effect.timeoutOption(drainMillis),
    Effect.andThen(Effect.sync(() => process.off("exit", onExit)))
  )
  return { write, close }
}

const neverWoken = new Int32Array(new SharedArrayBuffer(4))
