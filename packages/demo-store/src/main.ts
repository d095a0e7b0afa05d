import * as ServiceMain from "@optica/telemetry/ServiceMain"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { demoStoreConfig } from "./Config.ts"
import { DemoStore } from "./DemoStore.ts"

const announce = Layer.effectDiscard(
  Effect.gen(function* () {
    const store = yield* DemoStore
    yield* Console.log(`demo store    ${store.url}/wp-json/wc/v3`)
    yield* Console.log(`consumer key  ${store.consumerKey}`)
    yield* Console.log(`secret        ${Redacted.value(store.consumerSecret)}`)
    yield* Console.log(`admin         ${store.adminUrl}`)
  })
)

ServiceMain.run(announce.pipe(Layer.provide(Layer.unwrap(Effect.map(demoStoreConfig, DemoStore.layer)))))
