import type { Transport } from "@connectrpc/connect"
import * as ConnectClient from "@optica/connect/ConnectClient"
import { OperatorToken } from "@optica/connect/OperatorToken"
import * as Resilience from "@optica/connect/Resilience"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

// The deadline of each request bounds every call; a bound of the calls' own would only be in its way.
const policy = { timeoutMs: Number.MAX_SAFE_INTEGER }

/** The catalogue, as the public sees it: its calls carry no token. */
export class CatalogUpstream extends Context.Service<
  CatalogUpstream,
  ConnectClient.Client<typeof CatalogService>
>()("@optica/edge/CatalogUpstream") {
  /** Over any transport, in memory as well. */
  static readonly layerTransport = (transport: Transport): Layer.Layer<CatalogUpstream> =>
    Layer.effect(
      CatalogUpstream,
      Resilience.wrap(CatalogService, ConnectClient.make(CatalogService, transport), policy)
    )

  /** Over HTTP/2 to the service at `baseUrl`. */
  static readonly layer = (options: { readonly baseUrl: string }): Layer.Layer<CatalogUpstream> =>
    Layer.unwrap(Effect.map(ConnectClient.transportHttp(options), CatalogUpstream.layerTransport))
}

/** The mirror, as its operator. The edge asks callers for the token before it uses its own. */
export class SyncUpstream extends Context.Service<SyncUpstream, ConnectClient.Client<typeof SyncService>>()(
  "@optica/edge/SyncUpstream"
) {
  /** Over any transport, in memory as well. */
  static readonly layerTransport = (transport: Transport): Layer.Layer<SyncUpstream, never, OperatorToken> =>
    Layer.effect(
      SyncUpstream,
      Effect.flatMap(OperatorToken, (token) => {
        const headers = { authorization: OperatorToken.authorization(token) }
        return Resilience.wrap(SyncService, ConnectClient.make(SyncService, transport, { headers }), policy)
      })
    )

  /** Over HTTP/2 to the service at `baseUrl`. */
  static readonly layer = (options: {
    readonly baseUrl: string
  }): Layer.Layer<SyncUpstream, never, OperatorToken> =>
    Layer.unwrap(Effect.map(ConnectClient.transportHttp(options), SyncUpstream.layerTransport))
}
