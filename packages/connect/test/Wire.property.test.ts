/** Bytes that are no request, in every protocol, at every RPC: the caller is told so, and the server lives on. */
import * as http from "node:http"
import * as http2 from "node:http2"
import { Code } from "@connectrpc/connect"
import { describe, expect, it, layer } from "@effect/vitest"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import { Context, Effect, Layer, Logger, Schema, Stream } from "effect"
import * as ConnectClient from "../src/ConnectClient.ts"
import * as ConnectRoutes from "../src/ConnectRoutes.ts"
import { ConnectServer } from "../src/ConnectServer.ts"
import { raw } from "./Served.ts"

const MAX_BYTES = 100_000

const routes = Effect.all([
  ConnectRoutes.makePartial(CatalogService, { getProduct: () => Effect.succeed({ product: { id: 1n } }) }),
  ConnectRoutes.makePartial(SyncService, { watchSync: () => Stream.make({}) })
])

class Served extends Context.Service<
  Served,
  { readonly port: number; readonly session: http2.ClientHttp2Session }
>()("test/Served") {
  static readonly layer = Layer.effect(
    Served,
    Effect.gen(function* () {
      const { port } = yield* ConnectServer
      const session = yield* Effect.acquireRelease(
        Effect.sync(() => http2.connect(`http://127.0.0.1:${port}`)),
        (session) => Effect.sync(() => session.destroy())
      )
      return { port, session }
    })
  ).pipe(
    Layer.provide(ConnectServer.layer({ host: "127.0.0.1", port: 0, routes, readMaxBytes: MAX_BYTES })),
    Layer.provide(Logger.layer([]))
  )
}

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly trailers: http.IncomingHttpHeaders
  readonly body: string
}

type Fields = Record<string, string>

const overHttp1 = (port: number, method: string, path: string, headers: Fields, body: Buffer) =>
  Effect.callback<Answer, Error>((resume) => {
    const request = http.request({ port, method, path, headers }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () =>
        resume(
          Effect.succeed({
            status: response.statusCode ?? 0,
            headers: response.headers,
            trailers: response.trailers,
            body: Buffer.concat(chunks).toString("latin1")
          })
        )
      )
    })
    request.on("error", (error) => resume(Effect.fail(error)))
    request.end(body)
  })

const overHttp2 = (
  session: http2.ClientHttp2Session,
  method: string,
  path: string,
  headers: Fields,
  body: Buffer
) =>
  Effect.callback<Answer, Error>((resume) => {
    const stream = session.request({ ":method": method, ":path": path, ...headers }, { endStream: false })
    const chunks: Array<Buffer> = []
    let answered: http2.IncomingHttpHeaders = {}
    let trailers: http2.IncomingHttpHeaders = {}
    stream.on("response", (fields) => {
      answered = fields
    })
    stream.on("trailers", (fields) => {
      trailers = fields
    })
    stream.on("data", (chunk: Buffer) => chunks.push(chunk))
    stream.on("error", (error) => resume(Effect.fail(error)))
    stream.on("end", () =>
      resume(
        Effect.succeed({
          status: Number(answered[":status"]),
          headers: answered,
          trailers,
          body: Buffer.concat(chunks).toString("latin1")
        })
      )
    )
    stream.end(body)
  })

const text = Schema.String.check(Schema.isMaxLength(60))
const rpcs = [...CatalogService.methods, ...SyncService.methods].map(
  (it) => `/${it.parent.typeName}/${it.name}`
)

const Request = Schema.Struct({
  rpc: Schema.Literals(rpcs),
  version: Schema.Literals(["1.1", "2"]),
  method: Schema.Literals(["POST", "POST", "POST", "POST", "GET", "PUT"]),
  query: Schema.Literals([
    "",
    "?connect=v1&encoding=proto&base64=1&message=%21%21",
    "?connect=v1&encoding=proto&base64=1&message=CP__",
    "?connect=v1&encoding=json&message=%7B",
    "?encoding=cbor&compression=br&message=x"
  ]),
  contentType: Schema.Literals([
    "application/proto",
    "application/json",
    "application/connect+proto",
    "application/connect+json",
    "application/grpc",
    "application/grpc+json",
    "application/grpc-web",
    "application/grpc-web+json",
    "application/grpc-web-text",
    "application/grpcx",
    "text/html",
    "application/json; charset=latin1",
    ""
  ]),
  fields: Schema.Array(
    Schema.Literals([
      "grpc-encoding: gzip",
      "grpc-encoding: zstd",
      "content-encoding: gzip",
      "content-encoding: br",
      "connect-content-encoding: br",
      "grpc-timeout: soon",
      "grpc-timeout: 99999999H",
      "connect-timeout-ms: -1",
      "connect-protocol-version: 7",
      "traceparent: 00-x"
    ])
  ).check(Schema.isMaxLength(3)),
  shape: Schema.Literals(["bytes", "frame", "frames", "truncated", "huge", "compressed", "end", "json"]),
  payload: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))).check(
    Schema.isMaxLength(60)
  ),
  text
})

const frame = (flags: number, length: number, payload: Buffer) => {
  const head = Buffer.alloc(5)
  head.writeUInt8(flags, 0)
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, payload])
}

const bodyOf = ({ payload, shape, text }: typeof Request.Type): Buffer => {
  const data = Buffer.from(payload)
  switch (shape) {
    case "bytes":
      return data
    case "frame":
      return frame(0, data.length, data)
    case "frames":
      return Buffer.concat([frame(0, data.length, data), frame(0, data.length, data)])
    case "truncated":
      return frame(0, data.length + 7, data)
    case "huge":
      return frame(0, 0xffffffff, data)
    case "compressed":
      return frame(1, data.length, data)
    case "end":
      return frame(0x82, data.length, data)
    case "json":
      return Buffer.from(`{"id":${JSON.stringify(text)},"page":{"page":"${data.toString("hex")}"}}`)
  }
}

/** Codes of every protocol that the answer has somewhere. */
const codesOf = ({ body, headers, trailers }: Answer): ReadonlyArray<string> => [
  ...[headers["grpc-status"], trailers["grpc-status"]].flatMap((it) =>
    it === undefined ? [] : [String(it)]
  ),
  ...[...body.matchAll(/grpc-status: ?(\d+)/g), ...body.matchAll(/"code":"(\w+)"/g)].flatMap(([, code]) =>
    code === undefined ? [] : [code]
  )
]

const serverFaults = ["unknown", "internal", "data_loss", "unavailable"]
const serverFaultNumbers = [Code.Unknown, Code.Internal, Code.DataLoss, Code.Unavailable].map(String)

layer(Served.layer, { excludeTestServices: true })("any bytes", (it) => {
  it.effect.prop(
    "are answered in the caller's protocol, and never as a fault of the server",
    { asked: Request },
    ({ asked }) =>
      Effect.gen(function* () {
        const { port, session } = yield* Served
        const headers: Fields = Object.fromEntries(
          [["content-type", asked.contentType], ...asked.fields.map((it) => it.split(": "))].filter(
            ([, value]) => value !== ""
          )
        )
        const path = asked.rpc + asked.query
        const body = asked.method === "GET" ? Buffer.alloc(0) : bodyOf(asked)
        const answer = yield* asked.version === "2"
          ? overHttp2(session, asked.method, path, headers, body)
          : overHttp1(port, asked.method, path, headers, body)
        const what = `${asked.method} ${path} ${JSON.stringify(headers)} ${body.toString("hex")}: ${JSON.stringify(answer)}`
        const codes = codesOf(answer)
        for (const code of codes) {
          expect(serverFaults, what).not.toContain(code)
          expect(serverFaultNumbers, what).not.toContain(code)
        }
        expect([500, 502, 503], what).not.toContain(answer.status)
        if (answer.status !== 200) {
          expect(codes, what).toHaveLength(1)
          expect(JSON.parse(answer.body).message, what).toMatch(/\w+ \w+/)
        }
      }),
    { arbitrary: { runs: 1000 }, timeout: 60_000 }
  )

  it.effect("leave a server that serves", () =>
    Effect.gen(function* () {
      const { port } = yield* Served
      const transport = yield* ConnectClient.transportHttp({ baseUrl: `http://127.0.0.1:${port}` })
      const { product } = yield* ConnectClient.make(CatalogService, transport).getProduct({ id: 1n })
      expect(product?.id).toBe(1n)
    }).pipe(Effect.scoped)
  )
})

const getProduct = "/optica.catalog.v1.CatalogService/GetProduct"
/** Field 1 (varint) of which the end is missing. */
const cutOff = Buffer.from([0x08, 0xff])

layer(Served.layer, { excludeTestServices: true })("a request that cannot be read", (it) => {
  it.effect.each([
    ["Connect", "application/proto", cutOff],
    ["gRPC", "application/grpc", frame(0, 2, cutOff)],
    ["gRPC-web", "application/grpc-web", frame(0, 2, cutOff)]
  ] as const)("is INVALID_ARGUMENT over %s, with what is wrong", ([, contentType, body]) =>
    Effect.gen(function* () {
      const { session } = yield* Served
      const answer = yield* overHttp2(session, "POST", getProduct, { "content-type": contentType }, body)
      expect(codesOf(answer)).toEqual([
        contentType === "application/proto" ? "invalid_argument" : String(Code.InvalidArgument)
      ])
      const said = decodeURIComponent(`${answer.body} ${JSON.stringify(answer.trailers)}`)
      expect(said).toContain("the request is no optica.catalog.v1.GetProductRequest: ")
    })
  )

  it.effect("is INVALID_ARGUMENT as JSON", () =>
    Effect.gen(function* () {
      const { port } = yield* Served
      const headers = { "content-type": "application/json" }
      for (const body of ["{", '{"id":{}}', "[]", "\xff"]) {
        const answer = yield* overHttp1(port, "POST", getProduct, headers, Buffer.from(body, "latin1"))
        expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, "invalid_argument"])
      }
    })
  )

  it.effect("says which methods and content types would do", () =>
    Effect.gen(function* () {
      const { port } = yield* Served
      const put = yield* overHttp1(port, "PUT", getProduct, {}, Buffer.alloc(0))
      expect([put.status, put.headers.allow]).toEqual([405, "POST, GET"])
      const html = yield* overHttp1(port, "POST", getProduct, { "content-type": "text/html" }, cutOff)
      expect([html.status, html.headers["accept-post"]]).toEqual([
        415,
        "application/json, application/proto, application/grpc, application/grpc-web"
      ])
    })
  )
})

describe("what is no HTTP", () => {
  it.live("is told so before it is hung up on", () =>
    Effect.gen(function* () {
      const { port } = yield* Served
      const answers = yield* Effect.forEach(
        [
          `POST ${getProduct} HTTP/1.1\r\nconnection: close\r\n\r\n`,
          `POST ${getProduct} HTTP/1.1\r\nhost: %%%\r\nconnection: close\r\n\r\n`,
          "nonsense\r\n\r\n",
          `GET / HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(70_000)}\r\n\r\n`,
          `POST ${getProduct} HTTP/1.1\r\nhost: x\r\nexpect: tea\r\nconnection: close\r\n\r\n`
        ],
        (bytes) => raw(port, [bytes])
      )
      expect(answers.map((it) => it.split(" ", 2)[1])).toEqual(["400", "400", "400", "431", "417"])
      for (const answer of answers) {
        expect(answer).toMatch(/\r\n\r\n(?:[0-9a-f]+\r\n)?\{"code":"invalid_argument","message":"[^"]+"\}/)
      }
    }).pipe(Effect.provide(Served.layer), Effect.scoped)
  )
})
