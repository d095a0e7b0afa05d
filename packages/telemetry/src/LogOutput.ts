import { writeSync } from "node:fs"
import type { Writable } from "node:stream"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** What a slow reader of the log may cost in memory, in characters; lines beyond it are dropped and counted. */
const maxPendingChars = 8 * 1024 * 1024

/** How long the end of the process may wait for a reader that has fallen behind. */
const drainMillis = 1_000

/** A place for lines. `write` never waits. */
export interface LogOutput {
  readonly write: (line: string) => void
}

/**
 * Lines to a stream, gathered over one turn of the event loop and handed over one chunk at a time. Node writes to a
 * pipe without waiting, and forgets on `process.exit` what the reader has not taken: so what is pending is ours to
 * count, to bound, and to write out at the end.
 */
export const make = (
  stream: Writable & { readonly fd?: number }
): Effect.Effect<LogOutput, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => open(stream)),
    (output) => output.close
  )

const open = (stream: Writable & { readonly fd?: number }) => {
  let lines: Array<string> = []
  let chars = 0
  let dropped = 0
  let scheduled = false
  let inFlight = false
  let broken = false
  let onIdle: (() => void) | undefined

  const take = () => {
    if (dropped > 0) {
      const time = new Date().toISOString()
      const message = "log lines were dropped: their reader is too slow"
      lines.push(JSON.stringify({ time, level: "WARN", message, dropped }))
      dropped = 0
    }
    const chunk = lines.length === 0 ? "" : `${lines.join("\n")}\n`
    lines = []
    chars = 0
    return chunk
  }

  const pump = () => {
    scheduled = false
    if (inFlight || broken) return
    const chunk = take()
    if (chunk === "") {
      onIdle?.()
      return
    }
    inFlight = true
    stream.write(chunk, (error) => {
      inFlight = false
      // A reader that went away (EPIPE) ends the log, not the process.
      if (error) broken = true
      pump()
      if (broken) onIdle?.()
    })
  }

  const write = (line: string) => {
    if (broken) return
    if (chars + line.length > maxPendingChars) {
      dropped += 1
      return
    }
    lines.push(line)
    chars += line.length
    if (!scheduled && !inFlight) {
      scheduled = true
      setImmediate(pump)
    }
  }

  if (!stream.listeners("error").includes(ignoreError)) stream.on("error", ignoreError)

  // process.exit and uncaught exceptions skip the finalizers.
  const onExit = () => {
    if (inFlight || broken || stream.fd === undefined) return
    writeNow(stream.fd, take())
  }
  process.on("exit", onExit)

  const close = Effect.callback<void>((resume) => {
    onIdle = () => resume(Effect.void)
    pump()
  }).pipe(
    Effect.timeoutOption(drainMillis),
    Effect.interruptible,
    Effect.ensuring(
      Effect.sync(() => {
        onIdle = undefined
        onExit()
        process.off("exit", onExit)
      })
    ),
    Effect.asVoid
  )
  return { write, close }
}

/** A reader that went away: the callback of the write tells it, the event alone would end the process. */
const ignoreError = () => {}

const writeNow = (fd: number, chunk: string) => {
  let rest = Buffer.from(chunk)
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
  } catch {
    // A pipe that is full at this point (EAGAIN): nothing is left to be done.
  }
}
