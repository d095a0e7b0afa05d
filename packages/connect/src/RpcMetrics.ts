/** Durations of RPCs, of servers and of clients, by service, method and status. */
import type { DescMethod } from "@bufbuild/protobuf"
import { Code } from "@connectrpc/connect"
import type { RpcServerDuration } from "@optica/telemetry/Metrics"
import type * as Context from "effect/Context"
import type * as Metric from "effect/Metric"

/** Notes how one call went: `code` is undefined for success, `startedAt` is of `performance.now()`. */
export type Record = (
  context: Context.Context<never>,
  protocol: string,
  code: Code | undefined,
  startedAt: number
) => void

/** For the calls of one method. What a call pays is a look into an array, and the histogram. */
export const recorder = (family: typeof RpcServerDuration, method: DescMethod): Record => {
  const connect: Array<Metric.Metric<number, unknown> | undefined> = []
  const grpc: Array<Metric.Metric<number, unknown> | undefined> = []
  return (context, protocol, code, startedAt) => {
    const series = protocol === "connect" ? connect : grpc
    const at = code ?? 0
    let metric = series[at]
    if (metric === undefined) {
      metric = family.series(systemOf(protocol), method.parent.typeName, method.name, statusName(code))
      series[at] = metric
    }
    metric.updateUnsafe((performance.now() - startedAt) / 1000, context)
  }
}

/** `rpc.system` of a call, as spans have it too. */
export const systemOf = (protocol: string): string => (protocol === "connect" ? "connect_rpc" : "grpc")

/** gRPC's name of a status: `OK`, `NOT_FOUND`. */
const statusName = (code: Code | undefined): string => {
  if (code === undefined) return "OK"
  const name = Code[code]
  // gRPC writes this one with two l.
  return code === Code.Canceled ? "CANCELLED" : name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()
}
