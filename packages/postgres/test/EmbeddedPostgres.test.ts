import { type ChildProcess, spawn } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Reactivity from "effect/reactivity/Reactivity"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import { isAlive } from "../src/Postmaster.ts"

const dataFolder = Effect.acquireRelease(
  Effect.sync(() => {
    const dataDir = mkdtempSync(join(tmpdir(), "optica-embedded-test-"))
    chmodSync(dataDir, 0o711)
    return dataDir
  }),
  (dataDir) => Effect.sync(() => rmSync(dataDir, { recursive: true, force: true }))
)

/** Runs with a server on the folder, and stops it. */
const withServer = <A, E>(
  dataDir: string,
  run: (server: EmbeddedPostgres["Service"]) => Effect.Effect<A, E>
) =>
  Effect.flatMap(EmbeddedPostgres, run).pipe(
    Effect.provide(EmbeddedPostgres.layer({ dataDir, durable: false }))
  )

const query = (url: Redacted.Redacted<string>, text: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.makeClient({ url })
    return yield* sql`${sql.literal(text)}`
  }).pipe(Effect.scoped, Effect.provide(Reactivity.layer))

interface Started {
  readonly pid: number
  readonly port: number
  readonly dataDir: string
  readonly url: string
}

/** The same in another process, which lives until it is killed or its stdin is closed. */
const startElsewhere = (dataDir: string, ending = "stop") =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(process.execPath, [join(import.meta.dirname, "StartAndWait.ts"), dataDir, ending], {
        stdio: ["pipe", "pipe", "inherit"]
      })
      const line = await new Promise<string>((resolve, reject) => {
        createInterface({ input: child.stdout }).once("line", resolve)
        child.once("exit", (code) => reject(new Error(`ended with ${code}`)))
      })
      const server: Started = JSON.parse(line)
      return { child, server }
    }),
    ({ child }) => end(child, () => child.kill("SIGKILL"))
  )

const end = (child: ChildProcess, how: () => void) =>
  Effect.promise(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once("exit", resolve))
    how()
    await ended
  })

// Each of them makes a cluster, some two.
describe("EmbeddedPostgres", { timeout: 60_000 }, () => {
  it.live(
    "makes a cluster, serves it on loopback behind a password, and keeps the data for the next start",
    () =>
      Effect.gen(function* () {
        const dataDir = yield* dataFolder
        const first = yield* withServer(dataDir, (server) =>
          Effect.gen(function* () {
            assert.strictEqual(server.dataDir, dataDir)
            assert.isFalse(server.adopted)
            yield* query(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
            const settings = yield* query(
              server.url,
              "SELECT current_setting('listen_addresses') AS at, current_setting('password_encryption') AS how"
            )
            assert.deepStrictEqual(settings, [{ at: "127.0.0.1", how: "scram-sha-256" }])
            const wrong = yield* Effect.flip(
              query(Redacted.make(`postgres://postgres:wrong@127.0.0.1:${server.port}/postgres`), "SELECT 1")
            )
            assert.strictEqual(wrong.reason._tag, "AuthenticationError")
            assert.strictEqual(statSync(join(dataDir, "postgres.password")).mode & 0o777, 0o600)
            // Its own process group: a Ctrl-C in the terminal reaches us, not it.
            if (process.platform === "linux") assert.strictEqual(groupOf(server.pid), server.pid)
            return server
          })
        )
        assert.isFalse(isAlive(first.pid))
        const again = yield* withServer(dataDir, (server) =>
          Effect.map(query(server.url, "SELECT answer FROM kept"), (rows) => ({ rows, pid: server.pid }))
        )
        assert.deepStrictEqual(again.rows, [{ answer: 42 }])
        assert.isFalse(isAlive(again.pid))
      }).pipe(Effect.scoped)
  )

  it.live("stops in under three seconds while statements run", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataFolder
      let busy = false
      const started = yield* withServer(dataDir, (server) =>
        Effect.gen(function* () {
          yield* Effect.forkDetach(Effect.ignore(query(server.url, "SELECT pg_sleep(60)")))
          while (!busy) {
            const rows = yield* query(
              server.url,
              "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND state = 'active'"
            )
            busy = rows.length > 0
          }
          return performance.now()
        })
      )
      assert.isBelow(performance.now() - started, 3_000)
    }).pipe(Effect.scoped)
  )

  it.live("takes over the server that a killed process left behind", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataFolder
      const { child, server } = yield* startElsewhere(dataDir)
      yield* query(Redacted.make(server.url), "CREATE TABLE kept AS SELECT 1 AS one")
      yield* end(child, () => child.kill("SIGKILL"))
      assert.isTrue(isAlive(server.pid))
      yield* withServer(dataDir, (found) =>
        Effect.gen(function* () {
          assert.deepStrictEqual([found.adopted, found.pid, found.port], [true, server.pid, server.port])
          assert.deepStrictEqual(yield* query(found.url, "SELECT one FROM kept"), [{ one: 1 }])
        })
      )
      assert.isFalse(isAlive(server.pid))
    }).pipe(Effect.scoped)
  )

  it.live("replaces a server that was left behind and does not answer", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataFolder
      const { child, server } = yield* startElsewhere(dataDir)
      yield* end(child, () => child.kill("SIGKILL"))
      process.kill(server.pid, "SIGSTOP")
      yield* withServer(dataDir, (found) =>
        Effect.gen(function* () {
          assert.isFalse(found.adopted)
          assert.notStrictEqual(found.pid, server.pid)
          assert.isFalse(isAlive(server.pid))
          yield* query(found.url, "SELECT 1")
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live("lets a process alone that merely has the number of one that is gone", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataFolder
      yield* withServer(dataDir, () => Effect.void)
      const stranger = spawn("sleep", ["60"])
      yield* Effect.addFinalizer(() => end(stranger, () => stranger.kill()))
      writeFileSync(
        join(dataDir, "postgres/postmaster.pid"),
        `${stranger.pid}\n${dataDir}/postgres\n0\n5432\n\n127.0.0.1\n\nready\n`
      )
      yield* withServer(dataDir, (server) => Effect.sync(() => assert.isFalse(server.adopted)))
      assert.isTrue(isAlive(stranger.pid ?? 0))
    }).pipe(Effect.scoped)
  )

  it.live("leaves no server behind when its process exits without releasing anything", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataFolder
      const { child, server } = yield* startElsewhere(dataDir, "exit")
      yield* end(child, () => child.stdin?.end())
      while (isAlive(server.pid)) yield* Effect.sleep("20 millis")
    }).pipe(Effect.scoped)
  )

  it.live("refuses a folder that another live process uses, and says which", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataFolder
      const { child, server } = yield* startElsewhere(dataDir)
      const error = yield* Effect.flip(withServer(dataDir, () => Effect.void))
      assert.include(error.message, `the process ${child.pid} is using it`)
      assert.include(error.message, "OPTICA_DATA")
      assert.isTrue(isAlive(server.pid))
      yield* end(child, () => child.stdin?.end())
      assert.isFalse(isAlive(server.pid))
    }).pipe(Effect.scoped)
  )

  it.live("names OPTICA_DATA when the folder cannot be written", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataFolder
      writeFileSync(join(dataDir, "file"), "")
      const error = yield* Effect.flip(withServer(join(dataDir, "file", "below"), () => Effect.void))
      assert.match(
        error.message,
        /^The data folder .*below cannot be written \(.*\)\. Set OPTICA_DATA to a folder that can\.$/
      )
    }).pipe(Effect.scoped)
  )

  it.live("throws away a cluster that was never finished", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataFolder
      mkdirSync(join(dataDir, "postgres.part-1"))
      yield* withServer(dataDir, (server) => query(server.url, "SELECT 1"))
      assert.isFalse(existsSync(join(dataDir, "postgres.part-1")))
    }).pipe(Effect.scoped)
  )

  it.live("fails with PostgreSQL's own words on a port that is taken", () =>
    Effect.gen(function* () {
      const dataDir = yield* dataFolder
      const other = yield* dataFolder
      yield* withServer(other, ({ port }) =>
        Effect.gen(function* () {
          const taken = Layer.build(EmbeddedPostgres.layer({ dataDir, durable: false, port }))
          const error = yield* Effect.flip(Effect.scoped(taken))
          assert.include(error.message, "could not bind")
        })
      )
    }).pipe(Effect.scoped)
  )

  if (process.getuid?.() === 0) {
    it.live(
      "puts the data elsewhere where PostgreSQL's user cannot reach the folder, and finds it again",
      () =>
        Effect.gen(function* () {
          const closed = yield* dataFolder
          chmodSync(closed, 0o700)
          const asked = join(closed, "data")
          const found = yield* withServer(asked, (server) =>
            Effect.as(query(server.url, "CREATE TABLE kept ()"), server)
          )
          yield* Effect.addFinalizer(() =>
            Effect.sync(() => rmSync(found.dataDir, { recursive: true, force: true }))
          )
          assert.include(found.notice ?? "", asked)
          assert.include(found.notice ?? "", found.dataDir)
          assert.include(found.notice ?? "", "OPTICA_DATA")
          yield* withServer(asked, (server) => query(server.url, "SELECT FROM kept"))
        }).pipe(Effect.scoped)
    )
  }
})

const groupOf = (pid: number) => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2])
}
