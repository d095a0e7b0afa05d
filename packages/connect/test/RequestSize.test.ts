/** How large a request may be, and from whom. */

import { Code } from "@connectrpc/connect"
import { expect } from "@effect/vitest"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { Context, Effect, Layer, Redacted } from "effect"
import * as ConnectClient from "../src/ConnectClient.ts"
import * as ConnectRoutes from "../src/ConnectRoutes.ts"
import { ConnectServer } from "../src/ConnectServer.ts"
import { MESSAGE_MAX_BYTES, REQUEST_MAX_BYTES } from "../src/MessageSize.ts"
import { OperatorToken } from "../src/OperatorToken.ts"
import { fetched, test } from "./Served.ts"

const token = "token-of-the-size-test"
const headers = { authorization: Redacted.make(`Bearer ${token}`) }

const routes = ConnectRoutes.makePartial(
  CatalogService,
  {
    searchProducts: () => Effect.succeed({}),
    applyChanges: ({ changes }) => Effect.succeed({ results: changes.map(({ id }) => ({ id })) })
  },
  { large: ["applyChanges"] }
)

const served = Effect.gen(function* () {
  const layer = ConnectServer.layer({
    host: "127.0.0.1",
    port: 0,
    routes: Effect.map(routes, (it) => [it])
  }).pipe(Layer.provide(Layer.succeed(OperatorToken, Redacted.make(token))))
  return `http://127.0.0.1:${Context.get(yield* Layer.build(layer), ConnectServer).port}`
})

const search = (bytes: number) => ({ filter: { search: "x".repeat(bytes) } })
const batch = (bytes: number) => ({
  changes: [
    { kind: 1, id: 1n, observation: 1n, state: { case: "sourceJson" as const, value: "x".repeat(bytes) } }
  ]
})

for (const protocol of ["connect", "grpc", "grpc-web"] as const) {
  test(
    `is 64 KiB from anybody over ${protocol}`,
    Effect.fnUntraced(function* () {
      const transport = yield* ConnectClient.transportHttp({ baseUrl: yield* served, protocol })
      const { searchProducts } = ConnectClient.make(CatalogService, transport, { headers })
      const error = yield* Effect.flip(searchProducts(search(REQUEST_MAX_BYTES)))
      expect(error).toMatchObject({
        code: Code.ResourceExhausted,
        message: expect.stringContaining(`${REQUEST_MAX_BYTES}`)
      })
      // It is read, and refused by the rules of the contract, or by none.
      const small = yield* Effect.exit(searchProducts(search(100)))
      expect(small._tag).toBe("Success")
    })
  )

  test(
    `is 16 MiB of a batch of changes over ${protocol}, from operators only`,
    Effect.fnUntraced(function* () {
      const transport = yield* ConnectClient.transportHttp({ baseUrl: yield* served, protocol })
      const operator = ConnectClient.make(CatalogService, transport, { headers })
      expect((yield* operator.applyChanges(batch(15 * 1024 * 1024))).results).toHaveLength(1)
      const error = yield* Effect.flip(operator.applyChanges(batch(MESSAGE_MAX_BYTES)))
      expect(error.code).toBe(Code.ResourceExhausted)
      const anybody = ConnectClient.make(CatalogService, transport)
      for (const bytes of [1, 15 * 1024 * 1024]) {
        expect(yield* Effect.flip(anybody.applyChanges(batch(bytes)))).toMatchObject({
          code: Code.Unauthenticated,
          reason: "OperatorTokenRequired"
        })
      }
    })
  )
}

test(
  "is told by status 413 and a sentence",
  Effect.fnUntraced(function* () {
    const url = `${yield* served}/optica.catalog.v1.CatalogService/SearchProducts`
    const { status, text } = yield* fetched(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(search(REQUEST_MAX_BYTES))
    })
    expect(status).toBe(413)
    expect(JSON.parse(text)).toEqual({
      code: "resource_exhausted",
      message: "a request of this RPC may have at most 65536 bytes"
    })
  })
)

test(
  "is nobody's business before the token: bytes that are no request are not read",
  Effect.fnUntraced(function* () {
    const url = `${yield* served}/optica.catalog.v1.CatalogService/ApplyChanges`
    const ask = (authorization: string) =>
      fetched(url, {
        method: "POST",
        headers: { "content-type": "application/proto", authorization },
        body: new Uint8Array(1_000_000).fill(255)
      })
    expect((yield* ask("Bearer wrong")).status).toBe(401)
    expect((yield* ask(`Bearer ${token}`)).status).toBe(400)
  })
)
