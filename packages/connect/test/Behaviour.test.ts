import { describe } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import * as ConnectClient from "../src/ConnectClient.ts"
import { ConnectServer } from "../src/ConnectServer.ts"
import { MESSAGE_MAX_BYTES } from "../src/MessageSize.ts"
import { behaviour } from "./behaviour.ts"
import { routes } from "./Fixture.ts"

const overSocket = (protocol: ConnectClient.Protocol, httpVersion: "1.1" | "2") =>
  Effect.gen(function* () {
    const context = yield* Layer.build(
      ConnectServer.layer({ host: "127.0.0.1", port: 0, readMaxBytes: MESSAGE_MAX_BYTES, routes })
    )
    const { port } = Context.get(context, ConnectServer)
    return yield* ConnectClient.transportHttp({ baseUrl: `http://127.0.0.1:${port}`, protocol, httpVersion })
  })

describe("in memory", () => behaviour(Effect.map(routes, ConnectClient.transportInMemory), "connect"))
describe("Connect over HTTP/2", () => behaviour(overSocket("connect", "2"), "connect"))
describe("Connect over HTTP/1.1", () => behaviour(overSocket("connect", "1.1"), "connect"))
describe("gRPC", () => behaviour(overSocket("grpc", "2"), "grpc"))
describe("gRPC-web over HTTP/2", () => behaviour(overSocket("grpc-web", "2"), "grpc-web"))
describe("gRPC-web over HTTP/1.1", () => behaviour(overSocket("grpc-web", "1.1"), "grpc-web"))
