import type { Transport } from "@connectrpc/connect"
import * as ConnectClient from "@optica/connect/ConnectClient"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The catalogue, as its operator. */
export class CatalogClient extends Context.Service<
  CatalogClient,
  ConnectClient.Client<typeof CatalogService>
>()("@optica/sync/CatalogClient") {
  /** Over any transport, in memory as well. */
  static readonly layerTransport = (transport: Transport): Layer.Layer<CatalogClient, never, OperatorToken> =>
    Layer.effect(
      CatalogClient,
      Effect.map(OperatorToken, (token) =>
        ConnectClient.make(CatalogService, transport, {
          headers: { authorization: OperatorToken.authorization(token) }
        })
      )
    )

  /** Over HTTP/2 to the service at `baseUrl`. */
  static readonly layer = (options: {
    readonly baseUrl: string
  }): Layer.Layer<CatalogClient, never, OperatorToken> =>
    Layer.unwrap(Effect.map(ConnectClient.transportHttp(options), CatalogClient.layerTransport))
}
