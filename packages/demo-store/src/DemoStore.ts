import { Worker } from "node:worker_threads"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { type DemoKeys, demoKeys } from "./DemoKeys.ts"
import { listen, type ServerOptions } from "./ShopServer.ts"
import { kolkata, type Timezone } from "./SiteTime.ts"

export interface DemoStoreOptions {
  /** TCP port; 0 = any free one. */
  readonly port: number
  /** Address to listen on. Default 127.0.0.1: the admin API has no password. */
  readonly host?: string
  /** How many products the shop has; variations and reviews come on top. */
  readonly products: number
  /** Any text: the same seed and number of products give the same shop. */
  readonly seed?: string
  /** Default Asia/Kolkata, as the recorded shop. */
  readonly timezone?: Timezone
  readonly consumerKey?: string
  readonly consumerSecret?: Redacted.Redacted<string>
}

/** The demo store cannot listen: the port is taken, or may not be used. */
export class DemoStorePortInUse extends Schema.TaggedError<DemoStorePortInUse>()("DemoStorePortInUse", {
  host: Schema.String,
  port: Schema.Number,
  reason: Schema.String
}) {
  override get message(): string {
    return `The demo store cannot listen on ${this.host}:${this.port} (${this.reason}); free the port, or set DEMO_PORT to another.`
  }
}

/** A WooCommerce that is not there: a seeded optical shop behind the REST API v3, over plain HTTP. */
export class DemoStore extends Context.Service<
  DemoStore,
  {
    /** Of the shop, without a slash at the end. */
    readonly url: string
    readonly consumerKey: string
    readonly consumerSecret: Redacted.Redacted<string>
    /** `${url}/demo-admin`: changes the shop at run time. */
    readonly adminUrl: string
  }
>()("@optica/demo-store/DemoStore") {
  /** Serves on this thread, by the Clock of the context. */
  static readonly layer = (options: DemoStoreOptions): Layer.Layer<DemoStore, DemoStorePortInUse> =>
    Layer.effect(
      DemoStore,
      Effect.gen(function* () {
        const clock = yield* Clock.Clock
        const resolved = resolve(options)
        const running = yield* Effect.acquireRelease(
          Effect.tryPromise({
            try: () => listen({ ...resolved, now: () => clock.currentTimeMillisUnsafe() }),
            catch: (cause) => portInUse(resolved, cause)
          }),
          (server) => Effect.promise(server.close)
        )
        return describe(running.url, keysOf(options))
      })
    )

  /** Serves on a thread of its own, by the clock of the machine: it never delays the event loop of the caller. */
  static readonly layerWorker = (options: DemoStoreOptions): Layer.Layer<DemoStore, DemoStorePortInUse> =>
    Layer.effect(
      DemoStore,
      Effect.gen(function* () {
        const resolved = resolve(options)
        const url = yield* Effect.acquireRelease(start(resolved), ({ worker }) =>
          Effect.promise(() => worker.terminate())
        )
        return describe(url.url, keysOf(options))
      })
    )
}

const keysOf = (options: DemoStoreOptions): DemoKeys => ({
  consumerKey: options.consumerKey ?? demoKeys.consumerKey,
  consumerSecret: options.consumerSecret ?? demoKeys.consumerSecret
})

const describe = (url: string, keys: DemoKeys): DemoStore["Service"] => ({
  url,
  consumerKey: keys.consumerKey,
  consumerSecret: keys.consumerSecret,
  adminUrl: `${url}/demo-admin`
})

const resolve = (options: DemoStoreOptions): WorkerOptions => {
  const keys = keysOf(options)
  return {
    host: options.host ?? "127.0.0.1",
    port: options.port,
    products: options.products,
    seed: options.seed ?? "optica",
    timezone: options.timezone ?? kolkata,
    keys: [
      {
        consumerKey: keys.consumerKey,
        consumerSecret: Redacted.value(keys.consumerSecret),
        permissions: "read_write"
      },
      ...demoKeys.limited
    ]
  }
}

/** What the worker is told: `ServerOptions` without the clock, which cannot be sent. */
export type WorkerOptions = Omit<ServerOptions, "now">

/** What the worker says once, when it listens or cannot. */
export type WorkerMessage = { readonly url: string } | { readonly refused: string }

const portInUse = (options: { readonly host: string; readonly port: number }, cause: unknown) =>
  new DemoStorePortInUse({ host: options.host, port: options.port, reason: reasonOf(cause) })

const reasonOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : String(cause)

const start = (options: WorkerOptions) =>
  Effect.callback<{ readonly worker: Worker; readonly url: string }, DemoStorePortInUse>((resume) => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: options,
      // A thread left alone lets garbage grow: measured +95 MB at 10,000 products, with these limits +50 MB.
      resourceLimits: {
        maxYoungGenerationSizeMb: 2,
        maxOldGenerationSizeMb: 96 + Math.ceil(options.products * 0.004)
      }
    })
    const fail = (cause: unknown) => {
      void worker.terminate()
      resume(Effect.fail(portInUse(options, cause)))
    }
    worker.once("error", fail)
    worker.once("message", (message: WorkerMessage) => {
      if ("refused" in message) {
        void worker.terminate()
        resume(
          Effect.fail(
            new DemoStorePortInUse({ host: options.host, port: options.port, reason: message.refused })
          )
        )
        return
      }
      worker.off("error", fail)
      // From here on a defect of the shop must not end the process that only borrowed it.
      worker.on("error", () => {})
      resume(Effect.succeed({ worker, url: message.url }))
    })
    return Effect.promise(() => worker.terminate())
  })
