import { ConnectServer } from "@optica/connect/ConnectServer"
import * as ServiceMain from "@optica/telemetry/ServiceMain"
import * as Telemetry from "@optica/telemetry/Telemetry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { syncConfig } from "./Config.ts"
import { serverLayer } from "./SyncService.ts"

const server = Layer.unwrap(Effect.map(syncConfig, serverLayer))

const announce = Layer.effectDiscard(
  Effect.flatMap(ConnectServer, ({ host, port }) => Effect.logInfo(`Sync listens on ${host}:${port}`))
)

ServiceMain.run(announce.pipe(Layer.provide(server), Layer.provide(Telemetry.layer({ serviceName: "sync" }))))
