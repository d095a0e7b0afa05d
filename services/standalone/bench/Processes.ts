/** Real processes for benches and tests: started from source, measured from outside, stopped with all they started. */
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import { resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

/** Root of the repository. */
export const root = resolve(import.meta.dirname, "../../..")

export interface Process {
  readonly pid: number
  /** Everything it printed so far. */
  readonly output: () => string
  readonly signal: (signal: NodeJS.Signals) => void
  /** Its exit code once it is gone; null when a signal ended it. */
  readonly exited: Promise<number | null>
  /** SIGTERM, then SIGKILL after five seconds; resolves when it is gone. */
  readonly stop: () => Promise<void>
}

/** Starts `node <script>` with exactly this environment added to PATH and HOME. */
export const startNode = (script: string, env: Record<string, string>): Process =>
  startWith([resolve(root, script)], env)

/** What `npm start` runs, with the same flags of Node. */
export const startStandalone = (env: Record<string, string>): Process => {
  const manifest: { readonly scripts: { readonly start: string } } = JSON.parse(
    readFileSync(resolve(root, "package.json"), "utf8")
  )
  return startWith(manifest.scripts.start.split(" ").slice(1), env)
}

const startWith = (args: ReadonlyArray<string>, env: Record<string, string>): Process => {
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"]
  })
  let output = ""
  const keep = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout?.on("data", keep)
  child.stderr?.on("data", keep)
  // "close" comes after the last output, which "exit" does not promise.
  const exited = new Promise<number | null>((done) => child.once("close", (code) => done(code)))
  if (child.pid === undefined) throw new Error(`${args.join(" ")} could not be started`)
  return {
    pid: child.pid,
    output: () => output,
    signal: (signal) => child.kill(signal),
    exited,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill("SIGTERM")
      const timer = setTimeout(() => child.kill("SIGKILL"), 5000)
      await exited
      clearTimeout(timer)
    }
  }
}

/** Waits until `ready` holds; fails with what the process printed when it does not in time. */
export const until = async (
  what: string,
  process: Process,
  ready: () => Promise<boolean>,
  { everyMs = 20, timeoutMs = 120_000 }: { readonly everyMs?: number; readonly timeoutMs?: number } = {}
): Promise<void> => {
  const deadline = performance.now() + timeoutMs
  while (!(await ready().catch(() => false))) {
    if (!alive(process.pid) || performance.now() > deadline) {
      // What it said last may still be under way.
      await sleep(100)
      throw new Error(`${what} did not come about:\n${process.output()}`)
    }
    await sleep(everyMs)
  }
}

/** Whether a process of this id runs. One that has ended and waits for its parent to notice does not. */
export const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/\) Z /.test(existsSync("/proc/self/stat") ? readFileSync(`/proc/${pid}/stat`, "utf8") : "")
  } catch {
    return false
  }
}

/** A TCP port of the loopback interface that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer()
    server.once("error", fail)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() =>
        typeof address === "object" && address !== null ? done(address.port) : fail(new Error("no port"))
      )
    })
  })

interface Stat {
  readonly parent: number
  /** User and system time of the process, in clock ticks. */
  readonly own: number
  /** The same of the children it has waited for. */
  readonly reaped: number
}

/** Fields 4 and 14 to 17 of /proc/PID/stat, see proc_pid_stat(5). */
const stat = (pid: number | string): Stat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8")
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number)
    const at = (field: number) => fields[field - 3] ?? 0
    return { parent: at(4), own: at(14) + at(15), reaped: at(16) + at(17) }
  } catch {
    return undefined
  }
}

/** Linux counts in hundredths of a second on every platform that Node supports. */
const ticksPerSecond = 100

/** CPU seconds (user and system) of a process and of everything it started, so far. Linux only. */
export const cpuSeconds = (pid: number): number => {
  const root = stat(pid)
  if (root === undefined) throw new Error(`process ${pid} is gone, or this is not Linux`)
  let ticks = root.own + root.reaped
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue
    const child = stat(entry)
    if (child?.parent === pid) ticks += child.own + child.reaped
  }
  return ticks / ticksPerSecond
}

/** Resident memory of one process in MB (10^6 bytes). Linux only. */
export const residentMegabytes = (pid: number): number => {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
  return (Number(kilobytes) * 1024) / 1e6
}
