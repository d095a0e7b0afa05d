import { Code } from "@connectrpc/connect"
import { describe, expect, it } from "@effect/vitest"
import { RpcError } from "@optica/connect/ConnectError"
import { catalogue } from "../src/Problems.ts"
import * as Refusals from "../src/Refusals.ts"

const rpc = (code: Code, more: Partial<ConstructorParameters<typeof RpcError>[0]> = {}) =>
  new RpcError({ code, reason: "", metadata: {}, message: "secret of the inside", violations: [], ...more })

describe("an upstream's error", () => {
  it.each([
    [Code.NotFound, 404],
    [Code.InvalidArgument, 400],
    [Code.OutOfRange, 400],
    [Code.AlreadyExists, 409],
    [Code.Aborted, 409],
    [Code.FailedPrecondition, 422],
    [Code.Unauthenticated, 503],
    [Code.PermissionDenied, 403],
    [Code.Unavailable, 503],
    [Code.ResourceExhausted, 503],
    [Code.DeadlineExceeded, 504],
    [Code.Internal, 500],
    [Code.Unknown, 500],
    [Code.Unimplemented, 500],
    [Code.DataLoss, 500],
    [Code.Canceled, 500]
  ])("%i is a %i", (code, status) => {
    expect(catalogue[Refusals.fromRpc(rpc(code)).code].status).toBe(status)
  })

  it.each([Code.Internal, Code.Unknown, Code.Unavailable, Code.DeadlineExceeded, Code.Unimplemented])(
    "%i tells nothing of the inside",
    (code) => {
      expect(JSON.stringify(Refusals.fromRpc(rpc(code)))).not.toContain("secret")
    }
  )

  it("names wrong fields as the REST request does", () => {
    const violations = [
      { field: "filter.category_ids[3]", message: "must be > 0" },
      { field: "page.per_page", message: "must be <= 100" },
      { field: "unheard_of", message: "?" }
    ]
    const parameters = { "filter.category_ids": "categories", "page.per_page": "per_page" }
    const { details } = Refusals.fromRpc(rpc(Code.InvalidArgument, { violations }), parameters)
    expect(details.map((it) => it.field)).toStrictEqual(["categories", "per_page", "unheard_of"])
  })

  it("says when to come back", () => {
    expect(Refusals.fromRpc(rpc(Code.Unavailable)).headers["retry-after"]).toBe("5")
    expect(Refusals.fromRpc(rpc(Code.Unavailable, { retryAfterMs: 1200 })).headers["retry-after"]).toBe("2")
  })
})

describe("what node's parser stumbles over", () => {
  it.each([
    ["HPE_INVALID_METHOD", "nonsense\r\n", 400],
    ["HPE_HEADER_OVERFLOW", `GET / HTTP/1.1\r\nX: ${"x".repeat(30_000)}`, 431],
    ["HPE_HEADER_OVERFLOW", `GET /${"x".repeat(30_000)}`, 414],
    ["HPE_INVALID_URL", "GET /?q=Größe HTTP/1.1\r\n", 400],
    ["HPE_CHUNK_EXTENSIONS_OVERFLOW", "", 413],
    ["ERR_HTTP_REQUEST_TIMEOUT", "", 408]
  ])("%s is a problem", (code, bytes, status) => {
    expect(catalogue[Refusals.fromParser(code, Buffer.from(bytes)).code].status).toBe(status)
  })
})
