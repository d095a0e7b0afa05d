/**
 * Server reflection (`grpc.reflection.v1` and `v1alpha`): tells tools such as `buf curl` and `grpcurl` the schema of what
 * a server serves.
 */
import {
  create,
  createRegistry,
  type DescFile,
  type DescService,
  fromBinary,
  toBinary
} from "@bufbuild/protobuf"
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt"
import { Code } from "@connectrpc/connect"
import * as v1 from "@optica/contracts/grpc/reflection/v1/reflection_pb"
import * as v1alpha from "@optica/contracts/grpc/reflection/v1alpha/reflection_pb"
import type { ServiceRoutes } from "./ConnectRoutes.ts"
import { serverLife } from "./ServerCall.ts"

/** Routes of both versions, for these services and for reflection itself. */
export const make = (services: ReadonlyArray<DescService>): ReadonlyArray<ServiceRoutes> => {
  const answer = answerer([...services, v1.ServerReflection, v1alpha.ServerReflection])
  return [
    {
      service: v1.ServerReflection,
      unary: new Map(),
      register: (router) =>
        router.service(v1.ServerReflection, {
          async *serverReflectionInfo(requests, { values }) {
            for await (const request of until(values.get(serverLife)?.draining, requests))
              yield answer(request)
          }
        })
    },
    {
      service: v1alpha.ServerReflection,
      unary: new Map(),
      register: (router) =>
        router.service(v1alpha.ServerReflection, {
          async *serverReflectionInfo(requests, { values }) {
            for await (const request of until(values.get(serverLife)?.draining, requests)) {
              // The two versions differ in nothing but their name, which is not on the wire.
              const bytes = toBinary(v1alpha.ServerReflectionRequestSchema, request)
              const response = answer(fromBinary(v1.ServerReflectionRequestSchema, bytes))
              yield fromBinary(
                v1alpha.ServerReflectionResponseSchema,
                toBinary(v1.ServerReflectionResponseSchema, response)
              )
            }
          }
        })
    }
  ]
}

const answerer = (services: ReadonlyArray<DescService>) => {
  const files = withDependencies(services.map((it) => it.file))
  const registry = createRegistry(...files)

  /** The file that declares a type, or a method, field or oneof of one, by its full name. */
  const declaring = (symbol: string): DescFile | undefined => {
    const type = registry.get(symbol)
    if (type !== undefined) return type.file
    const dot = symbol.lastIndexOf(".")
    const owner = registry.get(symbol.slice(0, Math.max(dot, 0)))
    const name = symbol.slice(dot + 1)
    const members = owner?.kind === "service" ? owner.methods : owner?.kind === "message" ? owner.members : []
    return members.some((it) => it.name === name) ? owner?.file : undefined
  }

  const answerTo = (question: v1.ServerReflectionRequest["messageRequest"]): Answer => {
    switch (question.case) {
      case "listServices": {
        const service = services.map((it) => ({ name: it.typeName }))
        return { case: "listServicesResponse", value: create(v1.ListServiceResponseSchema, { service }) }
      }
      case "fileByFilename":
        return fileAnswer(files.find((it) => it.proto.name === question.value))
      case "fileContainingSymbol":
        return fileAnswer(declaring(question.value))
      case "fileContainingExtension": {
        const extendee = registry.getMessage(question.value.containingType)
        return fileAnswer(
          extendee && registry.getExtensionFor(extendee, question.value.extensionNumber)?.file
        )
      }
      case "allExtensionNumbersOfType": {
        const baseTypeName = question.value
        if (registry.getMessage(baseTypeName) === undefined) return notServed
        const extensionNumber = [...registry].flatMap((it) =>
          it.kind === "extension" && it.extendee.typeName === baseTypeName ? [it.number] : []
        )
        return {
          case: "allExtensionNumbersResponse",
          value: create(v1.ExtensionNumberResponseSchema, { baseTypeName, extensionNumber })
        }
      }
      default:
        return errorAnswer(Code.InvalidArgument, "the request asks for nothing")
    }
  }

  return (originalRequest: v1.ServerReflectionRequest): v1.ServerReflectionResponse => {
    const response = create(v1.ServerReflectionResponseSchema, {
      validHost: originalRequest.host,
      originalRequest
    })
    response.messageResponse = answerTo(originalRequest.messageRequest)
    return response
  }
}

type Answer = v1.ServerReflectionResponse["messageResponse"]

const errorAnswer = (errorCode: Code, errorMessage: string): Answer => ({
  case: "errorResponse",
  value: create(v1.ErrorResponseSchema, { errorCode, errorMessage })
})

const notServed = errorAnswer(Code.NotFound, "the server does not serve it")

/** A file with all that it imports, so that a client need not ask again. */
const fileAnswer = (file: DescFile | undefined): Answer => {
  if (file === undefined) return notServed
  const fileDescriptorProto = withDependencies([file]).map((it) =>
    toBinary(FileDescriptorProtoSchema, it.proto)
  )
  return {
    case: "fileDescriptorResponse",
    value: create(v1.FileDescriptorResponseSchema, { fileDescriptorProto })
  }
}

/** The files, each once, followed by all that they import. */
const withDependencies = (files: ReadonlyArray<DescFile>): ReadonlyArray<DescFile> => {
  const found = new Set<DescFile>()
  const add = (file: DescFile): void => {
    if (found.has(file)) return
    found.add(file)
    file.dependencies.forEach(add)
  }
  files.forEach(add)
  return [...found]
}

/** The items of an iterable until the signal aborts, whose reason is thrown then. */
async function* until<A>(signal: AbortSignal | undefined, items: AsyncIterable<A>): AsyncGenerator<A> {
  const aborted = Promise.withResolvers<never>()
  // A rejection that comes when no one waits any more must not end the process.
  aborted.promise.catch(() => {})
  const abort = () => aborted.reject(signal?.reason)
  signal?.addEventListener("abort", abort)
  if (signal?.aborted === true) abort()
  try {
    const iterator = items[Symbol.asyncIterator]()
    while (true) {
      const next = await Promise.race([iterator.next(), aborted.promise])
      if (next.done === true) return
      yield next.value
    }
  } finally {
    signal?.removeEventListener("abort", abort)
  }
}
