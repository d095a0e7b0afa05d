/** A catalogue on a real database with the edge in front of it, in this process. */
import type { Transport } from "@connectrpc/connect"
import { Catalog } from "@optica/catalog/Catalog"
import * as CatalogRpc from "@optica/catalog/CatalogRpc"
import { extensions, migrations } from "@optica/catalog/CatalogService"
import * as ConnectClient from "@optica/connect/ConnectClient"
import * as ConnectRoutes from "@optica/connect/ConnectRoutes"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import { Edge } from "@optica/edge/Edge"
import { CatalogUpstream, SyncUpstream } from "@optica/edge/Upstreams"
import { TestDatabase } from "@optica/postgres/TestDatabase"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"

const token = Redacted.make("operator-of-the-catalogue-test")

export class Served extends Context.Service<
  Served,
  {
    readonly url: string
    /** To the catalogue's RPCs. */
    readonly transport: Transport
    /** Field of metadata that lets in. */
    readonly authorization: string
    /** Without a token. */
    readonly visitor: ConnectClient.Client<typeof CatalogService>
    readonly operator: ConnectClient.Client<typeof CatalogService>
  }
>()("test/Served") {
  static readonly layer = Layer.effect(
    Served,
    Effect.gen(function* () {
      const transport = ConnectClient.transportInMemory([yield* CatalogRpc.routes])
      // There is no mirror here.
      const sync = ConnectClient.transportInMemory([yield* ConnectRoutes.makePartial(SyncService, {})])
      const edge = yield* Layer.build(
        Edge.layer({ host: "127.0.0.1", port: 0 }).pipe(
          Layer.provide([CatalogUpstream.layerTransport(transport), SyncUpstream.layerTransport(sync)])
        )
      )
      const authorization = OperatorToken.authorization(token)
      return {
        url: `http://127.0.0.1:${Context.get(edge, Edge).port}`,
        transport,
        authorization: Redacted.value(authorization),
        visitor: ConnectClient.make(CatalogService, transport),
        operator: ConnectClient.make(CatalogService, transport, { headers: { authorization } })
      }
    })
  ).pipe(
    Layer.provide(
      Catalog.layerNoDeps({
        metaAllow: [],
        searchLanguage: "english",
        cursorSecret: Redacted.make("the cursors of these tests")
      })
    ),
    Layer.provide([
      TestDatabase.layer({ schema: "catalog", migrations, extensions }),
      Layer.succeed(OperatorToken, token)
    ]),
    Layer.provide(Logger.layer([]))
  )
}
