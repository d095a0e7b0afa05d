import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { type DemoKeys, demoKeys } from "./DemoKeys.ts"
import { listen, reasonOf } from "./ShopServer.ts"
import * as ShopWorker from "./ShopWorker.ts"
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

/** Another process listens there already. */
class DemoStorePortInUse extends Schema.TaggedError<DemoStorePortInUse>()("DemoStorePortInUse", {
  host: Schema.String,
  port: Schema.Number
}) {
  override get message(): string {
    return `The demo store cannot listen on ${this.host}:${this.port}, which is already in use; set DEMO_PORT to another port.`
  }
}

/** The demo store cannot start, for another reason than a port that is taken: another port need not help. */
class DemoStoreUnavailable extends Schema.TaggedError<DemoStoreUnavailable>()("DemoStoreUnavailable", {
  host: Schema.String,
  port: Schema.Number,
  /** The system's name for it, such as "EACCES", or what the thread ended with. */
  reason: Schema.String
}) {
  override get message(): string {
    const said = `The demo store cannot start on ${this.host}:${this.port} (${this.reason})`
    return this.reason === "EACCES" ? `${said}; set DEMO_PORT to a port that may be used.` : `${said}.`
  }
}

/** Why there is no demo store. */
export type DemoStoreRefused = DemoStorePortInUse | DemoStoreUnavailable

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
  static readonly layer = (options: DemoStoreOptions): Layer.Layer<DemoStore, DemoStoreRefused> =>
    Layer.effect(
      DemoStore,
      Effect.gen(function* () {
        const clock = yield* Clock.Clock
        const resolved = resolve(options)
        const running = yield* Effect.acquireRelease(
          Effect.tryPromise({
            try: () => listen({ ...resolved, now: () => clock.currentTimeMillisUnsafe() }),
            catch: (cause) => refused(resolved, reasonOf(cause))
          }),
          (server) => Effect.promise(server.close)
        )
        return describe(running.url, keysOf(options))
      })
    )

  /**
   * Serves on a thread of its own, by the clock of the machine: it never delays the event loop of the caller. A thread
   * that dies later is an error in the log.
   */
  static readonly layerWorker = (options: DemoStoreOptions): Layer.Layer<DemoStore, DemoStoreRefused> =>
    Layer.effect(
      DemoStore,
      Effect.gen(function* () {
        const resolved = resolve(options)
        const url = yield* ShopWorker.start(resolved).pipe(
          Effect.mapError((reason) => refused(resolved, reason))
        )
        return describe(url, keysOf(options))
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

const resolve = (options: DemoStoreOptions): ShopWorker.WorkerOptions => {
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

const refused = ({ host, port }: ShopWorker.WorkerOptions, reason: string): DemoStoreRefused =>
  reason === "EADDRINUSE"
    ? new DemoStorePortInUse({ host, port })
    : new DemoStoreUnavailable({ host, port, reason })
