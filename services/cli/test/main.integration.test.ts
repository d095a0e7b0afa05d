import { spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fromJsonString } from "@bufbuild/protobuf"
import { assert, describe, it } from "@effect/vitest"
import { RunSchema, RunStatus } from "@optica/contracts/optica/sync/v1/run_pb"
import { GetSyncStatusResponseSchema } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import * as Effect from "effect/Effect"
import manifest from "../package.json" with { type: "json" }
import { completed, runAt, runId, serve, token } from "./FakeServices.ts"

const main = join(import.meta.dirname, "../src/main.ts")

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the command in a pipe. `interruptOn` sends it a Ctrl-C once its output has this in it. */
const optica = (env: Record<string, string>, args: string, interruptOn?: string) =>
  Effect.callback<Ended>((resume) => {
    const child = spawn(process.execPath, [main, ...args.split(" ")], {
      env: { PATH: process.env.PATH, OPTICA_DATA: "/nonexistent", ...env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let out = ""
    let err = ""
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString()
      if (interruptOn !== undefined && out.includes(interruptOn)) child.kill("SIGINT")
    })
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString()
    })
    child.once("close", (code) => resume(Effect.succeed({ code, out, err })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const world = Effect.map(serve, ({ script, url }) => ({
  script,
  url,
  env: { SYNC_URL: url, CATALOG_URL: url, OPTICA_OPERATOR_TOKEN: token }
}))

describe("optica", () => {
  it.live("shows its help and its version", () =>
    Effect.gen(function* () {
      const help = yield* optica({}, "sync --help")
      assert.strictEqual(help.code, 0)
      for (const word of ["full", "products", "status", "watch", "cancel", "--json"])
        assert.include(help.out, word)
      const version = yield* optica({}, "--version")
      assert.deepInclude(version, { code: 0, out: `optica v${manifest.version}\n` })
    })
  )

  it.live("refuses what it does not know with exit code 1", () =>
    Effect.gen(function* () {
      const wrong = yield* optica({}, "sync everything")
      assert.strictEqual(wrong.code, 1)
      assert.include(wrong.err, "everything")
    })
  )

  it.live("says where it looked when it finds no services", () =>
    Effect.gen(function* () {
      const { code, err } = yield* optica({}, "sync status")
      assert.strictEqual(code, 1)
      for (const word of ["SYNC_URL", "/nonexistent/standalone.json", "npm start"]) assert.include(err, word)
      assert.strictEqual(err.trimEnd().split("\n").length, 1)
    })
  )

  it.live("finds the services of a running `npm start` in its data folder", () =>
    Effect.gen(function* () {
      const { url } = yield* world
      const folder = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "optica-cli-"))),
        (folder) => Effect.promise(() => rm(folder, { recursive: true }))
      )
      const endpoints = { sync: url, catalog: url, edge: url, operatorToken: token }
      yield* Effect.promise(() => writeFile(join(folder, "standalone.json"), JSON.stringify(endpoints)))
      const found = yield* optica({ OPTICA_DATA: folder }, "sync status")
      assert.strictEqual(found.code, 0, found.err)
      const other = yield* optica({ OPTICA_DATA: folder, SYNC_URL: "http://127.0.0.1:9" }, "sync status")
      assert.strictEqual(other.code, 1, "the environment comes first")
    })
  )

  it.live("names the data folder when the token that it found there is refused", () =>
    Effect.gen(function* () {
      const { url } = yield* world
      const folder = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "optica-cli-"))),
        (folder) => Effect.promise(() => rm(folder, { recursive: true }))
      )
      const endpoints = { sync: url, catalog: url, edge: url, operatorToken: "of-another-data-folder" }
      yield* Effect.promise(() => writeFile(join(folder, "standalone.json"), JSON.stringify(endpoints)))
      const { code, err } = yield* optica({ OPTICA_DATA: folder }, "sync status")
      assert.strictEqual(code, 1)
      assert.include(err, join(folder, "standalone.json"))
      assert.match(err, /^Sync at .* OPTICA_DATA .* OPTICA_OPERATOR_TOKEN.*\n$/)
      assert.notInclude(err, "of-another-data-folder")
    })
  )

  it.live("says in one sentence that a service does not answer, or refuses the token", () =>
    Effect.gen(function* () {
      const { env } = yield* world
      const away = yield* optica({ ...env, SYNC_URL: "http://127.0.0.1:9" }, "sync status")
      assert.strictEqual(away.code, 1)
      assert.match(away.err, /^Sync does not answer at http:\/\/127\.0\.0\.1:9\..*SYNC_URL\.\n$/)
      const wrong = yield* optica({ ...env, SYNC_URL: "foo" }, "sync status")
      assert.strictEqual(wrong.code, 1)
      assert.match(wrong.err, /^SYNC_URL must be .*\n$/)
      const stranger = yield* optica({ ...env, OPTICA_OPERATOR_TOKEN: "wrong" }, "sync status")
      assert.strictEqual(stranger.code, 1)
      assert.match(stranger.err, /^Sync at .* OPTICA_OPERATOR_TOKEN.*\n$/)
      assert.notInclude(stranger.err, "OPTICA_DATA", "it was set, and not read from there")
    })
  )
})

describe("optica sync", () => {
  it.live("full and products start a run and follow it to its end in plain lines", () =>
    Effect.gen(function* () {
      const { env, script } = yield* world
      script.states = [runAt(0), runAt(50), completed]
      const full = yield* optica(env, "sync full")
      assert.strictEqual(full.code, 0, full.err)
      assert.deepStrictEqual(script.calls, ["start 1", `watch ${runId}`])
      assert.deepStrictEqual(full.out.split("\n"), [
        "categories 3/3 done",
        "products 0/100, 50/s, 2 s left",
        "products 100/100 done",
        `full run ${runId} completed, in 1 min 5 s, 103 read, 103 written, 0 unchanged, 0 removed`,
        ""
      ])
      yield* optica(env, "sync products")
      assert.include(script.calls, "start 2")
    })
  )

  it.live("answers with the contract's JSON, one object on each line", () =>
    Effect.gen(function* () {
      const { env, script } = yield* world
      script.states = [runAt(0), completed]
      const full = yield* optica(env, "sync full --json")
      assert.strictEqual(full.code, 0, full.err)
      const runs = full.out
        .trimEnd()
        .split("\n")
        .map((line) => fromJsonString(RunSchema, line))
      assert.deepStrictEqual(
        runs.map((run) => run.status),
        [RunStatus.RUNNING, RunStatus.COMPLETED]
      )
      const status = yield* optica(env, "sync status --json")
      assert.strictEqual(fromJsonString(GetSyncStatusResponseSchema, status.out).history.length, 2)
    })
  )

  it.live("exits with 1 and the reason when the run fails, is cancelled, or another is at work", () =>
    Effect.gen(function* () {
      const { env, script } = yield* world
      const errors = [{ resource: "products", id: 9n, reason: "price: not a number" }]
      script.states = [
        runAt(7, { status: RunStatus.FAILED, error: "The shop is away.", errors, errorCount: 3n })
      ]
      const failed = yield* optica(env, "sync full")
      assert.deepInclude(failed, { code: 1, err: "The run failed: The shop is away.\n" })
      assert.include(failed.out, "  products 9: price: not a number\n  … and 2 more\n")
      script.states = [runAt(7, { status: RunStatus.CANCELLED })]
      assert.deepInclude(yield* optica(env, "sync full"), { code: 1, err: "The run was cancelled.\n" })
      script.busy = true
      const busy = yield* optica(env, "sync full")
      assert.strictEqual(busy.code, 1)
      assert.include(busy.err, runId)
    })
  )

  it.live("status shows the run at work and the last ones", () =>
    Effect.gen(function* () {
      const { env, script } = yield* world
      script.current = runAt(42)
      const { code, out } = yield* optica(env, "sync status")
      assert.strictEqual(code, 0)
      for (const text of [
        "https://shop.example",
        "products 42/100",
        "failed",
        "The shop is away.",
        "2027-01-15"
      ]) {
        assert.include(out, text)
      }
    })
  )

  it.live("watch and cancel take the run at work unless another is named", () =>
    Effect.gen(function* () {
      const { env, script } = yield* world
      const none = yield* optica(env, "sync watch")
      assert.strictEqual(none.code, 1)
      assert.include(none.err, "No run is at work")
      script.current = runAt(42)
      assert.strictEqual((yield* optica(env, "sync watch")).code, 0)
      assert.include(script.calls, `watch ${runId}`)
      const other = "99999999-2222-4333-8444-555555555555"
      assert.strictEqual((yield* optica(env, `sync watch ${other}`)).code, 0)
      assert.include(script.calls, `watch ${other}`)
      const cancelled = yield* optica(env, "sync cancel")
      assert.deepInclude(cancelled, { code: 0, out: `Run ${runId} stops after the pages under way.\n` })
      assert.include(script.calls, `cancel ${runId}`)
    })
  )

  it.live("Ctrl-C leaves the run going, says so, and exits with 130", () =>
    Effect.gen(function* () {
      const { env, script } = yield* world
      script.states = [runAt(10)]
      script.endless = true
      const { code, err } = yield* optica(env, "sync full", "products 10/100")
      assert.strictEqual(code, 130)
      assert.strictEqual(err, `The run goes on. Follow it with: optica sync watch ${runId}\n`)
      assert.notInclude(script.calls.join(), "cancel")
    })
  )
})

describe("optica products get", () => {
  it.live("shows a product as the public sees it, or whole", () =>
    Effect.gen(function* () {
      const { env, script } = yield* world
      const shown = yield* optica(env, "products get 7")
      assert.strictEqual(shown.code, 0, shown.err)
      assert.include(shown.out, "7 Aviator")
      assert.include(shown.out, "12999.999")
      assert.deepStrictEqual(script.calls, [])
      const full = yield* optica(env, "products get 7 --full")
      assert.deepInclude(full, { code: 0, out: '{"id":7,"name":"Aviator"}\n' })
      const json = yield* optica(env, "products get 7 --json")
      assert.strictEqual(JSON.parse(json.out).product.price, "12999.999")
    })
  )

  it.live("says that there is none", () =>
    Effect.gen(function* () {
      const { env } = yield* world
      assert.deepInclude(yield* optica(env, "products get 8"), { code: 1, err: "There is no product 8\n" })
      assert.strictEqual((yield* optica(env, "products get 0")).code, 1)
    })
  )
})
