import { OperatorToken } from "@optica/connect/OperatorToken"
import * as ServiceMain from "@optica/telemetry/ServiceMain"
import * as Telemetry from "@optica/telemetry/Telemetry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { edgeConfig } from "./Config.ts"
import { Edge } from "./Edge.ts"
import { CatalogUpstream, SyncUpstream } from "./Upstreams.ts"

const edge = Layer.unwrap(
  Effect.map(edgeConfig, (config) =>
    Edge.layer(config).pipe(
      Layer.provide([
        CatalogUpstream.layer({ baseUrl: config.catalogUrl }),
        SyncUpstream.layer({ baseUrl: config.syncUrl })
      ]),
      Layer.provide(Layer.succeed(OperatorToken, config.operatorToken))
    )
  )
)

ServiceMain.run(edge.pipe(Layer.provide(Telemetry.layer({ serviceName: "edge" }))))
