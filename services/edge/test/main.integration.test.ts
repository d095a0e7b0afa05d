import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"

const main = new URL("../src/main.ts", import.meta.url).pathname

const start = (env: Record<string, string>) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "pipe"] })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

const settings = {
  PORT: "0",
  CATALOG_URL: "http://127.0.0.1:1",
  SYNC_URL: "http://127.0.0.1:1",
  OPTICA_OPERATOR_TOKEN: "0123456789abcdef",
  OTEL_SDK_DISABLED: "true"
}

it.live("ends with a sentence for each wrong setting, and code 1", () =>
  Effect.gen(function* () {
    const child = yield* start({ PORT: "x", CATALOG_URL: "foo", SYNC_URL: "foo" })
    let errors = ""
    child.stderr.on("data", (chunk) => {
      errors += String(chunk)
    })
    const [code] = yield* Effect.promise(() => once(child, "close"))
    expect(code).toBe(1)
    const sentences = errors.trim().split("\n")
    expect(sentences.map((sentence) => sentence.split(" ")[0])).toStrictEqual([
      "PORT",
      "CATALOG_URL",
      "SYNC_URL",
      "OPTICA_OPERATOR_TOKEN"
    ])
  }).pipe(Effect.scoped)
)

it.live("serves without its services, says that they are away, and stops when it is told to", () =>
  Effect.gen(function* () {
    const child = yield* start(settings)
    const lines = createInterface({ input: child.stdout })
    const url = yield* Effect.promise(async () => {
      for await (const line of lines) {
        const found = /listens on (http:\/\/[^"\s]+)/.exec(line)?.[1]
        if (found !== undefined) return found
      }
      throw new Error("the edge ended before it listened")
    })
    const statusOf = (path: string) => Effect.promise(async () => (await fetch(`${url}${path}`)).status)
    expect(yield* statusOf("/health/live")).toBe(200)
    expect(yield* statusOf("/docs")).toBe(200)
    expect(yield* statusOf("/api/products")).toBe(503)
    expect(yield* statusOf("/health/ready")).toBe(503)
    const startedAt = performance.now()
    child.kill("SIGTERM")
    const [code] = yield* Effect.promise(() => once(child, "close"))
    expect(code).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(5000)
  }).pipe(Effect.scoped)
)
