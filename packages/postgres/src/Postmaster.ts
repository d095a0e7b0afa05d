import { spawn } from "node:child_process"
import { closeSync, openSync, readFileSync, readlinkSync } from "node:fs"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"

/** The operating system user that PostgreSQL runs as, where that is not our own. */
export interface RunAs {
  readonly uid: number
  readonly gid: number
}

/** A running PostgreSQL, told by its process id and the cluster folder that it serves. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  /** Whether it accepts connections, by what it says in its own lock file. */
  readonly ready: boolean
}

/** PostgreSQL ended while it started; the message ends with the last lines of its log. */
export class PostmasterFailed extends Schema.TaggedError<PostmasterFailed>()("PostmasterFailed", {
  message: Schema.String
}) {}

/**
 * The PostgreSQL that runs in a cluster folder, by its lock file `postmaster.pid`: undefined when there is none, when
 * the process is gone, and when the process of that number is another one (numbers are used again after a restart).
 */
export const find = (cluster: string): Postmaster | undefined => {
  const lines = readLines(join(cluster, "postmaster.pid"))
  // pid, data folder, start time, port, socket folder, listen address, shared memory, status
  const pid = Number(lines[0])
  if (!Number.isSafeInteger(pid) || pid <= 0 || !serves(pid, cluster)) return undefined
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready" }
}

const readLines = (file: string): ReadonlyArray<string> => {
  try {
    return readFileSync(file, "utf8").split("\n")
  } catch {
    return []
  }
}

/** Whether the process is a postmaster of this very folder: that is where a postmaster works, and what it was told. */
const serves = (pid: number, cluster: string): boolean => {
  if (!isAlive(pid)) return false
  if (process.platform !== "linux") return true
  try {
    if (readlinkSync(`/proc/${pid}/cwd`) === cluster) return true
  } catch {
    // A process of another user does not show where it works: what it was started with is open to all.
  }
  const args = readLines(`/proc/${pid}/cmdline`).join("\n").split("\0")
  return args[args.indexOf("-D") + 1] === cluster
}

/** Whether a process of that number runs, ours or another user's. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // An ended child that nobody has waited for answers as well.
    return !/^State:\s+Z/m.test(readLines(`/proc/${pid}/status`).join("\n"))
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/** What a start needs. */
export interface StartOptions {
  /** Path of the program `postgres`. */
  readonly program: string
  readonly cluster: string
  readonly port: number
  /** File that PostgreSQL appends its log to. */
  readonly log: string
  readonly runAs: RunAs | undefined
  /** Settings on top of those of the cluster folder. */
  readonly settings: Readonly<Record<string, string>>
}

/**
 * Starts PostgreSQL and waits until it accepts connections. It gets a process group of its own, so that a Ctrl-C meant
 * for us does not reach it before its clients are done, and a log file instead of our pipes, so that it outlives us
 * in good health and can be adopted.
 */
export const start = Effect.fnUntraced(function* (options: StartOptions) {
  // Left by a PostgreSQL that is gone for sure: its number may belong to another process by now.
  yield* Effect.promise(() => rm(join(options.cluster, "postmaster.pid"), { force: true }))
  const child = yield* Effect.sync(() => {
    const log = openSync(options.log, "a", 0o600)
    const settings = Object.entries(options.settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])
    const child = spawn(options.program, ["-D", options.cluster, "-p", String(options.port), ...settings], {
      cwd: options.cluster,
      detached: true,
      stdio: ["ignore", log, log],
      env: {},
      ...options.runAs
    })
    closeSync(log)
    return child
  })
  const ended = Effect.callback<never, PostmasterFailed>((resume) => {
    const fail = (how: string) =>
      resume(
        Effect.fail(
          new PostmasterFailed({ message: `PostgreSQL did not start (${how}): ${tail(options.log)}` })
        )
      )
    if (child.exitCode !== null) fail(`exit code ${child.exitCode}`)
    child.once("error", (error) => fail(error.message))
    child.once("exit", (code, signal) => fail(`exit code ${code ?? signal}`))
  })
  const ready = Effect.suspend(() => {
    const found = find(options.cluster)
    return found?.ready === true && found.pid === child.pid
      ? Effect.succeed(found)
      : Effect.fail("starting" as const)
  }).pipe(
    Effect.retry(Schedule.spaced("20 millis")),
    Effect.orDie,
    // Recovery after a crash replays at most a checkpoint's distance.
    Effect.timeoutOrElse({
      duration: "60 seconds",
      orElse: () =>
        Effect.fail(
          new PostmasterFailed({ message: `PostgreSQL was not ready after 60 s: ${tail(options.log)}` })
        )
    })
  )
  const postmaster = yield* Effect.raceFirst(ready, ended).pipe(
    Effect.onError(() => Effect.sync(() => child.kill("SIGKILL")))
  )
  // From here on we stop it by its number, as we do with an adopted one; it does not keep our process alive.
  child.unref()
  return postmaster
})

/** The last lines of a log file, on one line. */
const tail = (log: string): string =>
  readLines(log)
    .filter((line) => line !== "")
    .slice(-5)
    .join(" | ")

/**
 * Stops a PostgreSQL in under three seconds: "fast" (open transactions are rolled back, everything is written out),
 * after two seconds "immediate" (the next start recovers from the log), after half a second more by force.
 */
export const stop = (cluster: string, postmaster: Postmaster): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (const [signal, patience] of [
      ["SIGINT", 2_000],
      ["SIGQUIT", 500],
      ["SIGKILL", 400]
    ] as const) {
      // Asked again each time: the number must not have passed on to another process.
      if (find(cluster)?.pid !== postmaster.pid && !isAlive(postmaster.pid)) return
      yield* Effect.sync(() => signalPostmaster(postmaster, signal))
      if (yield* gone(postmaster.pid, patience)) return
    }
  })

/** Sends a signal and does not mind when the process is gone. */
export const signalPostmaster = (postmaster: Postmaster, signal: NodeJS.Signals): void => {
  try {
    process.kill(postmaster.pid, signal)
  } catch {
    // Gone already.
  }
}

const gone = (pid: number, patienceMs: number) =>
  Effect.suspend(() => (isAlive(pid) ? Effect.fail("alive" as const) : Effect.void)).pipe(
    Effect.retry(Schedule.spaced("15 millis")),
    Effect.as(true),
    Effect.timeoutOrElse({ duration: patienceMs, orElse: () => Effect.succeed(false) }),
    Effect.orElseSucceed(() => false)
  )
