import * as ConnectClient from "@optica/connect/ConnectClient"
import type { RpcError } from "@optica/connect/ConnectError"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { type CommandFailed, fromRpc } from "./CommandFailed.ts"
import { endpoint } from "./Endpoints.ts"

const timeoutMs = 10_000

/** A client as the operator, and how its failures read. */
interface Upstream<Client> {
  readonly client: Client
  readonly explain: (error: RpcError) => CommandFailed
}

const operator = (token: Redacted.Redacted<string>) => ({
  timeoutMs,
  headers: { authorization: OperatorToken.authorization(token) }
})

export const syncUpstream = Effect.gen(function* () {
  const { operatorToken, tokenFile, url } = yield* endpoint("sync")
  const transport = yield* ConnectClient.transportHttp({ baseUrl: url })
  const upstream: Upstream<ConnectClient.Client<typeof SyncService>> = {
    client: ConnectClient.make(SyncService, transport, operator(operatorToken)),
    explain: fromRpc({ name: "Sync", url, setting: "SYNC_URL", tokenFile })
  }
  return upstream
})

export const catalogUpstream = Effect.gen(function* () {
  const { operatorToken, tokenFile, url } = yield* endpoint("catalog")
  const transport = yield* ConnectClient.transportHttp({ baseUrl: url })
  const upstream: Upstream<ConnectClient.Client<typeof CatalogService>> = {
    client: ConnectClient.make(CatalogService, transport, operator(operatorToken)),
    explain: fromRpc({ name: "Catalog", url, setting: "CATALOG_URL", tokenFile })
  }
  return upstream
})
