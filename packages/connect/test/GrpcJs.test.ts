/** A client that no one here wrote: `@grpc/grpc-js`, with the protos of the repository. */
import { fileURLToPath } from "node:url"
import { fromBinary } from "@bufbuild/protobuf"
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt"
import { ViolationsSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js"
import { describe, expect, it } from "@effect/vitest"
import * as grpc from "@grpc/grpc-js"
import * as loader from "@grpc/proto-loader"
import { ErrorInfoSchema } from "@optica/contracts/google/rpc/error_details_pb"
import { Context, Effect, Layer, type Scope } from "effect"
import { ConnectServer } from "../src/ConnectServer.ts"
import { MESSAGE_MAX_BYTES } from "../src/MessageSize.ts"
import { Events, ids, type Probe, probe, routes, runs, Spans } from "./Fixture.ts"

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true }
const definitions = loader.loadSync(
  [
    "optica/catalog/v1/catalog_service.proto",
    "optica/sync/v1/sync_service.proto",
    "grpc/health/v1/health.proto",
    "grpc/reflection/v1/reflection.proto",
    "grpc/reflection/v1alpha/reflection.proto"
  ],
  { ...options, includeDirs: [path("../../../proto")] }
)
const { Status: status } = method(loader.loadSync(path("fixtures/status.proto"), options), "google.rpc.Codec")

function method(definition: loader.PackageDefinition, service: string) {
  const found = definition[service]
  if (found === undefined || "format" in found) throw new Error(`no service ${service}`)
  return found
}

const test = (name: string, effect: () => Effect.Effect<unknown, unknown, Scope.Scope | Probe>) =>
  it.live(name, () => Effect.provide(effect(), probe))

const connect = Effect.fnUntraced(function* (service: string) {
  const layer = ConnectServer.layer({ host: "127.0.0.1", port: 0, routes, readMaxBytes: MESSAGE_MAX_BYTES })
  const server = Context.get(yield* Layer.build(layer), ConnectServer)
  const Client = grpc.makeClientConstructor(method(definitions, service), service)
  const client = new Client(`127.0.0.1:${server.port}`, grpc.credentials.createInsecure())
  yield* Effect.addFinalizer(() => Effect.sync(() => client.close()))
  const methods = method(definitions, service)
  const of = (name: string) => {
    const found = methods[name]
    if (found === undefined) throw new Error(`no method ${name}`)
    return found
  }
  return {
    server,
    unary: (
      name: string,
      request: object,
      metadata = new grpc.Metadata(),
      options: grpc.CallOptions = {}
    ) => {
      const { path, requestSerialize, responseDeserialize } = of(name)
      let call: grpc.ClientUnaryCall | undefined
      const answer = new Promise<{ error: grpc.ServiceError | null; value: unknown }>((resolve) => {
        call = client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          metadata,
          options,
          (error, value) => resolve({ error, value })
        )
      })
      return { answer: Effect.promise(() => answer), cancel: () => call?.cancel(), call }
    },
    stream: (name: string, request: object) => {
      const { path, requestSerialize, responseDeserialize } = of(name)
      return client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request)
    },
    bidi: (name: string) => {
      const { path, requestSerialize, responseDeserialize } = of(name)
      return client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize)
    }
  }
})

const CATALOG = "optica.catalog.v1.CatalogService"
const SYNC = "optica.sync.v1.SyncService"

/** The details of an error, by their type. */
const details = (error: grpc.ServiceError | null): Map<string, Uint8Array> => {
  const [bytes] = error?.metadata.get("grpc-status-details-bin") ?? []
  if (status === undefined || !Buffer.isBuffer(bytes)) return new Map()
  const decoded: unknown = status.responseDeserialize(bytes)
  if (typeof decoded !== "object" || decoded === null || !("details" in decoded)) return new Map()
  const all: unknown = decoded.details
  return new Map(Array.isArray(all) ? all.map((it) => [it.type_url.split("/").at(-1), it.value]) : [])
}

describe("a client of grpc-js", () => {
  test(
    "calls, with metadata both ways",
    Effect.fnUntraced(function* () {
      const { unary } = yield* connect(CATALOG)
      const metadata = new grpc.Metadata()
      metadata.set("x-echo", "hello")
      const { answer, call } = unary("GetProduct", { id: String(ids.echo) }, metadata)
      const header = new Promise<grpc.Metadata>((resolve) => call?.once("metadata", resolve))
      const { error, value } = yield* answer
      expect(error).toBeNull()
      expect(value).toMatchObject({ product: { id: "700", name: expect.stringContaining("hello") } })
      expect((yield* Effect.promise(() => header)).get("x-answer")).toEqual(["yes"])
    })
  )

  test(
    "reads the details of a typed failure",
    Effect.fnUntraced(function* () {
      const { unary } = yield* connect(CATALOG)
      const { error } = yield* unary("GetProduct", { id: "404" }).answer
      expect(error).toMatchObject({ code: grpc.status.NOT_FOUND, details: "There is no product 404" })
      const info = details(error).get("google.rpc.ErrorInfo")
      expect(fromBinary(ErrorInfoSchema, info ?? new Uint8Array())).toMatchObject({
        reason: "ProductNotFound",
        domain: "optica",
        metadata: { id: "404" }
      })
    })
  )

  test(
    "reads the violations of an invalid request",
    Effect.fnUntraced(function* () {
      const { unary } = yield* connect(CATALOG)
      const { error } = yield* unary("GetProduct", { id: "-1" }).answer
      expect(error?.code).toBe(grpc.status.INVALID_ARGUMENT)
      const violations = details(error).get("buf.validate.Violations")
      expect(fromBinary(ViolationsSchema, violations ?? new Uint8Array()).violations).toMatchObject([
        { field: { elements: [{ fieldName: "id" }] }, ruleId: "int64.gt" }
      ])
    })
  )

  test(
    "learns nothing of a defect",
    Effect.fnUntraced(function* () {
      const { unary } = yield* connect(CATALOG)
      const { error } = yield* unary("GetProduct", { id: String(ids.defect) }).answer
      expect(error).toMatchObject({ code: grpc.status.INTERNAL, details: "internal error" })
      expect(details(error).size).toBe(0)
    })
  )

  test(
    "is told that its message is too large, and can go on",
    Effect.fnUntraced(function* () {
      const { unary } = yield* connect(CATALOG)
      const change = {
        kind: "RESOURCE_KIND_TAG",
        id: "1",
        observation: "1",
        source_json: "x".repeat(17 * 1024 * 1024)
      }
      const { error } = yield* unary("ApplyChanges", { changes: [change] }).answer
      expect(error?.code).toBe(grpc.status.RESOURCE_EXHAUSTED)
      expect((yield* unary("GetProduct", { id: "1" }).answer).error).toBeNull()
    })
  )

  test(
    "has its deadline kept by the handler too",
    Effect.fnUntraced(function* () {
      const { unary } = yield* connect(CATALOG)
      const options = { deadline: Date.now() + 200 }
      const { error } = yield* unary("GetProduct", { id: String(ids.never) }, new grpc.Metadata(), options)
        .answer
      expect(error?.code).toBe(grpc.status.DEADLINE_EXCEEDED)
      expect([yield* Events.next, yield* Events.next]).toEqual(["began", "interrupted"])
    })
  )

  test(
    "interrupts the handler when it cancels",
    Effect.fnUntraced(function* () {
      const { unary } = yield* connect(CATALOG)
      const call = unary("GetProduct", { id: String(ids.never) })
      expect(yield* Events.next).toBe("began")
      call.cancel()
      expect((yield* call.answer).error?.code).toBe(grpc.status.CANCELLED)
      expect(yield* Events.next).toBe("interrupted")
    })
  )

  test(
    "is the parent of the server's span",
    Effect.fnUntraced(function* () {
      const { unary } = yield* connect(CATALOG)
      const metadata = new grpc.Metadata()
      metadata.set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
      yield* unary("GetProduct", { id: "1" }, metadata).answer
      expect(yield* Spans).toMatchObject([
        {
          kind: "server",
          traceId: "0af7651916cd43dd8448eb211c80319c",
          parent: { value: { spanId: "b7ad6b7169203331" } }
        }
      ])
    })
  )

  test(
    "reads a stream to its end, and to its failure",
    Effect.fnUntraced(function* () {
      const { stream } = yield* connect(SYNC)
      const read = (id: string) =>
        Effect.callback<{ seen: Array<unknown>; code: grpc.status | undefined }>((resume) => {
          const seen: Array<unknown> = []
          const call = stream("WatchSync", { id })
          call.on("data", (it) => seen.push(it.run.resumed))
          call.on("error", () => {})
          call.on("status", ({ code }) => resume(Effect.succeed({ seen, code })))
        })
      expect(yield* read(runs.two)).toEqual({ seen: [1, 2], code: grpc.status.OK })
      expect(yield* read(runs.failing)).toEqual({ seen: [1, 2], code: grpc.status.NOT_FOUND })
    })
  )

  test(
    "ends the server's stream when it cancels",
    Effect.fnUntraced(function* () {
      const { stream } = yield* connect(SYNC)
      const call = stream("WatchSync", { id: runs.endless })
      call.on("error", () => {})
      call.on("data", (it) => it.run.resumed === 2 && call.cancel())
      expect(yield* Events.next).toBe("finalized")
    })
  )
})

describe("grpc.health.v1", () => {
  test(
    "checks the server and its services",
    Effect.fnUntraced(function* () {
      const { server, unary } = yield* connect("grpc.health.v1.Health")
      const check = (service: string) => unary("Check", { service }).answer
      expect((yield* check("")).value).toEqual({ status: "SERVING" })
      expect((yield* check(CATALOG)).value).toEqual({ status: "SERVING" })
      expect((yield* check("no.such.Service")).error?.code).toBe(grpc.status.NOT_FOUND)
      yield* server.setServing(CATALOG, false)
      expect((yield* check(CATALOG)).value).toEqual({ status: "NOT_SERVING" })
      expect((yield* check("")).value).toEqual({ status: "SERVING" })
      expect((yield* unary("List", {}).answer).value).toEqual({
        statuses: {
          "": { status: "SERVING" },
          [CATALOG]: { status: "NOT_SERVING" },
          [SYNC]: { status: "SERVING" }
        }
      })
      // Probes come often: they are not traced.
      expect(yield* Spans).toEqual([])
    })
  )

  test(
    "lets a service be watched, known or not yet",
    Effect.fnUntraced(function* () {
      const { server, stream } = yield* connect("grpc.health.v1.Health")
      const statuses = (service: string) => {
        const call = stream("Watch", { service })
        call.on("error", () => {})
        const items = call[Symbol.asyncIterator]()
        return Effect.promise(async () => (await items.next()).value?.status)
      }
      const known = statuses(CATALOG)
      expect(yield* known).toBe("SERVING")
      yield* server.setServing(CATALOG, false)
      expect(yield* known).toBe("NOT_SERVING")
      const later = statuses("later")
      expect(yield* later).toBe("SERVICE_UNKNOWN")
      yield* server.setServing("later", true)
      expect(yield* later).toBe("SERVING")
    })
  )
})

describe("server reflection", () => {
  for (const version of ["v1", "v1alpha"]) {
    test(
      `tells services, files and symbols (${version})`,
      Effect.fnUntraced(function* () {
        const { bidi } = yield* connect(`grpc.reflection.${version}.ServerReflection`)
        const call = bidi("ServerReflectionInfo")
        call.on("error", () => {})
        const answers = call[Symbol.asyncIterator]()
        const ask = (question: object) =>
          Effect.promise(async () => {
            call.write(question)
            return (await answers.next()).value
          })
        const files = (answer: {
          file_descriptor_response: { file_descriptor_proto: Array<Uint8Array> } | null
        }) =>
          answer.file_descriptor_response?.file_descriptor_proto.map(
            (it) => fromBinary(FileDescriptorProtoSchema, it).name
          )

        const { list_services_response } = yield* ask({ list_services: "" })
        expect(list_services_response.service.map((it: { name: string }) => it.name).sort()).toEqual([
          "grpc.health.v1.Health",
          "grpc.reflection.v1.ServerReflection",
          "grpc.reflection.v1alpha.ServerReflection",
          CATALOG,
          SYNC
        ])
        const service = files(yield* ask({ file_containing_symbol: CATALOG }))
        expect(service?.[0]).toBe("optica/catalog/v1/catalog_service.proto")
        // With all that it imports, so that it can be linked without asking again.
        expect(service).toEqual(
          expect.arrayContaining([
            "optica/catalog/v1/product.proto",
            "buf/validate/validate.proto",
            "google/protobuf/timestamp.proto",
            "google/protobuf/descriptor.proto"
          ])
        )
        for (const symbol of [`${CATALOG}.GetProduct`, "optica.catalog.v1.GetProductRequest.view"]) {
          expect(files(yield* ask({ file_containing_symbol: symbol }))?.[0]).toBe(service?.[0])
        }
        const file = files(yield* ask({ file_by_filename: "optica/sync/v1/run.proto" }))
        expect(file?.[0]).toBe("optica/sync/v1/run.proto")
        const { all_extension_numbers_response } = yield* ask({
          all_extension_numbers_of_type: "google.protobuf.FieldOptions"
        })
        expect(all_extension_numbers_response.extension_number).toContain(1159)
        const extension = { containing_type: "google.protobuf.FieldOptions", extension_number: 1159 }
        expect(files(yield* ask({ file_containing_extension: extension }))?.[0]).toBe(
          "buf/validate/validate.proto"
        )
        for (const question of [
          { file_containing_symbol: "no.such.Thing" },
          { file_containing_symbol: `${CATALOG}.NoSuchMethod` },
          { file_by_filename: "no/such.proto" },
          { file_containing_extension: { ...extension, extension_number: 1 } },
          { all_extension_numbers_of_type: "no.such.Type" }
        ]) {
          const { error_response } = yield* ask(question)
          expect(error_response).toMatchObject({ error_code: grpc.status.NOT_FOUND })
        }
        expect((yield* ask({})).error_response.error_code).toBe(grpc.status.INVALID_ARGUMENT)
        call.end()
      })
    )
  }
})
