import * as net from "node:net"
import { Code } from "@connectrpc/connect"
import { describe, expect } from "@effect/vitest"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { Context, Effect, Layer } from "effect"
import { ConnectServer } from "../src/ConnectServer.ts"
import { ids, Spans } from "./Fixture.ts"

import { client, fetched, raw, start, test } from "./Served.ts"

describe("one port", () => {
  test(
    "answers plain JSON over HTTP/1.1, as POST and, where nothing is changed, as GET",
    Effect.fnUntraced(function* () {
      const { baseUrl } = yield* start()
      const path = `${baseUrl}/optica.catalog.v1.CatalogService`
      const posted = yield* fetched(`${path}/GetProduct`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ id: "1" })
      })
      expect(posted).toMatchObject({ status: 200, text: '{"product":{"id":"1","name":"Frame"}}' })
      const message = encodeURIComponent(JSON.stringify({ id: "1" }))
      const got = yield* fetched(`${path}/GetProduct?connect=v1&encoding=json&message=${message}`)
      expect(got).toMatchObject({ status: 200, text: posted.text })
      const refused = yield* fetched(`${path}/ApplyChanges?connect=v1&encoding=json&message=%7B%7D`)
      expect(refused.status).toBe(405)
    })
  )

  test(
    "gives a plain client the failure with its details",
    Effect.fnUntraced(function* () {
      const { baseUrl } = yield* start()
      const { status, text } = yield* fetched(`${baseUrl}/optica.catalog.v1.CatalogService/GetProduct`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ id: "404" })
      })
      expect(status).toBe(404)
      expect(JSON.parse(text)).toMatchObject({
        code: "not_found",
        message: "There is no product 404",
        details: [
          {
            type: "google.rpc.ErrorInfo",
            debug: { reason: "ProductNotFound", domain: "optica", metadata: { id: "404" } }
          }
        ]
      })
    })
  )

  test(
    "speaks to all kinds of clients at once",
    Effect.fnUntraced(function* () {
      const { baseUrl } = yield* start()
      const kinds = [
        ["connect", "2"],
        ["connect", "1.1"],
        ["grpc", "2"],
        ["grpc-web", "2"],
        ["grpc-web", "1.1"]
      ] as const
      const names = yield* Effect.forEach(
        kinds,
        Effect.fnUntraced(function* ([protocol, httpVersion]) {
          const { getProduct } = yield* client(baseUrl, protocol, httpVersion)
          const all = yield* Effect.forEach(Array.from({ length: 20 }), () => getProduct({ id: ids.found }), {
            concurrency: "unbounded"
          })
          return all.map((it) => it.product?.name)
        }),
        { concurrency: "unbounded" }
      )
      expect(names.flat()).toEqual(Array.from({ length: 100 }, () => "Frame"))
    })
  )

  test(
    "gives a caller whose timeout is longer than any timer the longest there is",
    Effect.fnUntraced(function* () {
      const { baseUrl } = yield* start()
      const timeouts = [
        ["connect", "connect-timeout-ms", "2147483648"],
        ["connect", "connect-timeout-ms", "9999999999"],
        ["grpc", "grpc-timeout", "99999999H"],
        ["grpc", "grpc-timeout", "99999999M"],
        ["grpc-web", "grpc-timeout", "2147484S"]
      ] as const
      for (const [protocol, name, value] of timeouts) {
        const { getProduct } = yield* client(baseUrl, protocol)
        const { product } = yield* getProduct({ id: ids.echo }, { headers: { [name]: value } })
        const { timeoutMs } = JSON.parse(product?.name ?? "")
        expect(timeoutMs).toBeGreaterThan(2_147_000_000)
        expect(timeoutMs).toBeLessThan(2 ** 31)
      }
    })
  )

  test(
    "tells the protocol of a client that sends byte by byte",
    Effect.fnUntraced(function* () {
      const { port } = yield* start()
      const body = '{"id":"1"}'
      const request = `POST /optica.catalog.v1.CatalogService/GetProduct HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      expect(yield* raw(port, [...request])).toContain('"Frame"')
      // Begins as the preface of HTTP/2 does.
      expect(
        yield* raw(port, ["P", "R", "OPFIND / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"])
      ).toContain("404")
    })
  )

  test(
    "answers a client of HTTP/1.1 that has ended its side",
    Effect.fnUntraced(function* () {
      const { port } = yield* start()
      const answer = yield* Effect.callback<string>((resume) => {
        const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true })
        let text = ""
        socket.on("data", (chunk) => {
          text += chunk
        })
        socket.on("close", () => resume(Effect.succeed(text)))
        socket.on("end", () => socket.destroy())
        socket.end(
          'POST /optica.catalog.v1.CatalogService/GetProduct HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"id":"1"}'
        )
      })
      expect(answer).toContain('"Frame"')
    })
  )

  test(
    "survives requests that make no sense",
    Effect.fnUntraced(function* () {
      const { port, baseUrl } = yield* start()
      const path = "/optica.catalog.v1.CatalogService/GetProduct"
      for (const host of ["[", "a b", "x:y", ""]) {
        const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`
        expect(yield* raw(port, [head])).toMatch(/^HTTP\/1.1 400 /)
      }
      yield* raw(port, ["\u0000\u0001\u0002 nonsense\r\n\r\n"])
      yield* raw(port, ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nthis is no frame at all, is it"])
      const { getProduct } = yield* client(baseUrl)
      expect(yield* getProduct({ id: ids.found })).toMatchObject({ product: { name: "Frame" } })
    })
  )

  test(
    "says UNIMPLEMENTED of an RPC that it does not have, in the client's protocol",
    Effect.fnUntraced(function* () {
      const { baseUrl } = yield* start()
      const plain = yield* fetched(`${baseUrl}/optica.catalog.v1.CatalogService/Nope`, { method: "POST" })
      expect(plain.status).toBe(404)
      expect(JSON.parse(plain.text)).toEqual({ code: "unimplemented", message: "the server has no such RPC" })
      const other = ConnectServer.layer({ host: "127.0.0.1", port: 0, routes: Effect.succeed([]) })
      const { port } = Context.get(yield* Layer.build(other), ConnectServer)
      for (const protocol of ["connect", "grpc", "grpc-web"] as const) {
        const { getProduct } = yield* client(`http://127.0.0.1:${port}`, protocol)
        const error = yield* Effect.flip(getProduct({ id: ids.found }))
        expect(error).toMatchObject({ code: Code.Unimplemented, message: "the server has no such RPC" })
      }
    })
  )

  test(
    "takes several large batches at once on one connection",
    Effect.fnUntraced(function* () {
      const { baseUrl } = yield* start()
      const { applyChanges } = yield* client(baseUrl)
      const value = "x".repeat(8 * 1024 * 1024)
      const change = { kind: ResourceKind.PRODUCT, id: 1n, observation: 1n }
      const answers = yield* Effect.forEach(
        Array.from({ length: 3 }),
        () => applyChanges({ changes: [{ ...change, state: { case: "sourceJson", value } }] }),
        { concurrency: "unbounded" }
      )
      expect(answers.map((it) => it.results.length)).toEqual([1, 1, 1])
    })
  )

  test(
    "compresses answers for a client that asks for it",
    Effect.fnUntraced(function* () {
      const { port } = yield* start()
      const body = JSON.stringify({ ids: Array.from({ length: 100 }, (_, n) => String(n + 1)) })
      const answer = yield* raw(port, [
        `POST /optica.catalog.v1.CatalogService/BatchGetProducts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: gzip\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      ])
      expect(answer.toLowerCase()).toContain("content-encoding: gzip")
    })
  )

  test(
    "begins a trace of its own where a call brings none",
    Effect.fnUntraced(function* () {
      // Built within a span, as layers are: that span is no parent of calls.
      const { baseUrl } = yield* Effect.withSpan(start(), "start of the process")
      yield* fetched(`${baseUrl}/optica.catalog.v1.CatalogService/GetProduct`, {
        method: "POST",
        headers: { "content-type": "application/json", traceparent: "00-nonsense-01" },
        body: JSON.stringify({ id: "1" })
      })
      const server = (yield* Spans).find((it) => it.kind === "server")
      expect(server).toMatchObject({ parent: { _tag: "None" } })
    })
  )
})
