import { spawn } from "node:child_process"
import { once } from "node:events"
import { resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Config, ConfigProvider, Effect, Schema } from "effect"
import { describe as sentences } from "../src/ServiceMain.ts"

class PortInUse extends Schema.TaggedError<PortInUse>()("PortInUse", { message: Schema.String }) {}

const fixture = resolve(import.meta.dirname, "service-main-process.ts")

const start = async (mode: string) => {
  const child = spawn(process.execPath, [fixture, mode], { stdio: ["ignore", "pipe", "pipe"] })
  let output = ""
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk
  })
  const exited = once(child, "exit")
  if (mode !== "fail") await once(child.stdout, "data")
  return { child, stop: async () => ({ code: (await exited)[0], output }) }
}

describe("ServiceMain", () => {
  it.effect("names the setting that is wrong, without its value", () =>
    Effect.gen(function* () {
      const config = Config.all({ port: Config.Port("PORT"), key: Config.Redacted("WOO_CONSUMER_KEY") })
      const read = (env: Record<string, string>) =>
        config.pipe(
          Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(env)),
          Effect.sandbox,
          Effect.flip,
          Effect.map(sentences)
        )
      assert.strictEqual(
        yield* read({ PORT: "secret", WOO_CONSUMER_KEY: "k" }),
        "The setting PORT is wrong: expected a string representing a finite number.\n"
      )
      assert.strictEqual(
        yield* read({ PORT: "1" }),
        "The setting WOO_CONSUMER_KEY is missing; set it in the environment.\n"
      )
    })
  )

  it("prints a foreseen failure as its sentence, once", () => {
    const failure = Cause.fail(new PortInUse({ message: "Port 3000 is in use; set PORT to another." }))
    assert.strictEqual(
      sentences(Cause.combine(failure, failure)),
      "Port 3000 is in use; set PORT to another.\n"
    )
  })

  it("exits with 1 and the sentence when a layer fails", async () => {
    const { stop } = await start("fail")
    assert.deepStrictEqual(await stop(), { code: 1, output: "Port 3000 is in use; set PORT to another.\n" })
  })

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`releases everything and exits with 0 on ${signal}`, async () => {
      const { child, stop } = await start("run")
      child.kill(signal)
      assert.deepStrictEqual(await stop(), { code: 0, output: "released\n" })
    })
  }

  it("takes the signal that npm passes on for the same keystroke", async () => {
    const { child, stop } = await start("slow")
    child.kill("SIGINT")
    await once(child.stdout, "data")
    child.kill("SIGINT")
    assert.deepStrictEqual(await stop(), { code: 0, output: "released\n" })
  })

  it("ends at once on a second signal, a second later", async () => {
    const { child, stop } = await start("hang")
    child.kill("SIGINT")
    await once(child.stdout, "data")
    await new Promise((done) => setTimeout(done, 1100))
    child.kill("SIGINT")
    assert.strictEqual((await stop()).code, 130)
  })
})
